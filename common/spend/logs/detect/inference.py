"""Infers from a file's first rows what the names leave open: units, and which count includes which."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from common.spend.logs.fields import values as v
from common.spend.logs.fields.columns import FIELDS, FieldName, unit_in_name
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.objects import Values
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.rows.build_row import CACHED, COST, MODEL, PROVIDER, REQUESTS, TS, WRITE, owner_of, read_tokens
from common.spend.model import Grain
from common.spend.prices.engine import PICO, today
from common.spend.prices.names import resolve

_SECONDS_BELOW = 120.0
"""A time column without a unit is in seconds when half of its values are below; requests take over 120 ms."""
_FITTED_ROWS = 200
_BLANK = (None, "")
_NOTHING = (None, "", 0, "0")
_T = TypeVar("_T")


def time_scale(name: str, column: list[Any]) -> tuple[float, str | None]:
    """(milliseconds per unit, a note when its values decided)."""
    factor = unit_in_name(name)
    if factor is not None:
        return factor, None
    numbers = [number for value in column if (number := _number(value)) is not None and number > 0]
    seconds = bool(numbers) and statistics.median(numbers) < _SECONDS_BELOW
    return (1000.0, f"{name} was read as seconds.") if seconds else (1.0, f"{name} was read as milliseconds.")


def cached_side(reading: ColumnReading, rows: list[Values]) -> tuple[bool, str]:
    """(True when cached tokens come on top of the input, a note): they do when they exceed it anywhere, else whichever
    reading prices closer to the cost given.
    """
    outside = exceeds(rows, "cached", "input") or _outside_by_cost(reading, rows)
    place = "on top of" if outside else "part of"
    cached, incoming = reading.names.get("cached", "cache writes"), reading.names.get("input", "the input")
    return outside, f"Cached tokens ({cached}) were read as {place} {incoming}."


def any_cached(rows: list[Values]) -> bool:
    """True when a row has cached tokens or cache writes."""
    return any(row[place] not in _NOTHING for row in rows for place in (CACHED, WRITE))


def exceeds(rows: list[Values], part: FieldName, total: FieldName) -> bool:
    """True when one field is larger than another in some row."""
    inner, outer = FIELDS.index(part), FIELDS.index(total)
    pairs = ((_number(row[inner]), _number(row[outer])) for row in rows)
    return any(a is not None and b is not None and a > b for a, b in pairs)


def grain_by_times(rows: Sequence[Values]) -> Grain:
    """Of sums whose times are the starts of days, hours or minutes."""
    moments = [moment for row in rows if (moment := _or_none(partial(v.moment, row[TS]))) is not None]
    if all((m.hour, m.minute, m.second) == (0, 0, 0) for m in moments):
        return "day"
    return "hour" if all((m.minute, m.second) == (0, 0) for m in moments) else "minute"


def sums_requests(rows: Sequence[Values]) -> bool:
    """True when a row says that it is of more requests than one, or of none."""
    return any(row[REQUESTS] not in _BLANK and _number(row[REQUESTS]) != 1 for row in rows)


def _number(value: Any) -> float | None:
    return _or_none(partial(v.amount, value, ""))


def _or_none(read: Callable[[], _T]) -> _T | None:
    try:
        return read()
    except BadRowError:
        return None


def _outside_by_cost(reading: ColumnReading, rows: list[Values]) -> bool:
    inside, outside = (_distance(replace(reading, cached_outside=side), rows) for side in (False, True))
    return outside < inside


def _distance(reading: ColumnReading, rows: list[Values]) -> float:
    """Sum of |list price - cost given| (USD) over the sample's rows with cached tokens."""
    with_cache = [row for row in rows if row[CACHED] not in _NOTHING][:_FITTED_ROWS]
    return sum(abs(_or_none(partial(_row_distance, reading, row)) or 0.0) for row in with_cache)


def _row_distance(reading: ColumnReading, row: Values) -> float:
    name = v.word(row[MODEL]) or reading.model or ""
    priced = resolve(owner_of(v.word(row[PROVIDER]) or "", name), name)
    if priced is None or row[COST] in _BLANK:
        return 0.0
    tokens = read_tokens(row, reading)
    moment = v.moment(row[TS])
    day = moment.toordinal() if moment.year > 1970 else today()  # noqa: PLR2004 - relative times have no date
    rates = priced.rates(day, moment.hour * 60 + moment.minute, tier="standard", input_tokens=sum(tokens[:4]))
    return sum(map(int.__mul__, tokens, rates)) / PICO - v.amount(row[COST], "cost")

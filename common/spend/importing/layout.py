"""How one file is read: found out from its first 64 KiB, fixed for the rest."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from common.errors import ErrorCode
from common.spend.importing import values as v
from common.spend.importing.columns import FIELDS, SUMMED, cached_outside, find_fields, plain, unit_told
from common.spend.importing.detect import Kind, delimiter_of
from common.spend.importing.failures import BadRowError, ImportFailed
from common.spend.importing.objects import Values, fields_of, flat, values_of
from common.spend.importing.rows import CACHED, COST, MODEL, TS, Reading, labels_of, owner_of, read_tokens
from common.spend.importing.table import parse_table
from common.spend.prices.engine import PICO, today
from common.spend.prices.names import resolve

_SECONDS_BELOW = 120.0
"""A time column without a unit is in seconds when half of its values are below; requests take over 120 ms."""
_FITTED_ROWS = 200
_NAME_LENGTH = 60  # of a column that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`columns` of a CSV in their order, `places`: the column of each field, -1 where there is none."""

    kind: Kind
    reading: Reading
    notes: tuple[str, ...] = ()
    delimiter: str = ","
    columns: int = 0
    places: tuple[int, ...] = ()


def csv_layout(sample: str, model: str | None) -> Layout:
    """Of a CSV whose first lines are `sample`; raises ImportFailed when it is no log of requests."""
    lines = sample.lstrip("\r\n").split("\n", 1)
    delimiter = delimiter_of(lines[0])
    parsed = [row for _, row in parse_table(sample, delimiter)]
    if parsed and not isinstance(parsed[0], list):
        reason = "a quote in its first line, the header, is opened and never closed."
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=reason)
    rows = [row for row in parsed if isinstance(row, list)]
    header = [cell.strip() for cell in rows[0]] if rows else []
    names = {plain(name): name for name in reversed(header)}
    fields = find_fields(names)
    written = {field: names[alias] for field, alias in fields.items()}
    _check(fields, written.values(), header, model)
    plains = [plain(name) for name in header]
    places = tuple(plains.index(fields[field]) if field in fields else -1 for field in FIELDS)
    whole = [(*row, "") for row in rows[1:] if len(row) == len(header)]
    values = [tuple(row[place] for place in places) for row in whole]
    reading, notes = _decide(Reading(names=written, labels=labels_of(written), model=model), fields, values)
    notes += tuple(
        f"{written[field]} is the name of {plains.count(name)} columns; the first of them was read."
        for field, name in fields.items()
        if plains.count(name) > 1
    )
    return Layout(kind="csv", reading=reading, notes=notes, delimiter=delimiter, columns=len(header), places=places)


def json_layout(kind: Kind, sample: Iterable[dict[str, Any]], model: str | None) -> Layout:
    """Of JSON rows; raises ImportFailed when they are no requests."""
    rows = [flat(row) for row in sample]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    merged = find_fields(keys)
    _check(merged, merged.values(), keys, model)
    reading = Reading(names=merged, labels=labels_of(merged), model=model)
    values = [values_of(row, fields_of(row)) for row in rows]
    reading, notes = _decide(reading, merged, values)
    return Layout(kind=kind, reading=reading, notes=notes)


def _check(fields: dict[str, str], used: Iterable[str], found: list[str], model: str | None) -> None:
    """Tokens and a time there must be, and one request a row."""
    summed = [name for name in found if plain(name) in SUMMED]
    shown = ", ".join(name[:_NAME_LENGTH] for name in found[:20]) or "none"
    if summed:
        reason = f"each row is the sum of many requests (column {summed[0][:_NAME_LENGTH]})."
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=reason)
    if not ({"input", "uncached"} & fields.keys() and "output" in fields):
        needed = "It needs input tokens (for example prompt_tokens) and output tokens (completion_tokens)."
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=f"its columns are: {shown}. {needed}")
    if "ts" not in fields:
        reason = f"it has no time column (for example timestamp); its columns are: {shown}."
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=reason)
    if "model" not in fields and model is None:
        raise ImportFailed(ErrorCode.MODEL_NEEDED, columns=list(used))


def _decide(reading: Reading, fields: dict[str, str], rows: list[Values]) -> tuple[Reading, tuple[str, ...]]:
    """Settle by the data what the names leave open; the notes say which reading was taken."""
    notes: list[str] = []
    for field, scale in (("latency", "latency_scale"), ("ttft", "ttft_scale")):
        if field in fields:
            factor, note = _time_scale(reading.names[field], [row[FIELDS.index(field)] for row in rows])
            reading = replace(reading, **{scale: factor})  # type: ignore[arg-type]  # both fields are floats
            notes += [note] if note else []
    reading = replace(reading, reasoning_outside=_reasoning_outside(reading, rows))
    if "cached" in fields or "write" in fields:
        outside = cached_outside(fields)
        if outside is None:
            outside = _outside_by_data(reading, rows)
            place = "on top of" if outside else "part of"
            cached, incoming = reading.names.get("cached", "cache writes"), reading.names.get("input", "the input")
            notes.append(f"Cached tokens ({cached}) were read as {place} {incoming}.")
        reading = replace(reading, cached_outside=outside)
    return reading, tuple(notes)


def _time_scale(name: str, column: list[Any]) -> tuple[float, str | None]:
    told = unit_told(name)
    if told is not None:
        return told, None
    numbers = [number for value in column if (number := _number(value)) is not None and number > 0]
    seconds = bool(numbers) and statistics.median(numbers) < _SECONDS_BELOW
    return (1000.0, f"{name} was read as seconds.") if seconds else (1.0, f"{name} was read as milliseconds.")


def _number(value: Any) -> float | None:
    return _or_none(partial(v.amount, value, ""))


def _or_none(read: Callable[[], float | None]) -> float | None:
    try:
        return read()
    except BadRowError:
        return None


def _reasoning_outside(reading: Reading, rows: list[Values]) -> bool:
    """Gemini's thoughts are an addend of their own; else outside when they exceed the output anywhere."""
    return reading.names.get("reasoning") == "thoughtstokencount" or _exceeds(rows, "reasoning", "output")


def _exceeds(rows: list[Values], part: str, whole: str) -> bool:
    inner, outer = FIELDS.index(part), FIELDS.index(whole)
    pairs = ((_number(row[inner]), _number(row[outer])) for row in rows)
    return any(a is not None and b is not None and a > b for a, b in pairs)


def _outside_by_data(reading: Reading, rows: list[Values]) -> bool:
    """Outside when cached tokens exceed the input anywhere, else whichever reading prices closer to the cost given."""
    if _exceeds(rows, "cached", "input"):
        return True
    inside, outside = (_distance(replace(reading, cached_outside=side), rows) for side in (False, True))
    return outside < inside


def _distance(reading: Reading, rows: list[Values]) -> float:
    """Sum of |list price - cost given| (USD) over the sample's rows with cached tokens."""
    with_cache = [row for row in rows if row[CACHED] not in (None, "", 0, "0")][:_FITTED_ROWS]
    return sum(abs(_or_none(partial(_row_distance, reading, row)) or 0.0) for row in with_cache)


def _row_distance(reading: Reading, row: Values) -> float:
    name = v.word(row[MODEL]) or reading.model or ""
    priced = resolve(owner_of("", name), name)
    if priced is None or row[COST] in (None, ""):
        return 0.0
    tokens = read_tokens(row, reading)
    moment = v.moment(row[TS])
    day = moment.toordinal() if moment.year > 1970 else today()  # noqa: PLR2004 - relative times have no date
    rates = priced.rates(day, moment.hour * 60 + moment.minute, batch=False, input_tokens=sum(tokens[:4]))
    return sum(map(int.__mul__, tokens, rates)) / PICO - v.amount(row[COST], "cost")

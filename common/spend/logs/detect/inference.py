"""Infers from a file's first rows what the names leave open: units, and which count includes which."""

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from common.spend.logs.fields import values as v
from common.spend.logs.fields.columns import unit_in_name
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.objects import Values
from common.spend.logs.rows.build_row import REQUESTS, TS
from common.spend.model import Grain

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
    numbers = [number for value in column if (number := number_of(value)) is not None and number > 0]
    seconds = bool(numbers) and statistics.median(numbers) < _SECONDS_BELOW
    return (1000.0, f"{name} was read as seconds.") if seconds else (1.0, f"{name} was read as milliseconds.")


def grain_by_times(rows: Sequence[Values]) -> Grain:
    """Of sums whose times are the starts of days, hours or minutes."""
    moments = [moment for row in rows if (moment := or_none(partial(v.moment, row[TS]))) is not None]
    if all((m.hour, m.minute, m.second) == (0, 0, 0) for m in moments):
        return "day"
    return "hour" if all((m.minute, m.second) == (0, 0) for m in moments) else "minute"


def sums_requests(rows: Sequence[Values]) -> bool:
    """True when a row says that it is of more requests than one, or of none."""
    return any(row[REQUESTS] not in _BLANK and number_of(row[REQUESTS]) != 1 for row in rows)


def number_of(value: Any) -> float | None:
    """A number >= 0; None for anything else."""
    return or_none(partial(v.amount, value, ""))


def or_none(read: Callable[[], _T]) -> _T | None:
    """What is read; None where a cell cannot be."""
    try:
        return read()
    except BadRowError:
        return None

"""Which days a part asks about: the one way in which tools on days read a query."""

from dataclasses import dataclass
from datetime import date

from common.assistant.question.model import Part
from common.figures.dates import day_said, days_said
from common.spend import Rollup
from common.spend.semantics import Condition
from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.periods import range_of
from common.spend.semantics.selection import days_of

_OF_DAYS = (DimensionName.DAY, DimensionName.WEEKDAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysAsked:
    """`day` (ISO): a single one; `weekdays`: such as "Tuesday"; `first` and `last` (ISO): the days to look among."""

    first: str
    last: str
    day: str | None = None
    weekdays: tuple[str, ...] = ()


def days_asked(rollup: Rollup, part: Part) -> DaysAsked:
    """Of the days of the data; a day that the data do not have stays as it is asked."""
    meant = range_of(part.query.period, days_of(rollup))
    named = _values(part, DimensionName.DAY)
    day = named[0] if len(named) == 1 else _iso(meant.first) if part.query.period and meant.days == 1 else None
    return DaysAsked(
        first=_iso(meant.first), last=_iso(meant.last), day=day, weekdays=_values(part, DimensionName.WEEKDAY)
    )


def rows_of(part: Part) -> tuple[Condition, ...]:
    """The conditions on rows that are not on their days: a day is held against all others."""
    return tuple(each for each in part.query.where if each.dimension not in _OF_DAYS)


def first_day_of(rollup: Rollup, part: Part) -> str | None:
    """The first day (ISO) of the period that is asked about; None without one."""
    named = _values(part, DimensionName.DAY)
    if part.query.period is None:
        return min(named, default=None)
    return _iso(range_of(part.query.period, days_of(rollup)).first)


def of_data(first: str, last: str) -> str:
    """Which days the data have, to follow "; ": "they run from 1 October to 31 October 2026"."""
    return f"they are of {day_said(first)}" if first == last else f"they run from {days_said(first, last)}"


def _values(part: Part, dimension: DimensionName) -> tuple[str, ...]:
    where = [each for each in part.query.where if each.dimension == dimension and not each.negated]
    return tuple(value for each in where for value in each.values)


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()

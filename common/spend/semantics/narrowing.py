"""A rollup of only the rows that meet conditions, in a period: whatever computes on a rollup computes on these rows."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from itertools import takewhile
from typing import Any

from common.spend.model import Unanswerable
from common.spend.rollup.cells import COST
from common.spend.rollup.parts import PART_OF, Part
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.row_facts import micros
from common.spend.semantics.dimensions import DIMENSIONS, Field
from common.spend.semantics.engine import resolved
from common.spend.semantics.measures import MeasureName
from common.spend.semantics.narrowable import NARROWABLE, NOUNS, Fields, Lines, Record
from common.spend.semantics.periods import DayRange, Period
from common.spend.semantics.query import Condition, UsageQuery
from common.spend.semantics.sources import CELLS, Key


def narrowed(rollup: Rollup, where: tuple[Condition, ...] = (), period: Period | None = None) -> Rollup:
    """The rollup of these rows. What does not tell them from others is withheld: reading it raises Unanswerable.

    What the log has, its currencies, and without a period its time span are those of all rows. Raises Unanswerable for
    values and days that the data do not have, and for conditions on others than fields of cells; PartNotLoadedError
    where the rollup has to be loaded with more.
    """
    if not where and period is None:
        return rollup
    query, planned = resolved(UsageQuery(measures=(MeasureName.COST,), where=where, period=period), rollup)
    wanted = _Wanted(query.where, planned.period if period else None)
    if not wanted.fields <= CELLS.fields.keys():
        raise Unanswerable(f"Requests cannot be taken apart by {wanted.names}, only by {', '.join(CELLS.fields)}.")
    kept = list(_readable(rollup, wanted))
    records = (record for lines in kept for record in wanted.records(lines, rollup))
    withheld = rollup.parts.difference({Part.NAMES}, *(lines.fills for lines in kept))
    return rollup.narrowed(
        (*_names(rollup, wanted.days), *records),
        {part: f"Apex keeps no {NOUNS[part]} by {wanted.names}." for part in withheld},
    )


class _Wanted:
    """Which lines are wanted."""

    def __init__(self, where: tuple[Condition, ...], days: DayRange | None) -> None:
        self._where, self.days = where, days
        self.fields = {DIMENSIONS[each.dimension].field for each in where} | ({Field.DAY} if days else set())
        self.names = " and ".join(sorted(self.fields))

    def of(self, lines: Lines, rollup: Rollup) -> Iterator[tuple[Key, Any]]:
        """The wanted ones."""
        tests = [_test(condition, lines.fields) for condition in self._where]
        days, day_of = self.days, lines.fields.get(Field.DAY)
        for key, payload in lines.lines(rollup):
            if days and day_of and not days.first <= day_of(key) <= days.last:
                continue
            if all(test(key) for test in tests):
                yield key, payload

    def records(self, lines: Lines, rollup: Rollup) -> Iterator[Record]:
        """Of the wanted lines."""
        for key, payload in self.of(lines, rollup):
            yield from lines.records(key, payload)


def _test(condition: Condition, fields: Fields) -> Callable[[Key], bool]:
    spec, values = DIMENSIONS[condition.dimension], frozenset(condition.values)
    get = fields[spec.field]
    return lambda key: (spec.name_of(get(key)) in values) != condition.negated


def _readable(rollup: Rollup, wanted: _Wanted) -> Iterator[Lines]:
    """What tells the wanted rows."""
    cost = sum(counts[COST] for _, counts in wanted.of(NARROWABLE[0], rollup))
    for lines in NARROWABLE:
        if wanted.fields <= lines.fields.keys() and lines.is_there(rollup):
            costs = None if lines.cost is None else sum(lines.cost(line) for _, line in wanted.of(lines, rollup))
            if costs in (None, cost):
                yield lines


def _names(rollup: Rollup, days: DayRange | None) -> Iterator[Record]:
    """The records that are not of lines; the time span cut to the days."""
    for record in takewhile(lambda record: PART_OF[record[0]] == Part.NAMES, rollup.records()):
        if record[0] == "m" and days:
            first, end = (micros(_midnight(day)) for day in (days.first, days.last + 1))
            yield ["m", max(record[1], first), min(record[2], end - 1), *record[3:]]
        elif record[0] != "p":
            yield record
    for currency, counts in rollup.other_money.items():
        yield ["o", currency, *counts]


def _midnight(day: int) -> datetime:
    return datetime.combine(date.fromordinal(day), time(), UTC)

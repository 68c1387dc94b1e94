"""A rollup of only the rows that meet conditions, in a period: whatever computes on a rollup computes on these rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import takewhile
from typing import Any

from common.spend.model import Unanswerable
from common.spend.rollup.cells import COST, LINE_COST, NO_HOUR
from common.spend.rollup.parts import PART_OF, Part
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.row_facts import micros
from common.spend.rollup.traffic import hour_at
from common.spend.semantics.dimensions import DIMENSIONS, Field
from common.spend.semantics.engine import resolved
from common.spend.semantics.measures import MeasureName
from common.spend.semantics.periods import DayRange, Period
from common.spend.semantics.query import Condition, UsageQuery
from common.spend.semantics.sources import CELLS, SKETCHES, Key

_Record = list[Any]
_Fields = Mapping[Field, Callable[[Key], Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Lines of a part with their fields, and the records that they become."""

    part: Part
    fields: _Fields
    lines: Callable[[Rollup], Iterable[tuple[Key, Any]]]
    records: Callable[[Key, Any], Iterable[_Record]]


def _hour_records(key: Key, line: list[int]) -> Iterator[_Record]:
    yield ["h", key.day, key.hour, *line]
    if line[0] and key.hour != NO_HOUR:
        yield ["f", key.feature, key.hour, line[0]]


def _traffic_records(key: Key, line: list[int]) -> Iterator[_Record]:
    yield ["t", key.feature, key.provider, key.model, [hour_at(key.day, key.hour)], *([count] for count in line)]


_OF_TRAFFIC = {name: CELLS.fields[name] for name in (Field.DAY, Field.PROVIDER, Field.MODEL, Field.FEATURE)}
_CELLS = _Lines(
    part=Part.CELLS,
    fields=CELLS.fields,
    lines=CELLS.lines,
    records=lambda key, counts: [["c", *key, *counts]],
)
_TRAFFIC = _Lines(
    part=Part.TRAFFIC,
    fields=_OF_TRAFFIC,
    lines=lambda rollup: rollup.traffic.items(),
    records=_traffic_records,
)
_HOURS = _Lines(part=Part.HOURS, fields=_OF_TRAFFIC, lines=_TRAFFIC.lines, records=_hour_records)
_LINES = (
    _CELLS,
    _TRAFFIC,
    _HOURS,
    _Lines(
        part=Part.SKETCHES,
        fields=SKETCHES.fields,
        lines=SKETCHES.lines,
        records=lambda key, sketch: [["s", *key, sketch.as_list()]],
    ),
    _Lines(
        part=Part.REPEATS,
        fields=CELLS.fields,
        lines=lambda rollup: ((key, (entry, counts)) for entry, key, counts in rollup.repeats.entries()),
        records=lambda key, repeated: [["r", repeated[0], *key, *repeated[1]]],
    ),
)


_NOUNS: Mapping[Part, str] = {
    Part.NAMES: "names",
    Part.CELLS: "sums",
    Part.HOURS: "hours",
    Part.TRAFFIC: "hours",
    Part.USERS: "users",
    Part.SKETCHES: "sizes and latencies of single requests",
    Part.REPEATS: "repeated prompts",
    Part.DUPLICATES: "prompts",
}


def narrowed(rollup: Rollup, where: tuple[Condition, ...] = (), period: Period | None = None) -> Rollup:
    """The rollup of these rows. What does not tell them from others is withheld: reading it raises Unanswerable.

    What the log has, its currencies, and without a period its time span are those of all rows. Raises Unanswerable for
    values and days that the data do not have, for conditions other than on fields of cells, and for data without
    traffic; PartNotLoadedError where the rollup has to be loaded with more.
    """
    if not where and period is None:
        return rollup
    query, planned = resolved(UsageQuery(measures=(MeasureName.COST,), where=where, period=period), rollup)
    wanted = _Wanted(query.where, planned.period if period else None)
    if not wanted.fields <= CELLS.fields.keys():
        raise Unanswerable(f"Requests cannot be taken apart by {wanted.names}, only by {', '.join(CELLS.fields)}.")
    kept = _readable(rollup, wanted)
    records = (record for lines in kept for record in wanted.records(lines, rollup))
    withheld = rollup.parts - {lines.part for lines in kept} - {Part.NAMES}
    return rollup.narrowed(
        (*_names(rollup, wanted.days), *records),
        {part: f"Apex keeps no {_NOUNS[part]} by {wanted.names}." for part in withheld},
    )


class _Wanted:
    """Which lines are wanted."""

    def __init__(self, where: tuple[Condition, ...], days: DayRange | None) -> None:
        self._where, self.days = where, days
        self.fields = {DIMENSIONS[each.dimension].field for each in where} | ({Field.DAY} if days else set())
        self.names = " and ".join(sorted(self.fields))

    def of(self, lines: _Lines, rollup: Rollup) -> Iterator[tuple[Key, Any]]:
        """The wanted ones."""
        tests = [_test(condition, lines.fields) for condition in self._where]
        days, day_of = self.days, lines.fields.get(Field.DAY)
        for key, payload in lines.lines(rollup):
            if days and day_of and not days.first <= day_of(key) <= days.last:
                continue
            if all(test(key) for test in tests):
                yield key, payload

    def records(self, lines: _Lines, rollup: Rollup) -> Iterator[_Record]:
        """Of the wanted lines."""
        for key, payload in self.of(lines, rollup):
            yield from lines.records(key, payload)


def _test(condition: Condition, fields: _Fields) -> Callable[[Key], bool]:
    spec, values = DIMENSIONS[condition.dimension], frozenset(condition.values)
    get = fields[spec.field]
    return lambda key: (spec.name_of(get(key)) in values) != condition.negated


def _readable(rollup: Rollup, wanted: _Wanted) -> list[_Lines]:
    """What tells the wanted rows. Traffic does unless they are of features that it holds together as "(other)"."""
    kept = [lines for lines in _LINES if lines.part in rollup.parts and wanted.fields <= lines.fields.keys()]
    if not rollup.tells(Part.TRAFFIC):
        return [lines for lines in kept if lines != _HOURS]
    if _TRAFFIC in kept:
        cost = sum(counts[COST] for _, counts in wanted.of(_CELLS, rollup))
        if cost != sum(line[LINE_COST] for _, line in wanted.of(_TRAFFIC, rollup)):
            kept = [lines for lines in kept if lines not in (_TRAFFIC, _HOURS)]
    return kept


def _names(rollup: Rollup, days: DayRange | None) -> Iterator[_Record]:
    """The records that are not of lines; the time span cut to the days."""
    for record in takewhile(lambda record: PART_OF[record[0]] == Part.NAMES, rollup.records()):
        if record[0] == "m" and days:
            first, last = (micros(_midnight(day)) for day in (days.first, days.last + 1))
            yield ["m", max(record[1], first), min(record[2], last), *record[3:]]
        elif record[0] != "p":
            yield record
    for currency, counts in rollup.other_money.items():
        yield ["o", currency, *counts]


def _midnight(day: int) -> datetime:
    return datetime.combine(date.fromordinal(day), time(), UTC)

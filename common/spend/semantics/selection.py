"""The lines of a source that meet the conditions of a query, and their sums by group."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from common.spend.model import Measure
from common.spend.rollup.bounded_names import ALL, OTHER, hash64
from common.spend.rollup.parts import Part
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.sketch import Sketch
from common.spend.semantics.alternatives import alternatives
from common.spend.semantics.counters import Counter
from common.spend.semantics.dimensions import DIMENSIONS, UNTAGGED, DimensionName, Field
from common.spend.semantics.formulas import Exact, OfSketch
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.names import listed, nearest, value_named
from common.spend.semantics.periods import DayRange
from common.spend.semantics.plan import Plan, sizes_of
from common.spend.semantics.query import Condition, UsageQuery
from common.spend.semantics.result import CannotAnswerError
from common.spend.semantics.sources import DAY_SKETCHES, HOURS, Key, Line, Source

_TOGETHER = (
    "There are more features than are held apart by day, so how single requests of some of them spread is told "
    "only over all days"
)
Keys = tuple[str, ...]
"""One value for each dimension of a group."""


@dataclass(slots=True)
class Group:
    """The sums of some lines."""

    counts: dict[Counter, int]
    sketches: dict[Measure, Sketch] = field(default_factory=dict)

    def add(self, other: "Group") -> None:
        """Count everything that `other` counts."""
        for counter, count in other.counts.items():
            self.counts[counter] += count
        for size, sketch in other.sketches.items():
            self.sketches.setdefault(size, Sketch()).merge(sketch)

    def value(self, name: MeasureName) -> Exact:
        """None where the lines do not say."""
        spec = MEASURES[name]
        if isinstance(spec.formula, OfSketch):
            sketch = self.sketches.get(spec.formula.size)
            return spec.formula.of(sketch) if sketch else None
        if spec.absence is not None and spec.absence.holds(self.counts):
            return None
        return spec.formula.of(self.counts)


class Selection:
    """What a query selects of a rollup, by a plan. `query` has the names of the data."""

    def __init__(self, query: UsageQuery, plan: Plan, rollup: Rollup) -> None:
        self._plan, self._rollup = plan, rollup
        self._lines: Sequence[Line] = list(plan.source.lines(rollup))
        self.query = self._with_names_of_data(query)
        if plan.sketches is DAY_SKETCHES and DimensionName.FEATURE in query.dimensions:
            self._refuse_folded(rollup.day_sketch_bar)

    def groups(self, days: DayRange) -> dict[Keys, Group]:
        """By the dimensions of the query, of the lines of these days."""
        whole = days == self.data
        groups: dict[Keys, Group] = {}
        getters = [(counter, self._plan.source.counters[counter]) for counter in self._plan.counters]
        for keys, key, counts in _selected(self._plan.source, self._lines, self.query, None if whole else days):
            group = groups.get(keys)
            if group is None:
                group = groups[keys] = self.empty()
            for counter, getter in getters:
                group.counts[counter] += getter(key, counts)
        if self._plan.sketches:
            self._add_sketches(self._plan.sketches, groups, None if whole else days)
        return groups

    def empty(self) -> Group:
        """Of no line."""
        return Group(dict.fromkeys((*self._plan.counters, *self._plan.zero, *self._plan.idle), 0))

    @cached_property
    def data(self) -> DayRange:
        """All days of the data."""
        return days_of(self._rollup)

    def names(self, dimension: DimensionName) -> set[str]:
        """All values in the data, of every day and whatever else is filtered; of days and hours even where the lines
        of the plan are of the latest alone.
        """
        spec, source, lines = DIMENSIONS[dimension], self._plan.source, self._lines
        if spec.field in HOURS.fields:
            source, lines = HOURS, list(HOURS.lines(self._rollup))
        get = source.fields[spec.field]
        return {spec.name_of(value) for value in {get(key) for key, _ in lines}}

    def _add_sketches(self, source: Source, groups: dict[Keys, Group], days: DayRange | None) -> None:
        sizes = sizes_of(self.query)
        for keys, key, flat in _selected(source, source.lines(self._rollup), self.query, days):
            if key.measure in sizes and keys in groups:
                groups[keys].sketches.setdefault(key.measure, Sketch()).merge(Sketch.from_list(flat))

    def _refuse_folded(self, bar: int) -> None:
        """Sketches by day of features whose hash is not below `bar` are together under OTHER."""
        if bar == ALL:
            return
        wanted = [each for each in self.query.where if each.dimension == DimensionName.FEATURE]
        for name in self.names(DimensionName.FEATURE):
            is_selected = all((name in each.values) != each.negated for each in wanted)
            if is_selected and (name == OTHER or (name != UNTAGGED and hash64(name) >= bar)):
                raise CannotAnswerError(f"{_TOGETHER}.", alternatives(self.query))

    def _with_names_of_data(self, query: UsageQuery) -> UsageQuery:
        where = tuple(self._with_values(query, condition) for condition in query.where)
        return query.model_copy(update={"where": where})

    def _with_values(self, query: UsageQuery, condition: Condition) -> Condition:
        present = self.names(condition.dimension)
        possible = present | set(DIMENSIONS[condition.dimension].values)
        values: list[str] = []
        for text in condition.values:
            value = value_named(condition.dimension, text, possible)
            if value is None:
                first = self._plan.source.first_day(self._rollup)
                stored = f"; {self._plan.source.title} are held from {date.fromordinal(first)} on" if first else ""
                raise _unknown_value(query, condition, text, present, stored)
            values.append(value)
        return condition.model_copy(update={"values": tuple(dict.fromkeys(values))})


def days_of(rollup: Rollup) -> DayRange:
    """First and last day with a row. Raises CannotAnswerError where there is none."""
    days = [key.day for key in (rollup.hours if rollup.tells(Part.HOURS) else rollup.cells)]
    if not days:
        raise CannotAnswerError("The data have no rows.", ())
    return DayRange(min(days), max(days))


def _unknown_value(
    query: UsageQuery, condition: Condition, text: str, present: set[str], stored: str
) -> CannotAnswerError:
    spec = DIMENSIONS[condition.dimension]
    close = nearest(text, present)
    if OTHER in present:
        where = f"; it may be among those in {OTHER}, as more {spec.plural} came than are held apart"
    elif close:
        where = f"; the nearest is {close}"
    else:
        where = f"; they have: {listed(present)}"
    fixed = [_replaced(query, condition, text, close)] if close else []
    return CannotAnswerError(f"The data have no {spec.title} {text!r}{where}{stored}.", (*fixed, *alternatives(query)))


def _replaced(query: UsageQuery, condition: Condition, text: str, value: str) -> UsageQuery:
    values = tuple(dict.fromkeys(value if other == text else other for other in condition.values))
    changed = condition.model_copy(update={"values": values})
    where = tuple(changed if other == condition else other for other in query.where)
    return query.model_copy(update={"where": where})


def _selected(
    source: Source, lines: Iterable[Line], query: UsageQuery, days: DayRange | None
) -> Iterator[tuple[Keys, Key, Any]]:
    """(group, key, payload) of each line that meets the conditions and is of the days (None: any)."""
    naming = [_namer(source, name) for name in query.by]
    tests = [(_namer(source, each.dimension), frozenset(each.values), each.negated) for each in query.where]
    day_of = source.fields.get(Field.DAY)
    for key, payload in lines:
        if days is not None and day_of is not None and not days.first <= day_of(key) <= days.last:
            continue
        if all((name(key) in values) != negated for name, values, negated in tests):
            yield tuple([name(key) for name in naming]), key, payload


def _namer(source: Source, dimension: DimensionName) -> Callable[[Key], str]:
    """The value of a line; each is computed once."""
    spec = DIMENSIONS[dimension]
    get, name_of = source.fields[spec.field], spec.name_of
    names: dict[Any, str] = {}

    def name(key: Key) -> str:
        value = get(key)
        if value not in names:
            names[value] = name_of(value)
        return names[value]

    return name


def total_of(groups: Mapping[Keys, Group], empty: Group) -> Group:
    """All groups together, added to an empty one."""
    for group in groups.values():
        empty.add(group)
    return empty

"""Which part of a rollup answers a query: the smallest that has its dimensions and counters; or why none does."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from common.spend.model import Measure
from common.spend.rollup.day_sketches import TIMES
from common.spend.rollup.parts import ALL_PARTS, Part, not_counted
from common.spend.semantics.alternatives import alternatives
from common.spend.semantics.counters import Counter
from common.spend.semantics.dimensions import DIMENSIONS, Field
from common.spend.semantics.formulas import OfSketch, Quotient
from common.spend.semantics.measures import MEASURES
from common.spend.semantics.periods import DayRange, range_of
from common.spend.semantics.query import UsageQuery
from common.spend.semantics.result import CannotAnswerError
from common.spend.semantics.sources import CELLS, DAY_SKETCHES, HOURS, SKETCHES, SOURCES, Source

_COVERAGE = frozenset({Counter.REQUESTS, Counter.UNPRICED})
"""What coverage counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where the lines of a query come from."""

    source: Source
    counters: tuple[Counter, ...]
    sketches: Source | None
    """Where percentiles come from; None: the query has none."""
    period: DayRange
    """Cut to the data, as the next."""
    versus: DayRange | None
    zero: frozenset[Counter]
    """Counters that must be 0 in all data, as the source does not have them."""
    idle: frozenset[Counter]
    """Counters that only say whether a value is absent, which in the source it never is."""


def plan(query: UsageQuery, data: DayRange, counted: AbstractSet[Part] = ALL_PARTS) -> Plan:
    """The plan for data of these days, in which these parts were counted. Raises CannotAnswerError."""
    _refuse_times(query)
    period, versus = _ranges(query, data)
    fields = fields_of(query, restricted=versus is not None or period != data)
    source, sketches = _source(query, fields, counted), _sketches(query, fields)
    if source is None or not (sketches is None or _is_held(query, sketches, fields)):
        raise CannotAnswerError(_why(query, fields), alternatives(query))
    counters = counters_of(query, source)
    zero = frozenset(counters - source.counters.keys())
    missing = _read_by(source, zero, sketches) - counted - ({HOURS.part} - {source.part})  # cells tell the days, too
    if missing:
        raise CannotAnswerError(not_counted(missing), alternatives(query))
    own = tuple(sorted(counters & source.counters.keys()))
    idle = counters_of(query) - counters
    return Plan(source=source, counters=own, sketches=sketches, period=period, versus=versus, zero=zero, idle=idle)


def parts_of(query: UsageQuery) -> frozenset[Part]:
    """What has to be loaded to answer a query, or to begin to say why not; hours show the days of all data."""
    fields = fields_of(query, restricted=query.period is not None or query.versus is not None)
    source = _source(query, fields, ALL_PARTS) or HOURS
    zero = (counters_of(query, source) - source.counters.keys()) & source.zero
    return _read_by(source, zero, _sketches(query, fields))


def counters_of(query: UsageQuery, source: Source | None = None) -> frozenset[Counter]:
    """All that its measures are computed from, and what coverage counts; less what never matters in a source."""
    specs = [MEASURES[name] for name in query.computed]
    shown = _COVERAGE.union(*(spec.formula.counters for spec in specs if isinstance(spec.formula, Quotient)))
    return _COVERAGE.union(*(spec.counters for spec in specs)) - (source.idle - shown if source else frozenset())


def _sketches(query: UsageQuery, fields: frozenset[Field]) -> Source | None:
    """Those of all days where these will do."""
    if not sizes_of(query):
        return None
    return SKETCHES if SKETCHES.holds(fields, frozenset()) else DAY_SKETCHES


def _is_held(query: UsageQuery, sketches: Source, fields: frozenset[Field]) -> bool:
    return sketches.holds(fields, frozenset()) and (sketches is SKETCHES or sizes_of(query) <= set(TIMES))


def _read_by(source: Source, zero: frozenset[Counter], sketches: Source | None) -> frozenset[Part]:
    parts = {Part.NAMES, HOURS.part, source.part, *source.also}
    if sketches:
        parts.add(sketches.part)
    if zero:
        parts.add(CELLS.part)
    return frozenset(parts)


def _source(query: UsageQuery, fields: frozenset[Field], counted: AbstractSet[Part]) -> Source | None:
    """The smallest that has all; else the smallest that has all but counters which may be 0 in these data. One whose
    part was not counted only where no other has them.
    """

    def place(source: Source) -> tuple[bool, bool]:
        return source.part not in counted, not counters_of(query, source) <= source.counters.keys()

    return min((each for each in SOURCES if each.holds(fields, counters_of(query, each))), key=place, default=None)


def sizes_of(query: UsageQuery) -> set[Measure]:
    """What of single requests it asks."""
    formulas = (MEASURES[name].formula for name in query.computed)
    return {formula.size for formula in formulas if isinstance(formula, OfSketch)}


def fields_of(query: UsageQuery, *, restricted: bool) -> frozenset[Field]:
    """What keys of lines must have; `restricted`: to some days of the data."""
    named = {DIMENSIONS[name].field for name in query.dimensions}
    return frozenset(named | ({Field.DAY} if restricted else set()))


def _refuse_times(query: UsageQuery) -> None:
    calendar = [name for name in query.by if DIMENSIONS[name].is_calendar]
    if query.versus and calendar:
        reason = f"Two periods have no {calendar[0]} in common, so lines by {calendar[0]} cannot be compared."
        raise CannotAnswerError(reason, alternatives(query))


def _ranges(query: UsageQuery, data: DayRange) -> tuple[DayRange, DayRange | None]:
    period = _within(query, range_of(query.period, data), data)
    if query.versus is None:
        return period, None
    return period, _within(query, range_of(query.versus, data, period), data)


def _within(query: UsageQuery, days: DayRange, data: DayRange) -> DayRange:
    inside = days.within(data)
    if inside is None:
        raise CannotAnswerError(f"The data have no day of {days}: they are of {data}.", alternatives(query))
    return inside


def _why(query: UsageQuery, fields: frozenset[Field]) -> str:
    split, counters = f"by {_and(sorted(fields))}" if fields else "of all rows", counters_of(query)
    with_fields = [source for source in SOURCES if fields <= source.fields.keys()]
    if not with_fields:
        return f"Apex holds no sums {split} together."
    best = max(with_fields, key=lambda source: len(counters & source.counters.keys()))
    lacking = sorted(counters_of(query, best) - best.counters.keys() - best.zero)
    if lacking:
        holder = next((source for source in SOURCES if source.counters.keys() >= set(lacking)), None)
        is_wider = holder is not None and holder.also and not fields <= holder.fields.keys()
        days = "It" if holder and Field.DAY in holder.fields else "Over all days it"
        only = f" {days} holds them by {_and(holder.fields)}." if holder and is_wider else ""
        return f"Apex holds sums {split}, but these have no {_and(lacking)}.{only}"
    unheld = sizes_of(query) - set(TIMES)
    sketches = SKETCHES if unheld else DAY_SKETCHES
    titles = _and(
        MEASURES[name].title
        for name in query.computed
        if isinstance(formula := MEASURES[name].formula, OfSketch) and formula.size in (unheld or TIMES)
    )
    return (
        f"{titles}: how single requests spread is held by {_and(sketches.fields)}, and not by "
        f"{_and(sorted(fields - sketches.fields.keys()))}."
    )


def _and(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last

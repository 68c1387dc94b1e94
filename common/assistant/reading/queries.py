"""From what a clause says to a query: defaults, orders, comparisons and limits that fit together."""

from collections.abc import Iterable
from datetime import date, timedelta

from common.assistant.reading import days
from common.assistant.reading.clause import Bound, Clause
from common.assistant.reading.measure_groups import settle
from common.assistant.reading.signs import Back, Sign
from common.assistant.reading.times import periods_of
from common.spend.semantics import (
    DIMENSIONS,
    MEASURES,
    Condition,
    DimensionName,
    MeasureName,
    Order,
    Period,
    PeriodName,
    Threshold,
    UsageQuery,
)
from common.spend.semantics.dimensions import WEEKDAYS
from common.spend.semantics.periods import DayRange, range_of
from common.spend.semantics.query import MOST_BY

_BASES = {
    PeriodName.WEEK_BEFORE: PeriodName.LAST_WEEK,
    PeriodName.PREVIOUS: PeriodName.LAST_WEEK,
    PeriodName.LAST_MONTH: PeriodName.THIS_MONTH,
}
"""What is held against a period that is named alone."""
_SAME_WEEKDAYS = Back(days=7)
_OF_UNIT = {
    "USD": MeasureName.COST,
    "%": MeasureName.ERROR_RATE,
    "ms": MeasureName.LATENCY_P50,
    "requests": MeasureName.REQUESTS,
    "tokens": MeasureName.TOTAL_TOKENS,
    "failed": MeasureName.FAILED_REQUESTS,
}


def measures_of(clause: Clause) -> tuple[MeasureName, ...]:
    """What is measured; () where the clause does not say."""
    settle(clause)
    order = _ordered_by(clause)
    found = list(clause.measures)
    if order and order not in found:
        found = [order, *(name for name in found if name != MeasureName.COST or name in clause.joined)]
    if clause.per and not found:
        found = [clause.per]
    if clause.bound and (limited := _limited(clause.bound, found)) not in found:
        found.append(limited)
    return tuple(dict.fromkeys(found))


def _ordered_by(clause: Clause) -> MeasureName | None:
    """The measure of the order; "cheapest" is of the cost that is measured: cost per request."""
    order = clause.order
    if order == MeasureName.COST and order not in clause.measures:
        return next((name for name in clause.measures if MEASURES[name].unit == "USD"), order)
    return order


def _limited(bound: Bound, measures: list[MeasureName]) -> MeasureName:
    """The measure that a limit is of: the named one, else one of the same unit."""
    unit = bound.quantity.unit
    if bound.measure:
        return bound.measure
    if unit == "":
        return measures[-1] if measures else MeasureName.COST
    if unit == "%" and MeasureName.FAILED_REQUESTS in measures:
        return MeasureName.ERROR_RATE
    if unit in ("requests", "tokens", "failed"):
        same = [name for name in measures if MEASURES[name].unit == unit]
        return same[0] if same else _OF_UNIT[unit]
    same = [name for name in measures if MEASURES[name].unit == unit]
    return same[0] if same else _OF_UNIT.get(unit, MeasureName.COST)


def query_of(clause: Clause, dimensions: Iterable[DimensionName], data: DayRange | None) -> UsageQuery:
    """A query that says it all; `dimensions` and `data`: dimensions and days that the data have."""
    measures = measures_of(clause) or _default(clause)
    by = _by(clause, set(dimensions))
    apart = _days_apart(clause)
    period, versus = in_order(*_periods(clause, data), data)
    order = _order(clause, measures, is_comparison=versus is not None)
    lines = bool(by)
    return UsageQuery(
        measures=measures,
        where=(*_where(clause, by), *apart),
        period=period,
        versus=versus,
        by=by,
        order=order if lines else None,
        top=_top(clause) if lines else None,
        threshold=threshold_of(clause, measures) if lines else None,
    )


def _default(clause: Clause) -> tuple[MeasureName, ...]:
    """Of statuses requests are counted; all else is about the cost."""
    of_status = DimensionName.STATUS in (*clause.by, *(each.dimension for each in clause.where))
    return (MeasureName.REQUESTS,) if of_status else (MeasureName.COST,)


def _where(clause: Clause, by: tuple[DimensionName, ...]) -> tuple[Condition, ...]:
    """Of a share all lines are shown: what is named is one of them."""
    weekdays = DimensionName.WEEKDAY in by and clause.compares
    where = tuple(
        each
        for each in clause.where
        if set(each.values) != set(WEEKDAYS) and not (weekdays and each.dimension == DimensionName.WEEKDAY)
    )
    if not (clause.share and clause.names):
        return where
    shared = clause.names[-1].dimension
    return tuple(each for each in where if each.dimension != shared or shared not in by or each.negated)


def _by(clause: Clause, present: set[DimensionName]) -> tuple[DimensionName, ...]:
    by = list(clause.by)
    wants_lines = bool(clause.bound or clause.top or clause.is_ordered)
    by += [name for name in _all_weekdays(clause) if name not in by]
    by += [name for name in clause.weak_by if name not in by and (wants_lines or not by)]
    if clause.compares and len(clause.periods) < 2 and clause.versus is None:  # noqa: PLR2004 - two are compared
        by += [name for name in _comparisons(clause) if name not in by]
    if clause.trend and not any(DIMENSIONS[name].kind == "time" for name in by):
        by.append(DimensionName.DAY)
    if clause.share and clause.names and not by:
        by.append(clause.names[-1].dimension)
    if wants_lines and not by:
        by.append(
            next(
                (name for name in (DimensionName.FEATURE, DimensionName.MODEL) if name in present), DimensionName.MODEL
            )
        )
    if clause.changed and not by and not clause.periods and clause.versus is None:
        by.append(DimensionName.DAY)
    return tuple(by[:MOST_BY])


def _all_weekdays(clause: Clause) -> tuple[DimensionName, ...]:
    """As in "weekdays against weekends", which filters nothing."""
    seen = {value for each in clause.where if each.dimension == DimensionName.WEEKDAY for value in each.values}
    return (DimensionName.WEEKDAY,) if seen == set(WEEKDAYS) else ()


def _comparisons(clause: Clause) -> tuple[DimensionName, ...]:
    """Dimensions of which several values are held against each other."""
    return tuple(each.dimension for each in clause.where if len(each.values) > 1 and not each.negated)


def _order(clause: Clause, measures: tuple[MeasureName, ...], *, is_comparison: bool) -> Order | None:
    if not (clause.is_ordered or (clause.which and clause.top)):
        return None
    measure = _ordered_by(clause) or measures[0]
    return Order(measure=measure, descending=clause.descending, by_difference=is_comparison and clause.changed)


def _top(clause: Clause) -> int | None:
    return clause.top or (1 if clause.is_one and clause.is_ordered else None)


def threshold_of(clause: Clause, measures: tuple[MeasureName, ...]) -> Threshold | None:
    """The limit of lines; a bare number is one of what is measured."""
    if clause.bound is None:
        return None
    measure, amount = _limited(clause.bound, list(measures)), clause.bound.quantity.amount
    if clause.bound.above:
        return Threshold(measure=measure, at_least=amount)
    return Threshold(measure=measure, at_most=amount)


def _periods(clause: Clause, data: DayRange | None) -> tuple[Period | None, Period | None]:
    """The period, and the one that it is held against."""
    periods, versus = list(clause.periods), clause.versus
    if versus is None and clause.back is None and len(periods) > 1 and (clause.compares or clause.changed):
        versus = periods.pop()
    period = period_of(clause, periods, data)
    if clause.back and data:
        period = period or Period(name=PeriodName.LAST_WEEK)
        return period, _back_of(range_of(period, data), clause.back)
    if versus is None and period is not None and _is_against_before(clause):
        versus = Period(name=PeriodName.PREVIOUS)
    if versus is not None:
        period, versus = _fitting(period, versus)
    if period and versus and period.name == PeriodName.THIS_WEEK and versus.name == PeriodName.PREVIOUS and data:
        versus = _back_of(range_of(period, data), _SAME_WEEKDAYS)
    return period, versus


def _back_of(meant: DayRange, back: Back) -> Period:
    """The same days so long before."""
    first, last = (_shifted(date.fromordinal(day), back) for day in (meant.first, meant.last))
    return days.between(first, last)


def _shifted(day: date, back: Back) -> date:
    if not back.months:
        return day - timedelta(days=back.days)
    return days.months_back(day, back.months) - timedelta(days=1)


def _days_apart(clause: Clause) -> tuple[Condition, ...]:
    """Of several single days that are no range only these count."""
    single = [each.first for each in clause.periods if each.first and each.first == each.last]
    compares = clause.compares or clause.changed or clause.versus or clause.back
    if len(single) < 2 or len(single) < len(clause.periods) or compares:  # noqa: PLR2004 - one day is a period
        return ()
    return (Condition(dimension=DimensionName.DAY, values=tuple(day.isoformat() for day in sorted(single))),)


def in_order(
    period: Period | None, versus: Period | None, data: DayRange | None
) -> tuple[Period | None, Period | None]:
    """A change is from the earlier period to the later one, in whatever order they are named."""
    if period is None or versus is None or data is None or versus.name == PeriodName.PREVIOUS:
        return period, versus
    meant, base = range_of(period, data), range_of(versus, data)
    return (versus, period) if meant.last < base.first else (period, versus)


def _is_against_before(clause: Clause) -> bool:
    """Whether the time before is what it is held against, not other names or weekdays."""
    return not _comparisons(clause) and (
        clause.changed or (clause.compares and DimensionName.WEEKDAY not in clause.weak_by)
    )


def period_of(clause: Clause, periods: list[Period], data: DayRange | None) -> Period | None:
    """The days that all have; of days and months apart from the first to the last; else the last one only."""
    firsts = [each.first for each in periods if each.first]
    lasts = [each.last for each in periods if each.last]
    single = [each for each in periods if each.first and each.first == each.last]
    if len(periods) < 2 or data is None:  # noqa: PLR2004 - one is itself
        return periods[-1] if periods else None
    meant = [range_of(each, data) for each in periods]
    first, last = max(each.first for each in meant), min(each.last for each in meant)
    if first <= last:
        return days.between(date.fromordinal(first), date.fromordinal(last))
    if len(single) == len(periods) or (not single and len(firsts) == len(lasts) == len(periods)):
        return Period(name=PeriodName.BETWEEN, first=min(firsts), last=max(lasts))
    _leave_unread(clause, periods[-1])
    return periods[-1]


def _leave_unread(clause: Clause, period: Period) -> None:
    """Words of all other periods were not used."""
    for place, mark in enumerate(clause.marks):
        if mark.sign == Sign.PERIOD and period not in periods_of(mark):
            clause.used.pop(place, None)


def _fitting(period: Period | None, versus: Period) -> tuple[Period | None, Period | None]:
    """Periods that do not overlap: the week before is that before the period."""
    names, previous = PeriodName, Period(name=PeriodName.PREVIOUS)
    if period is None:
        if versus.name in (names.LAST_DAYS, names.LAST_WEEK):
            return versus, previous
        base = _BASES.get(versus.name)
        return (Period(name=base) if base else None), (previous if base == names.LAST_WEEK else versus)
    overlapping = {(names.THIS_WEEK, names.LAST_WEEK), (names.TODAY, names.YESTERDAY)}
    is_before = versus.name == names.WEEK_BEFORE or (period.name, versus.name) in overlapping or period == versus
    return period, previous if is_before else versus

"""Answers queries: exact in whole numbers until one last division; what cannot be answered says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.spend import model
from common.spend.rollup.rollup import Rollup
from common.spend.semantics.alternatives import alternatives
from common.spend.semantics.coverage import coverage_of
from common.spend.semantics.dimensions import DIMENSIONS, WHOLE_DAY, DimensionName, order_of
from common.spend.semantics.formulas import Exact, Least, Quotient, Value
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.needs import LACKING, Need, is_met
from common.spend.semantics.periods import Period, PeriodName
from common.spend.semantics.plan import Plan, plan
from common.spend.semantics.query import Order, Threshold, UsageQuery
from common.spend.semantics.reasoning import ReasoningCostError
from common.spend.semantics.result import CannotAnswerError, Rest, Result, Row, Unanswerable, Values
from common.spend.semantics.selection import Group, Keys, Selection, days_of, total_of
from common.spend.semantics.sources import CELLS


@dataclass(frozen=True, slots=True)
class _Line:
    """A group in the period, and in the one that is compared with."""

    keys: Keys
    now: Group
    then: Group | None

    def value(self, name: MeasureName) -> Exact:
        return self.now.value(name)

    def difference(self, name: MeasureName) -> Exact:
        now, then = self.now.value(name), self.then.value(name) if self.then else None
        return None if now is None or then is None else now - then


def run(query: UsageQuery, rollup: Rollup) -> Result | Unanswerable:
    """The answer, or why there is none; never that of another query.

    Raises PartNotLoadedError where a part is needed that the rollup was loaded without, see `parts_of`.
    """
    try:
        return _answer(query, rollup)
    except CannotAnswerError as error:
        nearest = next((other for other in error.instead if _is_answerable(other, rollup)), None)
        return Unanswerable(str(error), nearest)


def resolved(query: UsageQuery, rollup: Rollup) -> tuple[UsageQuery, Plan]:
    """The query in names of the data, and its plan. Raises Unanswerable of common/spend/model.py."""
    try:
        selection, planned = _select(query, rollup)
    except CannotAnswerError as error:
        raise model.Unanswerable(str(error)) from error
    return selection.query, planned


def _is_answerable(query: UsageQuery, rollup: Rollup) -> bool:
    try:
        _select(query, rollup)
    except CannotAnswerError:
        return False
    return True


def _answer(query: UsageQuery, rollup: Rollup) -> Result:
    selection, planned = _select(query, rollup)
    lines = _lines(selection, planned)
    shown = _shown(selection.query, lines)
    total = _together(selection, lines, has_versus=planned.versus is not None)
    return _result(selection, planned, rollup, (lines, shown), total)


def _select(query: UsageQuery, rollup: Rollup) -> tuple[Selection, Plan]:
    """Raises CannotAnswerError: whatever gets through here has an answer."""
    data = days_of(rollup)
    _refuse_lacking(query, rollup)
    planned = plan(query, data, rollup.counted - rollup.withheld.keys())
    _refuse_incomplete(query, planned, rollup)
    try:
        return Selection(query, planned, rollup), planned
    except ReasoningCostError as error:
        raise CannotAnswerError(f"{error}.", alternatives(query)) from error


def _refuse_lacking(query: UsageQuery, rollup: Rollup) -> None:
    measured = [MEASURES[name].need for name in query.computed]
    needs = dict.fromkeys([*measured, *(DIMENSIONS[name].need for name in query.dimensions)])
    if any(each.excludes(DimensionName.HOUR, WHOLE_DAY) for each in query.where):
        needs[Need.HOURS] = None
    for need in needs:
        if need is not None and not is_met(need, rollup):
            raise CannotAnswerError(f"The data have {LACKING[need]}.", alternatives(query))


def _refuse_incomplete(query: UsageQuery, planned: Plan, rollup: Rollup) -> None:
    first = planned.source.first_day(rollup)
    if any(days.first < first for days in (planned.period, planned.versus) if days):
        reason = f"Sums by {planned.source.title} are held from {date.fromordinal(first)} on."
        since = Period(name=PeriodName.BETWEEN, first=date.fromordinal(first))
        later = query.model_copy(update={"period": since, "versus": None, "order": None})
        raise CannotAnswerError(reason, (later, *alternatives(query)))
    reason = planned.source.lacks(rollup)
    if reason:
        raise CannotAnswerError(f"{reason}.", alternatives(query))
    for counter in sorted(planned.zero):
        getter = CELLS.counters[counter]
        if any(getter(key, counts) for key, counts in CELLS.lines(rollup)):
            reason = f"Some data have {counter}, and sums by {planned.source.title} do not tell them apart."
            raise CannotAnswerError(reason, alternatives(query))


def _lines(selection: Selection, planned: Plan) -> list[_Line]:
    now = selection.groups(planned.period)
    then = selection.groups(planned.versus) if planned.versus else None
    compared = then or {}
    return [
        _Line(
            keys,
            now.get(keys) or selection.empty(),
            None if then is None else compared.get(keys) or selection.empty(),
        )
        for keys in dict.fromkeys((*now, *compared))
    ]


def _shown(query: UsageQuery, lines: Sequence[_Line]) -> list[_Line]:
    within = [line for line in lines if query.threshold is None or _is_within(query.threshold, line)]
    return _in_order(query, within)[: query.top] if query.by else []


def _is_within(threshold: Threshold, line: _Line) -> bool:
    value = line.value(threshold.measure)
    if value is None:
        return False
    low, high = threshold.at_least, threshold.at_most
    return (low is None or value >= low) and (high is None or value <= high)


def _in_order(query: UsageQuery, lines: Sequence[_Line]) -> list[_Line]:
    """Lines without a value at the end; lines of one value by their names."""
    named = sorted(lines, key=lambda line: tuple(map(order_of, query.by, line.keys)))
    order = query.order or _default_order(query)
    if order.measure is None:
        return named[::-1] if order.descending else named
    measure, sign = order.measure, -1 if order.descending else 1

    def place(line: _Line) -> tuple[bool, float]:
        value = _number(measure, line.difference(measure) if order.by_difference else line.value(measure))
        return (value is None, 0 if value is None else sign * value)  # rounding never turns two values round

    return sorted(named, key=place)


def _default_order(query: UsageQuery) -> Order:
    in_time = query.top is None and any(DIMENSIONS[name].kind == "time" for name in query.by)
    return Order(measure=None, descending=False) if in_time else Order(measure=query.measures[0])


def _together(selection: Selection, lines: Sequence[_Line], *, has_versus: bool) -> _Line:
    now = total_of({line.keys: line.now for line in lines}, selection.empty())
    then = {line.keys: line.then for line in lines if line.then}
    return _Line((), now, total_of(then, selection.empty()) if has_versus else None)


def _result(
    selection: Selection, planned: Plan, rollup: Rollup, lines: tuple[Sequence[_Line], Sequence[_Line]], total: _Line
) -> Result:
    query, (all_lines, shown) = selection.query, lines
    keys = {line.keys for line in shown}
    others = [line for line in all_lines if line.keys not in keys] if query.by else []
    threshold = query.threshold
    hidden = sum(not _is_within(threshold, line) for line in others) if threshold else 0
    rest = _together(selection, others, has_versus=planned.versus is not None)
    return Result(
        query=query,
        rows=tuple(_row(query, line) for line in shown),
        total=_row(query, total),
        rest=_rest(query, rest, len(others)) if others else None,
        coverage=coverage_of(selection, planned, rollup, total.now, hidden),
    )


def _row(query: UsageQuery, line: _Line) -> Row:
    values, versus, differences = _values(query, line)
    return Row(keys=line.keys, values=values, versus=versus, differences=differences)


def _rest(query: UsageQuery, line: _Line, count: int) -> Rest:
    values, versus, differences = _values(query, line)
    return Rest(lines=count, values=values, versus=versus, differences=differences)


def _values(query: UsageQuery, line: _Line) -> tuple[Values, Values | None, Values | None]:
    values = tuple(_number(name, line.value(name)) for name in query.measures)
    if line.then is None:
        return values, None, None
    versus = tuple(_number(name, line.then.value(name)) for name in query.measures)
    return values, versus, tuple(_number(name, line.difference(name)) for name in query.measures)


def _number(name: MeasureName, exact: Exact) -> Value:
    """After the last division."""
    if exact is None:
        return None
    formula = MEASURES[name].formula
    whole = isinstance(formula, Least) or (isinstance(formula, Quotient) and formula.is_whole)
    return exact.numerator if whole else exact.numerator / exact.denominator

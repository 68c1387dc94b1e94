"""What a follow-up changes in one part of the question before: replaced, added, or taken off."""

from collections.abc import Sequence
from datetime import date

from common.assistant.question.model import Constraints, Operation, Part
from common.assistant.reading.clause import Clause
from common.assistant.reading.message import Message
from common.assistant.reading.operations import CONSTRAINED
from common.assistant.reading.queries import in_order, measures_of, query_of, threshold_of
from common.assistant.reading.reader import ReadClause
from common.assistant.reading.signs import Quantity, Sign
from common.assistant.reading.what_if import imagined
from common.spend.semantics import Condition, DimensionName, MeasureName, Order, Period, PeriodName, UsageQuery
from common.spend.semantics.catalogue import Catalogue
from common.spend.semantics.periods import DayRange, range_of
from common.spend.semantics.query import MOST_BY, MOST_LINES

_PLAIN = Constraints()


def patched_query(part: Part, read: ReadClause, catalogue: Catalogue | None) -> Part:
    """Filters, periods, grouping, order and measures of the part; models of a what-if."""
    clause = read.clause
    present = [each.name for each in catalogue.dimensions] if catalogue else []
    if part.operation == Operation.WHAT_IF and _names_model(clause):
        models, where = imagined((), clause, None)
        changed = part.query.model_copy(update={"where": _where(part.query.where, where)})
        return part.model_copy(update={"models": models, "query": changed})
    days = DayRange(catalogue.first.toordinal(), catalogue.last.toordinal()) if catalogue else None
    measured = part.operation == Operation.MEASURE
    query = _query(part.query, clause, present, days) if measured else _rows(part.query, clause)
    return part.model_copy(update={"query": query})


def patched_constraints(part: Part, read: ReadClause, message: Message) -> Part:
    """Constraints of the message take the place of the same ones before; a bare percentage is the target, or growth."""
    if part.operation not in CONSTRAINED:
        return part
    constraints, _ = message.reader.constraints(read.marks)
    if constraints == _PLAIN:
        constraints = _bare(part, read.clause)
    given = {name: value for name, value in constraints if value != getattr(_PLAIN, name)}
    merged = {name: _joined(getattr(part.constraints, name), value) for name, value in given.items()}
    return part.model_copy(update={"constraints": part.constraints.model_copy(update=merged)})


def _joined(before: object, now: object) -> object:
    """Lists add up."""
    if isinstance(before, tuple) and isinstance(now, tuple):
        return tuple(dict.fromkeys((*before, *now)))
    return now


def takes_amount(part: Part, read: ReadClause) -> bool:
    """Whether the numbers of a clause have a use in a part."""
    wanted = part.operation in CONSTRAINED and (read.constraints != _PLAIN or _bare(part, read.clause) != _PLAIN)
    return wanted or _bare_count(part.query, read.clause) is not None


def _bare(part: Part, clause: Clause) -> Constraints:
    """What a lone amount says: it stays "15" what was "10 %" before."""
    amounts = [mark.value for mark in clause.marks if mark.sign in (Sign.NUMBER, Sign.QUANTITY)]
    if len(amounts) != 1:
        return _PLAIN
    quantity = amounts[0] if isinstance(amounts[0], Quantity) else Quantity(float(amounts[0]), "")
    return Constraints().model_copy(update=_meant(part, quantity))


def _meant(part: Part, quantity: Quantity) -> dict[str, object]:
    before, amount = part.constraints, quantity.amount
    if quantity.unit == "%":
        forecasts = part.operation in (Operation.FORECAST, Operation.HEADROOM)
        return {"growth_pct" if forecasts else "target_pct": amount}
    if quantity.unit == "":
        names = [name for name in ("target_pct", "growth_pct", "burst") if getattr(before, name)]
        if names:
            return {names[0]: amount}
    if quantity.unit in ("", "USD"):
        if part.operation == Operation.BUSINESS_CASE and (quantity.unit or before.hour_usd):
            return {"hour_usd": amount}
        for name in ("save", "budget"):
            money = getattr(before, name)
            if money is not None:
                return {name: money.model_copy(update={"usd": amount})}
    return {}


def _bare_count(query: UsageQuery, clause: Clause) -> int | None:
    """As in "make that 10", after a top 5."""
    numbers = [mark.value for mark in clause.marks if mark.sign == Sign.NUMBER]
    fits = query.top is not None and len(numbers) == 1 and 1 <= numbers[0] <= MOST_LINES
    return int(numbers[0]) if fits else None


def _names_model(clause: Clause) -> bool:
    return bool(clause.models) or any(each.dimension == DimensionName.MODEL for each in clause.names)


def _rows(query: UsageQuery, clause: Clause) -> UsageQuery:
    """Which rows, of operations that take no more of a query."""
    period = clause.periods[-1] if clause.periods else query.period
    where = _patched_where(query.where, clause.where, clause)
    return query.model_copy(update={"where": where, "period": None if clause.all_days else period})


def _query(query: UsageQuery, clause: Clause, present: Sequence[DimensionName], days: DayRange | None) -> UsageQuery:
    read = query_of(clause, present, days)
    adds = _adds(clause)
    weak = tuple(name for name in clause.weak_by if name not in clause.everything_of)
    guessed = () if clause.everything_of or (query.by and _only_picks(clause)) else read.by
    grouped = tuple(clause.by) or weak or guessed
    by = (
        query.by
        if not grouped
        else tuple(dict.fromkeys((*query.by, *grouped)))[:MOST_BY]
        if adds
        else grouped[:MOST_BY]
    )
    versus = _versus(read, clause) or (query.versus if not clause.periods or _is_relative(query) else None)
    period, versus = in_order(_period(query, read, clause, days), versus, days)
    changes: dict[str, object] = {
        "measures": _measures(query, clause),
        "by": by,
        "where": _patched_where(query.where, read.where, clause),
        "period": period,
        "versus": versus,
    }
    return _fitting(query.model_copy(update=changes), query, read, clause)


def _measures(query: UsageQuery, clause: Clause) -> tuple[MeasureName, ...]:
    """A limit alone keeps what is measured, and adds what it is of: "above 2000", "below 1 USD"."""
    measures, bound = measures_of(clause), clause.bound
    limits = bound is not None and not (clause.measures or clause.order or clause.per)
    if not measures or (limits and bound and not bound.quantity.unit and bound.measure is None):
        return query.measures
    return tuple(dict.fromkeys((*query.measures, *measures))) if _adds(clause) or limits else measures


def _period(query: UsageQuery, read: UsageQuery, clause: Clause, days: DayRange | None) -> Period | None:
    """As in "and the day before?": as many days just before those of the question before."""
    before = clause.versus is not None and clause.versus.name == PeriodName.PREVIOUS
    if before and not clause.compares and not clause.periods and days and query.period:
        shifted = range_of(query.period, days).before
        first, last = date.fromordinal(shifted.first), date.fromordinal(shifted.last)
        return Period(name=PeriodName.BETWEEN, first=first, last=last)
    if clause.all_days:
        return None
    return (read.period if clause.periods else None) or query.period or read.period


def _versus(read: UsageQuery, clause: Clause) -> Period | None:
    asked = clause.compares or clause.changed or bool(clause.periods)
    return read.versus if asked else None


def _is_relative(query: UsageQuery) -> bool:
    return query.versus is not None and query.versus.name == "previous"


def _fitting(changed: UsageQuery, query: UsageQuery, read: UsageQuery, clause: Clause) -> UsageQuery:
    """Orders and limits of lines that still fit; all of them need lines."""
    if not changed.by:
        return changed.model_copy(update={"order": None, "top": None, "threshold": None})
    order = query.order
    if clause.is_ordered:
        measure = clause.order or (query.order.measure if query.order else None) or changed.measures[0]
        order = Order(measure=measure, descending=clause.descending)
    if order and order.measure not in (None, *changed.measures):
        order = Order(measure=changed.measures[0], descending=order.descending)
    if order and order.by_difference and changed.versus is None:
        order = Order(measure=order.measure, descending=order.descending)
    regrouped = bool(clause.by or clause.weak_by)
    top = clause.top or read.top or _bare_count(query, clause) or (None if regrouped and query.top == 1 else query.top)
    threshold = threshold_of(clause, changed.measures) or query.threshold
    return changed.model_copy(update={"order": order, "top": top, "threshold": threshold})


def _only_picks(clause: Clause) -> bool:
    """Whether it only orders or limits lines, whatever they are by."""
    picks = clause.bound or clause.top or clause.is_ordered
    return bool(picks) and not (clause.trend or clause.share or clause.changed or clause.compares)


def _remaining(where: Sequence[Condition], clause: Clause) -> tuple[Condition, ...]:
    """What is left: "all models" takes the filter by model off."""
    return tuple(each for each in where if each.dimension not in clause.everything_of)


def _adds(clause: Clause) -> bool:
    """As in "also chat" and "plus chat"."""
    first = clause.marks[0] if clause.marks else None
    leads = first is not None and first.sign == Sign.AND and first.value == "plus"
    return leads or any(mark.sign == Sign.REST and mark.value == "also" for mark in clause.marks)


def _patched_where(before: Sequence[Condition], now: Sequence[Condition], clause: Clause) -> tuple[Condition, ...]:
    """The filters before and those of a clause."""
    before = _remaining(before, clause)
    now = [_swapped(before, each, clause) for each in now]
    return _where(before, [_widened(before, each) for each in now] if _adds(clause) else now)


def _swapped(before: Sequence[Condition], condition: Condition, clause: Clause) -> Condition:
    """As in "not chat, search" after a question of chat: search takes its place."""
    names = [mark for mark in clause.marks if mark.sign == Sign.NAME]
    corrects = clause.marks[0].value == "not" and len(names) > 1 and (names[1].comma or names[1].lead == "but")
    if not (corrects and condition.negated):
        return condition
    filtered = {value for each in before if each.dimension == condition.dimension for value in each.values}
    wrong = {each.value for each in names[0].value}
    left = tuple(value for value in condition.values if value not in wrong)
    return Condition(dimension=condition.dimension, values=left) if wrong & filtered and left else condition


def _widened(before: Sequence[Condition], condition: Condition) -> Condition:
    """With the values that are in already."""
    same = [each for each in before if each.dimension == condition.dimension and not each.negated]
    if condition.negated or not same:
        return condition
    values = dict.fromkeys(value for each in (*same, condition) for value in each.values)
    return Condition(dimension=condition.dimension, values=tuple(values))


def _where(before: Sequence[Condition], now: Sequence[Condition]) -> tuple[Condition, ...]:
    """A new condition takes the place of those of its dimension; what is excluded is first taken off the included."""
    where = list(before)
    for condition in now:
        same = [each for each in where if each.dimension == condition.dimension]
        where = [each for each in where if each.dimension != condition.dimension]
        if not condition.negated:
            where.append(condition)
        else:
            where.extend(_without(same, condition))
    return tuple(where)


def _without(same: Sequence[Condition], excluded: Condition) -> list[Condition]:
    included = [value for each in same if not each.negated for value in each.values]
    if included and set(included) & set(excluded.values):
        left = tuple(value for value in included if value not in excluded.values)
        return [Condition(dimension=excluded.dimension, values=left)] if left else [excluded]
    already = [value for each in same if each.negated for value in each.values]
    kept = [each for each in same if not each.negated]
    values = tuple(dict.fromkeys((*already, *excluded.values)))
    return [*kept, Condition(dimension=excluded.dimension, values=values, negated=True)]

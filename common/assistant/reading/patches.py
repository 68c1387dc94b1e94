"""What a follow-up changes in one part of the question before: replaced, added, or taken off."""

from collections.abc import Sequence

from common.assistant.question.model import Operation, Part, Wishes
from common.assistant.reading.clause import Clause
from common.assistant.reading.message import Message
from common.assistant.reading.operations import WISHFUL
from common.assistant.reading.queries import measures_of, query_of
from common.assistant.reading.reader import ReadClause
from common.assistant.reading.signs import Quantity, Sign
from common.assistant.reading.what_if import imagined
from common.spend.semantics import Condition, DimensionName, Order, UsageQuery
from common.spend.semantics.query import MOST_BY

_PLAIN = Wishes()


def patched_query(part: Part, read: ReadClause, held: Sequence[DimensionName]) -> Part:
    """Filters, periods, grouping, order and measures of the part; models of a what-if."""
    clause = read.clause
    if part.operation == Operation.WHAT_IF and _names_model(clause):
        models, where = imagined((), clause, None)
        changed = part.query.model_copy(update={"where": _where(part.query.where, where)})
        return part.model_copy(update={"models": models, "query": changed})
    query = _query(part.query, clause, held) if part.operation == Operation.MEASURE else _rows(part.query, clause)
    return part.model_copy(update={"query": query})


def patched_wishes(part: Part, read: ReadClause, message: Message) -> Part:
    """Wishes of the message take the place of the same ones before; a bare percentage is the target, or growth."""
    if part.operation not in WISHFUL:
        return part
    wishes, _ = message.reader.wishes(read.marks)
    if wishes == _PLAIN:
        wishes = _bare(part, read.clause)
    given = {name: value for name, value in wishes if value != getattr(_PLAIN, name)}
    merged = {name: _joined(getattr(part.wishes, name), value) for name, value in given.items()}
    return part.model_copy(update={"wishes": part.wishes.model_copy(update=merged)})


def _joined(before: object, now: object) -> object:
    """Lists add up."""
    if isinstance(before, tuple) and isinstance(now, tuple):
        return tuple(dict.fromkeys((*before, *now)))
    return now


def _bare(part: Part, clause: Clause) -> Wishes:
    for mark in clause.marks:
        if mark.sign == Sign.QUANTITY and isinstance(mark.value, Quantity) and mark.value.unit == "%":
            if part.operation in (Operation.FORECAST, Operation.HEADROOM):
                return Wishes(growth_pct=mark.value.amount)
            return Wishes(target_pct=mark.value.amount)
    return _PLAIN


def _names_model(clause: Clause) -> bool:
    return bool(clause.models) or any(each.dimension == DimensionName.MODEL for each in clause.named)


def _rows(query: UsageQuery, clause: Clause) -> UsageQuery:
    """Which rows, of operations that take no more of a query."""
    period = clause.periods[-1] if clause.periods else query.period
    return query.model_copy(update={"where": _where(query.where, clause.where), "period": period})


def _query(query: UsageQuery, clause: Clause, held: Sequence[DimensionName]) -> UsageQuery:
    said = query_of(clause, held)
    adds = any(mark.sign == Sign.REST and mark.value == "also" for mark in clause.marks)
    measures = measures_of(clause)
    kept = query.measures if not measures else (*query.measures, *measures) if adds else measures
    grouped = tuple(clause.by) or tuple(clause.weak_by) or said.by
    by = (
        query.by
        if not grouped
        else tuple(dict.fromkeys((*query.by, *grouped)))[:MOST_BY]
        if adds
        else grouped[:MOST_BY]
    )
    period = said.period or query.period
    versus = said.versus or (query.versus if not clause.periods or _is_relative(query) else None)
    changes: dict[str, object] = {
        "measures": tuple(dict.fromkeys(kept)),
        "by": by,
        "where": _where(query.where, said.where),
        "period": period,
        "versus": versus,
    }
    return _fitting(query.model_copy(update=changes), query, said, clause)


def _is_relative(query: UsageQuery) -> bool:
    return query.versus is not None and query.versus.name == "previous"


def _fitting(changed: UsageQuery, query: UsageQuery, said: UsageQuery, clause: Clause) -> UsageQuery:
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
    top = clause.top or said.top or (None if regrouped and query.top == 1 else query.top)
    threshold = said.threshold or query.threshold
    return changed.model_copy(update={"order": order, "top": top, "threshold": threshold})


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

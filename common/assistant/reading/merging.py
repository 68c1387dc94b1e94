"""Clauses that ask one thing together: "Rate limits: 60 rpm. How much headroom is left?"."""

from collections.abc import Sequence
from dataclasses import replace

from common.assistant.question.model import Constraints, Operation, Part
from common.assistant.reading.operations import CONSTRAINED, WEAK
from common.assistant.reading.reader import ReadClause
from common.assistant.reading.signs import Sign
from common.spend.semantics import MeasureName

_PLAIN = Constraints()
_ONCE_ONLY = CONSTRAINED | {
    Operation.ANOMALY,
    Operation.CHANGE,
    Operation.AUDIT,
    Operation.ACT,
    Operation.KNOWLEDGE,
    Operation.ABOUT,
    Operation.INTERNALS,
    Operation.OUTSIDE,
    Operation.EXPORT,
}
"""Two clauses that ask for one of them ask for it together."""


def merged(clauses: Sequence[ReadClause]) -> list[ReadClause]:
    """The clauses that are parts."""
    found: list[ReadClause] = []
    for read in clauses:
        together = next((at for at in range(len(found) - 1, -1, -1) if _is_one(found[at], read)), None)
        if together is None:
            found.append(read)
        else:
            found[together] = _joined(found[together], read)
    return found


def _is_one(before: ReadClause, read: ReadClause) -> bool:
    first, second = before.part, read.part
    if first is None or second is None:
        return False
    if first.operation == second.operation:
        same = first.query.where == second.query.where or not (first.query.where and second.query.where)
        return first.operation in _ONCE_ONLY and same
    return _only_constraints(before, second) or _only_constraints(read, first) or _goes_on(first, read)


def _only_constraints(read: ReadClause, other: Part) -> bool:
    """A clause whose words are constraints, beside one that has a use for them."""
    clause = read.clause
    asks = clause.by or clause.which or clause.is_ordered or clause.trend or clause.periods
    named = [mark for mark in clause.operations if mark.value != Operation.FORECAST]
    return read.constraints != _PLAIN and other.operation in CONSTRAINED and not asks and not named


def _goes_on(first: Part, read: ReadClause) -> bool:
    """As in "Black Friday brings five times the traffic. What would that cost?" and "which day is odd, and why?"."""
    clause = read.clause
    if read.part is None or clause.is_narrowing or clause.by:
        return False
    if first.operation in _ONCE_ONLY and read.part.operation == Operation.EXPLAIN:
        return read.part.topic == "why"
    refers = any(mark.sign == Sign.REST for mark in clause.marks)
    weak = all(mark.topic == WEAK for mark in clause.operations)
    return first.operation in _ONCE_ONLY and refers and set(clause.measures) <= {MeasureName.COST} and weak


def _joined(before: ReadClause, read: ReadClause) -> ReadClause:
    """The part of the one that says more; its constraints and rows are those of both."""
    first, second = before.part, read.part
    if first is None or second is None:
        return before
    keep = second if _only_constraints(before, second) and second.operation != Operation.MEASURE else first
    other = first if keep is second else second
    constraints = _both(before.constraints, read.constraints) if keep.operation in CONSTRAINED else keep.constraints
    where = keep.query.where or (other.query.where if other.operation != Operation.MEASURE else ())
    query = keep.query.model_copy(update={"where": where, "period": keep.query.period or other.query.period})
    part = keep.model_copy(
        update={"query": query, "constraints": constraints, "audits": _unique(first.audits, second.audits)}
    )
    return replace(before, part=part, because=(*before.because, *read.because), constraints=constraints)


def _both(first: Constraints, second: Constraints) -> Constraints:
    """Constraints of the second take the place of the same ones of the first; lists add up."""
    changes: dict[str, object] = {}
    for name, value in second:
        if value != getattr(_PLAIN, name):
            before = getattr(first, name)
            changes[name] = _unique(before, value) if isinstance(before, tuple) else value
    return first.model_copy(update=changes)


def _unique(first: tuple[object, ...], second: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(dict.fromkeys((*first, *second)))

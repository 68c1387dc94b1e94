"""Which operation a clause wants: by its words, and by what else stands in it."""

from common.assistant.question.model import Operation, Wishes
from common.assistant.reading.clause import Clause
from common.assistant.reading.signs import Mark
from common.spend.semantics import DimensionName

WISHFUL = frozenset(
    {
        Operation.PLAN,
        Operation.WHAT_IF,
        Operation.BUSINESS_CASE,
        Operation.FORECAST,
        Operation.HEADROOM,
        Operation.BURST,
    }
)
"""Those that wishes belong to; a measuring clause has thresholds instead."""
WORDLESS = frozenset(
    {
        Operation.ACT,
        Operation.ABOUT,
        Operation.INTERNALS,
        Operation.OUTSIDE,
        Operation.EXPORT,
        Operation.KNOWLEDGE,
    }
)
"""Those that no query is read for: all words belong to what is asked."""
_FIRST = (
    Operation.INTERNALS,
    Operation.ACT,
    Operation.SAVED,
    Operation.BUSINESS_CASE,
    Operation.BURST,
    Operation.HEADROOM,
    Operation.EXPORT,
)
"""They win over all others that the same clause names."""
_LATER = (
    Operation.CHANGE,
    Operation.ANOMALY,
    Operation.PLAN,
    Operation.FORECAST,
    Operation.AUDIT,
)
_PLAIN = Wishes()
WEAK = "weak"
WHY = "why"


def operation_of(clause: Clause, wishes: Wishes, *, follows: bool) -> tuple[Operation | None, str]:
    """The operation and its topic; None where no word says what is wanted. `follows`: there is an answer before."""
    found = {Operation(mark.value): mark for mark in reversed(clause.operations)}
    for operation in _FIRST:
        if operation in found:
            return operation, found[operation].topic
    if _is_what_if(clause, found):
        return Operation.WHAT_IF, ""
    explained = _explained(clause, found, follows=follows)
    if explained:
        return explained
    if _is_knowledge(clause):
        return Operation.KNOWLEDGE, ""
    return _of_data(clause, wishes, found)


def _of_data(clause: Clause, wishes: Wishes, found: dict[Operation, Mark]) -> tuple[Operation | None, str]:
    named = next((each for each in _LATER if each in found and not _is_only_dear(clause, each)), None)
    if named is None and Operation.OUTSIDE in found and not clause.measures:
        named = Operation.OUTSIDE
    if named is None and Operation.MEASURE in found:
        named = Operation.MEASURE
    if named:
        return named, found[named].topic
    if clause.audits and not clause.is_measuring:
        return Operation.AUDIT, ""
    if wishes != _PLAIN and not clause.is_measuring:
        return Operation.PLAN, ""
    if clause.is_measuring or clause.where or clause.periods or clause.unknown:
        dear = Operation.ANOMALY in found and not clause.by
        return Operation.MEASURE, "where money goes" if dear else ""
    return _of_nothing_else(found)


def _of_nothing_else(found: dict[Operation, Mark]) -> tuple[Operation | None, str]:
    for operation in (Operation.OUTSIDE, Operation.ABOUT, Operation.EXPLAIN):
        if operation in found:
            return operation, found[operation].topic
    return (Operation.MEASURE, "where money goes") if Operation.ANOMALY in found else (None, "")


def _is_what_if(clause: Clause, found: dict[Operation, Mark]) -> bool:
    """Weak words ("would", "cost on") need a model that is to be imagined."""
    if Operation.WHAT_IF not in found or Operation.CHANGE in found:
        return False
    names_model = bool(clause.models) or any(each.dimension == DimensionName.MODEL for each in clause.named)
    strong = any(mark.value == Operation.WHAT_IF and mark.topic != WEAK for mark in clause.operations)
    return names_model or (strong and Operation.BURST not in found)


def _explained(clause: Clause, found: dict[Operation, Mark], *, follows: bool) -> tuple[Operation, str] | None:
    """About the answer before; "why" of something in the data asks for the causes."""
    mark = found.get(Operation.EXPLAIN)
    if mark is None:
        return None
    if mark.topic != WHY:
        return (Operation.EXPLAIN, mark.topic) if not clause.measures else None
    if _has_a_cause(clause, found):
        return Operation.ANOMALY, ""
    bare = not clause.is_measuring and not clause.is_narrowing and not clause.topics
    return (Operation.EXPLAIN, WHY) if clause.refers or (follows and bare) else None


def _has_a_cause(clause: Clause, found: dict[Operation, Mark]) -> bool:
    """Whether "why" is of something that happened in the data."""
    odd = Operation.ANOMALY in found and not _is_only_dear(clause, Operation.ANOMALY)
    return odd or clause.changed or (clause.is_measuring and bool(clause.periods))


def _is_only_dear(clause: Clause, operation: Operation) -> bool:
    """As in "why is our bill so high?": no day is out of line, the cost is to be taken apart."""
    dear = {mark.topic for mark in clause.operations if mark.value == operation}
    return operation == Operation.ANOMALY and dear == {"dear"} and not clause.periods and not clause.changed


def _is_knowledge(clause: Clause) -> bool:
    """A term that is asked about, with nothing of the customer's."""
    if not (clause.topics or clause.audits) or clause.is_own or clause.periods or clause.by or clause.refers:
        return False
    named = {each.dimension for each in clause.named}
    if named - {DimensionName.TIER, DimensionName.PROVIDER, DimensionName.MODEL}:
        return False
    return clause.defines or bool(clause.topics and not clause.operations)

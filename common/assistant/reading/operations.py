"""Which operation a clause wants: by its words, and by what else stands in it."""

from collections.abc import Mapping

from common.assistant.question.model import AuditKind, Constraints, Operation
from common.assistant.reading.clause import Clause
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.what_if import GIVES_UP, given_up
from common.spend.semantics import DimensionName, MeasureName

CONSTRAINED = frozenset(
    {
        Operation.PLAN,
        Operation.WHAT_IF,
        Operation.BUSINESS_CASE,
        Operation.FORECAST,
        Operation.HEADROOM,
        Operation.BURST,
    }
)
"""Those that constraints belong to; a measuring clause has thresholds instead."""
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
_MOVED = frozenset({DimensionName.MODEL, DimensionName.PROVIDER})
"""Without one of them its requests go elsewhere; without anything else, what it costs is no longer spent."""
_PLAIN = Constraints()
_NAMELESS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    ("only_kinds", "excluded_kinds", "excluded_models", "excluded_providers", "only_providers", "keeps"), ()
)
WEAK = "weak"
WASTE = "waste"
_BILL: tuple[list[MeasureName], ...] = ([], [MeasureName.COST])
AUDITED: Mapping[MeasureName, AuditKind] = {
    MeasureName.CACHED_TOKENS: "caching",
    MeasureName.CACHED_SHARE: "caching",
    MeasureName.CACHE_WRITE_TOKENS: "caching",
    MeasureName.REASONING_TOKENS: "reasoning",
    MeasureName.REASONING_COST: "reasoning",
    MeasureName.REPEATED_REQUESTS: "duplicates",
    MeasureName.REPEATED_SHARE: "duplicates",
    MeasureName.REPEATED_COST: "duplicates",
    MeasureName.FAILED_REQUESTS: "retries",
    MeasureName.ERROR_RATE: "retries",
}
"""What an audit of a measure looks at."""
TERMS = frozenset(
    {
        MeasureName.REASONING_TOKENS,
        MeasureName.CACHED_TOKENS,
        MeasureName.CACHE_WRITE_TOKENS,
        MeasureName.CACHED_SHARE,
        MeasureName.TTFT_P50,
        MeasureName.INPUT_TOKENS,
        MeasureName.OUTPUT_TOKENS,
    }
)
"""Measures whose names are terms that can be asked about."""
_LIMITS = frozenset(
    {Sign.BELOW, Sign.QUANTITY, Sign.NUMBER, Sign.ONLY, Sign.REST, Sign.AND, Sign.ANSWER, Sign.FUNCTION, Sign.POLITE}
)
_ONTO = frozenset({"on", "to", "with"})
WHY = "why"


def operation_of(clause: Clause, constraints: Constraints, before: Operation | None) -> tuple[Operation | None, str]:
    """The operation and its topic; None where no word says what is wanted. `before`: that of the answer before."""
    by_operation = {Operation(mark.value): mark for mark in reversed(clause.operations)}
    if _is_knowledge(clause, by_operation, constraints):
        return Operation.KNOWLEDGE, ""
    first = next((each for each in _FIRST if each in by_operation), None)
    if first:
        return first, by_operation[first].topic
    if constraints.rpm or constraints.tpm or constraints.burst:
        spikes = constraints.burst or before == Operation.BURST
        return (Operation.BURST if spikes else Operation.HEADROOM), ""
    if constraints.hour_usd and before == Operation.BUSINESS_CASE and not set(by_operation) - {Operation.WHAT_IF}:
        return Operation.BUSINESS_CASE, ""
    if _is_what_if(clause, by_operation):
        return Operation.WHAT_IF, ""
    return _explained(clause, by_operation, follows=before is not None) or _of_data(
        clause, constraints, by_operation, before
    )


def _of_data(
    clause: Clause, constraints: Constraints, by_operation: dict[Operation, Mark], before: Operation | None
) -> tuple[Operation | None, str]:
    if clause.audits and (Operation.AUDIT in by_operation or _only_wastes(clause)):
        return Operation.AUDIT, ""
    named = _by_name(clause, constraints, by_operation, before)
    if named:
        return named, by_operation[named].topic if named in by_operation else ""
    if clause.audits and not clause.measures and not clause.by:
        return Operation.AUDIT, ""
    if clause.is_measuring or clause.where or clause.periods or clause.unknown:
        expensive = Operation.ANOMALY in by_operation and not clause.by
        return Operation.MEASURE, "where money goes" if expensive else ""
    return _of_nothing_else(by_operation)


def _by_name(
    clause: Clause, constraints: Constraints, by_operation: dict[Operation, Mark], before: Operation | None
) -> Operation | None:
    """By its words, or by constraints that only a plan or a forecast has."""
    named = next((each for each in _LATER if each in by_operation and not _is_only_expensive(clause, each)), None)
    if named in (None, Operation.FORECAST) and (constraints.target_pct or constraints.save or constraints.speedup):
        return Operation.PLAN
    if named is None and (constraints.growth_pct or constraints.horizons):
        return Operation.FORECAST
    if named is None and _imagines(clause):  # no model is named: "what if we cached the prompts?"
        ended = {mark.value[0].dimension for mark in given_up(clause) if mark.sign == Sign.NAME}
        return Operation.MEASURE if ended - _MOVED else Operation.PLAN
    if named is None and constraints != _PLAIN and not _is_lined(clause):
        wanted = before if before in CONSTRAINED else Operation.PLAN
        figures = bool(clause.measures) and _only_names(constraints)  # "error rate excluding batch"
        return None if before == Operation.MEASURE or figures else wanted
    capped = (
        constraints.budget and before != Operation.MEASURE and not (clause.weak_by or clause.which or clause.is_ordered)
    )
    if named is None and not (before == Operation.MEASURE and _only_limits(clause)) and (_is_cap(clause) or capped):
        return Operation.PLAN
    return named or _of_neither(clause, by_operation)


def _only_names(constraints: Constraints) -> bool:
    """Whether nothing but names is wanted or not wanted."""
    return constraints != _PLAIN and constraints.model_copy(update=_NAMELESS) == _PLAIN


def _of_neither(clause: Clause, by_operation: dict[Operation, Mark]) -> Operation | None:
    if Operation.OUTSIDE in by_operation and _is_outside(clause):
        return Operation.OUTSIDE
    return Operation.MEASURE if Operation.MEASURE in by_operation else None


def _only_limits(clause: Clause) -> bool:
    """As in "below 1 USD", and nothing beside it: of the lines before."""
    return all(mark.sign in _LIMITS for mark in clause.marks)


def _is_cap(clause: Clause) -> bool:
    """As in "keep the bill under 400 a month": no line is to be below it, the bill is."""
    bound = clause.bound
    money = bound is not None and not bound.above and bound.quantity.unit in ("", "USD")
    return money and not (
        clause.by
        or clause.weak_by
        or clause.which
        or clause.is_ordered
        or clause.periods
        or clause.measures not in _BILL
    )


def _is_outside(clause: Clause) -> bool:
    """As "a poem about tokens" is; "the cost of the translate feature" is not."""
    said = [mark for mark in clause.marks if mark.sign in (Sign.MEASURE, Sign.NAME, Sign.OPERATION)]
    first = said[0].sign == Sign.OPERATION and said[0].value == Operation.OUTSIDE
    return (first and not clause.names) or not clause.measures


def _is_lined(clause: Clause) -> bool:
    """Whether lines are asked for, so that an amount is a limit of lines."""
    return bool(clause.by or clause.weak_by or clause.is_ordered or clause.which or clause.top or clause.trend)


def _only_wastes(clause: Clause) -> bool:
    return bool(clause.operations) and all(mark.topic == WASTE for mark in clause.operations)


def _of_nothing_else(by_operation: dict[Operation, Mark]) -> tuple[Operation | None, str]:
    for operation in (Operation.OUTSIDE, Operation.ABOUT, Operation.EXPLAIN):
        if operation in by_operation:
            return operation, by_operation[operation].topic
    return (Operation.MEASURE, "where money goes") if Operation.ANOMALY in by_operation else (None, "")


def _is_what_if(clause: Clause, by_operation: dict[Operation, Mark]) -> bool:
    """Weak words ("would") need a model that is to be imagined; a model that the data do not have is imagined."""
    if Operation.CHANGE in by_operation or Operation.BURST in by_operation:
        return False
    leads = any(mark.sign == Sign.MODEL and mark.lead in _ONTO for mark in clause.marks)
    if Operation.WHAT_IF not in by_operation:
        of_feature = any(each.dimension == DimensionName.FEATURE for each in clause.names)
        better = clause.changed and bool(clause.models) and clause.defines
        return (leads and of_feature and not clause.periods) or better
    ended = given_up(clause)
    if ended:
        return _imagines(clause) and any(_is_model(mark) for mark in clause.marks if mark not in ended)
    return bool(clause.models) or any(
        each.dimension == DimensionName.MODEL and not each.negated for each in clause.where
    )


def _is_model(mark: Mark) -> bool:
    return mark.sign == Sign.MODEL or (mark.sign == Sign.NAME and mark.value[0].dimension == DimensionName.MODEL)


def _imagines(clause: Clause) -> bool:
    """Whether words say so strongly, as "what if" does."""
    return any(mark.value == Operation.WHAT_IF and mark.topic not in (WEAK, GIVES_UP) for mark in clause.operations)


def _explained(clause: Clause, by_operation: dict[Operation, Mark], *, follows: bool) -> tuple[Operation, str] | None:
    """About the answer before; "why" of something in the data asks for the causes."""
    mark = by_operation.get(Operation.EXPLAIN)
    if mark is None:
        return None
    if mark.topic != WHY:
        return (Operation.EXPLAIN, mark.topic) if not clause.measures else None
    if _has_a_cause(clause, by_operation):
        return Operation.ANOMALY, ""
    if any(name in AUDITED for name in clause.measures):
        return Operation.AUDIT, ""
    bare = not clause.is_measuring and not clause.is_narrowing and not clause.topics
    alone = len(clause.marks) == 1
    return (Operation.EXPLAIN, WHY) if clause.refers or alone or (follows and bare) else None


def _has_a_cause(clause: Clause, by_operation: dict[Operation, Mark]) -> bool:
    """Whether "why" is of something that happened in the data."""
    odd = Operation.ANOMALY in by_operation and not _is_only_expensive(clause, Operation.ANOMALY)
    return odd or clause.changed or (clause.is_measuring and bool(clause.periods))


def _is_only_expensive(clause: Clause, operation: Operation) -> bool:
    """As in "why is our bill so high?": no day is out of line, the cost is to be taken apart."""
    expensive = {mark.topic for mark in clause.operations if mark.value == operation}
    return operation == Operation.ANOMALY and expensive == {"dear"} and not clause.periods and not clause.changed


def _is_knowledge(clause: Clause, by_operation: dict[Operation, Mark], constraints: Constraints) -> bool:
    """A term or a price that is asked about, with nothing of the customer's."""
    if clause.is_own or clause.periods or clause.by or clause.refers or constraints != _PLAIN:
        return False
    named = {each.dimension for each in clause.names}
    if named - {DimensionName.TIER, DimensionName.PROVIDER, DimensionName.MODEL}:
        return False
    if clause.means and (clause.measures or clause.topics or clause.audits):
        return True
    if clause.defines and Operation.HEADROOM in by_operation and named:
        return True
    return _asks_price(clause, by_operation) or _asks_term(clause, by_operation)


def _asks_term(clause: Clause, by_operation: dict[Operation, Mark]) -> bool:
    if set(by_operation) - {Operation.EXPLAIN, Operation.ABOUT}:
        return False
    asks = any(mark.sign == Sign.DEFINES and mark.end > mark.first + 1 for mark in clause.marks)
    tier = asks and any(each.dimension == DimensionName.TIER for each in clause.names)
    terms = clause.audits or tier or any(name in TERMS for name in clause.measures)
    return bool(clause.topics) or (clause.defines and bool(terms))


def _asks_price(clause: Clause, by_operation: dict[Operation, Mark]) -> bool:
    """As "what does gpt-4o cost per million tokens?", "how much cheaper are cached tokens at Anthropic?"."""
    if {Operation.PLAN, Operation.ANOMALY, Operation.WHAT_IF} & set(by_operation):
        return False
    at_provider = any(mark.sign == Sign.NAME and mark.lead == "at" for mark in clause.marks)
    per_million = any(mark.sign == Sign.PER_TOKENS and mark.value for mark in clause.marks)
    return at_provider or (per_million and bool(clause.names or clause.models))

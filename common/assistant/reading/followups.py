"""Follow-ups: what a message changes in the question before."""

from collections.abc import Iterator

from common.assistant.question.draft import Because, Draft, LastTurn
from common.assistant.question.model import Constraints, Operation, Part
from common.assistant.reading.clause import Clause
from common.assistant.reading.message import Message
from common.assistant.reading.operations import CONSTRAINED
from common.assistant.reading.patches import patched_constraints, patched_query, takes_amount
from common.assistant.reading.reader import ReadClause
from common.assistant.reading.signs import Sign
from common.spend.semantics import DimensionName

_LEADS = frozenset({Sign.AND, Sign.ANSWER, Sign.REST, Sign.ONLY, Sign.INSTEAD, Sign.NOT, Sign.CORRECTION, Sign.OR})
"""Words that a message begins with that goes on with the one before."""
_SMALL = frozenset({Sign.FUNCTION, Sign.POLITE, Sign.BY, Sign.AND})
_DATA = frozenset({Operation.MEASURE, *CONSTRAINED, Operation.ANOMALY, Operation.CHANGE, Operation.AUDIT})


def followed_up(message: Message, last: LastTurn) -> Draft | None:
    """The question before as the message changes it; None for a message that stands on its own."""
    read = _one(message)
    if read is None:
        return None
    parts = _referring(read, last) or _changed(read, last, message)
    if parts is None:
        return None
    adjusts = _adjusts(read, last) and any(takes_amount(part, read) for part in last.question.parts)
    bare = _bare_words(read, message) if adjusts else ()
    unread = tuple(word for word in message.unread if word not in bare)
    update = {"parts": parts, "unread": unread, "doubts": message.doubts, "language": message.language}
    question = last.question.model_copy(update={**update, **message.shape})
    return Draft(question=question, because=tuple(_because(read, len(parts))))


def _one(message: Message) -> ReadClause | None:
    """A follow-up is one clause; what only answers or shapes may stand beside it."""
    real = [each for each in message.clauses if not _is_aside(each.clause)]
    if len(real) > 1:
        return None
    return real[0] if real else message.clauses[0] if message.clauses else None


def _is_aside(clause: Clause) -> bool:
    only_polite = all(mark.value == Operation.ABOUT for mark in clause.operations)
    return only_polite and not (clause.is_measuring or clause.is_narrowing or clause.models or clause.refers
                                or clause.unknown or clause.topics or clause.audits)  # fmt: skip


def _referring(read: ReadClause, last: LastTurn) -> tuple[Part, ...] | None:
    """About the answer before, or about some of its recommendations."""
    part, clause = read.part, read.clause
    base = last.question.parts[0]
    if part and part.operation == Operation.EXPLAIN:
        return (part,)
    steps = base.operation in CONSTRAINED and any(mark.topic == "steps" for mark in clause.operations)
    if part and steps and not clause.refers:
        part = part.model_copy(update={"refers": base.refers or (1,)})
    elif not clause.refers:
        return None
    if part is None or part.operation == Operation.MEASURE:
        topic = base.topic if base.operation == Operation.EXPLAIN else "why"
        return (Part(operation=Operation.EXPLAIN, topic=topic, refers=tuple(clause.refers)),)
    if part.operation == Operation.PLAN:
        kept = {
            "query": base.query,
            "constraints": base.constraints if base.operation in CONSTRAINED else part.constraints,
        }
        return (part.model_copy(update=kept),)
    return None


def _changed(read: ReadClause, last: LastTurn, message: Message) -> tuple[Part, ...] | None:
    if not _is_patch(read, last):
        return None
    catalogue = message.reader.catalogue
    return tuple(
        patched_constraints(patched_query(part, read, catalogue), read, message) if part.operation in _DATA else part
        for part in last.question.parts
    )


def _is_patch(read: ReadClause, last: LastTurn) -> bool:
    """Whether a message only makes sense with the question before."""
    clause, part = read.clause, read.part
    if clause.unknown or clause.topics:
        return False
    if part is not None and part.operation not in (Operation.MEASURE, last.question.parts[0].operation):
        return False
    if _adjusts(read, last):
        return True
    first = read.marks[0].sign if read.marks else None
    leads = first in _LEADS or clause.instead or clause.linked or _in_a_measure(clause)
    if clause.is_empty:
        return bool(clause.all_days or (read.unread == () and leads and clause.is_shape))
    if clause.measures or (clause.operations and part is not None):
        return bool(leads) and not _is_whole(clause)
    return not _is_whole(clause)


def _in_a_measure(clause: Clause) -> bool:
    """As in "in requests" and "by cost", and nothing beside it."""
    says = [mark for mark in clause.marks if mark.sign not in _SMALL]
    measures = [mark for mark in says if mark.sign not in (Sign.ORDER, Sign.TOP, Sign.NUMBER)]
    only = bool(measures) and all(mark.sign == Sign.MEASURE for mark in measures)
    return only and measures[0] == says[0] and says[0].lead in ("in", "by")


def _adjusts(read: ReadClause, last: LastTurn) -> bool:
    """Constraints for what was planned, also "what if we kept chat?", and bare numbers: "make that 10"."""
    base, clause = last.question.parts[0], read.clause
    imagined = read.constraints != Constraints() and all(mark.value == Operation.WHAT_IF for mark in clause.operations)
    bare = [mark.sign for mark in clause.marks if mark.sign in (Sign.NUMBER, Sign.QUANTITY)]
    priced = base.operation == Operation.BUSINESS_CASE and bare == [Sign.QUANTITY] and clause.by == [DimensionName.HOUR]
    if (clause.is_measuring and not priced) or (clause.operations and not imagined):
        return False
    wanted = base.operation in CONSTRAINED and (read.constraints != Constraints() or len(bare) == 1)
    return wanted or (bare == [Sign.NUMBER] and base.query.top is not None)


def _bare_words(read: ReadClause, message: Message) -> tuple[str, ...]:
    """The numbers that change a target or a count."""
    marks = [mark for mark in read.clause.marks if mark.sign in (Sign.NUMBER, Sign.QUANTITY)]
    return tuple(token.text for mark in marks for token in message.reader.tokens[mark.first : mark.end])


def _is_whole(clause: Clause) -> bool:
    """A question of its own: what is measured, and what of."""
    asks = bool(clause.marks) and clause.marks[0].sign == Sign.WHICH
    return bool(clause.which and clause.is_ordered) or (asks and bool(clause.measures)) or bool(
        clause.measures and (clause.by or clause.bound or clause.where) and not _begins_as_patch(clause)
    )  # fmt: skip


def _begins_as_patch(clause: Clause) -> bool:
    return bool(clause.marks) and clause.marks[0].sign in _LEADS


def _because(read: ReadClause, parts: int) -> Iterator[Because]:
    for each in read.because:
        if each.field in ("format", "audience", "currency"):
            yield each
        else:
            for place in range(parts):
                yield Because(f"parts.{place}.{each.field}", each.words, each.certain)

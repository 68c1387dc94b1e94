"""From clauses to a question: parts in order, what they share, and a question back where something is not known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from common.assistant.question.draft import AskBack, Because, Draft, LastTurn
from common.assistant.question.model import MOST_PARTS, Operation, Part, Question
from common.assistant.reading.asking import about_name, about_nothing, about_words, likeliest, with_name
from common.assistant.reading.clause import Clause
from common.assistant.reading.merging import merged
from common.assistant.reading.message import Message
from common.assistant.reading.narrowing import narrowed, only_narrows
from common.assistant.reading.operations import WORDLESS
from common.assistant.reading.reader import ReadClause
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.slots import slot_of
from common.spend.semantics import DimensionName, UsageQuery

_FEW = 2
_REFUSALS = frozenset({"no", "not", "nope", "neither", "none", "wrong"})
"""What a reply to a question back begins with that takes none of its readings."""
_ASIDE = frozenset({Operation.ABOUT})
"""Not worth a part beside another."""
_OF_DATA = frozenset(Operation) - {
    Operation.EXPLAIN,
    Operation.KNOWLEDGE,
    Operation.EXPORT,
    Operation.ACT,
    Operation.ABOUT,
    Operation.INTERNALS,
    Operation.OUTSIDE,
    Operation.SAVED,
}


def assembled(message: Message, last: LastTurn | None) -> Draft:
    """A message that stands on its own."""
    asked_before = last is not None and last.was_ask_back
    wanted = _wanted(message.clauses)
    if not wanted or _is_foreign(message, wanted):
        return _of_nothing(message, last)
    parts, extra = _parts(wanted)
    parts = tuple(_of_before(part, each.clause, last) for part, each in zip(parts, wanted, strict=False))
    beside = _beside(message.clauses)
    rows = narrowed(parts, beside)
    question = Question.model_validate(
        {
            "parts": rows.parts,
            "language": message.language,
            "unread": (*message.unread, *extra, *rows.unread)[:100],
            "doubts": message.doubts,
            **message.shape,
        }
    )
    draft = Draft(question=question, because=(*_because(wanted), *rows.because))
    return _with_unknown_names(message, [*wanted, *beside], draft, asked_before=asked_before)


def _is_foreign(message: Message, wanted: Sequence[ReadClause]) -> bool:
    """Whether so little of it was read that what was read may mean anything."""
    if any(each.part and each.part.operation in WORDLESS for each in wanted):
        return False
    return len(message.unread) >= _FEW and len(message.unread) * 2 >= len(message.reader.tokens)


def _wanted(clauses: Sequence[ReadClause]) -> list[ReadClause]:
    """Those that are parts: a clause that only narrows or shapes goes to the others."""
    with_part = [each for each in clauses if each.part is not None]
    real = _real(clauses)
    leading = [each for each in real if not only_narrows(each)]
    return merged(leading or real or with_part)


def _beside(clauses: Sequence[ReadClause]) -> list[ReadClause]:
    """Those that only narrow, where others ask."""
    real = _real(clauses)
    narrowing = [each for each in real if only_narrows(each)]
    return narrowing if len(narrowing) < len(real) else []


def _real(clauses: Sequence[ReadClause]) -> list[ReadClause]:
    return [each for each in clauses if each.part and each.part.operation not in _ASIDE]


def _parts(wanted: Sequence[ReadClause]) -> tuple[tuple[Part, ...], list[str]]:
    """At most four, and the words of those beyond."""
    parts: list[Part] = []
    for place, each in enumerate(wanted[:MOST_PARTS]):
        if each.part is not None:
            parts.append(_sharing(each, wanted[:place], wanted[place + 1 :]))
    extra = [because.words for each in wanted[MOST_PARTS:] for because in each.because]
    return tuple(parts), extra


def _sharing(read: ReadClause, before: Sequence[ReadClause], after: Sequence[ReadClause]) -> Part:
    """Filters and periods go from a clause to those that it goes on with; a period also back, within a sentence."""
    part = read.part or Part(operation=Operation.MEASURE)
    if part.operation not in _OF_DATA:
        return part
    query = part.query
    if read.clause.linked and before and before[-1].part:
        query = _with(part, before[-1].part.query)
    following = next((each for each in after[:1] if each.clause.linked and each.part), None)
    if following and following.part and query.period is None:
        query = query.model_copy(update={"period": following.part.query.period})
    return part.model_copy(update={"query": query})


def _of_before(part: Part, clause: Clause, last: LastTurn | None) -> Part:
    """What "it" and "that" are: the rows of the question before."""
    before = last.question.parts[0].query.where if last else ()
    if not clause.refers_back or part.operation not in _OF_DATA or part.query.where or not before:
        return part
    return part.model_copy(update={"query": part.query.model_copy(update={"where": before})})


def _with(part_of: Part, shared: UsageQuery) -> UsageQuery:
    """Filters go to any part, a period only to one that measures, too."""
    query = part_of.query
    named = {each.dimension for each in query.where}
    where = (
        *(each for each in shared.where if each.dimension not in named and each.dimension not in query.by),
        *query.where,
    )
    if query.period is not None or part_of.operation != Operation.MEASURE:
        return query.model_copy(update={"where": where})
    return query.model_copy(update={"where": where, "period": shared.period})


def _because(wanted: Sequence[ReadClause]) -> Iterator[Because]:
    for place, each in enumerate(wanted[:MOST_PARTS]):
        for because in each.because:
            yield because.of_part(place)


def _of_nothing(message: Message, last: LastTurn | None) -> Draft:
    """Nothing says what is wanted: three readings to choose from, but never twice in a row."""
    question, ask_back = about_nothing(message.unread)
    question = question.model_copy(update={"language": message.language, **message.shape})
    if last is None and not message.unread and any(each.clause.bullets for each in message.clauses):
        return Draft(question=question)  # "five insights": so many points about everything
    if last is None or not last.was_ask_back or not last.options:
        return Draft(question=question, ask_back=ask_back)
    if message.reader.tokens and message.reader.tokens[0].norm in _REFUSALS:
        return Draft(question=question, ask_back=AskBack("What do you mean instead? Please say it anew.", ()))
    chosen = last.options[0].question if last.options else question
    doubts = (*chosen.doubts, "Taken as the likeliest of the readings.")
    return Draft(question=chosen.model_copy(update={"unread": message.unread, "doubts": doubts}))


def _with_unknown_names(message: Message, wanted: Sequence[ReadClause], draft: Draft, *, asked_before: bool) -> Draft:
    """A name that the data do not have is asked about, or after a question back taken as the likeliest."""
    unknown = next(iter(_unknown(wanted)), None)
    if message.reader.catalogue is None:
        return draft
    if unknown is None:
        return draft if asked_before else _with_slots(message, wanted, draft)
    mark, dimension = unknown
    text = message.reader.text(mark)
    near = likeliest(message.names, text, dimension)
    if not asked_before:
        return replace(draft, ask_back=about_name(draft.question, text, dimension, near))
    if not near:
        return replace(draft, question=draft.question.model_copy(update={"unread": (*draft.question.unread, text)}))
    question = with_name(draft.question, near[0], negated=False)
    doubts = (*question.doubts, f"{text}: taken as {near[0].value}.")
    return replace(draft, question=question.model_copy(update={"doubts": doubts}))


def _with_slots(message: Message, wanted: Sequence[ReadClause], draft: Draft) -> Draft:
    """Words that nothing was made of, where a name or a grouping must stand: it is asked, not left out."""
    for each in wanted:
        words = slot_of(each)
        if words:
            text = message.text[
                message.reader.tokens[words[0].first].start : message.reader.tokens[words[-1].end - 1].end
            ]
            held = [one.name for one in message.reader.catalogue.dimensions] if message.reader.catalogue else []
            return replace(draft, ask_back=about_words(draft.question, text, words[0], held))
    return draft


def _unknown(wanted: Sequence[ReadClause]) -> Iterator[tuple[Mark, DimensionName | None]]:
    """Names of features and users, and of models where only those of the data can be meant."""
    for each in wanted:
        if each.part is None or each.part.operation not in _OF_DATA:
            continue
        for mark in each.clause.unknown:
            yield mark, mark.value
        if each.part.operation in (Operation.MEASURE, Operation.ANOMALY):
            for mark in each.clause.marks:
                if mark.sign == Sign.MODEL:
                    yield mark, DimensionName.MODEL

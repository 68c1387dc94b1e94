"""Words that nobody could use, in a question about data: to answer without them might answer another question."""

from collections.abc import Iterable
from dataclasses import replace

from common.assistant.question.draft import AskBack, Draft, LastTurn, Option
from common.assistant.question.model import Question
from common.assistant.question.operations import OPERATIONS
from common.assistant.question.spoken import spoken
from common.assistant.reading.lexicon import lexicon
from common.assistant.reading.signs import Sign
from common.assistant.reading.tokens import normalised
from common.figures.names import plain_name

_ALL = "The cost of everything"
_MOST_SHOWN = 5


def about_leftover(draft: Draft, last: LastTurn | None) -> Draft:
    """The draft with a question back where words were left over; never a second one in a row, but for words that turn a
    question round: then the answer says what it did not use, as it does of a reference such as "#4711".
    """
    question = draft.question
    of_data = any(OPERATIONS[part.operation].needs_data for part in question.parts)
    leftover = [word for word in question.unread if not word.startswith("#")]
    asked_before = last is not None and last.was_ask_back and not _turns_round(leftover)
    if draft.ask_back is not None or not leftover or not of_data or asked_before:
        return draft
    words = ", ".join(f"\u201c{plain_name(word)}\u201d" for word in leftover[:_MOST_SHOWN])
    if last is not None and last.was_ask_back:
        again = f"I do not know what {words} means here, and cannot leave it out. Can you say it in other words?"
        return replace(draft, ask_back=AskBack(again, ()))
    text = f"I do not know what {words} means here. Shall I answer without it, or can you say it in other words?"
    return replace(draft, ask_back=AskBack(text, (Option(_label(question), _without(question)),)))


def _turns_round(leftover: Iterable[str]) -> bool:
    """Whether a word is among them such as "except": what it stands beside cannot be left out."""
    negations = {phrase.words for each in lexicon("en").phrases.values() for phrase in each if phrase.sign == Sign.NOT}
    return any((normalised(word),) in negations for word in leftover)


def _without(question: Question) -> Question:
    return question.model_copy(update={"unread": ()})


def _label(question: Question) -> str:
    return (spoken(_without(question)) or _ALL).replace("`", "")

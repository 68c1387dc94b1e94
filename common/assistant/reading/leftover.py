"""Words that nobody could use, in a question about data: to answer without them might answer another question."""

from dataclasses import replace

from common.assistant.question.draft import AskBack, Draft, LastTurn, Option
from common.assistant.question.model import Question
from common.assistant.question.operations import OPERATIONS
from common.assistant.question.spoken import spoken
from common.figures.names import plain_name

_ALL = "The cost of everything"
_MOST_SHOWN = 5


def about_leftover(draft: Draft, last: LastTurn | None) -> Draft:
    """The draft with a question back where words were left over; never a second one in a row: then the answer says what
    it did not use, as it does of a reference such as "#4711", which changes no question.
    """
    question = draft.question
    of_data = any(OPERATIONS[part.operation].needs_data for part in question.parts)
    leftover = [word for word in question.unread if not word.startswith("#")]
    if draft.ask_back is not None or not leftover or not of_data or (last is not None and last.was_ask_back):
        return draft
    words = ", ".join(f"\u201c{plain_name(word)}\u201d" for word in leftover[:_MOST_SHOWN])
    text = f"I do not know what {words} means here. Shall I answer without it, or can you say it in other words?"
    return replace(draft, ask_back=AskBack(text, (Option(_label(question), _without(question)),)))


def _without(question: Question) -> Question:
    return question.model_copy(update={"unread": ()})


def _label(question: Question) -> str:
    return (spoken(_without(question)) or _ALL).replace("`", "")

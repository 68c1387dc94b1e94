"""A message in a language that is not read without a model: nothing of it is guessed."""

from common.assistant.question.draft import AskBack, Draft
from common.assistant.question.model import Operation, Part, Question
from common.assistant.reading.language import own_line

_READS = "Without a model I can read English, German, French and Spanish."
_MOST = 300
"""Characters of the message that are listed as unread."""


def not_read(message: str) -> Draft:
    """A question back that says so, in English and in one line of the message's own language where it is known."""
    text = " ".join(filter(None, (own_line(message), _READS)))
    unread = (" ".join(message.split())[:_MOST],)
    question = Question(parts=(Part(operation=Operation.MEASURE),), language="other", unread=unread)
    return Draft(question=question, ask_back=AskBack(text, ()))

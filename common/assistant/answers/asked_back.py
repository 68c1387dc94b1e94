"""A question back to the customer: its text, and the readings to choose from."""

from common.assistant.question.draft import AskBack, Draft
from common.contract.answer import Answer, Choice, ReadQuestion


def asked_back(draft: Draft, ask_back: AskBack) -> Answer:
    """An answer with choices; each holds its reading, so that a click is not read again."""
    choices = [
        Choice(id=f"c{number}", label=option.label, question=option.question.model_dump_json(exclude_defaults=True))
        for number, option in enumerate(ask_back.options, start=1)
    ]
    read = draft.question
    return Answer(
        text=ask_back.text,
        choices=choices,
        reading=ReadQuestion(unread=list(read.unread), question=read.model_dump_json(exclude_defaults=True)),
    )

"""Those who read the questions: the rules alone; and a perfect reader, which shows what the judge let through."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import TypeAlias

from common.assistant.question.draft import AskBack, Draft, LastTurn
from common.assistant.question.model import Language, Operation, Part, Question
from common.assistant.question.operations import OPERATIONS
from common.spend import Limits, find_opportunities
from tests.evals.data import Data, data_named
from tests.evals.judge import Judged, judged
from tests.evals.written_questions import WrittenQuestion

Reader: TypeAlias = Callable[[WrittenQuestion, int, Data, LastTurn | None], Draft]
"""Of a message of a question, by its place, on data, after a turn."""


def rules(written: WrittenQuestion, turn: int, data: Data, last: LastTurn | None) -> Draft:
    """What a newcomer sees without a model."""
    read: Callable[..., Draft] = import_module("common.assistant.reading.read").read
    return read(written.messages[turn].say, data.catalogue, last)


def ideal(written: WrittenQuestion, turn: int, data: Data, last: LastTurn | None) -> Draft:
    """The first of the readings that are right."""
    del data, last
    message = written.messages[turn]
    if not message.readings:
        back = AskBack("Which one?", ()) if message.answers & {"ask", "not_held"} else None
        return Draft(question=_declined(message.answers, written.language), ask_back=back)
    question = Question(
        parts=message.readings[0],
        language=written.language,
        format=message.format,
        currency=message.currency,
        unread=message.unread,
    )
    return Draft(question=question.model_copy(update={"audience": message.audience}))


def _declined(answers: frozenset[str], language: Language) -> Question:
    operation = next((each for each in Operation if each.value in answers), Operation.OUTSIDE)
    return Question(parts=(Part(operation=operation),), language=language)


READERS: Mapping[str, Reader] = {"rules": rules, "ideal": ideal}


def conversation(written: WrittenQuestion, reader: Reader) -> list[Judged]:
    """Every message of a question in its turn, each after what was read before it."""
    data, last, found = data_named(written.data), None, list[Judged]()
    for turn in range(len(written.messages)):
        draft = reader(written, turn, data, last)
        found.append(judged(written, turn, draft, data))
        last = _last(draft, data, last)
    return found


def _last(draft: Draft, data: Data, before: LastTurn | None) -> LastTurn | None:
    """As a thread goes on: talk changes nothing, and what a plan recommends can be referred to until the next one."""
    operations = {part.operation for part in draft.question.parts}
    if draft.ask_back is None and not any(OPERATIONS[operation].agents for operation in operations):
        return before
    named = before.recommendations if before else ()
    return LastTurn(
        question=draft.question,
        recommendations=_titles(data.name) if Operation.PLAN in operations else named,
        options=draft.ask_back.options if draft.ask_back else (),
        was_ask_back=draft.ask_back is not None,
    )


@lru_cache(maxsize=8)
def _titles(data: str) -> tuple[str, ...]:
    return tuple(each.title for each in find_opportunities(data_named(data).rollup, Limits()).opportunities[:5])

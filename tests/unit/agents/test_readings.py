"""Readings by a model over the real wire: gaps are filled, and what is hostile changes nothing that the words say."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from common.assistant.agents.turn import last_turn, question_of
from common.assistant.question.model import Constraints, Question
from common.assistant.reading import wire
from common.assistant.reading.read import read
from common.llm.openai_model import OpenAIModel
from common.runs.step import PastTurn
from common.spend.semantics import Condition, DimensionName, Period, PeriodName
from common.spend.semantics.catalogue import catalogue_of
from tests.unit.agents.memory import MemoryWorkspace, Turn

MESSAGE = "Cost of search last week, splinewise per model"
Change = Callable[[Question], Question]


@asynccontextmanager
async def scripted(url: str, message: str, reply: dict[str, Any] | str) -> AsyncIterator[None]:
    """The local model answers with this reading of the message."""
    script = {"reply": reply, "times": 10, "match": message}
    async with httpx.AsyncClient() as client:
        (await client.post(f"{url}/admin/script", content=json.dumps(script))).raise_for_status()
        yield
        (await client.delete(f"{url}/admin/script", params={"match": message})).raise_for_status()


def with_query(question: Question, **changes: Any) -> Question:
    part = question.parts[0]
    query = part.query.model_copy(update=changes)
    return question.model_copy(update={"parts": (part.model_copy(update={"query": query}), *question.parts[1:])})


def with_constraints(question: Question, **constraints: Any) -> Question:
    part = question.parts[0]
    return question.model_copy(update={"parts": (part.model_copy(update={"constraints": Constraints(**constraints)}),)})


def other_feature(question: Question) -> Question:
    return with_query(question, where=(Condition(dimension=DimensionName.FEATURE, values=("chat",)),))


HOSTILE: dict[str, Change] = {
    "another feature": other_feature,
    "the opposite of the filter": lambda q: with_query(
        q, where=tuple(each.model_copy(update={"negated": True}) for each in q.parts[0].query.where)
    ),
    "no filter": lambda q: with_query(q, where=()),
    "another period": lambda q: with_query(q, period=Period(name=PeriodName.LAST_MONTH)),
    "no period": lambda q: with_query(q, period=None),
    "a constraint of its own": lambda q: with_constraints(q, target_pct=90.0),
    "a name that is not there": lambda q: with_query(
        q,
        where=(*q.parts[0].query.where, Condition(dimension=DimensionName.FEATURE, values=("billing-bot",))),
    ),
}


def draft_of(message: str, data: MemoryWorkspace, *history: PastTurn) -> Question:
    return read(message, catalogue_of(data.rolled, 5000), last_turn(history)).question


async def answered(message: str, data: MemoryWorkspace, model: OpenAIModel) -> tuple[Turn, Question]:
    turn = Turn(message, data, model)
    result = await turn.run()
    question = question_of(result.answer)
    assert question is not None
    return turn, question


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_reading_changes_nothing_that_the_words_say(
    month: MemoryWorkspace, model: OpenAIModel, model_url: str, name: str
) -> None:
    message = f"{MESSAGE} {name.replace(' ', '-')}"
    draft = draft_of(message, month)
    reading = wire.as_wire(HOSTILE[name](draft), ())
    async with scripted(model_url, message, reading):
        turn, question = await answered(message, month, model)
    assert question.parts == draft.parts
    assert any("without the language model" in thought for thought in turn.thoughts())


@pytest.mark.parametrize("reply", ["{}", "not JSON at all", {"parts": []}])
async def test_a_reading_that_is_none_leaves_the_rules_draft_and_says_so(
    month: MemoryWorkspace, model: OpenAIModel, model_url: str, reply: dict[str, Any] | str
) -> None:
    message = f"{MESSAGE} {str(reply)[:3]}"
    async with scripted(model_url, message, reply):
        turn, question = await answered(message, month, model)
    assert question.parts == draft_of(message, month).parts
    assert any("without the language model" in thought for thought in turn.thoughts())


async def test_a_gap_that_the_words_fill_is_taken_from_the_model(
    month: MemoryWorkspace, model: OpenAIModel, model_url: str
) -> None:
    message = "Cost of search last week, cleft by marquee"
    draft = draft_of(message, month)
    assert draft.unread
    filled = wire.as_wire(with_query(draft, by=(DimensionName.MODEL,)), ())
    filled["parts"][0]["because"] = [{"field": "by", "words": "cleft by marquee"}]
    filled["unread"] = []
    async with scripted(model_url, message, filled):
        turn, question = await answered(message, month, model)
    assert question.parts[0].query.by == (DimensionName.MODEL,)
    assert question.parts[0].query.where == draft.parts[0].query.where
    assert question.unread == ()
    assert sum(store.used.calls for store in turn.steps.values()) == 1


async def test_a_model_that_is_not_there_leaves_the_rules_draft_and_the_run_goes_on(
    month: MemoryWorkspace, model: OpenAIModel, model_url: str
) -> None:
    message = f"{MESSAGE} unavailable"
    async with httpx.AsyncClient() as client:
        fault = {"kind": "server_error", "times": 5, "match": message}
        (await client.post(f"{model_url}/admin/faults", content=json.dumps(fault))).raise_for_status()
        turn, question = await answered(message, month, model)
        await client.delete(f"{model_url}/admin/faults", params={"match": message})
    assert question.parts == draft_of(message, month).parts
    assert any("without the language model" in thought for thought in turn.thoughts())


class Deaf:
    """A model that must not be asked."""

    async def respond(self, _: object, __: Callable[[str], Awaitable[None]]) -> Any:
        """Nobody calls it."""
        raise AssertionError("a model was asked although the rules read every word")


@pytest.mark.parametrize("message", ["What did we spend last week?", "Cost by model", "Top 3 features by requests"])
async def test_no_model_is_asked_where_the_rules_are_certain(month: MemoryWorkspace, message: str) -> None:
    result = await Turn(message, month, Deaf()).run()
    assert result.answer is not None
    assert result.answer.figures

"""`knowledge`: what it answers, with which sources, and what it admits."""

import pytest

from common.assistant.knowledge.table import known_facts
from common.assistant.question.model import Operation
from common.assistant.tests.rows import busy_month
from common.assistant.tools.knowledge import TOOL
from common.assistant.tools.tests.contexts import asked_of, context, part, text_of, uncovered
from common.runs.step import ToolResult
from common.spend import Rollup

_PART = part(Operation.KNOWLEDGE)


async def _about(topic: str, rows: Rollup | None = None) -> ToolResult:
    ids = () if rows is None else ("d1",)
    inquiry = TOOL.parse({"purpose": "To see", "topic": topic})
    return await TOOL.run(context(rows or Rollup(), _PART, ids=ids), inquiry)


@pytest.mark.parametrize("topic", [*(known.id for known in known_facts()), "what does gpt-4o cost?", "kubernetes"])
async def test_every_number_of_an_answer_is_a_figure(topic: str) -> None:
    assert uncovered(await _about(topic)) == []


async def test_a_fact_comes_with_its_figures_and_its_page() -> None:
    result = await _about("claude cache write price")
    assert "1.25 times the input price for five minutes" in result.headline[0].text
    assert "(https://platform.claude.com/docs/en/about-claude/pricing)" in result.details[-1].text
    assert {fact.value for fact in result.facts} >= {10, 1.25, 2}


async def test_a_fact_that_is_due_comes_with_its_date() -> None:
    result = await _about("openai_limits")
    assert result.headline[0].text.startswith("As of 20 November 2024: ")


async def test_a_fact_from_memory_says_that_it_is_to_be_checked() -> None:
    result = await _about("failed_requests")
    assert "from memory and to be checked" in result.headline[0].text
    assert "](" not in result.details[-1].text


async def test_a_general_fact_for_a_provider_says_that_it_is_general() -> None:
    assert "nothing of its own on this for Mistral" in text_of(await _about("mistral batch discount"))
    assert "general case" not in text_of(await _about("openai batch discount"))


async def test_an_unknown_topic_is_admitted_and_the_nearest_are_named() -> None:
    result = await _about("kubernetes [x](https://evil.example)")
    assert result.headline[0].text.startswith("I have no sourced fact on `kubernetes ")
    assert "prompt caching" in result.offer[0].text
    assert result.facts == []


async def test_with_data_the_answer_says_how_it_looks_in_them_and_without_it_does_not() -> None:
    with_data = text_of(await _about("response_cache", busy_month(2100)))
    assert "In your data, share of prompts that are repeats: 13.2 %" in with_data
    assert "In your data" not in text_of(await _about("response_cache"))
    assert "In your data" not in text_of(await _about("kv_cache", busy_month(300)))  # it has no cached tokens


async def test_prices_and_windows_of_models_come_from_the_price_list() -> None:
    result = await _about("what does gpt-4o cost?")
    assert "`gpt-4o` cost 2.50 USD as input, 1.25 USD read from a cache, and 10.00 USD as output" in text_of(result)
    assert (
        (await _about("context window of gpt-5"))
        .headline[0]
        .text.startswith("A request on `gpt-5` holds up to 400,000")
    )


async def test_a_question_on_a_model_that_no_price_answers_gets_a_fact() -> None:
    assert "14 January 2027" in (await _about("when is gpt-4o retired?")).headline[0].text


def test_only_a_question_for_knowledge_calls_it_with_its_topic() -> None:
    wanted = TOOL.calls(asked_of(part(Operation.KNOWLEDGE, topic="kv_cache")))
    assert [dict(each.arguments) for each in wanted] == [{"topic": "kv_cache"}]
    assert TOOL.calls(asked_of(part(Operation.MEASURE))) == ()

"""Whole turns on odd days, the time ahead, a change and rate limits: the first sentence answers."""

import pytest

from common.assistant.tests.rows import spiky_month, upgraded_month
from common.assistant.workspace import DatasetInfo
from common.llm.openai_model import OpenAIModel
from tests.unit.agents.memory import MemoryWorkspace, Turn
from tests.unit.agents.test_turns import ask


@pytest.fixture(scope="module")
def spiky() -> MemoryWorkspace:
    return MemoryWorkspace((DatasetInfo("d1", "spiky.csv", None, 3300, 0),), spiky_month())


@pytest.fixture(scope="module")
def upgraded() -> MemoryWorkspace:
    return MemoryWorkspace((DatasetInfo("d1", "upgraded.csv", None, 3000, 0),), upgraded_month())


def opening(text: str) -> str:
    return text.split("\n", 1)[0]


def assert_first(turn: Turn, text: str, tool: str) -> None:
    """The first sentence of the tool opens the answer."""
    results = [item.result for store in turn.steps.values() for item in store.results.values() if item.tool == tool]
    assert opening(text).startswith(results[0].findings[0])


async def test_why_tuesday_cost_so_much_is_answered_with_its_cause(spiky: MemoryWorkspace, model: OpenAIModel) -> None:
    turn, answer = await ask("Why did Tuesday cost so much?", spiky, model)
    assert_first(turn, answer.text, "odd_days")
    assert "2026-10-20, a Tuesday" in opening(answer.text)
    assert "nightly moved most" in answer.text
    assert "more requests added" in answer.text
    assert not answer.recommendations


async def test_next_month_with_growth_is_answered_with_an_interval(spiky: MemoryWorkspace, model: OpenAIModel) -> None:
    turn, answer = await ask("What will next month cost with 30 % growth?", spiky, model)
    assert_first(turn, answer.text, "forecast_cost")
    assert "With 30 % growth" in opening(answer.text)
    assert "80 % of cases" in opening(answer.text)
    assert "2026-10-20" in answer.text


async def test_a_forecast_from_an_hour_of_data_is_refused_with_the_reason(
    hour: MemoryWorkspace, model: OpenAIModel
) -> None:
    _, answer = await ask("What will next month cost?", hour, model)
    assert "A forecast needs at least 7 whole days" in answer.text


async def test_whether_the_upgrade_was_worth_it_is_answered_for_the_feature_that_changed(
    upgraded: MemoryWorkspace, model: OpenAIModel
) -> None:
    turn, answer = await ask("Was the upgrade worth it?", upgraded, model)
    assert_first(turn, answer.text, "before_and_after")
    assert "most requests of search went from gpt-4o to gpt-4o-mini" in opening(answer.text)
    assert "cheaper" in answer.text
    assert any(block.type == "table" and block.title == "Cost of a request before and after" for block in answer.blocks)


async def test_an_upgrade_that_no_model_shows_needs_its_day(month: MemoryWorkspace, model: OpenAIModel) -> None:
    _, answer = await ask("Was the upgrade worth it?", month, model)
    assert "Name the day" in answer.text


async def test_whether_a_rate_limit_is_hit_is_answered_with_bounds(month: MemoryWorkspace, model: OpenAIModel) -> None:
    turn, answer = await ask("Will I hit my rate limit of 500 rpm at 2x?", month, model)
    assert_first(turn, answer.text, "rate_limit_headroom")
    assert "500 requests per minute holds with 100 % growth" in opening(answer.text)
    assert "These are bounds" in answer.text


async def test_a_rate_limit_that_is_not_named_is_asked_for(month: MemoryWorkspace, model: OpenAIModel) -> None:
    _, answer = await ask("Will I hit my rate limit at 2x?", month, model)
    assert "Name your limits" in answer.text
    assert "at most" in answer.text

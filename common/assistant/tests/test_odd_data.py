"""Sums of requests, costs without any, and models without a price: tools answer, or say what is missing."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from common.assistant.question.model import Operation, Part
from common.assistant.registry import TOOLS
from common.assistant.tools.tests.contexts import part, run, text_of
from common.spend import Rollup, UsageRow
from common.spend.semantics.periods import Period, PeriodName

_TOKENS = UsageRow(datetime(2026, 11, 2, tzinfo=UTC), "anthropic", "claude-sonnet-4-5", 9_000_000, out_visible=800_000)
_COST = UsageRow(_TOKENS.ts, "openai", "gpt-4o", 0, cost_reported=9.0)
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
ROWS = {
    "days with requests": (replace(_TOKENS, requests=4_000, grain="day"), _DAY),
    "days without requests": (replace(_TOKENS, requests=0, grain="day"), _DAY),
    "hours": (replace(_TOKENS, requests=100, grain="hour"), _HOUR),
    "costs": (replace(_COST, requests=0, grain="day"), _DAY),
}
_SECOND = Period(name=PeriodName.BETWEEN, first=date(2026, 11, 2), last=date(2026, 11, 2))
CALLS: tuple[tuple[str, Part, dict[str, str]], ...] = (
    ("list_datasets", part(Operation.PLAN), {}),
    ("odd_days", part(Operation.ANOMALY), {}),
    ("odd_days", part(Operation.ANOMALY, period=_SECOND), {}),
    ("before_and_after", part(Operation.CHANGE, period=Period(name=PeriodName.BETWEEN, first=date(2026, 11, 5))), {}),
    ("forecast_cost", part(Operation.FORECAST), {}),
    ("rate_limit_headroom", part(Operation.HEADROOM), {}),
    ("find_opportunities", part(Operation.PLAN), {}),
    ("what_if_model", part(Operation.WHAT_IF), {"model": "gpt-4o-mini"}),
    ("combined_plan", part(Operation.PLAN), {}),
)


def _sums(name: str) -> Rollup:
    """Ten equal ones, a day or an hour each."""
    row, step = ROWS[name]
    rolled = Rollup()
    for number in range(10):
        rolled.add(replace(row, ts=row.ts + number * step, feature="chat"))
    return rolled


def _unpriced() -> Rollup:
    """25 days of a model that has no price."""
    rolled = Rollup()
    for number in range(300):
        ts = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=2 * number)
        status = "ok" if number % 9 else "timeout"
        row = UsageRow(ts, "acme", "acme-llm-7b", 1_000, out_visible=100, feature="chat", status=status)
        rolled.add(replace(row, user=f"user {number % 3}"))
    return rolled


@pytest.mark.parametrize("data", ROWS)
@pytest.mark.parametrize(("tool", "requested", "arguments"), CALLS)
async def test_every_tool_says_something_on_sums_and_nothing_of_no_requests(
    data: str, tool: str, requested: Part, arguments: dict[str, str]
) -> None:
    result = await run(TOOLS[tool], _sums(data), requested, **arguments)
    assert result.summary
    assert result.sentences
    assert not re.search(r"\b0 (requests|tokens)", text_of(result))


@pytest.mark.parametrize("data", ["days with requests", "days without requests", "costs"])
async def test_sums_of_days_have_no_most_expensive_hour_and_no_peak(data: str) -> None:
    day = await run(TOOLS["odd_days"], _sums(data), part(Operation.ANOMALY, period=_SECOND))
    assert "2 November 2026 cost " in day.headline[0].text
    assert "hour" not in text_of(day)
    peaks = await run(TOOLS["rate_limit_headroom"], _sums(data), part(Operation.HEADROOM))
    assert "tell no hours" in peaks.missing[0].text


async def test_tokens_without_request_counts_can_be_priced_on_another_model() -> None:
    requested = part(Operation.WHAT_IF)
    found = await run(TOOLS["what_if_model"], _sums("days without requests"), requested, model="claude-haiku-4-5")
    assert found.headline[0].text.startswith("On `claude-haiku-4-5` the same tokens would cost ")


@pytest.mark.parametrize(("tool", "requested", "arguments"), CALLS)
async def test_what_has_no_price_has_no_cost_in_any_answer(
    tool: str, requested: Part, arguments: dict[str, str]
) -> None:
    result = await run(TOOLS[tool], _unpriced(), requested, **arguments)
    assert result.summary
    assert "USD" not in text_of(result)
    assert not [fact for fact in result.facts if fact.unit == "usd"]

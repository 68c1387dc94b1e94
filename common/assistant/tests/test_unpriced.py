"""A log of a model without a price: no tool says a cost, and none says 0."""

from datetime import UTC, datetime, timedelta

import pytest

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal
from common.assistant.registry import TOOLS
from common.assistant.tests.test_sums import Sums
from common.spend import Rollup, UsageRow
from common.spend.model import Charge


class Unpriced(Sums):
    """A dataset of 25 days."""

    def __init__(self) -> None:
        super().__init__("costs")
        self._rollup = Rollup()
        for number in range(300):
            self._rollup.add(
                UsageRow(
                    ts=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=2 * number),
                    provider="acme",
                    model="acme-llm-7b",
                    in_uncached=1_000,
                    out_visible=100,
                    feature="chat",
                    user=f"user {number % 3}",
                    status="ok" if number % 9 else "timeout",
                )
            )


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("list_datasets", {}),
        ("spend_totals", {}),
        *(("spend_breakdown", {"by": by}) for by in ("model", "feature", "user", "day", "hour", "status", "provider")),
        ("failed_requests", {}),
        ("spend_on_day", {"day": "2026-11-02"}),
        ("before_and_after", {"change_day": "11-10"}),
        ("distribution", {"measure": "cost_usd", "by": "all"}),
        ("forecast_cost", {"growth_pct": 0}),
        ("find_opportunities", {}),
        ("combined_plan", {}),
    ],
)
async def test_what_has_no_price_has_no_cost_in_any_answer(tool: str, arguments: dict[str, object]) -> None:
    context = ToolContext(workspace=Unpriced(), dataset_ids=("d1",), goal=Goal(kind="spend"))
    result = await TOOLS[tool].run(context, TOOLS[tool].parse({"purpose": "x", **arguments}))
    assert result.summary
    assert not [text for text in (result.summary, *result.findings) if "USD" in text]
    assert not [fact for fact in result.facts if fact.unit == "usd"]


class Searched(Sums):
    """Requests with searches, which have a price, and code that was run, which has none."""

    def __init__(self) -> None:
        super().__init__("costs")
        self._rollup = Rollup()
        charges = (Charge("web_search", 7), Charge("code_execution", 3))
        ts = datetime(2026, 11, 1, tzinfo=UTC)
        self._rollup.add(UsageRow(ts, "anthropic", "claude-sonnet-4-5", 9_000, out_visible=600, charges=charges))


async def test_fees_are_said_and_what_of_them_has_no_price_is_named() -> None:
    context = ToolContext(workspace=Searched(), dataset_ids=("d1",), goal=Goal(kind="spend"))
    tool = TOOLS["spend_totals"]
    result = await tool.run(context, tool.parse({"purpose": "x"}))
    text = " ".join((result.summary, *result.findings))
    assert "of it is for 7 web searches." in text
    assert "Not in these figures, as no price is known: 3 code executions." in text
    facts = {fact.name: fact.value for fact in result.facts}
    assert facts["cost of web searches"] == pytest.approx(0.07)
    assert (facts["web searches"], facts["code executions without a price"]) == (7, 3)

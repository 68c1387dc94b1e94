"""Every sentence that a tool says is carried by its own facts."""

from typing import Any

import pytest

from common.assistant.context import ToolContext
from common.assistant.goals import parse_goal
from common.assistant.registry import TOOLS
from common.contract.answer import Fact, FigureListBlock
from common.figures.grounding import check, ground_of
from common.runs.step import ToolEvidence, ToolResult
from tests.unit.agents.memory import MemoryWorkspace

QUESTIONS = (
    "How do I cut this bill by 30 %?",
    "20 % cheaper, keep search under 800 ms, usage grows 30 %, stay on OpenAI",
    "save $5 a month, no Gemini, keep gpt-4o for summary v2",
    "get it to $1, make it 2x faster",
    "cut 60 % with little effort",
    "20 % cheaper and 2x faster with 30 % growth",
)
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("understand_goal", {}),
    ("list_datasets", {}),
    ("export_guide", {"providers": []}),
    ("export_guide", {"providers": ["OpenAI", "Gemini", "Azure"]}),
    ("spend_totals", {}),
    *(("spend_breakdown", {"by": by}) for by in ("model", "feature", "user", "day", "hour", "status", "provider")),
    *(
        ("distribution", {"measure": measure, "by": by})
        for measure in ("input_tokens", "output_tokens", "latency_ms", "ttft_ms", "cost_usd")
        for by in ("all", "model", "feature")
    ),
    ("spend_on_day", {"day": "2026-10-03"}),
    ("spend_on_day", {"day": "11-16"}),
    ("duplicates", {}),
    ("failed_requests", {}),
    ("find_opportunities", {}),
    ("what_if_model", {"model": "gemini-2.5-pro"}),
    ("combined_plan", {}),
)


def context(data: MemoryWorkspace, question: str) -> ToolContext:
    return ToolContext(workspace=data, dataset_ids=("d1",), goal=parse_goal(question, has_data=True))


async def run(tool: str, at: ToolContext, arguments: dict[str, Any]) -> ToolResult:
    parsed = TOOLS[tool].parse({"purpose": "To see", **arguments})
    return await TOOLS[tool].run(at, parsed)


def unsupported(result: ToolResult) -> list[str]:
    evidence = ToolEvidence(source=1, agent="data", tool="t", call_id="c", result=result)
    texts = [result.summary, *result.findings]
    return [m.text for text in texts for m in check(text, ground_of([evidence])).unsupported]


@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_finding_is_grounded_in_its_own_facts(
    month: MemoryWorkspace, hour: MemoryWorkspace, question: str
) -> None:
    for data in (month, hour):
        at = context(data, question)
        for tool, arguments in CALLS:
            result = await run(tool, at, arguments)
            assert not unsupported(result), (tool, arguments, result.findings)
            assert result.summary
            assert result.findings


async def test_every_action_plan_is_grounded(month: MemoryWorkspace, hour: MemoryWorkspace) -> None:
    for data in (month, hour):
        at = context(data, QUESTIONS[0])
        found = await run("find_opportunities", at, {})
        for item in found.data["opportunities"]:
            result = await run("action_plan", at, {"opportunity_id": item["id"]})
            assert not unsupported(result), result.findings


async def test_what_the_data_lack_is_a_finding_that_names_an_export(hour: MemoryWorkspace) -> None:
    result = await run("distribution", context(hour, "p95 latency?"), {"measure": "latency_ms", "by": "all"})
    assert result.data["unanswerable"]
    assert "Langfuse" in result.findings[0]


async def test_what_may_not_be_used_is_not_proposed(month: MemoryWorkspace) -> None:
    at = context(month, "cut 50 %, stay on OpenAI, without gpt-5-nano and gpt-4.1-nano, don't touch the chat feature")
    found = await run("find_opportunities", at, {})
    titles = [item["title"] for item in found.data["opportunities"]]
    assert titles
    assert not [
        t
        for t in titles
        if any(name in t for name in ("gemini", "claude", "gpt-5-nano", "gpt-4.1-nano", "llama", " chat"))
    ]


async def test_a_month_is_projected_only_from_a_week_or_more_that_is_no_month(
    month: MemoryWorkspace, fortnight: MemoryWorkspace, hour: MemoryWorkspace
) -> None:
    long, middle, short = [await run("spend_totals", context(data, "?"), {}) for data in (month, fortnight, hour)]
    assert any("in 30 days, projected from" in text for text in middle.findings)
    assert not any("30 days" in text for text in long.findings)
    assert any("too short to project a month" in text for text in short.findings)
    assert not [fact for fact in short.facts if "projected" in fact.name]
    plans = [await run("combined_plan", context(data, "cut 20 %"), {}) for data in (fortnight, month)]
    assert [any("Projected to 30 days" in text for text in plan.findings) for plan in plans] == [True, False]


async def test_growth_grows_the_plan_and_not_the_past(month: MemoryWorkspace) -> None:
    flat, grown = [
        await run("combined_plan", context(month, text), {}) for text in ("cut 20 %", "cut 20 %, usage grows 50 %")
    ]
    assert value(grown, "cost before the plan") == pytest.approx(1.5 * value(flat, "cost before the plan"))


async def test_cheaper_and_faster_with_growth_is_answered_for_each_feature(month: MemoryWorkspace) -> None:
    result = await run("combined_plan", context(month, QUESTIONS[-1]), {})
    assert value(result, "share saved by the plan") >= 20
    assert value(result, "cost before the plan") == pytest.approx(1.3 * value(result, "cost today"))
    assert any("less than today's" in text or "more than today's" in text for text in result.findings)
    latencies = [text for text in result.findings if text.startswith("The p95 latency of")]
    assert {name for name in ("search", "summary v2", "chat") if any(name in text for text in latencies)} == set(
        result.data["names"]
    )
    assert value(result, "features proven to become so fast") < value(result, "features that are to become faster")
    assert all("proven" in text for text in latencies)


async def test_a_speed_that_only_another_feature_shows_is_not_proven(month: MemoryWorkspace) -> None:
    result = await run("combined_plan", context(month, "cut 10 %, make it 1.5x faster"), {})
    (about,) = [text for text in result.findings if text.startswith("The p95 latency of summary v2")]
    assert "not proven" in about
    assert not [text for text in result.findings if text.endswith("1.5 times as fast is proven.")]


async def test_an_amount_becomes_a_target(hour: MemoryWorkspace) -> None:
    result = await run("combined_plan", context(hour, "reduce the bill to $1"), {})
    cost = value(result, "cost before the plan")
    assert value(result, "target") == pytest.approx(100 * (1 - 1 / cost))
    monthly = await run("combined_plan", context(hour, "save $1 a month"), {})
    assert any("too short to compare" in text for text in monthly.findings)


async def test_the_tiles_show_facts_of_the_tool(month: MemoryWorkspace) -> None:
    result = await run("combined_plan", context(month, QUESTIONS[0]), {})
    (tiles,) = [block for block in result.blocks if isinstance(block, FigureListBlock)]
    assert {fact.name for fact in tiles.facts} >= {"savings of the plan", "cost after the plan", "target"}
    assert all(fact in result.facts for fact in tiles.facts)


def value(result: ToolResult, name: str) -> float:
    found: list[Fact] = [fact for fact in result.facts if fact.name == name]
    return found[0].value

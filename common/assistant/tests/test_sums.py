"""Tools on datasets that are sums of requests, or costs without any: they answer, or say what is missing."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal
from common.assistant.registry import TOOLS
from common.assistant.workspace import DatasetInfo
from common.runs.step import ToolResult
from common.spend import Rollup, UsageRow
from common.spend.ledger.rows import TitledRow
from common.spend.quality import NO_EVALUATIONS, Evaluations
from common.spend.rollup.parts import Part

_TOKENS = UsageRow(datetime(2026, 11, 2, tzinfo=UTC), "anthropic", "claude-sonnet-4-5", 9_000_000, out_visible=800_000)
ROWS = {
    "days with requests": (_TOKENS, {"requests": 4_000, "grain": "day"}),
    "days without requests": (_TOKENS, {"requests": 0, "grain": "day"}),
    "hours": (_TOKENS, {"requests": 100, "grain": "hour"}),
    "costs": (UsageRow(_TOKENS.ts, "openai", "gpt-4o", 0, cost_reported=9.0), {"requests": 0, "grain": "day"}),
}


class Sums:
    """A dataset of ten equal sums, a day or an hour each."""

    def __init__(self, name: str) -> None:
        row, changes = ROWS[name]
        step = timedelta(hours=1) if changes["grain"] == "hour" else timedelta(days=1)
        self._rollup = Rollup()
        for number in range(10):
            self._rollup.add(replace(row, ts=row.ts + number * step, feature="chat", **changes))  # type: ignore[arg-type]

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """One."""
        return tuple(DatasetInfo(name, "report.json", None, 10, 0) for name in ids)

    async def rollup(self, ids: tuple[str, ...], parts: frozenset[Part]) -> Rollup:
        """The ten."""
        assert ids
        return Rollup.from_shards(self._rollup.shards(), parts)

    async def evaluations(self) -> Evaluations:
        """Nothing was handed in."""
        return NO_EVALUATIONS

    async def ledger(self) -> tuple[TitledRow, ...]:
        """Nothing is proven."""
        return ()


async def _run(data: str, tool: str, **arguments: object) -> ToolResult:
    context = ToolContext(workspace=Sums(data), dataset_ids=("d1",), goal=Goal(kind="spend"))
    return await TOOLS[tool].run(context, TOOLS[tool].parse({"purpose": "x", **arguments}))


@pytest.mark.parametrize("data", ROWS)
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("list_datasets", {}),
        ("spend_totals", {}),
        *(("spend_breakdown", {"by": by}) for by in ("model", "feature", "day", "hour", "provider", "status", "user")),
        ("failed_requests", {}),
        ("spend_on_day", {"day": "2026-11-02"}),
        ("distribution", {"measure": "input_tokens", "by": "all"}),
        ("duplicates", {}),
        ("find_opportunities", {}),
        ("combined_plan", {}),
    ],
)
async def test_every_tool_answers_on_sums(data: str, tool: str, arguments: dict[str, object]) -> None:
    result = await _run(data, tool, **arguments)
    assert result.summary
    assert result.findings


@pytest.mark.parametrize("data", ["days without requests", "costs"])
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("spend_totals", {}),
        ("spend_breakdown", {"by": "model"}),
        ("spend_on_day", {"day": "2026-11-02"}),
    ],
)
async def test_nothing_is_said_of_no_requests(data: str, tool: str, arguments: dict[str, object]) -> None:
    result = await _run(data, tool, **arguments)
    assert not [text for text in (result.summary, *result.findings) if re.search(r"\b0 (requests|tokens)", text)]


@pytest.mark.parametrize("data", ["days with requests", "days without requests", "costs"])
async def test_hours_and_sizes_are_said_to_be_missing_from_sums_of_days(data: str) -> None:
    hours = await _run(data, "spend_breakdown", by="hour")
    sizes = await _run(data, "distribution", measure="output_tokens", by="model")
    assert "tell no hours" in hours.summary
    assert "one row per request" in sizes.summary
    assert all("dearest hour" not in line for line in (await _run(data, "spend_on_day", day="11-02")).findings)


async def test_tokens_without_request_counts_can_be_priced_on_another_model() -> None:
    found = await _run("days without requests", "what_if_model", model="claude-haiku-4-5")
    assert "claude-haiku-4-5" in found.summary


class Overlapping(Sums):
    """Two datasets, of which the second shares four rows with the first."""

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """Two."""
        first, second = ids
        return (DatasetInfo(first, "a.csv", None, 10, 0), DatasetInfo(second, "b.csv", None, 10, 0, shared=4))


async def test_rows_that_two_files_share_are_reported_and_counted_once() -> None:
    context = ToolContext(workspace=Overlapping(next(iter(ROWS))), dataset_ids=("d1", "d2"), goal=Goal(kind="spend"))
    found = await TOOLS["list_datasets"].run(context, TOOLS["list_datasets"].parse({"purpose": "x"}))
    assert found.data["rows"] == 16
    assert any("4 of them are in another of your files, too" in text for text in found.findings)
    assert {fact.value for fact in found.facts if fact.name == "rows of b.csv in another file"} == {4}


class Costly(Sums):
    """A dataset with rejected rows that say what they cost."""

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """One."""
        return (DatasetInfo(ids[0], "a.csv", None, 10, 2, unread_usd=12.25),)


async def test_what_rejected_rows_cost_is_in_the_summary_of_the_data() -> None:
    context = ToolContext(workspace=Costly(next(iter(ROWS))), dataset_ids=("d1",), goal=Goal(kind="spend"))
    found = await TOOLS["list_datasets"].run(context, TOOLS["list_datasets"].parse({"purpose": "x"}))
    assert any("12.25 USD of rejected rows could not be read" in text for text in found.findings)
    assert {fact.value for fact in found.facts if fact.name == "cost of rejected rows in a.csv"} == {12.25}

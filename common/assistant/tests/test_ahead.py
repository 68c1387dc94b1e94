"""Odd days, forecasts, before and after, headroom: what is found, and that every stated figure is in a fact."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal
from common.assistant.registry import TOOLS
from common.assistant.tests.rows import bare_hour, busy_month, spiky_month, upgraded_month
from common.assistant.workspace import DatasetInfo
from common.figures.grounding import check, ground_of
from common.runs.step import ToolError, ToolEvidence, ToolResult
from common.spend import Rollup, UsageRow
from common.spend.ledger.rows import TitledRow
from common.spend.quality import NO_EVALUATIONS, Evaluations
from common.spend.rollup.parts import Part


@dataclass(frozen=True)
class OneRollup:
    """A user with one dataset."""

    rolled: Rollup

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """Its entry."""
        return tuple(DatasetInfo(name, name, None, 1, 0) for name in ids)

    async def rollup(self, ids: tuple[str, ...], parts: frozenset[Part]) -> Rollup:
        """These parts, the same for any ids."""
        assert ids
        return Rollup.from_shards(self.rolled.shards(), parts)

    async def evaluations(self) -> Evaluations:
        """Nothing was handed in."""
        return NO_EVALUATIONS

    async def ledger(self) -> tuple[TitledRow, ...]:
        """Nothing is proven."""
        return ()


async def run(rolled: Rollup, tool: str, **arguments: Any) -> ToolResult:
    """The result of a tool on a rollup."""
    context = ToolContext(workspace=OneRollup(rolled), dataset_ids=("d1",), goal=Goal(kind="spend"))
    return await TOOLS[tool].run(context, TOOLS[tool].parse({"purpose": "x", **arguments}))


CALLS: list[tuple[str, dict[str, Any]]] = [
    *(
        ("odd_days", {"day": day})
        for day in ("any", "Tuesday", "friday", "10-20", "2026-10-22", "10-01", "12-25", "2026-10-99")
    ),
    *(("forecast_cost", {"growth_pct": growth}) for growth in (0, 30, -20)),
    *(
        ("before_and_after", {"change_day": day})
        for day in ("found", "10-16", "10-29", "10-01", "2020-01-01", "2026-10-99")
    ),
    *(
        ("rate_limit_headroom", {"rpm": rpm, "tpm": tpm, "growth_pct": growth})
        for rpm, tpm, growth in ((0, 0, 0), (0, 0, 100), (500, 1e6, 100), (2, 400, 0), (1, 30_000, 50))
    ),
]


@pytest.mark.parametrize("data", [busy_month, spiky_month, upgraded_month, bare_hour])
async def test_every_figure_that_these_tools_tell_stands_in_their_facts(data: Any) -> None:
    rolled = data()
    for tool, arguments in CALLS:
        result = await run(rolled, tool, **arguments)
        ground = ground_of([ToolEvidence(source=1, agent="data", tool=tool, call_id="c", result=result)])
        assert result.findings
        for text in result.findings:
            assert not check(text, ground).unsupported, (tool, arguments, text)


async def test_the_odd_day_comes_first_with_what_moved_it() -> None:
    result = await run(spiky_month(), "odd_days", day="any")
    assert result.data["days"] == ["2026-10-20"]
    assert any("By feature, nightly moved most" in text for text in result.findings)
    assert any("Hours out of line began at 02:00 UTC" in text for text in result.findings)


async def test_a_weekday_means_the_one_that_stands_out_else_the_last() -> None:
    assert (await run(spiky_month(), "odd_days", day="Tuesday")).data["days"] == ["2026-10-20"]
    assert (await run(spiky_month(), "odd_days", day="Wednesday")).data["days"] == ["2026-10-28"]


async def test_an_ordinary_day_is_called_so_and_the_odd_one_is_named() -> None:
    result = await run(spiky_month(), "odd_days", day="10-22")
    assert "within what such days vary anyway" in result.findings[0]
    assert "The day that stands out most is 2026-10-20." in result.findings


@pytest.mark.parametrize("day", ["12-25", "2026-10-99", "10-01"])
async def test_a_day_that_the_data_do_not_hold_as_a_whole_is_said_to_be_missing(day: str) -> None:
    result = await run(busy_month(), "odd_days", day=day)
    assert result.data == {"unanswerable": True}
    assert "do not hold that day as a whole" in result.findings[0]


async def test_a_weekday_without_requests_is_said_to_be_missing() -> None:
    monday = UsageRow(datetime(2026, 10, 5, 9, tzinfo=UTC), "openai", "gpt-4o", 1_000)
    rolled = Rollup()
    for week in range(4):
        for day in range(5):
            rolled.add(replace(monday, ts=monday.ts + timedelta(days=7 * week + day)))
    result = await run(rolled, "odd_days", day="Sunday")
    assert result.data == {"unanswerable": True}


@pytest.mark.parametrize("day", ["2026-10-01", "12-25", "2026-10-99"])
async def test_a_cut_without_days_on_both_sides_is_refused_with_the_range_of_the_data(day: str) -> None:
    result = await run(busy_month(), "before_and_after", change_day=day)
    assert "run from 2026-10-01 to 2026-10-31" in result.findings[0]


async def test_growth_comes_first_when_it_is_imagined() -> None:
    grown, plain = [await run(busy_month(), "forecast_cost", growth_pct=growth) for growth in (30, 0)]
    assert grown.findings[0].startswith("With 30 % growth")
    assert plain.findings[0].startswith("If usage goes on")


async def test_the_change_of_model_is_found_and_its_feature_judged() -> None:
    result = await run(upgraded_month(), "before_and_after", change_day="found")
    assert (result.data["day"], result.data["verdict"]) == ("2026-10-16", "better")
    assert "A request of search got" in result.findings[0]


async def test_a_day_near_the_end_is_compared_and_its_scores_are_said_to_be_missing() -> None:
    result = await run(busy_month(), "before_and_after", change_day="10-29")
    assert result.data["verdict"] == "no difference shown"
    assert any("change between" in text for text in result.findings)
    assert any("no scores of the answers" in text for text in result.findings)


@pytest.mark.parametrize(("rpm", "verdict"), [(1_000_000, "fits"), (100, "not known"), (1, "exceeded")])
async def test_a_rate_limit_is_judged(rpm: float, verdict: str) -> None:
    result = await run(bare_hour(), "rate_limit_headroom", rpm=rpm, tpm=0, growth_pct=0)
    assert result.data["verdicts"] == {"requests": verdict}


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("odd_days", {"day": "someday"}),
        ("before_and_after", {"change_day": "lately"}),
        ("forecast_cost", {"growth_pct": -100}),
        ("rate_limit_headroom", {"rpm": -1, "tpm": 0, "growth_pct": 0}),
    ],
)
async def test_arguments_that_make_no_sense_are_refused(tool: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ToolError):
        await run(busy_month(), tool, **arguments)

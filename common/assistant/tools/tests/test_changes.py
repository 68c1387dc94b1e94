"""Before and after a change: found by the models in the data, or cut on the day that is asked about."""

from dataclasses import replace
from datetime import date

import pytest

from common.assistant.question.model import Operation
from common.assistant.tests.rows import busy_month, rows_of_month, upgraded_month
from common.assistant.tools.before_and_after import TOOL
from common.assistant.tools.tests.contexts import only, part, run, text_of
from common.contract.answer import ChartBlock
from common.runs.step import ToolResult
from common.spend import Rollup
from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.periods import Period, PeriodName


async def _since(rolled: Rollup, day: str) -> ToolResult:
    period = Period(name=PeriodName.BETWEEN, first=date.fromisoformat(day))
    return await run(TOOL, rolled, part(Operation.CHANGE, period=period))


def _upgraded_on(day: int, *, until: int = 31) -> Rollup:
    """The busy month up to a day, with search on gpt-4o-mini from a day on."""
    rolled = Rollup()
    for row in rows_of_month():
        moved = row.feature == "search" and row.ts.day >= day
        if row.ts.day <= until:
            rolled.add(replace(row, model="gpt-4o-mini") if moved else row)
    return rolled


async def test_the_change_of_model_is_found_and_its_feature_judged() -> None:
    result = await run(TOOL, upgraded_month(), part(Operation.CHANGE))
    what, verdict = (sentence.text for sentence in result.headline)
    assert what == "On 16 October 2026 most requests of `search` went from `gpt-4o` to `gpt-4o-mini`."
    assert verdict.startswith(
        "A request of `search` got 94 % cheaper: it cost 0.00019 USD after instead of 0.0031 USD before. That is more"
        " than chance days explain"
    )


async def test_a_change_on_the_last_day_is_found_and_said_to_rest_on_one_day() -> None:
    result = await run(TOOL, _upgraded_on(30, until=30), part(Operation.CHANGE))
    assert result.headline[0].text.startswith("On 30 October 2026 most requests of `search` went")
    assert "too few days to be sure" in result.headline[1].text
    assert result.limits[0].topic == "short span"


async def test_two_days_of_data_are_compared_and_said_to_be_two() -> None:
    rolled = Rollup()
    for row in rows_of_month():
        if row.ts.day in (2, 3):
            rolled.add(replace(row, model="gpt-4o-mini") if row.ts.day == 3 else row)
    result = await run(TOOL, rolled, part(Operation.CHANGE))
    assert result.headline
    assert "1 day before and 1 day after" in text_of(result)


async def test_the_day_that_is_asked_about_is_the_first_day_after() -> None:
    result = await _since(busy_month(), "2026-10-29")
    assert "no difference is shown (change between" in result.headline[0].text
    counts = {fact.name: fact.value for fact in result.facts}
    assert (counts["days before the change"], counts["days after the change"]) == (28, 3)


async def test_without_scores_it_is_said_to_be_of_cost_only() -> None:
    assert "quality" in {sentence.topic for sentence in (await _since(busy_month(), "2026-10-29")).limits}


async def test_rows_that_are_asked_about_are_compared_alone() -> None:
    rows = only(DimensionName.FEATURE, "search")
    result = await run(TOOL, upgraded_month(), part(Operation.CHANGE, where=rows))
    assert "Over all features" not in text_of(result)
    assert {fact.of.names[0] for fact in result.facts if fact.of} == {"search"}


async def test_costs_before_and_after_are_facts_of_their_own_days() -> None:
    result = await run(TOOL, upgraded_month(), part(Operation.CHANGE))
    scopes = {said.fact.name: said.fact.of for said in result.headline[1].figures}
    before, after = scopes["cost per request of search before"], scopes["cost per request of search after"]
    assert before is not None
    assert after is not None
    assert (before.last, after.first) == ("2026-10-15", "2026-10-16")


async def test_a_comparison_shows_both_sides() -> None:
    result = await run(TOOL, upgraded_month(), part(Operation.CHANGE))
    (chart,) = [block for block in result.blocks if isinstance(block, ChartBlock)]
    assert chart.comparison is not None
    assert len(chart.comparison) == len(chart.values) == len(chart.labels) == 3


async def test_data_without_a_change_say_so_and_ask_for_the_day() -> None:
    result = await run(TOOL, busy_month(), part(Operation.CHANGE))
    assert "Name the day" in result.headline[0].text


@pytest.mark.parametrize("day", ["2026-10-01", "2020-01-01", "2026-12-25"])
async def test_a_cut_without_days_on_both_sides_is_refused_with_the_range_of_the_data(day: str) -> None:
    result = await _since(busy_month(), day)
    assert not result.headline
    assert "run from 1 October to 31 October 2026" in result.missing[0].text

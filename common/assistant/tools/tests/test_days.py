"""Days out of line, and why one day cost what it did."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from common.assistant.question.model import Operation
from common.assistant.tests.rows import bare_hour, busy_month, spiky_month
from common.assistant.tools.odd_days import TOOL
from common.assistant.tools.tests.contexts import only, part, run, text_of
from common.runs.step import ToolResult
from common.spend import Rollup, UsageRow
from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.periods import Period, PeriodName, last_days

_ANY = part(Operation.ANOMALY)


async def _on(rolled: Rollup, day: str) -> ToolResult:
    at = date.fromisoformat(day)
    return await run(TOOL, rolled, part(Operation.ANOMALY, period=Period(name=PeriodName.BETWEEN, first=at, last=at)))


async def _weekday(rolled: Rollup, weekday: str) -> ToolResult:
    return await run(TOOL, rolled, part(Operation.ANOMALY, where=only(DimensionName.WEEKDAY, weekday)))


async def test_the_odd_day_comes_first_with_what_moved_it() -> None:
    result = await run(TOOL, spiky_month(), _ANY)
    (headline,) = result.headline
    assert headline.text.startswith("Tuesday, 20 October 2026, cost 5.06 USD, 4.30 USD more than")
    assert "By feature, `nightly` moved most" in text_of(result)
    assert "Hours out of line began at 02:00 UTC" in text_of(result)
    assert "nightly" in result.names


async def test_what_a_day_cost_is_a_fact_of_that_day() -> None:
    (headline,) = (await run(TOOL, spiky_month(), _ANY)).headline
    of = headline.figures[0].fact.of
    assert of is not None
    assert (of.measure, of.first, of.last) == ("cost", "2026-10-20", "2026-10-20")


@pytest.mark.parametrize(("weekday", "day"), [("Tuesday", "20 October"), ("Wednesday", "28 October")])
async def test_a_weekday_means_the_one_that_stands_out_else_the_last(weekday: str, day: str) -> None:
    assert (await _weekday(spiky_month(), weekday)).headline[0].text.startswith(f"{weekday}, {day} 2026")


async def test_an_ordinary_day_is_called_so_and_the_odd_one_is_named() -> None:
    result = await _on(spiky_month(), "2026-10-22")
    assert "within what such days vary anyway" in result.headline[0].text
    assert "The day that stands out most is 20 October 2026." in text_of(result)


async def test_only_days_of_the_period_are_looked_at() -> None:
    result = await run(TOOL, spiky_month(), part(Operation.ANOMALY, period=last_days(7)))
    assert result.headline[0].text == (
        "No day of 25 October to 31 October 2026 is out of line with its weekday and the trend."
    )


async def test_rows_that_are_asked_about_are_judged_alone() -> None:
    search = await run(TOOL, spiky_month(), part(Operation.ANOMALY, where=only(DimensionName.FEATURE, "search")))
    assert search.headline[0].text == "None of 29 whole days is out of line with its weekday and the trend."


async def test_a_day_that_is_cut_is_compared_with_the_average_and_the_answer_says_why() -> None:
    result = await _on(busy_month(), "2026-10-01")
    assert result.headline[0].text.startswith("1 October 2026 cost 0.5715 USD in 76 requests, 0.8 times the average")
    assert [sentence.topic for sentence in result.limits] == ["short span"]


async def test_a_day_of_short_data_is_said_by_itself() -> None:
    result = await _on(bare_hour(), "2023-11-16")
    assert result.headline[0].text == (
        "16 November 2023 cost 1.97 USD in 400 requests; the data hold no other day to compare with."
    )
    assert "14 whole days" in result.limits[0].text


@pytest.mark.parametrize("day", ["2026-12-25", "2025-10-20"])
async def test_a_day_that_the_data_do_not_hold_is_said_to_be_missing_with_the_range_of_the_data(day: str) -> None:
    result = await _on(busy_month(), day)
    assert not result.headline
    assert "they run from 1 October to 31 October 2026" in result.missing[0].text


async def test_a_weekday_without_requests_is_said_to_be_missing() -> None:
    monday = UsageRow(datetime(2026, 10, 5, 9, tzinfo=UTC), "openai", "gpt-4o", 1_000_000)
    rolled = Rollup()
    for week in range(4):
        for day in range(5):
            rolled.add(replace(monday, ts=monday.ts + timedelta(days=7 * week + day)))
    assert not (await _weekday(rolled, "Sunday")).headline

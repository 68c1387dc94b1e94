"""`burst`: a spike against limits, on rows whose minutes are counted by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.assistant.question.model import Constraints, Operation
from common.assistant.tests.rows import bare_hour, busy_month
from common.assistant.tools.burst import TOOL, traffic_of
from common.assistant.tools.tests.contexts import asked_of, only, part, run, text_of, uncovered
from common.runs.step import ToolError, ToolResult
from common.spend import Rollup, UsageRow
from common.spend.semantics import DimensionName

_NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)
_ROW = UsageRow(_NOON, "openai", "gpt-4o", 900, out_visible=100, feature="chat", user="ann")


def _week_with_jobs() -> Rollup:
    """40 summaries in a minute at 02:00 each night; 8 chats a day, each at another hour, and 10 at 02:30 at last."""
    rollup = Rollup()
    for day in range(7):
        night = _NOON + timedelta(days=day, hours=-10)
        for number in range(40):
            at = night + timedelta(seconds=number)
            rollup.add(replace(_ROW, ts=at, feature="summaries", prompt_hash=f"s{day}-{number}"))
        for number in range(8):
            at = night.replace(hour=3 * day + 3, second=number)
            rollup.add(replace(_ROW, ts=at, prompt_hash=f"c{day}-{number % 4}"))
    for number in range(10):
        at = _NOON + timedelta(days=6, hours=-9.5, seconds=number)
        rollup.add(replace(_ROW, ts=at, prompt_hash=f"n{number}"))
    return rollup


async def _spike(rows: Rollup, **limits: float) -> ToolResult:
    return await run(TOOL, rows, part(Operation.BURST, constraints=Constraints(**limits)))  # type: ignore[arg-type]


async def test_ten_times_the_busiest_minute_is_held_against_the_limit() -> None:
    result = await _spike(_week_with_jobs(), burst=10.0, rpm=250.0)
    assert result.headline[0].text == (
        "10 times your busiest minute (40 requests, on 12 October 2026 at 02:00 UTC) is 400 requests: above your "
        "limit of "
        "250 requests, which is reached at 6.25 times."
    )


async def test_a_limit_that_holds_is_said_to_hold_and_how_far() -> None:
    result = await _spike(_week_with_jobs(), burst=2.0, tpm=100_000.0)
    assert "is 80,000 tokens: your limit of 100,000 tokens holds, up to 2.5 times." in result.headline[0].text


async def test_jobs_by_their_hours_go_to_batch_and_repeats_to_a_cache_of_answers() -> None:
    rows = _week_with_jobs()
    traffic = traffic_of(rows)
    assert traffic.waiting_for_none == ("summaries",)
    assert traffic.job_share == 1.0  # on the first night nothing else came in that hour
    assert traffic.repeated_share == pytest.approx(28 / (280 + 56 + 10))
    assert "100 % of the requests in that hour come from `summaries`" in text_of(
        await _spike(rows, burst=10.0, rpm=250.0)
    )


async def test_what_is_left_above_the_limit_needs_a_fallback() -> None:
    result = await _spike(busy_month(), burst=10.0, rpm=5.0)
    left = 10 * (1 - traffic_of(busy_month()).repeated_share)  # type: ignore[operator]  # it has prompts
    assert f"The {left - 5:.0f} requests per minute above your limit need a queue" in text_of(result)


async def test_without_the_minutes_of_a_feature_the_peak_is_a_bound_that_says_so() -> None:
    inquiry = part(
        Operation.BURST, constraints=Constraints(burst=10.0, rpm=100.0), where=only(DimensionName.FEATURE, "summaries")
    )
    result = await run(TOOL, _week_with_jobs(), inquiry)
    assert "(1 to 40 requests, in the hour from 02:00 UTC on 12 October 2026)" in result.headline[0].text
    assert "whether your limit of 100 requests holds cannot be told" in result.headline[0].text
    assert "Minutes are not kept of these rows" in result.limits[0].text


async def test_a_day_of_the_spike_costs_so_many_average_days() -> None:
    rows = _week_with_jobs()
    usual = 346 * (900 * 2.5 + 100 * 10) / 1e6 / 7
    assert traffic_of(rows).usual_usd == pytest.approx(usual)
    assert f"A whole day at 3 times costs about {3 * usual:.4f} USD" in text_of(await _spike(rows, burst=3.0))


async def test_rows_of_less_than_a_day_give_no_cost_of_one() -> None:
    assert "A whole day" not in text_of(await _spike(bare_hour(), burst=3.0))


async def test_without_a_size_ten_times_is_assumed_and_without_a_limit_one_is_asked_for() -> None:
    result = await _spike(busy_month(300))
    assert "You named no size, so I took 10 times." in text_of(result)
    assert "Name your limits per minute" in result.offer[0].text
    assert (await _spike(busy_month(300), rpm=5.0)).offer == []


@pytest.mark.parametrize(
    "rows", [busy_month(300), bare_hour(), _week_with_jobs(), Rollup()], ids=("busy", "hour", "jobs", "none")
)
async def test_every_number_is_a_figure(rows: Rollup) -> None:
    for limits in ({}, {"burst": 10.0, "rpm": 30.0, "tpm": 9000.0}):
        assert uncovered(await _spike(rows, **limits)) == []


async def test_data_without_a_request_have_no_peak() -> None:
    result = await _spike(Rollup(), burst=3.0)
    assert result.headline == []
    assert "no request" in result.missing[0].text


async def test_a_spike_of_nothing_is_refused() -> None:
    with pytest.raises(ToolError):
        await _spike(busy_month(300), burst=0.0)


def test_only_a_question_on_a_spike_calls_it() -> None:
    assert len(TOOL.calls(asked_of(part(Operation.BURST)))) == 1
    assert TOOL.calls(asked_of(part(Operation.HEADROOM))) == ()

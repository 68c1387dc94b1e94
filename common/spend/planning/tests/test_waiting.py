"""Whether requests may go as batch jobs: the rows decide, never a feature's name. START is a Monday."""

from datetime import timedelta

import pytest

from common.spend import combined_plan, find_opportunities
from common.spend.model import Limits, Opportunity, UsageRow
from common.spend.tests.builders import START, rollup_of

ONLY = Limits(kinds=("batch",))


def _rows(
    feature: str, hours: range, days: int = 14, *, each: int = 4, users: int = 0, ttft: float | None = None
) -> list[UsageRow]:
    """Requests in some hours of each day, of users in turn."""
    return [
        UsageRow(
            START + timedelta(days=day, hours=hour, minutes=minute),
            "openai",
            "gpt-4o",
            10_000,
            out_visible=500,
            feature=feature,
            user=f"user {(hour + minute) % users}" if users else None,
            ttft_ms=ttft,
        )
        for day in range(days)
        for hour in hours
        for minute in range(each)
    ]


def _batch(rows: list[UsageRow]) -> Opportunity | None:
    found = find_opportunities(rollup_of(rows), ONLY).opportunities
    return next((item for item in found if not item.id.endswith(":flex")), None)


@pytest.mark.parametrize("users", [0, 40])
@pytest.mark.parametrize("feature", ["support-chat", "nightly-summaries"])
def test_what_runs_in_the_same_few_hours_of_each_day_may_wait_whatever_it_is_called(feature: str, users: int) -> None:
    """Users or not: a job may name whose document it works on."""
    rows = _rows(feature, range(1, 3), users=users)
    found = _batch(rows)
    assert found is not None
    assert (found.confidence, found.latency_risk, found.needs_confirmation) == ("high", "low", False)
    assert "100 % of its requests come in the hours 01:00, 02:00 UTC" in found.evidence
    (step,) = combined_plan(rollup_of(rows), ONLY).steps
    assert step.savings_usd == pytest.approx(112 * (10_000 * 2.50 + 500 * 10) / 1e6 / 2)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (_rows("nightly-summaries", range(8, 18)), "100 % of its requests come within the same 12 hours of the day"),
        (_rows("batch-etl", range(24), users=20), "20 users send its requests, at any hour"),
        (_rows("extract-daily", range(1, 3), ttft=200.0), "100 % of its answers are streamed"),
    ],
)
def test_rows_that_speak_of_people_forbid_batch_jobs_whatever_the_feature_is_called(
    rows: list[UsageRow], reason: str
) -> None:
    report = find_opportunities(rollup_of(rows), ONLY)
    assert not report.opportunities
    assert reason in report.unavailable[0].reason


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(_rows("nightly-summaries", range(24)), id="at any hour, without users"),
        pytest.param(_rows("batch-etl", range(24), users=9), id="nine users"),
        pytest.param(_rows("nightly-summaries", range(1, 3), days=2, each=30), id="two days"),
        pytest.param(_rows("etl", range(1, 3), days=3) + _rows("etl", range(1, 3), days=1, each=59), id="one busy day"),
    ],
)
def test_where_the_rows_do_not_tell_it_is_a_question_that_no_plan_counts(rows: list[UsageRow]) -> None:
    found = _batch(rows)
    assert found is not None
    assert (found.confidence, found.latency_risk, found.needs_confirmation) == ("low", "high", True)
    assert "do not tell whether somebody waits" in found.evidence
    assert not combined_plan(rollup_of(rows), ONLY).steps
    assert not combined_plan(rollup_of(rows), ONLY, 30).steps
    (step,) = combined_plan(rollup_of(rows), ONLY, select=(found.id,)).steps
    assert step.opportunity == found

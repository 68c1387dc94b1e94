"""The shipped sample data set is what its script and its README say."""

import gzip

import pytest

from common.spend import Limits, Rollup, breakdown, combined_plan, find_opportunities, totals
from common.spend.tests.builders import imported
from data import sample_path


@pytest.fixture(scope="module")
def sample() -> Rollup:
    """The sample, imported without a reject."""
    batch = imported(gzip.decompress(sample_path().read_bytes()))
    assert (batch.rejected, batch.duplicates) == (0, 0)
    return batch.rollup


def test_the_sample_is_a_month_of_many_features_models_and_users(sample: Rollup) -> None:
    whole = totals(sample)
    assert sample_path().stat().st_size < 1_500_000
    assert 25_000 <= whole.requests <= 30_000
    assert (whole.features, whole.models, whole.users, whole.unpriced_requests) == (6, 5, 40, 0)
    assert [str(t)[:10] for t in (whole.first, whole.last)] == ["2026-10-12", "2026-11-10"]
    assert 200 < whole.cost_usd < 1_000
    assert {"latency", "ttft", "feature", "user", "status", "prompt_hash", "cache", "session"} <= whole.has


def test_the_sample_has_weekends_failures_and_one_odd_day(sample: Rollup) -> None:
    days = {share.key: share for share in breakdown(sample, "day")}
    assert days["2026-10-17"].requests < days["2026-10-16"].requests / 2
    assert max(days.values(), key=lambda share: share.cost_usd).key == "2026-10-29"
    assert 0.01 < totals(sample).failed_requests / totals(sample).requests < 0.06


def test_every_kind_of_opportunity_is_in_the_sample(sample: Rollup) -> None:
    report = find_opportunities(sample, Limits())
    kinds = {item.kind for item in report.opportunities}
    assert kinds == {"right_sizing", "prompt_caching", "batch", "duplicates", "retry_waste"}
    assert not report.unavailable
    plan = combined_plan(sample, Limits(), target_pct=30.0)
    assert plan.target_met
    assert len({step.opportunity.kind for step in plan.steps}) > 1

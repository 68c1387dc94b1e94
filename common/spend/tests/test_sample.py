"""The shipped sample dataset is what its script and its README say."""

import gzip
from collections.abc import Callable
from time import process_time

import pytest

from common.spend import Limits, Rollup, breakdown, combined_plan, find_opportunities, totals
from common.spend.measures import (
    PeriodComparison,
    anomalies,
    compare,
    forecast,
    model_changes,
    peaks,
    period_of,
    waste,
)
from common.spend.model import KINDS
from common.spend.semantics import Condition, DimensionName, Period, last_days
from common.spend.semantics.narrowing import narrowed
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
    assert max(days.values(), key=lambda share: share.cost_usd or 0).key == "2026-10-29"
    assert 0.01 < totals(sample).failed_requests / totals(sample).requests < 0.06


def test_every_kind_of_opportunity_is_in_the_sample(sample: Rollup) -> None:
    report = find_opportunities(sample, Limits())
    kinds = {item.kind for item in report.opportunities}
    assert kinds == set(KINDS) - {"provider_choice"}
    assert {item.kind for item in report.unavailable} == {"provider_choice"}
    plan = combined_plan(sample, Limits(), target_pct=30.0)
    assert plan.target_met
    assert len({step.opportunity.kind for step in plan.steps}) > 1


def test_the_odd_day_of_the_sample_is_found_with_its_feature(sample: Rollup) -> None:
    found, *others = anomalies(sample).days
    assert found.day == "2026-10-29"
    assert all(abs(other.effects.total_usd) < found.effects.total_usd / 10 for other in others)
    assert found.effects.cause == "volume"
    assert [(mover.by, mover.key) for mover in found.movers][:2] == [("feature", "search-rag"), ("model", "gpt-4o")]
    assert [mover.by for mover in found.movers][2:] == ["user"]


def test_the_forecast_of_the_sample_goes_on_with_its_growth(sample: Rollup) -> None:
    found = forecast(sample)
    assert found.trend_pct is not None
    assert 10 < found.trend_pct < 50
    assert totals(sample).cost_usd < found.expected.usd + found.odd_usd


_SUPPORT = Condition(dimension=DimensionName.FEATURE, values=("support-chat",))


@pytest.mark.parametrize(
    ("where", "period", "is_wanted"),
    [
        ((_SUPPORT,), None, lambda row: row[4] == "support-chat"),
        ((), last_days(7), lambda row: row[0] >= "2026-11-04"),
    ],
)
def test_a_plan_of_some_requests_is_that_of_a_log_with_only_these(
    sample: Rollup, where: tuple[Condition, ...], period: Period | None, is_wanted: Callable[[list[str]], bool]
) -> None:
    head, *lines = gzip.decompress(sample_path().read_bytes()).decode().splitlines()
    alone = imported("\n".join([head, *(line for line in lines if is_wanted(line.split(",")))])).rollup
    some = narrowed(sample, where, period)
    assert totals(some).cost_usd == totals(alone).cost_usd
    kinds = Limits(kinds=("prompt_caching", "duplicates", "retry_waste", "reasoning_effort", "batch"))
    assert combined_plan(some, kinds).savings_usd == pytest.approx(combined_plan(alone, kinds).savings_usd)


def first_half_against_second(sample: Rollup) -> PeriodComparison:
    return compare(period_of(sample, last="2026-10-26"), period_of(sample, first="2026-10-27"))


@pytest.mark.parametrize(
    "measure",
    [
        lambda sample: breakdown(sample, "model"),
        lambda sample: breakdown(sample, "hour"),
        waste,
        anomalies,
        lambda sample: forecast(sample, 30.0),
        peaks,
        first_half_against_second,
        model_changes,
    ],
)
def test_every_measure_of_the_sample_takes_less_than_100_ms(
    sample: Rollup, measure: Callable[[Rollup], object]
) -> None:
    assert sample.sketches
    assert min(_computing_s(measure, sample) for _ in range(3)) < 0.1  # a collection of garbage strikes one of them


def _computing_s(measure: Callable[[Rollup], object], sample: Rollup) -> float:
    began = process_time()
    measure(sample)
    return process_time() - began

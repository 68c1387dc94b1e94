"""Rows that are sums of requests, or costs without tokens: what can be said of them, and what cannot."""

import zlib
from dataclasses import replace
from datetime import timedelta

import pytest

from common.spend import Limits, Rollup, UsageRow, breakdown, combined_plan, distribution, find_opportunities, totals
from common.spend.measures.day import on_day
from common.spend.model import ServiceTier
from common.spend.rollup.cells import QUALITY, QUALITY_N, QUALITY_SQUARES
from common.spend.tests.builders import START, rollup_of

DAY = UsageRow(
    START, "openai", "gpt-4o", 40_000_000, out_visible=1_000_000, requests=9_000, grain="day", feature="chat"
)
"""Costs 110 USD."""
BILL = UsageRow(START, "openai", "gpt-4o", 0, cost_reported=12.0, requests=0, grain="day", feature="chat")
REQUEST = UsageRow(START, "openai", "gpt-4o", 4_000, feature="chat", prompt_hash="p", latency_ms=5)
"""Costs 0.01 USD."""


def test_sums_count_their_requests_and_stay_out_of_what_is_per_request() -> None:
    rollup = rollup_of([DAY, replace(DAY, prompt_hash="p"), REQUEST, BILL])
    (sizes,) = distribution(rollup, "input_tokens")
    assert (totals(rollup).requests, sizes.count, sizes.max) == (18_001, 1, 4_000)
    assert not list(rollup.duplicates.repeats())
    assert totals(rollup).cost_usd == pytest.approx(110 + 110 + 0.01 + 12)


def test_a_sum_is_priced_by_what_each_of_its_requests_was_never_by_its_size() -> None:
    row = UsageRow(START, "google", "gemini-2.5-pro", 4_000_000, grain="hour", requests=900)
    assert totals(rollup_of([row])).cost_usd == pytest.approx(5.0)
    assert totals(rollup_of([replace(row, context_above=200_000)])).cost_usd == pytest.approx(10.0)
    assert totals(rollup_of([replace(row, grain="request", requests=1)])).cost_usd == pytest.approx(10.0)


def test_a_cost_without_tokens_is_as_billed_also_of_an_unknown_model() -> None:
    whole = totals(rollup_of([BILL, replace(BILL, model="web search", cost_reported=-2.0)]))
    assert (whole.cost_usd, whole.billed_usd, whole.reported_usd) == (10.0, 10.0, 10.0)
    assert (whole.unpriced_models, "billed" in whole.has, "aggregated" in whole.has) == ((), True, False)


def test_a_cost_next_to_tokens_is_not_billed() -> None:
    whole = totals(rollup_of([replace(REQUEST, cost_reported=0.5)]))
    assert (whole.cost_usd, whole.billed_usd, whole.reported_usd) == (0.01, 0.0, 0.5)


def test_other_currencies_stay_apart_and_merge_exactly() -> None:
    euros = replace(BILL, currency="EUR", cost_reported=0.1)
    rollup = rollup_of([euros] * 5).merge(rollup_of([euros] * 5 + [BILL]))
    whole = totals(rollup)
    assert (whole.cost_usd, whole.other_currencies) == (12.0, {"EUR": 1.0})


@pytest.mark.parametrize(("tier", "usd"), [("standard", 110.0), ("batch", 55.0), ("flex", 110.0), ("priority", 187.0)])
def test_tiers_are_counted_apart_and_priced_as_such(tier: ServiceTier, usd: float) -> None:
    rollup = rollup_of([replace(DAY, tier=tier, ts=START + timedelta(days=20))])
    assert [key.tier for key in rollup.cells] == [tier]
    assert totals(rollup).cost_usd == pytest.approx(usd)


def test_scores_are_summed_to_the_millionth() -> None:
    rollup = rollup_of([replace(REQUEST, quality=score) for score in (0.1, 0.2, 0.7)] + [REQUEST])
    ((cell),) = rollup.cells.values()
    assert (cell[QUALITY], cell[QUALITY_N]) == (1_000_000, 3)
    assert cell[QUALITY_SQUARES] == (1 + 4 + 49) * 10**10
    assert "quality" in totals(rollup).has


def test_a_day_of_sums_has_no_dearest_hour_and_no_schedule() -> None:
    rollup = rollup_of([replace(DAY, ts=START + timedelta(days=day)) for day in range(10)])
    found = on_day(rollup, "2026-10-13")
    assert (found.peak_hour, found.peak_usd, found.requests) == (None, 0.0, 9_000)
    assert totals(rollup).days == 10.0
    assert not rollup.shapes


def test_hours_of_requests_next_to_sums_of_days_are_counted_apart() -> None:
    shares = breakdown(rollup_of([DAY, REQUEST]), "hour")
    assert {share.key: share.requests for share in shares} == {"(whole day)": 9_000, "00": 1}


def test_plans_over_sums_save_what_their_opportunities_say() -> None:
    rollup = rollup_of([replace(DAY, ts=START + timedelta(days=day)) for day in range(10)] + [BILL])
    report = find_opportunities(rollup, Limits())
    assert "right_sizing" in {item.kind for item in report.opportunities}
    assert report.baseline_usd == pytest.approx(1_100)
    plan = combined_plan(rollup, Limits())
    assert 0 < plan.savings_usd < plan.baseline_usd


def test_failed_requests_without_tokens_are_not_unpriced() -> None:
    failed = UsageRow(START, "anthropic", "<synthetic>", 0, status="api error")
    assert totals(rollup_of([failed])).unpriced_requests == 0
    assert totals(rollup_of([replace(failed, in_uncached=1)])).unpriced_requests == 1


def test_a_shard_of_another_version_says_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"version 5; this code reads version 4\. Import the file again"):
        Rollup.from_shards([{"cells": zlib.compress(b'[5,["c"]]')}])

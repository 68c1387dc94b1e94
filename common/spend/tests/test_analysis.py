"""Totals, breakdowns and distributions are sums and ranks of the rows."""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Rollup, Unanswerable, UsageRow, breakdown, distribution, totals
from common.spend.model import By
from common.spend.tests.builders import START, rollup_of, rows


@settings(max_examples=40, deadline=None)
@given(some=st.lists(rows, min_size=1, max_size=30))
def test_every_breakdown_adds_up_to_the_totals(some: list[UsageRow]) -> None:
    rollup = rollup_of(some)
    whole = totals(rollup)
    kinds: list[By] = ["model", "provider", "day"]
    kinds += [by for by in ("hour",) if any(row.grain != "day" for row in some)]
    kinds += [by for by in ("feature", "user", "status") if by in whole.has]
    for by in kinds:
        shares = breakdown(rollup, by)
        assert sum(share.requests for share in shares) == whole.requests == sum(row.requests for row in some)
        assert sum(share.cost_usd or 0 for share in shares) == pytest.approx(whole.cost_usd)
        assert sum(share.input_tokens for share in shares) == whole.input_tokens
        assert sum(share.output_tokens for share in shares) == whole.output_tokens
        assert sum(share.failed_requests for share in shares) == whole.failed_requests
        assert sum(share.unpriced_requests for share in shares) == whole.unpriced_requests


@settings(max_examples=40, deadline=None)
@given(some=st.lists(rows, min_size=1, max_size=30))
def test_a_breakdown_by_model_counts_each_row_once(some: list[UsageRow]) -> None:
    expected: dict[str, int] = defaultdict(int)
    for row in some:
        expected[row.model] += row.requests
    assert {share.key: share.requests for share in breakdown(rollup_of(some), "model")} == expected


def test_costs_come_largest_first_and_times_in_order() -> None:
    some = [
        UsageRow(START + timedelta(hours=hour), "openai", model, 1_000)
        for hour, model in ((30, "gpt-4o-mini"), (5, "gpt-4o"), (3, "gpt-4o"))
    ]
    rollup = rollup_of(some)
    assert [share.key for share in breakdown(rollup, "model")] == ["gpt-4o", "gpt-4o-mini"]
    assert [share.key for share in breakdown(rollup, "hour")] == ["03", "05", "06"]
    assert [share.key for share in breakdown(rollup, "day")] == ["2026-10-12", "2026-10-13"]


def test_an_empty_rollup_has_zero_totals_and_no_shares() -> None:
    whole = totals(Rollup())
    assert (whole.requests, whole.cost_usd, whole.first, whole.days) == (0, 0.0, None, 0.0)
    assert breakdown(Rollup(), "model") == []


@pytest.mark.parametrize("by", ["feature", "user", "status"])
def test_what_the_rows_do_not_tell_is_unanswerable_and_says_which_export_has_it(by: By) -> None:
    with pytest.raises(Unanswerable, match=rf"no {by}.*column named {by}"):
        breakdown(rollup_of([UsageRow(START, "openai", "gpt-4o", 1)]), by)


def test_a_latency_question_without_latencies_is_unanswerable() -> None:
    with pytest.raises(Unanswerable, match=r"no latency.*latency_ms"):
        distribution(rollup_of([UsageRow(START, "openai", "gpt-4o", 1)]), "latency_ms")


def test_a_distribution_has_exact_count_mean_and_maximum_and_close_percentiles() -> None:
    some = [UsageRow(START, "openai", "gpt-4o", n, feature="chat", latency_ms=n * 10.0) for n in range(1, 1001)]
    (sizes,) = distribution(rollup_of(some), "input_tokens")
    assert (sizes.count, sizes.mean, sizes.max, sizes.unit) == (1000, 500.5, 1000, "tokens")
    assert sizes.p95 == pytest.approx(950, rel=0.006)
    (latency,) = distribution(rollup_of(some), "latency_ms", "feature")
    assert latency.key == "chat"
    assert latency.p50 == pytest.approx(5000, rel=0.006)


def test_latencies_are_of_requests_that_went_well() -> None:
    some = [
        UsageRow(START, "openai", "gpt-4o", 1, latency_ms=100),
        UsageRow(START, "openai", "gpt-4o", 1, latency_ms=60_000, status="timeout"),
    ]
    assert distribution(rollup_of(some), "latency_ms")[0].max == 100


def test_what_has_no_price_has_no_cost_and_is_last() -> None:
    unknown = UsageRow(START, "acme", "acme-llm-7b", 500)
    priced, unpriced = breakdown(rollup_of([unknown, UsageRow(START, "openai", "gpt-4o", 400_000)]), "model")
    assert priced.cost_usd == pytest.approx(1.0)
    assert (priced.key, priced.cost_pct) == ("gpt-4o", 100.0)
    assert (unpriced.key, unpriced.requests, unpriced.cost_usd, unpriced.cost_pct) == ("acme-llm-7b", 1, None, None)

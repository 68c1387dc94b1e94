"""What failures cost, exactly; what retries cost, as a bound that holds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Unanswerable, UsageRow, totals
from common.spend.measures import waste
from common.spend.tests.builders import START, rollup_of, rows

ROW = UsageRow(START, "openai", "gpt-4o", 400_000, feature="chat")
"""Costs 1 USD."""


@settings(max_examples=40, deadline=None)
@given(some=st.lists(rows, min_size=1, max_size=30))
def test_failures_by_status_and_by_day_add_up_to_those_of_the_totals(some: list[UsageRow]) -> None:
    some = [*some, replace(ROW, status="timeout")]
    whole, found = totals(rollup_of(some)), waste(rollup_of(some))
    assert (found.requests, found.failed) == (whole.requests, whole.failed_requests)
    for shares in (found.by_status, found.by_feature, found.by_day):
        assert sum(share.failed for share in shares) == whole.failed_requests
        assert sum(share.failed_usd for share in shares) == pytest.approx(whole.failed_cost_usd)


def test_a_failure_counts_under_its_status_its_feature_and_its_day() -> None:
    late = replace(ROW, ts=START + timedelta(days=1), status="http 500", feature="search")
    found = waste(rollup_of([ROW, replace(ROW, status="timeout"), replace(ROW, status="timeout"), late]))
    assert [(s.key, s.failed, s.failed_usd) for s in found.by_status] == [("timeout", 2, 2.0), ("http 500", 1, 1.0)]
    chat, search = found.by_feature
    assert (chat.key, chat.requests, chat.failed) == ("chat", 3, 2)
    assert chat.failed_pct == pytest.approx(66.67, abs=0.01)
    assert search.cost_pct == 100.0
    assert [(s.key, s.failed) for s in found.by_day] == [("2026-10-12", 2), ("2026-10-13", 1)]


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 100_000), min_size=1, max_size=12),
    retried=st.lists(st.booleans(), min_size=12, max_size=12),
    others=st.lists(st.integers(1, 100_000), max_size=12),
)
def test_retries_never_cost_more_than_their_bound(sizes: list[int], retried: list[bool], others: list[int]) -> None:
    failed = [replace(ROW, in_uncached=size, status="timeout") for size in sizes]
    again = [replace(row, status="ok") for row, is_retried in zip(failed, retried, strict=False) if is_retried]
    rest = [replace(ROW, in_uncached=size) for size in others]
    bound = waste(rollup_of([*failed, *again, *rest])).retries
    assert len(again) <= bound.at_most_requests == len(failed)
    assert totals(rollup_of(again)).cost_usd <= bound.at_most_usd * (1 + 1e-9)


def test_the_bound_of_retries_is_the_dearest_requests_of_the_feature_that_failed() -> None:
    expensive = replace(ROW, in_uncached=4_000_000, feature="other")
    found = waste(rollup_of([expensive, ROW, ROW, replace(ROW, in_uncached=4_000), replace(ROW, status="timeout")]))
    assert found.retries.at_most_requests == 1
    assert found.retries.at_most_usd == pytest.approx(1.0, rel=0.011)


def test_waste_without_a_status_is_unanswerable_and_says_which_export_has_it() -> None:
    with pytest.raises(Unanswerable, match=r"no status.*column named status"):
        waste(rollup_of([ROW]))


def test_without_features_there_is_no_waste_by_feature() -> None:
    assert waste(rollup_of([replace(ROW, feature=None, status="timeout")])).by_feature == ()

"""Bounds of the busiest minute hold for any minute, and limits are judged by them."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Rollup, Unanswerable, UsageRow
from common.spend.measures import headroom, peaks
from common.spend.tests.builders import START, rollup_of

_moments = st.lists(st.tuples(st.integers(0, 6 * 3600), st.integers(0, 9_000)), min_size=1, max_size=80)


@settings(max_examples=100, deadline=None)
@given(moments=_moments)
def test_the_busiest_minute_lies_between_its_bounds(moments: list[tuple[int, int]]) -> None:
    minutes: Counter[int] = Counter()
    tokens: Counter[int] = Counter()
    for second, size in moments:
        minutes[second // 60] += 1
        tokens[second // 60] += size
    some = [UsageRow(START + timedelta(seconds=at), "openai", "gpt-4o", size) for at, size in moments]
    requests, used = peaks(rollup_of(some))
    assert requests.at_least <= max(minutes.values()) <= requests.at_most
    assert used.at_least <= max(tokens.values()) <= used.at_most


def an_hour_of(requests: int) -> Rollup:
    """`requests` of 100 tokens from 07:00 on, and one an hour later."""
    hour = START + timedelta(hours=7)
    some = [UsageRow(hour + timedelta(seconds=n * 3600 / requests), "openai", "gpt-4o", 100) for n in range(requests)]
    return rollup_of([*some, UsageRow(hour + timedelta(hours=1), "openai", "gpt-4o", 100)])


def test_the_bounds_are_a_sixtieth_of_the_busiest_hour_and_all_of_it() -> None:
    requests, tokens = peaks(an_hour_of(601))
    assert (requests.day, requests.hour, requests.hourly) == ("2026-10-12", 7, 601)
    assert (requests.at_least, requests.at_most) == (11, 601)
    assert (tokens.at_least, tokens.at_most) == (1002, 60_100)


@pytest.mark.parametrize(
    ("limit", "growth", "verdict"),
    [
        (700, 0, "fits"),
        (600, 0, "fits"),
        (599, 0, "not known"),
        (10, 0, "not known"),
        (9, 0, "exceeded"),
        (700, 100, "not known"),
        (1200, 100, "fits"),
        (19, 100, "exceeded"),
    ],
)
def test_a_limit_is_judged_by_both_bounds(limit: float, growth: float, verdict: str) -> None:
    requests, _ = peaks(an_hour_of(600))
    assert headroom(requests, limit, growth).verdict == verdict


def test_the_growth_at_which_a_limit_is_met_is_a_range() -> None:
    found = headroom(peaks(an_hour_of(600))[0], 900)
    assert found.safe_growth_pct == pytest.approx(50)
    assert found.met_growth_pct == pytest.approx(8900)
    assert headroom(found.peak, 900, found.safe_growth_pct).verdict == "fits"
    assert headroom(found.peak, 900, found.met_growth_pct * 1.001).verdict == "exceeded"


def test_no_request_has_no_peak() -> None:
    with pytest.raises(Unanswerable, match="no request"):
        peaks(Rollup())


@pytest.mark.parametrize(("limit", "growth"), [(0, 0), (-5, 0), (100, -100)])
def test_a_limit_or_growth_that_makes_no_sense_is_refused(limit: float, growth: float) -> None:
    with pytest.raises(ValueError, match="make no sense"):
        headroom(peaks(an_hour_of(60))[0], limit, growth)

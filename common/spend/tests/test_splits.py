"""Splits by two dimensions add up."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Unanswerable, UsageRow, breakdown, totals
from common.spend.measures import split
from common.spend.measures.splits import Dimension
from common.spend.model import By
from common.spend.rollup.cells import NO_HOUR
from common.spend.tests.builders import START, rollup_of, rows

PAIRS: list[tuple[Dimension, Dimension]] = [("model", "provider"), ("day", "model"), ("day", "hour"), ("hour", "day")]
OPTIONAL_PAIRS: list[tuple[Dimension, Dimension]] = [("model", "feature"), ("status", "day"), ("feature", "status")]
"""Pairs that rows may lack."""
BIG = UsageRow(START, "openai", "gpt-4o", 400_000, feature="chat")
"""Costs 1 USD."""
UNKNOWN = UsageRow(START, "acme", "acme-llm-7b", 500)


@settings(max_examples=40, deadline=None)
@given(some=st.lists(rows, min_size=1, max_size=30))
def test_every_split_by_two_adds_up_to_the_totals(some: list[UsageRow]) -> None:
    rollup = rollup_of([*some, BIG])  # one request at least, for the hours
    whole = totals(rollup)
    for first, second in [
        *PAIRS,
        *(pair for pair in OPTIONAL_PAIRS if whole.has.issuperset({*pair} - {"model", "day"})),
    ]:
        lines = split(rollup, first, second)
        assert sum(line.requests for line in lines) == whole.requests
        assert sum(line.cost_usd for line in lines) == pytest.approx(whole.cost_usd)
        assert sum(line.input_tokens for line in lines) == whole.input_tokens
        assert sum(line.output_tokens for line in lines) == whole.output_tokens
        assert sum(line.failed_requests for line in lines) == whole.failed_requests
        assert sum(line.unpriced_requests for line in lines) == whole.unpriced_requests


@settings(max_examples=40, deadline=None)
@given(some=st.lists(rows, min_size=1, max_size=30))
def test_a_split_by_two_summed_over_one_is_the_breakdown_by_the_other(some: list[UsageRow]) -> None:
    rollup = rollup_of(some)
    for share in breakdown(rollup, "model"):
        lines = [line for line in split(rollup, "day", "model") if line.keys[1] == share.key]
        assert sum(line.requests for line in lines) == share.requests
        assert sum(line.cost_usd for line in lines) == pytest.approx(share.cost_usd)


@settings(max_examples=40, deadline=None)
@given(some=st.lists(rows, min_size=1, max_size=30))
def test_a_split_by_one_is_the_breakdown(some: list[UsageRow]) -> None:
    rollup = rollup_of(some)
    kinds: list[By] = ["model", "provider", "day"]
    kinds += ["hour"] if any(hour != NO_HOUR for _, hour in rollup.hours) else []
    kinds += [by for by in ("feature", "user", "status") if by in rollup.has]
    for by in kinds:
        expected = [(share.key, share.requests, share.cost_usd) for share in breakdown(rollup, by)]
        assert [(*line.keys, line.requests, line.cost_usd) for line in split(rollup, by)] == expected


def test_unpriced_requests_count_and_add_no_cost() -> None:
    (line,) = split(rollup_of([BIG, UNKNOWN]), "day", "hour")
    assert (line.keys, line.requests, line.unpriced_requests) == (("2026-10-12", "00"), 2, 1)
    assert line.cost_usd == pytest.approx(1.0)


def test_days_come_in_order_and_the_dearest_first_within_a_day() -> None:
    later = UsageRow(START + timedelta(days=1), "openai", "gpt-4o", 10)
    small = UsageRow(START, "openai", "gpt-4o-mini", 10)
    lines = split(rollup_of([later, small, BIG]), "day", "model")
    assert [line.keys for line in lines] == [
        ("2026-10-12", "gpt-4o"),
        ("2026-10-12", "gpt-4o-mini"),
        ("2026-10-13", "gpt-4o"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("tag", None, "no tags.*column named feature"),
        ("model", "tag", "no tags"),
        ("user", "model", "sums users over everything"),
        ("hour", "feature", "sums hours over all requests"),
        ("status", "model", "no status.*column named status"),
    ],
)
def test_pairs_that_no_rollup_holds_are_unanswerable_and_say_what_helps(
    first: Dimension, second: Dimension | None, why: str
) -> None:
    row = UsageRow(START, "openai", "gpt-4o", 10, feature="chat", user="ann")
    with pytest.raises(Unanswerable, match=why):
        split(rollup_of([row]), first, second)


def test_a_split_by_twice_the_same_is_refused() -> None:
    with pytest.raises(ValueError, match="model and model"):
        split(rollup_of([BIG]), "model", "model")

"""Which rows a verification gives: of the days that usage came for, each change once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from common.savings.measure import AcceptedRecommendation, measure
from common.spend import Limits, Rollup, UsageRow, find_opportunities
from common.spend.ledger import freeze

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
ACCEPTED = date(2026, 11, 8)


def usage(model: str, first: int, days: int) -> Rollup:
    """So many days of equal requests of one feature, from day `first` (0: 1 November) on."""
    rollup = Rollup()
    for number in range(days * 24):
        ts = FIRST + timedelta(days=first, hours=number)
        rollup.add(
            UsageRow(ts=ts, provider="openai", model=model, in_uncached=3000, out_visible=400, feature="support-chat")
        )
    return rollup


BEFORE = usage("gpt-4o", 0, 7)
SWAP = next(found for found in find_opportunities(BEFORE, Limits()).opportunities if found.to_model == "gpt-4o-mini")
SWAPPED = AcceptedRecommendation(
    recommendation_id="r1",
    title=SWAP.title,
    baseline=freeze(BEFORE, SWAP, ACCEPTED),
    implemented=ACCEPTED,
    ended=None,
)


def days_of(accepted: list[AcceptedRecommendation], arrived: Rollup, usage: Rollup) -> dict[str | None, list[str]]:
    parts = measure(accepted, arrived.shards(), usage.shards())
    return {
        part.recommendation.recommendation_id if part.recommendation else None: [row.day for row in part.rows]
        for part in parts
    }


def test_only_days_that_usage_came_for_are_measured_again() -> None:
    tuesday, wednesday = usage("gpt-4o-mini", 9, 1), usage("gpt-4o-mini", 10, 1)
    merged = BEFORE.merge(tuesday).merge(wednesday)
    assert days_of([SWAPPED], wednesday, merged) == {None: ["2026-11-11"], "r1": ["2026-11-11"]}
    assert days_of([SWAPPED], BEFORE, merged) == {None: [], "r1": []}


def test_a_change_that_left_a_trace_is_seen_and_one_that_ended_is_not() -> None:
    after = usage("gpt-4o-mini", 9, 2)
    merged = BEFORE.merge(after)
    seen = {part.recommendation: part.seen for part in measure([SWAPPED], after.shards(), merged.shards())}
    assert seen == {None: False, SWAPPED: True}
    untouched = usage("gpt-4o", 9, 2)
    parts = measure([SWAPPED], untouched.shards(), BEFORE.merge(untouched).shards())
    assert [part.seen for part in parts] == [False, False]
    ended = replace(SWAPPED, ended=date(2026, 11, 11))
    *_, part = measure([ended], after.shards(), merged.shards())
    assert (part.seen, [row.day for row in part.rows]) == (False, ["2026-11-10"])


def test_the_same_change_accepted_for_two_datasets_is_measured_once() -> None:
    after = usage("gpt-4o-mini", 9, 1)
    twin = replace(SWAPPED, recommendation_id="r2")
    assert days_of([SWAPPED, twin], after, BEFORE.merge(after)) == {None: ["2026-11-10"], "r1": ["2026-11-10"]}

"""Names and users by day stay within their bounds, whatever the order and the cuts; many names cost little."""

import time
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Rollup, UsageRow
from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.cells import LINE_COST, LINE_N, N
from common.spend.rollup.limits import RollupLimits
from common.spend.rollup.shards import pack
from common.spend.tests.builders import START, rollup_of

_TIGHT = RollupLimits(
    names={"feature": 3, "provider": 2, "model": 4, "status": 3, "user": 6},
    user_days=9,
    feature_hours=5,
    user_feature_days=7,
    feature_days=6,
    prompts=4,
    minute_days=3,
)
_some = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 4)), min_size=1, max_size=80)


def usage(user: int, day: int) -> UsageRow:
    """A request of one of many users, features and models."""
    when = START + timedelta(days=day)
    row = UsageRow(
        when, "acme", f"own-{user}", 10 + user, user=f"user-{user}", prompt_hash=f"p{user % 9}", latency_ms=9.0 + user
    )
    return replace(row, feature=f"feature-{user % 7}", status=f"http {500 + user % 5}" if user % 3 else "ok")


@settings(max_examples=60, deadline=None)
@given(some=_some, cuts=st.lists(st.integers(0, 80), max_size=3), order=st.randoms(use_true_random=False))
def test_what_is_folded_does_not_depend_on_order_or_cuts(
    some: list[tuple[int, int]], cuts: list[int], order: Random
) -> None:
    rows = [usage(*each) for each in some]
    whole = rollup_of(rows, _TIGHT)
    order.shuffle(rows)
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    merged = Rollup(limits=_TIGHT)
    for first, last in pairwise(edges):
        merged = merged.merge(Rollup.from_shards(rollup_of(rows[first:last], _TIGHT).shards(), limits=_TIGHT))
    assert list(merged.records()) == list(whole.records())
    assert sum(len(days) for user, days in whole.user_days.items() if user != OTHER) <= _TIGHT.user_days
    assert len({key.model for key in whole.cells} - {OTHER}) <= _TIGHT.names["model"]
    hours = {(key.feature, key.day) for key in whole.traffic if key.feature != OTHER}
    assert len(hours) <= _TIGHT.feature_hours
    feature_days = {(key.feature, key.day) for key in whole.day_sketches if key.feature != OTHER}
    assert len(feature_days) <= _TIGHT.feature_days
    days = {(key.user, key.day) for key in whole.user_features if key.user != OTHER}
    assert len(days) <= _TIGHT.user_feature_days


def test_users_by_day_add_up_to_the_days_and_to_the_users() -> None:
    rollup = rollup_of([usage(number % 31, number % 5) for number in range(400)], RollupLimits(user_days=20))
    by_day: dict[int, int] = defaultdict(int)
    for days in rollup.user_days.values():
        for day, line in days.items():
            by_day[day] += line[LINE_N]
    assert by_day == {day: line[LINE_N] for (day, _), line in rollup.hours.items()}
    own = set(rollup.user_days) - {OTHER}
    assert 3 <= len(own) <= 4
    for user in own:
        assert sum(line[LINE_N] for line in rollup.user_days[user].values()) == rollup.users[user][LINE_N]


def test_traffic_beyond_its_bound_adds_up_to_the_hours() -> None:
    rollup = rollup_of([usage(number % 31, number % 5) for number in range(400)], RollupLimits(feature_hours=12))
    by_hour: dict[tuple[int, int], int] = defaultdict(int)
    for key, line in rollup.traffic.items():
        by_hour[key.day, key.hour] += line[LINE_N]
    assert by_hour == {hour: line[LINE_N] for hour, line in rollup.hours.items()}
    assert {key.feature for key in rollup.traffic} > {OTHER}


def test_users_by_feature_beyond_their_bound_add_up_to_the_days_of_features() -> None:
    rollup = rollup_of([usage(number % 31, number % 5) for number in range(400)], RollupLimits(user_feature_days=12))
    by_day: dict[tuple[int, str | None], int] = defaultdict(int)
    for key, line in rollup.user_features.items():
        by_day[key.day, key.feature] += line[LINE_N]
    cells: dict[tuple[int, str | None], int] = defaultdict(int)
    for cell, counts in rollup.cells.items():
        cells[cell.day, cell.feature] += counts[N]
    assert by_day == cells
    assert {key.user for key in rollup.user_features} > {OTHER}


def test_a_shard_without_users_by_day_tells_users() -> None:
    records = [record for record in rollup_of([usage(1, 1), usage(2, 1)]).records() if record[0] not in "wb"]
    old = Rollup.from_shards(pack(records, 10_000))
    assert set(old.users) == {"user-1", "user-2"}
    assert old.user_days == {}
    assert old.users["user-1"][LINE_COST] == 0


def test_forty_thousand_users_cost_little_more_than_a_thousand() -> None:
    def seconds(users: int) -> float:
        rollup = Rollup()
        rollup.merge_records(["u", f"user-{number % users}", 1, 10, 0, 5, 0, 0] for number in range(40_000))
        began = time.process_time()
        rollup.merge_records(["u", f"user-{number % users}", 1, 10, 0, 5, 0, 0] for number in range(40_000))
        assert len(rollup.users) == min(users, 5_001)
        return time.process_time() - began

    assert seconds(40_000) < 12 * seconds(1_000)

"""Rollups merge exactly and stay bounded; sketches keep their accuracy."""

import gc
import json
import math
import zlib
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Rollup, UsageRow, breakdown, totals
from common.spend.opportunities.sampling import repeats_of
from common.spend.opportunities.slots import SlotKey
from common.spend.rollup.bounded_names import OTHER, BoundedNames
from common.spend.rollup.cells import (
    LONG,
    LONG_SEEN,
    LONG_SEEN_N,
    SEEN_N,
    CellKey,
    HourKey,
    ShapeKey,
    SketchKey,
    text_of,
)
from common.spend.rollup.duplicates import DuplicateCounter
from common.spend.rollup.priced_requests import price_key_of
from common.spend.rollup.shards import ALL_IN_ONE, size_of
from common.spend.rollup.sketch import ACCURACY, Sketch
from common.spend.tests.builders import START, imported, rollup_of, rows

_KEY = CellKey(1, "openai", "gpt-4o", None, "ok", "standard", 0)


@settings(max_examples=60, deadline=None)
@given(some=st.lists(rows, max_size=25), cuts=st.lists(st.integers(0, 25), max_size=3))
def test_the_merge_of_parts_is_the_rollup_of_the_whole(some: list[UsageRow], cuts: list[int]) -> None:
    whole = rollup_of(some)
    edges = [0, *sorted(min(cut, len(some)) for cut in cuts), len(some)]
    parts = [rollup_of(some[a:b]) for a, b in pairwise(edges)]
    merged = Rollup()
    for part in reversed(parts):
        merged = merged.merge(part)
    assert list(merged.records()) == list(whole.records())


@settings(max_examples=20, deadline=None)
@given(some=st.lists(rows, min_size=1, max_size=40))
def test_shards_of_any_size_bring_the_rollup_back(some: list[UsageRow]) -> None:
    whole = rollup_of(some)
    shards = whole.shards(limit_bytes=900)
    assert all(size_of(shard) <= 900 for shard in shards)
    assert list(Rollup.from_shards(reversed(shards)).records()) == list(whole.records())


def test_keys_have_names_however_the_rows_came_and_are_ordered_as_plain_tuples() -> None:
    log = "timestamp,model,prompt_tokens,completion_tokens,feature,user\n2026-11-01T10:00:00Z,gpt-4o,9,1,chat,u\n"
    by_row = rollup_of([UsageRow(START, "openai", "gpt-4o", 1, feature="chat", prompt_hash="p")] * 2)
    for rollup in (by_row, imported(log).rollup, Rollup.from_shards(by_row.shards())):
        for kind, keys in {
            CellKey: [*rollup.cells, *(key for key, _ in rollup.duplicates.repeats())],
            HourKey: rollup.hours,
            ShapeKey: rollup.shapes,
            SketchKey: rollup.sketches,
        }.items():
            assert {type(key) for key in keys} == {kind}
            assert [text_of(key) for key in keys] == [repr(tuple(key)) for key in keys]


def test_a_limit_below_one_record_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        rollup_of([UsageRow(START, "openai", "gpt-4o", 1)]).shards(limit_bytes=10)


def test_foreign_bytes_are_no_shard() -> None:
    with pytest.raises(ValueError, match="not a shard"):
        Rollup.from_shards([{ALL_IN_ONE: b"hello"}])


def test_sums_do_not_drift_over_a_hundred_thousand_cents() -> None:
    rollup = Rollup()
    row = UsageRow(START, "openai", "gpt-4o", 4_000)
    for _ in range(10_000):
        rollup.add(row)
    assert totals(rollup).cost_usd == 100.0


def test_names_beyond_the_bound_are_counted_together_whatever_the_order() -> None:
    some = [UsageRow(START, "openai", "gpt-4o", 10, feature=f"feature-{n}") for n in range(400)]
    one, two = rollup_of(some), rollup_of(some[200:]).merge(rollup_of(some[:200]))
    assert list(one.records()) == list(two.records())
    shares = {share.key: share.requests for share in breakdown(one, "feature")}
    assert len(shares) == 301
    assert shares[OTHER] == 100


def test_the_kept_names_do_not_depend_on_the_order() -> None:
    kept = []
    for order in (range(100), range(99, -1, -1)):
        names = BoundedNames(10)
        for number in order:
            names.add(str(number))
            if names.crowded:
                names.settle()
        names.settle()
        kept.append(names.kept)
    assert kept[0] == kept[1]


def test_duplicates_beyond_the_bound_are_estimated_within_five_percent_and_their_bounds() -> None:
    counter = DuplicateCounter()
    for number in range(130_000):
        counter.add(f"prompt {number % 100_000}", _KEY.group, (number, _KEY, (1, 100, 0, 0, 0, 10, 0, 0, 0)))
    assert counter.sampled_share < 0.5
    slot = SlotKey(_KEY.group, price_key_of(_KEY))
    (found,) = repeats_of(counter, {slot: [130_000, 13_000_000, 0, 0, 0, 1_300_000, 0, 0, 0]}, lambda _: slot).values()
    low, expected, high = (side[0] for side in found)
    assert expected == pytest.approx(30_000, rel=0.05)
    assert low < 30_000 < high
    assert high - low < 0.1 * 30_000


def test_the_first_of_equal_prompts_is_kept_whatever_the_order_and_the_parts() -> None:
    some = [
        UsageRow(START + timedelta(minutes=m), "openai", "gpt-4o", 1_000 + m, feature="chat", prompt_hash="p")
        for m in range(5)
    ]
    for parts in ([some], [some[::-1]], [some[3:], some[:3]], [[some[4]], [some[0], some[2]], [some[3], some[1]]]):
        rollup = Rollup.from_shards(shard for part in parts for shard in rollup_of(part).shards())
        ((_, counts),) = rollup.duplicates.repeats()
        assert counts[:2] == [4, 1_001 + 1_002 + 1_003 + 1_004]


@given(values=st.lists(st.integers(0, 10**15), min_size=1, max_size=200), share=st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_percentiles_are_right_to_half_a_percent(values: list[int], share: float) -> None:
    sketch = Sketch()
    sketch.add(values)
    exact = sorted(values)[math.ceil(share * len(values)) - 1]
    assert sketch.percentile(share) == pytest.approx(exact, rel=ACCURACY * 1.01)
    assert (sketch.count, sketch.total, sketch.maximum) == (len(values), sum(values), max(values))


def test_a_time_in_another_zone_is_counted_on_its_utc_day() -> None:
    row = UsageRow((START - timedelta(hours=1)).astimezone(), "openai", "gpt-4o", 1)
    assert [share.key for share in breakdown(rollup_of([row]), "day")] == ["2026-10-11"]


def test_loading_leaves_garbage_collection_running_also_when_a_shard_is_broken() -> None:
    Rollup.from_shards(rollup_of([]).shards())
    assert gc.isenabled()
    with pytest.raises(ValueError, match="not a shard"):
        Rollup.from_shards([{"cells": b"broken"}])
    assert gc.isenabled()


def test_shards_of_the_first_version_are_read() -> None:
    day = START.toordinal()
    cell = ["c", day, "openai", "gpt-4o", "chat", "ok", True, 0, 2, 1_000, 0, 0, 0, 200, 0, 0, 0, 0, 10**9, 0, 0, 0]
    unknown = ["c", day, "acme", "acme-llm", None, "ok", False, 0, 1, 70, 0, 0, 0, 7, 0, 0, 0, 0, 0, 1, 0, 0]
    repeat = ["d", 7, day, "openai", "gpt-4o", "chat", "ok", True, 0, 2, 1_000, 0, 0, 0, 200, 0, 0]
    blob = zlib.compress(json.dumps([1, cell, unknown, repeat]).encode())
    rollup = Rollup.from_shards([{ALL_IN_ONE: blob}])
    whole = totals(rollup)
    assert (whole.requests, whole.cost_usd, whole.unpriced_requests, whole.unpriced_tokens) == (3, 0.001, 1, 77)
    assert {key.tier for key in rollup.cells} == {"batch", "standard"}
    assert [key.tier for key, _ in rollup.duplicates.repeats()] == ["batch"]


def test_of_shards_of_the_second_version_the_mean_of_equal_prompts_stands_for_the_first() -> None:
    key = [START.toordinal(), "openai", "gpt-4o", "chat", "ok", "standard", 0]
    records = [["d", 7, *key, 3, 3_000, 0, 0, 0, 90, 0, 1_500], ["d", 8, *key, 1, 5_000, 0, 0, 0, 9, 0, 0]]
    rollup = Rollup.from_shards([{ALL_IN_ONE: zlib.compress(json.dumps([2, *records]).encode())}])
    ((_, counts),) = rollup.duplicates.repeats()
    assert counts == [2, 2_000, 0, 0, 0, 60, 0, 1_000, 1_000]


def test_an_hour_of_reuse_in_shards_of_the_second_version_is_at_least_that_of_five_minutes() -> None:
    cell = ["c", START.toordinal(), "openai", "gpt-4o", "chat", "ok", "standard", 0]
    counts = [2, 9_000, 0, 0, 0, 200, 0, 2_000, 2_400, 2, 10**9, 0, 0, 0, 0, 0, 0, 0]
    rollup = Rollup.from_shards([{ALL_IN_ONE: zlib.compress(json.dumps([2, [*cell, *counts]]).encode())}])
    ((found),) = rollup.cells.values()
    assert (found[LONG], found[LONG_SEEN], found[SEEN_N], found[LONG_SEEN_N]) == (2_000, 2_400, 2, 2)


def test_shards_of_the_second_version_are_read_without_their_scores() -> None:
    """Their squares are not known, so nothing could be said of the spread."""
    cell = ["c", START.toordinal(), "openai", "gpt-4o", "chat", "ok", "standard", 0]
    counts = [2, 1_000, 0, 0, 0, 200, 0, 0, 0, 0, 10**9, 0, 0, 0, 0, 0, 1_500_000, 2]
    rollup = Rollup.from_shards([{ALL_IN_ONE: zlib.compress(json.dumps([2, [*cell, *counts]]).encode())}])
    ((found),) = rollup.cells.values()
    assert found == [*counts[:-2], 0, 0, 0, 0, 0, 0, 0]
    assert Rollup.from_shards(rollup.shards()).cells == rollup.cells

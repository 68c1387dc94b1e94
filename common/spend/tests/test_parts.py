"""A rollup is stored and read by part: each is as in the whole, and what is not there does not pass for zero."""

import json
import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Rollup, Unanswerable, UsageRow, totals
from common.spend.model import Charge
from common.spend.rollup.cells import COST, LINE_INPUT, LINE_N, NO_HOUR, UNPRICED, N, SketchKey, bump
from common.spend.rollup.day_sketches import TIMES
from common.spend.rollup.parts import ALL_PARTS, KINDS, PART_OF, Part, PartNotLoadedError
from common.spend.rollup.shards import ALL_IN_ONE, VERSION, Shard
from common.spend.rollup.sketch import Sketch
from common.spend.tests.builders import START, rollup_of, rows

_SEARCHED = (Charge("web_search", 3), Charge("audio_input", 7))
_SOME = UsageRow(
    START, "openai", "gpt-4o", 100, feature="chat", user="u", prompt_hash="p", latency_ms=20.0, charges=_SEARCHED
)
_FOREIGN = UsageRow(START, "openai", "gpt-4o", 100, cost_reported=1.0, currency="EUR")
_READ: dict[Part, Sequence[Callable[[Rollup], object]]] = {
    Part.NAMES: [lambda rollup: (rollup.first, rollup.last, rollup.has, rollup.other_money)],
    Part.CELLS: [lambda rollup: rollup.cells],
    Part.CHARGES: [lambda rollup: rollup.charges],
    Part.HOURS: [lambda rollup: rollup.hours, lambda rollup: rollup.shapes],
    Part.USERS: [lambda rollup: rollup.users, lambda rollup: rollup.user_days],
    Part.TRAFFIC: [lambda rollup: rollup.traffic],
    Part.USER_FEATURES: [lambda rollup: rollup.user_features],
    Part.SKETCHES: [lambda rollup: {key: sketch.as_list() for key, sketch in rollup.sketches.items()}],
    Part.DAY_SKETCHES: [lambda rollup: (rollup.day_sketches, rollup.day_sketch_bar)],
    Part.MINUTES: [lambda rollup: (rollup.minutes.by_key(), rollup.minutes.first_day)],
    Part.PROMPTS: [lambda rollup: (rollup.prompts.by_group(), rollup.prompts.sampled_share)],
    Part.REPEATS: [lambda rollup: (list(rollup.repeats.repeats()), rollup.repeats.sampled_share)],
    Part.DUPLICATES: [lambda rollup: list(rollup.duplicates.records())],
}
"""Everything that is read of each part."""
_COLUMNS = {"t": 4, "e": 3, "w": 2, "k": 5, "q": 4, "j": 4, "a": 2}
"""Of the records whose lines are columns, the place of the first one."""
_LATER = {Part.CHARGES, Part.TRAFFIC, Part.USER_FEATURES, Part.DAY_SKETCHES, Part.MINUTES, Part.PROMPTS}
"""What shards of version 3 have not."""
_PROMPTS = {Part.REPEATS, Part.DUPLICATES}


def early(rollup: Rollup) -> list[list[object]]:
    """The records that version 3 had."""
    return [record for record in rollup.records() if record[0] != "p" and PART_OF[record[0]] not in _LATER]


def of_version_3(rollup: Rollup) -> Shard:
    """As version 3 stored it: all in one, without later parts, and without saying which there are."""
    records = [record for record in early(rollup) if record[0] != "w"]
    for user, days in rollup.user_days.items():
        records.append(["v", user, *(count for day, line in days.items() for count in (day, *line))])
    return {ALL_IN_ONE: zlib.compress(json.dumps([3, *records]).encode())}


def later(record: list[Any]) -> list[Any]:
    """A record as a later version may write it, with two more counters in each line, or two more facts."""
    if record[0] in _COLUMNS:
        return [*record, *([7] * len(record[_COLUMNS[record[0]]]) for _ in range(2))]
    return record if record[0] == "p" else [*record, 7, 7]


def extended(shard: Shard, part: str, *records: list[object]) -> Shard:
    """A shard with further records of a part, as a later version may write them."""
    before = json.loads(zlib.decompress(shard[part])) if part in shard else [VERSION]
    return {**shard, part: zlib.compress(json.dumps([*before, *records]).encode())}


def test_every_part_has_kinds_and_no_kind_is_of_two_parts() -> None:
    assert KINDS.keys() == ALL_PARTS == _READ.keys()
    assert len(PART_OF) == sum(map(len, KINDS.values()))


def test_every_record_is_of_a_part() -> None:
    other = replace(_SOME, prompt_hash="q")
    kinds = {record[0] for record in rollup_of([_SOME, _SOME, other, _FOREIGN]).records()}
    bounds = {"b", "g", "i", "l", "y", "z"}  # which are written only where they cut
    assert kinds | bounds | {"v"} == PART_OF.keys()  # "v" is only read


@pytest.mark.parametrize("part", Part)
def test_a_part_alone_is_what_it_is_in_the_whole(part: Part) -> None:
    whole = rollup_of([_SOME, _SOME, _FOREIGN])
    parts = {part, Part.REPEATS} if part is Part.DUPLICATES else {part}
    alone = Rollup.from_shards(whole.shards(), parts)
    assert [read(alone) for read in _READ[part]] == [read(whole) for read in _READ[part]]
    assert alone.parts == {Part.NAMES, *parts}


@pytest.mark.parametrize("part", sorted(ALL_PARTS - {Part.NAMES}))
def test_a_part_that_was_not_loaded_cannot_be_read(part: Part) -> None:
    others = Rollup.from_shards(rollup_of([_SOME]).shards(), ALL_PARTS - {part})
    for read in _READ[part]:
        with pytest.raises(PartNotLoadedError, match=part):
            read(others)


@pytest.mark.parametrize("part", sorted(ALL_PARTS - {Part.NAMES}))
def test_a_part_that_some_of_the_rows_lack_is_said_and_is_stored_no_more(part: Part) -> None:
    without = Rollup.from_shards(rollup_of([_SOME]).shards(), ALL_PARTS - {part})
    shards = [*rollup_of([_SOME]).shards(), *without.shards()]
    lacking = _PROMPTS if part in _PROMPTS else {part}
    for mixed in (Rollup.from_shards(shards), Rollup.from_shards(Rollup.from_shards(shards[::-1]).shards())):
        assert mixed.parts == ALL_PARTS - lacking
        for read in _READ[part]:
            with pytest.raises(Unanswerable, match="Upload the file again"):
                read(mixed)
        assert lacking.isdisjoint({PART_OF[record[0]] for record in mixed.records()})


@settings(max_examples=60, deadline=None)
@given(
    some=st.lists(rows, max_size=25),
    cuts=st.lists(st.integers(0, 25), max_size=3),
    requested=st.sets(st.sampled_from(Part)),
    order=st.randoms(use_true_random=False),
)
def test_parts_of_any_cuts_in_any_order_are_those_of_the_whole(
    some: list[UsageRow], cuts: list[int], requested: set[Part], order: random.Random
) -> None:
    requested -= _LATER
    if requested & _PROMPTS:
        requested |= _PROMPTS  # neither is complete without the other once rollups are merged
    whole = Rollup.from_shards(rollup_of(some).shards(), requested)
    edges = [0, *sorted(min(cut, len(some)) for cut in cuts), len(some)]
    shards: list[Shard] = []
    for number, (first, last) in enumerate(pairwise(edges)):
        piece = rollup_of(some[first:last])
        shards += [of_version_3(piece)] if number % 2 else piece.shards(limit_bytes=900)
    order.shuffle(shards)
    assert list(Rollup.from_shards(shards, requested).records()) == list(whole.records())


@settings(max_examples=60, deadline=None)
@given(some=st.lists(rows, max_size=40))
def test_traffic_is_what_grouping_the_cells_and_the_hours_gives(some: list[UsageRow]) -> None:
    rollup = rollup_of(some)
    by_group: dict[tuple[int, str, str, str | None], list[int]] = {}
    by_hour: dict[tuple[int, int], list[int]] = {}
    for key, line in rollup.traffic.items():
        bump(by_group, (key.day, key.provider, key.model, key.feature), line)
        bump(by_hour, (key.day, key.hour), line)
    cells: dict[tuple[int, str, str, str | None], list[int]] = {}
    for cell, counts in rollup.cells.items():
        spent = (
            counts[N],
            sum(counts[1:5]),
            sum(counts[5:7]),
            counts[COST],
            0 if cell.ok else counts[N],
            counts[UNPRICED],
        )
        bump(cells, (cell.day, *cell.group), spent)
    assert (by_group, by_hour) == (cells, rollup.hours)


def test_traffic_has_each_hour_by_model_and_feature_and_sums_of_a_day_under_no_hour() -> None:
    evening = replace(_SOME, ts=START.replace(hour=19, minute=59))
    sum_of_day = UsageRow(START, "openai", "gpt-4o", 7_000, requests=3, grain="day")
    traffic = rollup_of([_SOME, evening, evening, sum_of_day]).traffic
    assert {(key.hour, key.model, key.feature): (line[LINE_N], line[LINE_INPUT]) for key, line in traffic.items()} == {
        (0, "gpt-4o", "chat"): (1, 100),
        (19, "gpt-4o", "chat"): (2, 200),
        (NO_HOUR, "gpt-4o", None): (3, 7_000),
    }


@settings(max_examples=60, deadline=None)
@given(some=st.lists(rows, max_size=40))
def test_users_by_feature_are_what_grouping_the_rows_gives(some: list[UsageRow]) -> None:
    rollup = rollup_of(some)
    by_user_day: dict[str | None, dict[int, list[int]]] = {}
    by_feature: dict[tuple[int, str | None], list[int]] = {}
    for key, line in rollup.user_features.items():
        bump(by_user_day.setdefault(key.user, {}), key.day, line)
        bump(by_feature, (key.day, key.feature), line)
    of_traffic: dict[tuple[int, str | None], list[int]] = {}
    for hour, line in rollup.traffic.items():
        bump(of_traffic, (hour.day, hour.feature), line)
    assert (by_user_day, by_feature) == (rollup.user_days, of_traffic)


@settings(max_examples=60, deadline=None)
@given(some=st.lists(rows, max_size=40))
def test_sketches_by_day_add_up_to_those_of_all_days(some: list[UsageRow]) -> None:
    rollup = rollup_of(some)
    merged: dict[SketchKey, Sketch] = {}
    for key, flat in rollup.day_sketches.items():
        whole = merged.setdefault(SketchKey(key.measure, key.provider, key.model, key.feature), Sketch())
        whole.merge(Sketch.from_list(flat))
    of_times = {key: sketch.as_list() for key, sketch in rollup.sketches.items() if key.measure in TIMES}
    assert {key: sketch.as_list() for key, sketch in merged.items()} == of_times


@settings(max_examples=60, deadline=None)
@given(some=st.lists(rows, max_size=40))
def test_repeats_of_all_days_are_what_the_rows_say(some: list[UsageRow]) -> None:
    found = rollup_of(some).prompts.by_group()
    seen: dict[tuple[object, ...], int] = {}
    for row in some:
        if row.prompt_hash is not None and row.status == "ok" and row.grain == "request":
            key = (row.prompt_hash, row.provider, row.model, row.feature)
            seen[key] = seen.get(key, 0) + 1
    assert sum(each.requests for each in found.values()) == sum(seen.values())
    assert sum(each.repeats for each in found.values()) == sum(seen.values()) - len(seen)


@settings(max_examples=60, deadline=None)
@given(some=st.lists(rows, max_size=40))
def test_minutes_are_what_the_rows_say(some: list[UsageRow]) -> None:
    expected: dict[tuple[int, int], list[int]] = {}
    for row in some:
        if row.grain in ("request", "minute") and row.requests:
            tokens = (sum(row.tokens[:4]), sum(row.tokens[4:]))
            bump(expected, (row.ts.toordinal(), row.ts.hour * 60 + row.ts.minute), (row.requests, *tokens))
    found = {key: list(line)[:3] for key, line in rollup_of(some).minutes.by_key().items()}
    assert found == expected


def test_of_equal_prompts_the_first_of_all_days_is_no_repeat_whatever_it_cost() -> None:
    first, later = replace(_SOME, charges=(), out_visible=1_000), replace(_SOME, charges=(), ts=START.replace(day=20))
    (repeated,) = rollup_of([later, first, later]).prompts.by_group().values()
    assert repeated == (3, 2, 2 * 100 * 2_500_000)


def test_repeats_are_read_without_the_firsts_unless_rollups_were_merged() -> None:
    again = replace(_SOME, ts=START.replace(hour=3))
    once, twice = rollup_of([_SOME]), rollup_of([_SOME, again])
    alone = Rollup.from_shards(twice.shards(), {Part.REPEATS})
    assert [counts[0] for _, counts in alone.repeats.repeats()] == [1]
    merged = Rollup.from_shards([*once.shards(), *rollup_of([again]).shards()], {Part.REPEATS})
    with pytest.raises(PartNotLoadedError, match=Part.DUPLICATES):
        _ = merged.repeats
    assert merged.parts == {Part.NAMES}
    assert merged.shards() == Rollup.from_shards(merged.shards()).shards()
    everything = Rollup.from_shards([*once.shards(), *rollup_of([again]).shards()])
    assert list(everything.repeats.repeats()) == list(alone.repeats.repeats())


def test_an_unknown_kind_and_an_unknown_part_are_skipped() -> None:
    whole = rollup_of([_SOME])
    (shard,) = whole.shards()
    more = extended(extended(shard, Part.USERS, ["user?", "u", 1]), "weather", ["?", 1], ["u", "u", 1, 2, 3, 4, 5, 6])
    more = extended(more, Part.NAMES, ["p", *Part, "weather"], ["?", "feature", ["no name"]], ["n", "place", ["fr"]])
    assert list(Rollup.from_shards([more]).records()) == list(whole.records())


@settings(max_examples=40, deadline=None)
@given(some=st.lists(rows, max_size=25), others=st.lists(rows, max_size=25))
def test_counters_that_a_later_version_adds_to_lines_are_left_out(some: list[UsageRow], others: list[UsageRow]) -> None:
    written = [later(record) for record in rollup_of(some).records()]
    known = list(rollup_of(others).records())
    expected = list(rollup_of([*some, *others]).records())
    for records in ([*written, *known], [*known, *written]):
        assert list(Rollup.from_records(records).records()) == expected


def test_a_tier_that_a_later_version_knows_is_counted_as_it_is_called() -> None:
    records = [
        [*record[:6], "instant", *record[7:]] if record[0] == "c" else record for record in rollup_of([_SOME]).records()
    ]
    rollup = Rollup.from_records(records)
    assert [key.tier for key in rollup.cells] == ["instant"]
    assert totals(rollup).requests == 1
    assert Rollup.from_shards(rollup.shards()).cells == rollup.cells


def test_shards_of_versions_3_and_4_answer_together() -> None:
    rollup = rollup_of([_SOME, _SOME])
    both = Rollup.from_shards([of_version_3(rollup), *rollup.shards()])
    assert both.parts == ALL_PARTS - _LATER
    assert totals(both).requests == 4
    assert list(both.records())[1:] == early(rollup_of([_SOME] * 4))

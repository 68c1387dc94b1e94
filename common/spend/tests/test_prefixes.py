"""What a cache could have served is what an independent count over the Mooncake excerpt finds, in any cuts."""

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from common.spend import Importer, Limits, Rollup, find_opportunities, totals
from common.spend.logs.rows.prefixes import MAX_BLOCKS, PrefixTracker
from common.spend.rollup.cells import LONG_SEEN, LONG_SEEN_N, PREFIX_SEEN, SEEN_N
from common.spend.tests.builders import EXCERPTS, imported

MOONCAKE = EXCERPTS / "mooncake_296.jsonl"


def _prefixes_within(life_s: float) -> tuple[int, int]:
    """(requests, input tokens) that begin with blocks of 512 tokens of a request at most so long before."""
    last: dict[int, float] = {}
    requests = tokens = 0
    for line in MOONCAKE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        now, leading = row["timestamp"] / 1000, 0
        for block in row["hash_ids"]:
            if block not in last or now - last[block] > life_s:
                break
            leading += 1
        last |= dict.fromkeys(row["hash_ids"], now)
        requests += leading > 0
        tokens += min(leading * 512, row["input_length"])
    return requests, tokens


def _again() -> int:
    """Requests with exactly the blocks of an earlier one."""
    seen = [tuple(json.loads(line)["hash_ids"]) for line in MOONCAKE.read_text(encoding="utf-8").splitlines()]
    return len(seen) - len(set(seen))


@pytest.fixture(scope="module")
def mooncake() -> Rollup:
    """The excerpt, as of a model whose cache can live long."""
    return imported(MOONCAKE.read_bytes(), "gpt-4.1").rollup


def test_reuse_within_minutes_and_an_hour_is_counted_exactly(mooncake: Rollup) -> None:
    counts = [sum(column) for column in zip(*mooncake.cells.values(), strict=True)]
    assert (counts[SEEN_N], counts[PREFIX_SEEN]) == _prefixes_within(300)
    assert (counts[LONG_SEEN_N], counts[LONG_SEEN]) == _prefixes_within(3_600)
    assert _prefixes_within(3_600) == _prefixes_within(1e9)


def test_the_caching_opportunities_touch_what_is_reused(mooncake: Rollup) -> None:
    report = find_opportunities(mooncake, Limits(kinds=("prompt_caching",)))
    touched = {item.id.rpartition(":")[2]: (item.requests, item.input_tokens) for item in report.opportunities}
    assert touched == {"gpt-4.1": _prefixes_within(300), "1h": _prefixes_within(3_600)}
    shares = [100 * _prefixes_within(life)[1] / totals(mooncake).input_tokens for life in (300, 3_600)]
    evidence = (
        f"{shares[0]:.1f} % of its input repeats an earlier request by prefix hash within 5 minutes, {shares[1]:.1f} %"
    )
    assert all(item.evidence.startswith(evidence) for item in report.opportunities)


def test_prompts_with_the_same_blocks_are_duplicates(mooncake: Rollup) -> None:
    assert sum(counts[0] for _, counts in mooncake.duplicates.repeats()) == _again() > 0


def test_a_list_of_blocks_that_ends_before_the_input_does_tells_no_duplicates() -> None:
    line = '{"timestamp": 0, "input_length": 1025, "output_length": 1, "hash_ids": [1, 2]}\n'
    assert "prompt_hash" not in imported(line * 2, "gpt-4.1").rollup.has


def test_an_import_in_parts_that_each_begin_from_a_state_counts_the_same(mooncake: Rollup) -> None:
    data = MOONCAKE.read_bytes()
    importer, whole = Importer("gpt-4.1"), Rollup()
    for start, end in pairwise(range(0, len(data) + 20_000, 20_000)):
        importer.feed(data[start:end])
        whole = whole.merge(importer.take().rollup)
        importer = Importer(state=importer.state())
    importer.finish()
    assert list(whole.merge(importer.take().rollup).records()) == list(mooncake.records())


def test_a_block_counts_behind_the_same_blocks_only() -> None:
    tracker, at = PrefixTracker(), datetime(2026, 11, 1, tzinfo=UTC)
    assert tracker.by_blocks([1, 2], at, 1_024, 0) == (0, 0)
    assert tracker.by_blocks([2, 1], at, 1_024, 0) == (0, 0)
    assert tracker.by_blocks([1, 2, 3], at, 1_536, 0) == (1_024, 1_024)
    assert tracker.by_blocks([1, 3], at, 1_024, 0) == (512, 512)


def test_the_oldest_starts_are_forgotten_first_the_ends_before_their_beginnings() -> None:
    tracker, at = PrefixTracker(), datetime(2026, 11, 1, tzinfo=UTC)
    tracker.by_blocks([1, 2, 3, 4], at, 2_048, 0)
    tracker.by_blocks(list(range(10, 10 + MAX_BLOCKS - 2)), at, 512 * MAX_BLOCKS, 0)
    assert tracker.by_blocks([1, 2, 3, 4], at, 2_048, 0)[0] == 1_024

"""Any files, cut and ordered in any way, any of them asked about: each row counts as often as the file has it that has
it most often.
"""

import random
from collections import Counter
from collections.abc import Sequence

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.logs import Importer
from common.spend.logs.overlap.matcher import MOST_PATTERNS, Matcher
from common.spend.logs.overlap.split import OverlapSplit
from common.spend.logs.tests.test_columnar import LINES, TIMES, log
from common.spend.measures.totals import totals
from common.spend.rollup.rollup import Rollup

HEADER = b"timestamp,model,input_tokens,output_tokens\n"
rows = st.lists(st.integers(0, 12), max_size=14)


def line(number: int) -> bytes:
    return f"2026-11-{1 + number % 3:02}T00:00:00Z,gpt-4o,{1000 + number},1\n".encode()


def imported(part: Sequence[int], codes: bytes = b"") -> tuple[list[Rollup], pl.Series]:
    """The rollups of a part's rows by code, and their hashes."""
    importer = Importer(hashed=True, codes=codes)
    importer.feed(HEADER + b"".join(map(line, part)))
    importer.finish()
    batch = importer.take()
    assert batch.hashes is not None
    return [batch.rollup, *batch.parts], batch.hashes


class Shelf:
    """Files as they are kept: rollups by the files that hold their rows, too, and the hashes of each part."""

    def __init__(self) -> None:
        self.rollups: dict[str, list[tuple[tuple[str, ...], Rollup]]] = {}
        self.hashes: dict[str, list[pl.Series]] = {}

    def add(self, name: str, part: Sequence[int]) -> None:
        """One part of a file."""
        own, kept = self.hashes.setdefault(name, []), self.rollups.setdefault(name, [])
        if not part:
            return
        rollups, hashes = imported(part)
        split = self.split(name, hashes)
        if split is not None:
            rollups, again = imported(part, split.codes)
            assert again.to_list() == hashes.to_list()
        kept += zip(((), *(split.holders if split else ())), rollups, strict=False)
        own.append(hashes)

    def split(self, name: str, hashes: pl.Series) -> OverlapSplit | None:
        """Against all that the other files hold."""
        matcher = Matcher(hashes)
        for other, parts in self.hashes.items():
            for part in parts if other != name else ():
                matcher.hold(other, part)
        if matcher.matched:
            for part in self.hashes[name]:
                matcher.came_before(part)
        return matcher.split()

    def files_asked_for(self, names: set[str]) -> int:
        """Input tokens of a question on some of the files."""
        files_asked_for = [
            rollup for name in names for held, rollup in self.rollups[name] if not names.intersection(held)
        ]
        return sum(totals(rollup).input_tokens for rollup in files_asked_for)


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.tuples(st.sampled_from("ABCD"), rows), max_size=7), data=st.data())
def test_any_files_asked_about_together_give_the_total_of_their_union(
    parts: list[tuple[str, list[int]]], data: st.DataObject
) -> None:
    shelf, held = Shelf(), {name: Counter[int]() for name in "ABCD"}
    for name in "ABCD":
        shelf.add(name, ())
    for name, part in parts:
        shelf.add(name, part)
        held[name].update(part)
    for names in (set("ABCD"), data.draw(st.sets(st.sampled_from("ABCD")))):
        union = Counter[int]()
        for name in names:
            union |= held[name]
        assert shelf.files_asked_for(names) == sum((1000 + number) * times for number, times in union.items())


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32), odd=st.sampled_from([0.0, 0.1]))
def test_the_parts_of_a_log_that_is_counted_by_columns_merge_to_the_whole(seed: int, odd: float) -> None:
    data = log(seed, odd=odd, form=TIMES[0], end="\n")
    whole, parted = Importer(), Importer(codes=bytes(random.Random(seed).choices(b"\0\1\2", k=LINES)))  # noqa: S311 - no secret
    for importer in (whole, parted):
        importer.feed(data)
        importer.finish()
    batch, parts = whole.take(), parted.take()
    assert parts.rows == batch.rows
    assert all(totals(part).requests for part in (parts.rollup, *parts.parts))
    merged = parts.rollup.merge(parts.parts[0]).merge(parts.parts[1])
    assert list(merged.records()) == list(batch.rollup.records())


def test_rows_held_by_too_many_sets_of_files_are_reported_and_counted_with_the_file() -> None:
    numbers = range(1, 2 * MOST_PATTERNS)
    matcher = Matcher(pl.Series(numbers, dtype=pl.UInt64()))
    for bit in range(7):
        matcher.hold(f"file {bit}", pl.Series([n for n in numbers if n >> bit & 1], dtype=pl.UInt64()))
    split = matcher.split()
    assert split is not None
    assert len(split.holders) == MOST_PATTERNS
    assert split.apart == len(numbers) - MOST_PATTERNS
    assert split.codes.count(0) == split.apart
    assert sum(split.rows.values()) == MOST_PATTERNS


def test_a_file_that_has_many_sets_of_holders_takes_no_further_ones_in() -> None:
    split = OverlapSplit(bytes((0, 1, 2, 3, 2)), (("a",), ("a", "b"), ("b",)), 0)
    fitting = split.within({("b",)}, 2)
    assert (fitting.codes, fitting.apart) == (bytes((0, 1, 0, 3, 0)), 2)
    assert fitting.rows == {("a",): 1, ("a", "b"): 0, ("b",): 1}

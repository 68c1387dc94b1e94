"""Counts of equal prompts (by content hash) on a day, in bounded space.

A day's prompts are sampled by hash: all are kept until there are more than LIMIT, then those with the smallest hashes.
What is kept is complete, so its duplicates are exact, and the whole is estimated by the share that is kept.
"""

from collections.abc import Callable, Iterator
from typing import Any

from common.spend.bounds import hash64
from common.spend.model import Tier

LIMIT = 40_000
ALL = 1 << 64

Key = tuple[int, str, str, str | None, str, Tier, int]


class DuplicateCounter:
    """By (day, prompt): counters [requests, six token buckets, reusable prefix] of each cell that it occurs in."""

    def __init__(self) -> None:
        self._threshold = ALL
        """Only hashes below are kept; ALL: everything is."""
        self._entries: dict[int, dict[Key, list[int]]] = {}

    def add(self, prompt_hash: str, key: Key, counts: tuple[int, ...]) -> None:
        """Count one request of a cell."""
        self.merge(hash64(f"{key[0]} {prompt_hash}"), key, counts)

    def merge(self, entry: int, key: Key, counts: tuple[int, ...] | list[int]) -> None:
        """Add counters of an entry as `records` gave it."""
        if entry >= self._threshold:
            return
        cells = self._entries.setdefault(entry, {})
        mine = cells.get(key)
        cells[key] = list(counts) if mine is None else list(map(int.__add__, mine, counts))
        if len(self._entries) > 2 * LIMIT:
            self._prune()

    def _prune(self) -> None:
        if len(self._entries) > LIMIT:
            self._threshold = sorted(self._entries)[LIMIT]
            self._entries = {h: cells for h, cells in self._entries.items() if h < self._threshold}

    def lower_threshold(self, threshold: int) -> None:
        """Take over the threshold of a part that was merged."""
        if threshold < self._threshold:
            self._threshold = threshold
            self._entries = {h: cells for h, cells in self._entries.items() if h < threshold}

    def threshold_now(self) -> int:
        """The threshold after bounding."""
        self._prune()
        return self._threshold

    @property
    def sampled_share(self) -> float:
        """Share of all prompts that is kept, 1.0 when all are."""
        return self.threshold_now() / ALL

    def rename(self, renamed: Callable[[Key], Key | None]) -> None:
        """Count cells under another name where `renamed` gives one."""
        for cells in self._entries.values():
            for key in list(cells):
                target = renamed(key)
                if target is not None:
                    counts = cells.pop(key)
                    mine = cells.get(target)
                    cells[target] = counts if mine is None else list(map(int.__add__, mine, counts))

    def repeats(self) -> Iterator[tuple[Key, list[float]]]:
        """For each cell and prompt asked more than once a day: the (n - 1) / n part of its counters, all but one."""
        self._prune()
        share = self.sampled_share
        for cells in self._entries.values():
            for key, counts in cells.items():
                if counts[0] > 1:
                    part = (counts[0] - 1) / counts[0] / share
                    yield key, [count * part for count in counts]

    def records(self) -> Iterator[list[Any]]:
        """JSON-ready lists in a canonical order."""
        self._prune()
        for entry in sorted(self._entries):
            for key, counts in sorted(self._entries[entry].items(), key=lambda item: repr(item[0])):
                yield ["d", entry, *key, *counts]

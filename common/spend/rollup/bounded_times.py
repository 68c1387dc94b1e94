"""Counts by owner and time, bounded: of the owners with the smallest hashes, as many as have room; the rest together.

The bound is on times of single owners; the others are counted under "(other)" at each of their times. Which owners stay
does not depend on order or cuts: it is the hash that decides in common/spend/rollup/bounded_names.py which names are
kept at all, so no name that is taken back there could have had room here.
"""

from collections.abc import Collection
from typing import Generic, TypeVar

from common.spend.rollup.bounded_names import ALL, OTHER, hash64

_Counts = TypeVar("_Counts")


class BoundedTimes(Generic[_Counts]):
    """`lines` by owner (None: untagged) and time; up to twice `most` until `settle`."""

    def __init__(self, most: int) -> None:
        self.lines: dict[str | None, dict[int, _Counts]] = {}
        self.bar = ALL
        """Owners with this hash or a larger one have no lines of their own."""
        self._most = most
        self._count = 0

    def add_counts(self, times: dict[int, _Counts], time: int, counts: _Counts) -> None:
        """Add to what an owner has at a time."""
        raise NotImplementedError

    def add(self, owner: str | None, time: int, counts: _Counts) -> None:
        """Count at a time."""
        times = self.times_of(owner)
        before = len(times)
        self.add_counts(times, time, counts)
        self.grown(len(times) - before)

    def times_of(self, owner: str | None) -> dict[int, _Counts]:
        """Where an owner is counted."""
        if owner is not None and owner != OTHER and self.bar != ALL and hash64(owner) >= self.bar:
            owner = OTHER
        return self.lines.setdefault(owner, {})

    def grown(self, by: int) -> None:
        """Note how many times were added, and keep within twice the bound."""
        self._count += by
        if self._count > 2 * self._most:
            self.settle()

    def settle(self) -> None:
        """Keep no more than `most` times of single owners."""
        kept = 0
        for owner in sorted(self._owners(), key=hash64):
            kept += len(self.lines[owner])
            if kept > self._most:
                self.lower_bar(hash64(owner))
                break

    def lower_bar(self, bar: int) -> None:
        """Adopt the bound of a merged part."""
        if bar < self.bar:
            self.bar = bar
            self.fold([owner for owner in self._owners() if hash64(owner) >= bar])

    def cuts(self, last: int) -> bool:
        """Whether the bound says more than names do, of which none that is kept has a larger hash than `last`."""
        return self.bar != ALL and self.bar <= last

    def _owners(self) -> list[str]:
        return [owner for owner in self.lines if owner is not None and owner != OTHER]

    def fold(self, owners: Collection[str]) -> None:
        """Count these owners under OTHER."""
        for owner in owners:
            times = self.lines.pop(owner, {})
            self._count -= len(times)
            for time, counts in times.items():
                self.add(OTHER, time, counts)

"""Frames of sums by key, merged when there are many."""

from collections.abc import Callable

import polars as pl

_FEW = 100_000
"""Rows that are not worth merging."""
LINE = ("n", "incoming", "outgoing", "cost", "failed", "unpriced")
"""The columns of a line, as `Sums` has them."""


class MergedCounts:
    """Frames with a `key`."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._rows = self._whole = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Count a block's."""
        self._frames.append(frame)
        self._rows += frame.height
        if self._rows > 2 * self._whole + _FEW:
            self.merged()

    def restrict(self, within: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        """Hold only what `within` leaves of each frame."""
        self._frames = [within(frame) for frame in self._frames]
        self._rows = self._whole = sum(frame.height for frame in self._frames)

    @property
    def rows(self) -> int:
        """How many are held."""
        return self._rows

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return sum(int(frame.estimated_size()) for frame in self._frames)

    def merged(self) -> pl.DataFrame:
        """All in one, each key once."""
        if len(self._frames) > 1:
            every = pl.concat(self._frames)
            merged = _summed(every) if every.columns == ["key", "n"] else every.group_by("key").agg(pl.all().sum())
            self._frames = [merged]
            self._rows = self._whole = merged.height
        return self._frames[0]


def _summed(counts: pl.DataFrame) -> pl.DataFrame:
    """In order, each key once; where keys hardly come twice, sorting takes a fraction of the memory of grouping."""
    ordered = counts.sort("key").with_columns(pl.col("n").cum_sum())
    last = ordered.filter((pl.col("key") != pl.col("key").shift(-1)).fill_null(value=True))
    return last.with_columns(pl.col("n") - pl.col("n").shift(1, fill_value=0))

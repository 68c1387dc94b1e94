"""Frames of sums by key, merged when there are many."""

import polars as pl

MOST_HELD = 400_000
"""Rows of sums that are held, some 80 MB."""
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
        if self._rows > 2 * self._whole + MOST_HELD // 4:
            self._frames = [self.merged()]
            self._rows = self._whole = self._frames[0].height

    def replace(self, frame: pl.DataFrame) -> None:
        """Hold this instead."""
        self._frames = [frame]
        self._rows = self._whole = frame.height

    @property
    def rows(self) -> int:
        """How many are held."""
        return self._rows

    def merged(self) -> pl.DataFrame:
        """All in one, each key once."""
        if len(self._frames) == 1:
            return self._frames[0]
        whole = pl.concat(self._frames)
        return _summed(whole) if whole.columns == ["key", "n"] else whole.group_by("key").agg(pl.all().sum())


def _summed(counts: pl.DataFrame) -> pl.DataFrame:
    """In order, each key once; where keys hardly come twice, sorting takes a fraction of the memory of grouping."""
    ordered = counts.sort("key").with_columns(pl.col("n").cum_sum())
    last = ordered.filter((pl.col("key") != pl.col("key").shift(-1)).fill_null(value=True))
    return last.with_columns(pl.col("n") - pl.col("n").shift(1, fill_value=0))

"""Where counted rows go: into the rollup of the part that each belongs to, and their hashes into one list."""

from array import array
from typing import TYPE_CHECKING

from common.spend.logs.overlap.row_hash import row_hash
from common.spend.model import UsageRow
from common.spend.prices.book import PriceBook
from common.spend.rollup.limits import LIMITS, RollupLimits
from common.spend.rollup.rollup import Rollup

if TYPE_CHECKING:
    import polars as pl


class OverlapTally:
    """`codes`: the part of each row, in the order of counting; without them all are of part 0."""

    def __init__(self, book: PriceBook, *, hashed: bool, codes: bytes = b"", limits: RollupLimits = LIMITS) -> None:
        self._codes = codes
        self.hashed = hashed
        """Whether the hashes of rows are kept."""
        self.rollups = [Rollup(book, limits=limits) for _ in range(max(codes, default=0) + 1)]
        self.rows = 0
        self._hashes: list[pl.Series | array[int]] = []

    def add(self, row: UsageRow) -> None:
        """Count one row."""
        self.rollups[self._codes[self.rows] if self._codes else 0].add(row)
        self.rows += 1
        if self.hashed:
            self._tail().append(row_hash(row))

    def codes_of(self, count: int) -> bytes:
        """The parts of the next `count` rows; empty where all rows are of part 0."""
        return self._codes[self.rows : self.rows + count]

    def add_counted(self, count: int, hashes: "pl.Series | None") -> None:
        """Take note of `count` rows that were counted into `rollups` elsewhere."""
        self.rows += count
        if hashes is not None:
            self._hashes.append(hashes)

    def hashes(self) -> "pl.Series":
        """In the order of counting, as 64-bit unsigned numbers."""
        import polars as pl  # noqa: PLC0415 - 0.15 s of a cold start, for imports only

        from common.spend.logs.overlap.blobs import numbers_of  # noqa: PLC0415 - needs it, too

        parts = [numbers_of(part.tobytes()) if isinstance(part, array) else part for part in self._hashes]
        return pl.concat([pl.Series("hash", [], pl.UInt64()), *parts])

    def _tail(self) -> "array[int]":
        last = self._hashes[-1] if self._hashes else None
        if not isinstance(last, array):
            last = array("Q")
            self._hashes.append(last)
        return last

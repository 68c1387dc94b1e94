"""Which rows of a part of a file are held by other files already, k equal rows matched to k.

Of rows with one hash the first in a file is matched with the first of another file, the second with the second. So
each file is a set of (hash, turn), and what several files hold together is the union of their sets.
"""

from collections import defaultdict

import polars as pl

from common.spend.logs.overlap.split import OverlapSplit

MOST_PATTERNS = 64
"""Sets of holders that are kept apart in one part of a file."""
MOST_HOLDERS = 60
"""Bits of a number: files that rows of one part may be held by."""


class Matcher:
    """Takes the hashes of a part in the order of its rows, then those of others blob by blob; holds what is in both."""

    def __init__(self, hashes: pl.Series) -> None:
        self._rows = hashes.alias("hash").to_frame().with_row_index("row")
        self._wanted = self._rows.select("hash").unique()
        self._found: dict[str, list[pl.DataFrame]] = defaultdict(list)
        self._before: list[pl.DataFrame] = []

    def hold(self, holder: str, hashes: pl.Series) -> None:
        """Some hashes that another file holds; of holders the most important first."""
        found = self._common(hashes, self._wanted)
        if found.height and (holder in self._found or len(self._found) < MOST_HOLDERS):
            self._found[holder].append(found)

    @property
    def matched(self) -> bool:
        """Whether any row is held at all: else nothing that came before in the same file matters."""
        return bool(self._found)

    def came_before(self, hashes: pl.Series) -> None:
        """Some hashes of the same file, of parts before this one; to be given when all holders are known."""
        self._before.append(self._common(hashes, self._candidates()))

    def split(self) -> OverlapSplit | None:
        """None where no row is held."""
        if not self._found:
            return None
        rows = self._turns()
        pattern = pl.lit(0, pl.Int64())
        for bit, (holder, parts) in enumerate(self._found.items()):
            rows = rows.join(_counts(parts, holder), on="hash", how="left", maintain_order="left")
            pattern += (pl.col("turn") < pl.col(holder).fill_null(0)).cast(pl.Int64()) * (1 << bit)
        patterns = rows.select("row", pattern=pattern).filter(pl.col("pattern") > 0)
        return self._coded(patterns) if patterns.height else None

    def _common(self, hashes: pl.Series, wanted: pl.DataFrame) -> pl.DataFrame:
        return hashes.alias("hash").to_frame().join(wanted, on="hash", how="semi")

    def _candidates(self) -> pl.DataFrame:
        return pl.concat([part for parts in self._found.values() for part in parts]).unique()

    def _turns(self) -> pl.DataFrame:
        """The rows that may be held, with how many equal ones of the file came before each."""
        rows = self._rows.join(self._candidates(), on="hash", how="semi", maintain_order="left")
        rows = rows.with_columns(turn=pl.int_range(pl.len()).over("hash"))
        if not self._before:
            return rows
        earlier = rows.join(_counts(self._before, "earlier"), on="hash", how="left", maintain_order="left")
        return earlier.with_columns(turn=pl.col("turn") + pl.col("earlier").fill_null(0)).drop("earlier")

    def _coded(self, patterns: pl.DataFrame) -> OverlapSplit:
        common = patterns.group_by("pattern").len().sort("len", "pattern", descending=True)["pattern"].to_list()
        kept = {pattern: code for code, pattern in enumerate(common[:MOST_PATTERNS], 1)}
        codes = bytearray(self._rows.height)
        apart = 0
        for row, pattern in patterns.iter_rows():
            codes[row] = kept.get(pattern, 0)
            apart += pattern not in kept
        names = list(self._found)
        holders = tuple(tuple(sorted(name for bit, name in enumerate(names) if pattern >> bit & 1)) for pattern in kept)
        return OverlapSplit(bytes(codes), holders, apart)


def _counts(parts: list[pl.DataFrame], name: str) -> pl.DataFrame:
    return pl.concat(parts).group_by("hash").agg(pl.len().cast(pl.Int64()).alias(name))

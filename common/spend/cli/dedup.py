"""Rows of a file that files named before it in one command have too: they count once."""

from typing import TYPE_CHECKING

from common.spend.logs.overlap.split import OverlapSplit

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS = 20_000_000
"""Of all files together that later ones are compared with: 8 bytes each."""
NOT_KEPT = (
    f"This file was not compared with those after it, as only {MOST_ROWS:,} rows are remembered: rows that a later "
    "file has too count twice."
)


_FEW = 32
"""Files that a later one is compared with one by one; of more, an index says with which."""


class EarlierFiles:
    """The hashes of the files that were read so far."""

    def __init__(self) -> None:
        self._hashes: dict[str, pl.Series] = {}
        self._index: list[pl.DataFrame] = []
        """Hashes, each with the place of its file, of the first `_indexed` files."""
        self._indexed = 0
        self._names: dict[str, str] = {}
        """Of files by their numbers: two may have the same name."""
        self._rows = 0

    def split(self, hashes: "pl.Series") -> OverlapSplit | None:
        """Which rows of the next file are held already; None where none is."""
        from common.spend.logs.overlap.matcher import Matcher  # noqa: PLC0415 - 0.15 s, for several files only

        matcher = Matcher(hashes)
        for number in self._sharing(hashes):
            matcher.hold(number, self._hashes[number])
        return matcher.split()

    def _sharing(self, hashes: "pl.Series") -> list[str]:
        """The files that may have some of these rows, in their order."""
        numbers = list(self._hashes)
        if len(numbers) <= _FEW:
            return numbers
        import polars as pl  # noqa: PLC0415 - 0.15 s, for several files only

        for place, number in enumerate(numbers[self._indexed :], self._indexed):
            held = self._hashes[number].alias("hash").to_frame()
            self._index.append(held.with_columns(file=pl.lit(place, pl.UInt32)))
        self._indexed = len(numbers)
        if len(self._index) > _FEW:
            self._index = [pl.concat(self._index, rechunk=True)]
        wanted = hashes.alias("hash").to_frame().unique()
        shared = pl.concat([part.join(wanted, on="hash", how="semi") for part in self._index])
        return [numbers[place] for place in shared["file"].unique().sort()]

    def keep(self, name: str, hashes: "pl.Series") -> bool:
        """Remember a file; False where there is no room for it, so that later files are not compared with it."""
        if self._rows + len(hashes) > MOST_ROWS:
            return False
        number = f"{len(self._hashes):06}"
        self._hashes[number], self._names[number] = hashes, name
        self._rows += len(hashes)
        return True

    def notes_on(self, split: OverlapSplit | None) -> list[str]:
        """Notes on a file's rows; each names the first file that has them."""
        shared: dict[str, int] = {}
        for holders, rows in (split.rows if split else {}).items():
            shared[holders[0]] = shared.get(holders[0], 0) + rows
        return [_note(rows, self._names[number]) for number, rows in sorted(shared.items())]


def _note(rows: int, name: str) -> str:
    if rows == 1:
        return f"1 row of this file is in {name} too, and is counted once."
    return f"{rows:,} rows of this file are in {name} too, and are counted once."

"""Rows of a file that files named before it in one command have too: they count once."""

from collections.abc import Mapping

import polars as pl

from common.spend.overlap.matching import Matcher, Split

MOST_ROWS = 20_000_000
"""Of all files together that later ones are compared with: 8 bytes each."""


class Earlier:
    """The hashes of the files that were read so far."""

    def __init__(self) -> None:
        self._hashes: list[tuple[str, pl.Series]] = []
        self._rows = 0

    def split(self, hashes: pl.Series) -> Split | None:
        """Which rows of the next file are held already; None where none is."""
        matcher = Matcher(hashes)
        for name, held in self._hashes:
            matcher.hold(name, held)
        return matcher.split()

    def keep(self, name: str, hashes: pl.Series) -> bool:
        """Remember a file; False where there is no room for it, so that later files are not compared with it."""
        if self._rows + len(hashes) > MOST_ROWS:
            return False
        self._hashes.append((name, hashes))
        self._rows += len(hashes)
        return True


def notes_on(split: Split | None, *, kept: bool) -> tuple[str, ...]:
    """What is to be said of a file's rows."""
    notes = [_note(rows, name) for name, rows in _by_file(split).items()]
    if not kept:
        notes.append(
            f"This file was not compared with those after it, as only {MOST_ROWS:,} rows are remembered: rows that a "
            "later file has too count twice."
        )
    return tuple(notes)


def _by_file(split: Split | None) -> Mapping[str, int]:
    """How many rows each earlier file has; a row is told of the first of them only."""
    told: dict[str, int] = {}
    for holders, rows in (split.rows if split else {}).items():
        told[holders[0]] = told.get(holders[0], 0) + rows
    return told


def _note(rows: int, name: str) -> str:
    if rows == 1:
        return f"1 row of this file is in {name} too, and is counted once."
    return f"{rows:,} rows of this file are in {name} too, and are counted once."

"""Rows of a part that the user's other data sets hold already: which they are, and what is said of them.

All other data sets count that have rows of the same days, those still on their way, too. What they hold is kept apart
from the rest by the set of its holders, and left out of a question on any of these (functions/step/workspace.py).
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.cloud import firestore

from common.datasets.row_hashes import Found, in_groups, read_blobs
from common.datasets.row_index import Kept, RowIndex
from common.spend import ImportBatch
from common.spend.logs.overlap.split import UNFINISHED, Split
from common.store import paths
from common.store.client import Document, read_all

if TYPE_CHECKING:
    from common.spend.logs.overlap.matching import Matcher

MOST_ROWS = 20_000_000
"""Rows of other data sets that one part is compared with, the newest data sets first: 130 MB are read for that."""
MOST_PARTS = 64
"""Sets of holders that are kept apart in one data set."""
_TOLD = 4
TOO_MANY_ROWS = (
    f"More than {MOST_ROWS:,} rows of your other files are of the same days. This file was compared with the newest of "
    "them only: what it shares with older ones counts twice. Upload in order of time to avoid this."
)
TOO_MANY_SETS = (
    "Some rows of this file are in many of your other files, in more combinations than can be kept apart. They count "
    "twice. Delete files that you uploaded more than once."
)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """`split`: None where no row is held elsewhere; `gone`: blobs that the index lists and that are not there."""

    split: Split | None
    gone: frozenset[tuple[str, str]]
    notes: tuple[str, ...]


class Comparison:
    """Of one part with what its user's other data sets hold, as the index says."""

    def __init__(self, db: firestore.AsyncClient, uid: str, index: RowIndex) -> None:
        self._db = db
        self._uid = uid
        self._index = index
        self._gone: set[tuple[str, str]] = set()

    async def of(self, dataset_id: str, batch: ImportBatch, shared: Sequence[Document]) -> Compared:
        """`shared`: the sets of holders that the data set knows already, as its document has them."""
        from common.spend.logs.overlap.matching import Matcher  # noqa: PLC0415 - 0.15 s of a cold start, for imports only

        hashes, days = batch.hashes, days_of(batch)
        if hashes is None or days is None:
            return Compared(split=None, gone=frozenset(), notes=())
        others, all_of_them = self._others(dataset_id, *days)
        matcher = Matcher(hashes)
        for group in in_groups(others):
            found = await read_blobs(self._db, self._uid, group)
            await asyncio.to_thread(self._hold, matcher, found)
        if matcher.found:
            await self._look_back(matcher, dataset_id, *days)
        split = await asyncio.to_thread(matcher.split)
        fitting = split and split.within({tuple(part["also_in"]) for part in shared}, MOST_PARTS)
        notes = [UNFINISHED] if others and "aggregated" in batch.rollup.has else []
        notes += [] if all_of_them else [TOO_MANY_ROWS]
        notes += [TOO_MANY_SETS] if fitting and fitting.apart else []
        return Compared(split=fitting, gone=frozenset(self._gone), notes=tuple(notes))

    def _hold(self, matcher: "Matcher", found: Iterable[Found]) -> None:
        for name, kept, held in found:
            if held is None:
                self._gone.add((name, kept.name))
            else:
                matcher.hold(name, held)

    def _others(self, dataset_id: str, first: int, last: int) -> tuple[list[tuple[str, Kept]], bool]:
        """Blobs of other data sets, the newest first; False: there are more than may be read."""
        found, rows = list[tuple[str, Kept]](), 0
        for name, blobs in reversed(self._index.items()):
            for kept in blobs if name != dataset_id else ():
                if kept.meets(first, last):
                    rows += kept.rows
                    if rows > MOST_ROWS:
                        return found, False
                    found.append((name, kept))
        return found, True

    async def _look_back(self, matcher: "Matcher", dataset_id: str, first: int, last: int) -> None:
        """Equal rows of the same file that came before."""
        own = [(dataset_id, kept) for kept in self._index.get(dataset_id, ()) if kept.meets(first, last)]
        for group in in_groups(own):
            for _, _, held in await read_blobs(self._db, self._uid, group):
                if held is not None:
                    matcher.came_before(held)


def days_of(batch: ImportBatch) -> tuple[int, int] | None:
    """The first and last day (ordinals, UTC) of a batch that was not parted; None without a row."""
    first, last = batch.rollup.first, batch.rollup.last
    return None if first is None or last is None else (first.toordinal(), last.toordinal())


async def notes_on(db: firestore.AsyncClient, uid: str, shared: Iterable[Document], rows: int) -> list[str]:
    """What a whole file's customer is told, the file with the most rows in common first; `rows`: of the file."""
    counts: Counter[str] = Counter()
    for part in shared:
        counts.update(dict.fromkeys(part["also_in"], part["rows"]))
    told = counts.most_common(_TOLD)
    found = await read_all(db, [paths.dataset(uid, name) for name, _ in told]) if told else []
    documents: list[dict[str, Any]] = [dataset.to_dict() or {} for dataset in found]
    notes = [
        _note(common, rows, document.get("name", "a file deleted since"))
        for (_, common), document in zip(told, documents, strict=True)
    ]
    if len(counts) > _TOLD:
        notes.append(f"So were rows in {len(counts) - _TOLD} more of your files.")
    return notes


def _note(common: int, rows: int, name: str) -> str:
    if common == 1:
        return f"1 row of this file was in {name} already. It counts once when both are asked about."
    which = f"All {rows:,} rows" if common == rows else f"{common:,} rows"
    return f"{which} of this file were in {name} already. They count once when both are asked about."

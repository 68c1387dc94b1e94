"""Rows of a part that the user's other datasets hold already: which they are, and what the customer reads about them.

Every other dataset with rows of the same days counts, also one whose upload is not complete. What they hold is kept
apart from the rest by the set of its holders, and left out of a question on any of these
(common/datasets/datasets.py: read_shards).
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.cloud import firestore

from common.contract.documents import SharedRows
from common.datasets.row_hashes import StoredHashes, groups_of, read_blobs
from common.datasets.row_index import HashBlob, RowIndex
from common.spend import ImportBatch
from common.spend.logs.overlap.split import UNFINISHED, OverlapSplit
from common.store import paths
from common.store.client import Document, read_all

if TYPE_CHECKING:
    from common.spend.logs.overlap.matcher import Matcher

MOST_ROWS = 20_000_000
"""Rows of other datasets that one part is compared with, the newest datasets first: that reads 130 MB."""
MOST_PARTS = 64
"""Sets of holders that are kept apart in one dataset."""
_NAMED_FILES = 4
TOO_MANY_ROWS = (
    f"More than {MOST_ROWS:,} rows of your other files are of the same days. This file was compared with the newest of "
    "them only: what it shares with older ones counts twice. Upload in order of time to avoid this."
)
TOO_MANY_SETS = (
    "Some rows of this file are in many of your other files, in more combinations than can be kept apart. They count "
    "twice. Delete files that you uploaded more than once."
)


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """`split`: None where no row is held elsewhere; `missing`: blobs that the index lists and that do not exist."""

    split: OverlapSplit | None
    missing: frozenset[tuple[str, str]]
    notes: tuple[str, ...]


class OverlapSearch:
    """What one part has in common with the other datasets of its user, as the index lists them."""

    def __init__(self, db: firestore.AsyncClient, uid: str, index: RowIndex) -> None:
        self._db = db
        self._uid = uid
        self._index = index
        self._missing: set[tuple[str, str]] = set()

    async def find(self, dataset_id: str, batch: ImportBatch, shared: Sequence[Document]) -> Overlap:
        """`shared`: the sets of holders that the dataset has already, as its document lists them."""
        from common.spend.logs.overlap.matcher import Matcher  # noqa: PLC0415 - 0.15 s of a cold start, for imports only

        hashes, days = batch.hashes, days_of(batch)
        if hashes is None or days is None:
            return Overlap(split=None, missing=frozenset(), notes=())
        others, is_complete = self._others(dataset_id, *days)
        matcher = Matcher(hashes)
        for group in groups_of(others):
            blobs = await read_blobs(self._db, self._uid, group)
            await asyncio.to_thread(self._hold, matcher, blobs)
        if matcher.matched:
            await self._look_back(matcher, dataset_id, *days)
        split = await asyncio.to_thread(matcher.split)
        fitting = split and split.within({tuple(part["also_in"]) for part in shared}, MOST_PARTS)
        notes = [UNFINISHED] if others and "aggregated" in batch.rollup.has else []
        notes += [] if is_complete else [TOO_MANY_ROWS]
        notes += [TOO_MANY_SETS] if fitting and fitting.apart else []
        return Overlap(split=fitting, missing=frozenset(self._missing), notes=tuple(notes))

    def _hold(self, matcher: "Matcher", blobs: Iterable[StoredHashes]) -> None:
        for dataset, blob, hashes in blobs:
            if hashes is None:
                self._missing.add((dataset, blob.name))
            else:
                matcher.hold(dataset, hashes)

    def _others(self, dataset_id: str, first: int, last: int) -> tuple[list[tuple[str, HashBlob]], bool]:
        """Blobs of other datasets, the newest first; False: there are more than may be read."""
        others, rows = list[tuple[str, HashBlob]](), 0
        for name, blobs in reversed(self._index.items()):
            for blob in blobs if name != dataset_id else ():
                if blob.meets(first, last):
                    rows += blob.rows
                    if rows > MOST_ROWS:
                        return others, False
                    others.append((name, blob))
        return others, True

    async def _look_back(self, matcher: "Matcher", dataset_id: str, first: int, last: int) -> None:
        """Equal rows of the same file that came before."""
        earlier = [(dataset_id, blob) for blob in self._index.get(dataset_id, ()) if blob.meets(first, last)]
        for group in groups_of(earlier):
            for _, _, hashes in await read_blobs(self._db, self._uid, group):
                if hashes is not None:
                    matcher.came_before(hashes)


def days_of(batch: ImportBatch) -> tuple[int, int] | None:
    """The first and last day (ordinals, UTC) of a batch that was not parted; None without a row."""
    first, last = batch.rollup.first, batch.rollup.last
    return None if first is None or last is None else (first.toordinal(), last.toordinal())


async def overlap_notes(db: firestore.AsyncClient, uid: str, shared: Iterable[SharedRows], rows: int) -> list[str]:
    """What the customer reads about an entire file, the file with most rows in common first; `rows`: of the file."""
    counts: Counter[str] = Counter()
    for part in shared:
        counts.update(dict.fromkeys(part.also_in, part.rows))
    largest = counts.most_common(_NAMED_FILES)
    snapshots = await read_all(db, [paths.dataset(uid, name) for name, _ in largest]) if largest else []
    documents: list[dict[str, Any]] = [dataset.to_dict() or {} for dataset in snapshots]
    notes = [
        _note(common, rows, document.get("name", "a file deleted since"))
        for (_, common), document in zip(largest, documents, strict=True)
    ]
    if len(counts) > _NAMED_FILES:
        notes.append(f"So were rows in {len(counts) - _NAMED_FILES} more of your files.")
    return notes


def _note(common: int, rows: int, name: str) -> str:
    if common == 1:
        return f"1 row of this file was in {name} already. It counts once when both are asked about."
    which = f"All {rows:,} rows" if common == rows else f"{common:,} rows"
    return f"{which} of this file were in {name} already. They count once when both are asked about."

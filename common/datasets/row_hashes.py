"""The hashes of rows as they are stored: blobs below each dataset.

A blob is written before the commit that lists it (common/datasets/row_index.py), under a name of its own: the hashes of
a part may be more than a commit holds.
"""

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from google.cloud import firestore

from common.datasets.row_index import HashBlob, RowIndex, index_of
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import Snapshot, read_all
from common.store.codec import blob_document

if TYPE_CHECKING:
    import polars as pl

OPEN_ROWS = 20_000
"""The last blob takes further rows in while it has fewer: many small parts fill few blobs."""
_READ_AT_ONCE = 16


class StoredHashes(NamedTuple):
    """A blob of a dataset and the hashes in it, sorted; None: it does not exist any more."""

    dataset: str
    blob: HashBlob
    hashes: "pl.Series | None"


@dataclass(frozen=True, kw_only=True)
class WrittenBlobs:
    """Blobs of a part that are written and not yet listed; `replaced`: the last blob before, if they include it."""

    blobs: list[HashBlob]
    replaced: HashBlob | None


async def read_blobs(db: firestore.AsyncClient, uid: str, wanted: Sequence[tuple[str, HashBlob]]) -> list[StoredHashes]:
    """What some blobs hold, each given with its dataset."""
    from common.spend.logs.overlap.blobs import unpack_hashes  # noqa: PLC0415 - 0.15 s of a cold start

    snapshots = await read_all(db, [paths.row_hashes(uid, dataset, blob.name) for dataset, blob in wanted])
    documents = [snapshot.to_dict() for snapshot in snapshots]

    def unpacked() -> "list[pl.Series | None]":
        return [unpack_hashes(document["blob"]) if document else None for document in documents]

    series = await asyncio.to_thread(unpacked)
    return [StoredHashes(dataset, blob, each) for (dataset, blob), each in zip(wanted, series, strict=True)]


def groups_of(wanted: Sequence[tuple[str, HashBlob]]) -> Iterable[Sequence[tuple[str, HashBlob]]]:
    """As many blobs as may be in memory at once."""
    return (wanted[first : first + _READ_AT_ONCE] for first in range(0, len(wanted), _READ_AT_ONCE))


async def write_blobs(
    db: firestore.AsyncClient, dataset: Snapshot, index: RowIndex, hashes: "pl.Series", days: tuple[int, int]
) -> WrittenBlobs:
    """Write the hashes of a part, with those of the last blob where that is small."""
    from common.spend.logs.overlap.blobs import BLOB_ROWS, pack_hashes  # noqa: PLC0415 - 0.15 s of a cold start

    uid = dataset.reference.parent.parent.id
    tail, before = await _open_tail(db, uid, dataset.id, index)
    if tail is not None and before is not None:
        hashes = hashes.clone().append(before)
        days = (min(days[0], tail.first), max(days[1], tail.last))
    tag, bulk, blobs = secrets.token_hex(8), BulkWriter(db), list[HashBlob]()
    for number, packed in enumerate(await asyncio.to_thread(pack_hashes, hashes)):
        blobs.append(HashBlob(f"{tag}-{number}", *days, min(BLOB_ROWS, len(hashes) - number * BLOB_ROWS)))
        await bulk.set(paths.row_hashes(uid, dataset.id, blobs[-1].name), blob_document(packed))
    await bulk.flush()
    return WrittenBlobs(blobs=blobs, replaced=tail)


async def _open_tail(
    db: firestore.AsyncClient, uid: str, dataset_id: str, index: RowIndex
) -> "tuple[HashBlob | None, pl.Series | None]":
    """The last blob of a dataset when it is small, and what it holds."""
    blobs = index.get(dataset_id, [])
    if not blobs or blobs[-1].rows >= OPEN_ROWS:
        return None, None
    ((_, tail, hashes),) = await read_blobs(db, uid, [(dataset_id, blobs[-1])])
    return tail, hashes


async def discard_blobs(db: firestore.AsyncClient, uid: str, dataset_id: str, written: WrittenBlobs) -> None:
    """Delete what was written for a commit that lost, unless it was applied after all and only its reply got lost."""
    if not written.blobs:
        return
    (snapshot,) = await read_all(db, [paths.row_index(uid)])
    listed = {blob.name for blob in index_of(snapshot).get(dataset_id, ())}
    bulk = BulkWriter(db)
    for blob in written.blobs:
        if blob.name not in listed:
            await bulk.delete(db.document(paths.row_hashes(uid, dataset_id, blob.name)))
    await bulk.flush()

"""Reading what can be asked about, and deleting a dataset, in any state, with all that was stored of its file."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from google.cloud import firestore

from common.contract.documents import DatasetDocument
from common.datasets.row_index import leave_index
from common.datasets.stored_shards import mask_of, shard_in
from common.errors import ApexError, ErrorCode
from common.spend import Rollup
from common.spend.rollup.parts import ALL_PARTS, Part
from common.spend.rollup.shards import Shard
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import Document, Snapshot, fields, read_all
from common.store.commits import is_applied

TRIES = 5
"""Of what somebody else may change meanwhile."""


async def ready_datasets(db: firestore.AsyncClient, uid: str, ids: Sequence[str]) -> list[tuple[str, Document]]:
    """Id and document of those of `ids` that can be asked about, in that order."""
    return [(snapshot.id, fields(snapshot)) for snapshot in await ready_snapshots(db, uid, ids)]


async def ready_snapshots(db: firestore.AsyncClient, uid: str, ids: Sequence[str]) -> list[Snapshot]:
    """The same as they were read. Whatever changes the shards of a dataset changes its document, too."""
    if not ids:
        return []
    snapshots = await read_all(db, [paths.dataset(uid, dataset_id) for dataset_id in ids])
    return [snapshot for snapshot in snapshots if (snapshot.to_dict() or {}).get("status") == "ready"]


async def read_shards(
    db: firestore.AsyncClient, uid: str, ids: Sequence[str], parts: Collection[Part] = ALL_PARTS
) -> list[Shard] | None:
    """The shards that count in a question on the ready ones of `ids`; None without any, or while they are deleted.

    Of `parts` and the names alone.
    """
    found = await _read_by_dataset(db, uid, ids, parts)
    return [*chain.from_iterable(found.values())] or None


async def missing_parts(
    db: firestore.AsyncClient, uid: str, ids: Sequence[str], parts: Collection[Part]
) -> dict[str, frozenset[Part]]:
    """By dataset, what of `parts` was not counted in all that counts of it: its file has to be uploaded again."""
    found = await _read_by_dataset(db, uid, ids, (Part.NAMES,))
    counted = {name: Rollup.from_shards(shards, (Part.NAMES,)).counted for name, shards in found.items()}
    return {name: frozenset(parts) - there for name, there in counted.items() if not there.issuperset(parts)}


async def _read_by_dataset(
    db: firestore.AsyncClient, uid: str, ids: Sequence[str], parts: Collection[Part]
) -> dict[str, list[Shard]]:
    """Read again when a shard was merged into others between the two reads (live data)."""
    for _ in range(TRIES):
        found = await read_shards_of(db, uid, await ready_snapshots(db, uid, ids), parts)
        if found:
            return found
    return {}


async def read_shards_of(
    db: firestore.AsyncClient, uid: str, ready: Sequence[Snapshot], parts: Collection[Part]
) -> dict[str, list[Shard]]:
    """By dataset, the shards that count in a question on all of `ready`; none if one of them is gone meanwhile."""
    documents = {snapshot.id: fields(snapshot) for snapshot in ready}
    shards = [
        (dataset_id, paths.rollup(uid, dataset_id, name))
        for dataset_id, document in documents.items()
        for name in _counted_shards(document, documents.keys())
    ]
    read = await read_all(db, [path for _, path in shards], mask_of({*parts, Part.NAMES})) if shards else []
    if not all(snapshot.exists for snapshot in read):
        return {}
    found: dict[str, list[Shard]] = defaultdict(list)
    for (dataset_id, _), snapshot in zip(shards, read, strict=True):
        found[dataset_id].append(shard_in(snapshot))
    return found


def shared_parts(document: Document) -> list[Document]:
    """The parts of a dataset that other ones had before."""
    parts: list[Document] = document.get("shared", [])
    return parts


def _counted_shards(document: Document, requested: AbstractSet[str]) -> list[str]:
    """The shards of a dataset that count in a question on some: rows that one of the others had before count there."""
    shared = [part["shards"] for part in shared_parts(document) if requested.isdisjoint(part["also_in"])]
    return [*document["shards"], *chain.from_iterable(shared)]


async def delete_dataset(db: firestore.AsyncClient, *, uid: str, dataset_id: str) -> bool:
    """Delete a dataset, its own document last, so that a repeat completes it after a crash; False when there is none.

    The mark comes first: an upload in progress loses its fence, and new questions no longer see the dataset. Raises
    ApexError BUSY when it cannot be set.
    """
    dataset = await _mark(db, uid, dataset_id)
    if dataset is None:
        return False
    bulk = BulkWriter(db)
    for name in (paths.ROLLUPS, paths.REJECTS, paths.ROW_HASHES):
        await bulk.delete_all(dataset.collection(name))
    await leave_index(db, uid, dataset_id)
    await bulk.delete(db.document(paths.import_state(uid, dataset_id)))
    await bulk.delete(dataset)
    await bulk.flush()
    return True


async def _mark(db: firestore.AsyncClient, uid: str, dataset_id: str) -> firestore.AsyncDocumentReference | None:
    """Mark it as being deleted; None when there is none (any more): two tabs may delete the same at once."""
    for _ in range(TRIES):
        dataset, user = await read_all(db, [paths.dataset(uid, dataset_id), paths.user(uid)])
        if not dataset.exists:
            return None
        batch = db.batch()
        batch.update(dataset.reference, DatasetDocument.changes(status="deleting"))
        if user.exists:
            batch.update(user.reference, {"datasets": firestore.ArrayRemove([dataset_id])})
        if await is_applied(batch):
            return dataset.reference
    raise ApexError(ErrorCode.BUSY)

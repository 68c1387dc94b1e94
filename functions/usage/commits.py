"""The batches of an import: one per chunk, guarded by the data set's update time, so that a chunk counts once."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.errors import ApexError
from common.spend import ImportBatch
from common.store import paths
from common.store.client import RPC_S, SCHEMA_VERSION, Document, Snapshot, updated

_LOST = (exceptions.FailedPrecondition, exceptions.AlreadyExists, exceptions.NotFound, exceptions.Aborted)


IMPORT_KEPT = timedelta(days=1)
"""How long an upload that is not completed may be taken up again."""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What one chunk gave: rows and rejects, rollup shards, and the importer's state (None: the file is complete)."""

    batch: ImportBatch
    shards: list[bytes]
    size: int
    state: bytes | None


async def commit_chunk(db: firestore.AsyncClient, uid: str, dataset: Snapshot, parsed: Parsed) -> bool:
    """Apply a chunk once; False when another delivery of the upload, or its deletion, was first.

    The last one also adds the data set to those of its user, whose document must exist.
    """
    batch = db.batch()
    number = (dataset.to_dict() or {})["next_chunk"]
    shards = {f"{number:06d}-{n}": blob for n, blob in enumerate(parsed.shards)}
    changes = _progress(parsed, number, list(shards))
    batch.update(dataset.reference, changes, option=db.write_option(last_update_time=updated(dataset)))
    for name, blob in shards.items():
        batch.create(db.document(paths.rollup(uid, dataset.id, name)), {"v": SCHEMA_VERSION, "blob": blob})
    if parsed.batch.rejects:
        rejects = [{"line": reject.line, "reason": reject.reason} for reject in parsed.batch.rejects]
        reference = db.document(paths.rejects(uid, dataset.id, number))
        batch.create(reference, {"v": SCHEMA_VERSION, "rejects": rejects})
    _add_state(db, batch, uid, dataset.id, parsed.state)
    if parsed.state is None:
        batch.update(db.document(paths.user(uid)), {"datasets": firestore.ArrayUnion([dataset.id])})
    try:
        await batch.commit(timeout=RPC_S)
    except _LOST:
        return False
    return True


def _progress(parsed: Parsed, number: int, shards: list[str]) -> Document:
    changes: Document = {
        "rows": firestore.Increment(parsed.batch.rows),
        "rejects": firestore.Increment(parsed.batch.rejected),
        "bytes": firestore.Increment(parsed.size),
        "next_chunk": number + (parsed.state is not None),
        "status": "receiving" if parsed.state is not None else "ready",
    }
    lists = {
        "shards": shards,
        "reject_chunks": [number] if parsed.batch.rejects else [],
        "notes": list(parsed.batch.notes),
    }
    return changes | {name: firestore.ArrayUnion(items) for name, items in lists.items() if items}


def _add_state(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, uid: str, dataset_id: str, state: bytes | None
) -> None:
    reference = db.document(paths.import_state(uid, dataset_id))
    if state is None:
        batch.delete(reference)
        return
    expires = datetime.now(UTC) + IMPORT_KEPT
    batch.set(reference, {"v": SCHEMA_VERSION, "uid": uid, "state": state, "expire_at": expires})


async def abandon(db: firestore.AsyncClient, dataset: Snapshot, import_state: str, error: ApexError) -> None:
    """Mark a data set as failed, with the reason for its owner, and take back what was stored of the file."""
    document = dataset.to_dict() or {}
    batch = db.batch()
    batch.update(dataset.reference, {"status": "failed", "shards": [], "error": error.as_json()["error"]})
    for shard in document["shards"]:
        batch.delete(dataset.reference.collection("rollups").document(shard))
    batch.delete(db.document(import_state))
    with contextlib.suppress(exceptions.NotFound):  # deleted meanwhile, by its owner
        await batch.commit(timeout=RPC_S)

"""The batches of an import: one per chunk, guarded by the data set's update time, so that a chunk counts once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.api_core import exceptions
from google.cloud import firestore

from common.errors import ApexError
from common.spend import ImportBatch
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document, Snapshot, updated

_LOST = (exceptions.FailedPrecondition, exceptions.AlreadyExists, exceptions.NotFound, exceptions.Aborted)


@dataclass(frozen=True, kw_only=True)
class ChunkCommit:
    """What one chunk changes. `state` None: the file is complete."""

    uid: str
    dataset: Snapshot
    batch: ImportBatch
    size: int
    state: bytes | None
    state_kept: timedelta


async def commit_chunk(db: firestore.AsyncClient, chunk: ChunkCommit) -> bool:
    """Apply a chunk once; False when another delivery of the upload was first."""
    batch = db.batch()
    document = chunk.dataset.to_dict() or {}
    number = document["next_chunk"]
    shards = (
        {f"{number:06d}-{n}": blob for n, blob in enumerate(chunk.batch.rollup.shards())} if chunk.batch.rows else {}
    )
    batch.update(
        chunk.dataset.reference,
        _progress(chunk, number, list(shards)),
        option=db.write_option(last_update_time=updated(chunk.dataset)),
    )
    for name, blob in shards.items():
        batch.create(db.document(paths.rollup(chunk.uid, chunk.dataset.id, name)), {"v": SCHEMA_VERSION, "blob": blob})
    if chunk.batch.rejects:
        rejects = [{"line": reject.line, "reason": reject.reason} for reject in chunk.batch.rejects]
        batch.create(
            db.document(paths.rejects(chunk.uid, chunk.dataset.id, number)), {"v": SCHEMA_VERSION, "rejects": rejects}
        )
    _add_state(db, batch, chunk)
    try:
        await batch.commit()
    except _LOST:
        return False
    return True


def _progress(chunk: ChunkCommit, number: int, shards: list[str]) -> Document:
    changes: dict[str, Any] = {
        "rows": firestore.Increment(chunk.batch.rows),
        "rejects": firestore.Increment(chunk.batch.rejected),
        "bytes": firestore.Increment(chunk.size),
        "next_chunk": number + (chunk.state is not None),
        "status": "receiving" if chunk.state is not None else "ready",
    }
    if shards:
        changes["shards"] = firestore.ArrayUnion(shards)
    if chunk.batch.rejects:
        changes["reject_chunks"] = firestore.ArrayUnion([number])
    return changes


def _add_state(db: firestore.AsyncClient, batch: Any, chunk: ChunkCommit) -> None:
    reference = db.document(paths.import_state(chunk.uid, chunk.dataset.id))
    if chunk.state is None:
        batch.delete(reference)
        return
    expires = datetime.now(UTC) + chunk.state_kept
    batch.set(reference, {"v": SCHEMA_VERSION, "uid": chunk.uid, "state": chunk.state, "expire_at": expires})


async def abandon(db: firestore.AsyncClient, dataset: Snapshot, import_state: str, error: ApexError) -> None:
    """Mark a data set as failed, with the reason for its owner, and take back what was stored of the file."""
    document = dataset.to_dict() or {}
    batch = db.batch()
    batch.update(dataset.reference, {"status": "failed", "shards": [], "error": error.as_json()["error"]})
    for shard in document["shards"]:
        batch.delete(dataset.reference.collection("rollups").document(shard))
    batch.delete(db.document(import_state))
    await batch.commit()

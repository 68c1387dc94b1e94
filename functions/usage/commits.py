"""The batches of an import: one per chunk, guarded by the data set's update time, so that a chunk counts once."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.errors import ApexError
from common.spend import ImportBatch, Reject
from common.store import paths
from common.store.client import RPC_S, SCHEMA_VERSION, Document, Snapshot, fields, updated
from functions.usage.shards import LOOSE, SETTLED, Filed, Place, add_shards, discard, file_shards

_LOST = (exceptions.FailedPrecondition, exceptions.AlreadyExists, exceptions.NotFound, exceptions.Aborted)


IMPORT_KEPT = timedelta(days=1)
"""How long an upload that is not completed may be taken up again."""


REJECT_PARTS = 100
"""Parts of a data set whose rejected rows are kept with their reasons; all are counted."""

_NOTES = 20
_NOTE_LENGTH = 500


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What one chunk gave: rows and rejects, rollup shards, and the importer's state (None: the file is complete)."""

    batch: ImportBatch
    shards: list[bytes]
    size: int
    state: bytes | None

    @property
    def is_last(self) -> bool:
        """True at the end of the file."""
        return self.state is None


def new_dataset(name: str, model: str | None) -> Document:
    """The first form of a data set's document: nothing received."""
    return {
        "v": SCHEMA_VERSION,
        "name": name,
        "model": model,
        "status": "receiving",
        "rows": 0,
        "rejects": 0,
        "bytes": 0,
        "next_chunk": 0,
        "shards": [],
        "reject_chunks": [],
        "notes": [],
        "created_at": firestore.SERVER_TIMESTAMP,
    }


async def commit_chunk(db: firestore.AsyncClient, uid: str, dataset: Snapshot, parsed: Parsed) -> bool:
    """Apply a chunk once; False when another delivery of the upload, or its deletion, was first.

    The last one also adds the data set to those of its user, whose document must exist.
    """
    document = fields(dataset)
    number: int = document["next_chunk"]
    filed = await _file(db, dataset, parsed)
    if filed is None:
        return False
    batch = db.batch()
    changes = _progress(document, parsed) | {"shards": filed.names}
    kept = document["reject_chunks"]
    if parsed.batch.rejects and len(kept) < REJECT_PARTS:
        changes["reject_chunks"] = [*kept, number]
        batch.set(db.document(paths.rejects(uid, dataset.id, number)), rejects_document(parsed.batch.rejects))
    batch.update(dataset.reference, changes, option=db.write_option(last_update_time=updated(dataset)))
    add_shards(batch, dataset.reference, filed)
    _add_state(db, batch, uid, dataset.id, parsed.state)
    if parsed.is_last:
        batch.update(db.document(paths.user(uid)), {"datasets": firestore.ArrayUnion([dataset.id])})
    return await applied(db, batch, dataset.reference, filed)


async def applied(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, target: firestore.AsyncDocumentReference, filed: Filed
) -> bool:
    """Commit under a guard; False: lost, and what was staged for it is gone."""
    try:
        await batch.commit(timeout=RPC_S)
    except _LOST:
        await discard(db, target, filed)
        return False
    return True


def rejects_document(rejects: Iterable[Reject]) -> Document:
    """The rejected rows of one part, as they are stored."""
    return {
        "v": SCHEMA_VERSION,
        "rejects": [{"line": reject.line, "reason": reject.reason} for reject in rejects],
    }


def with_notes(before: list[str], notes: Iterable[str]) -> list[str]:
    """Notes on how the data were read, each once; bounded, as a file may have a note in every part."""
    return list(dict.fromkeys([*before, *(note[:_NOTE_LENGTH] for note in notes)]))[:_NOTES]


async def _file(db: firestore.AsyncClient, dataset: Snapshot, parsed: Parsed) -> Filed | None:
    """File what the part gave; at the end, with what came in the last line, everything."""
    document = fields(dataset)
    place = Place(db, dataset.reference, document["shards"], document["next_chunk"])
    return await file_shards(place, parsed.shards, limit=SETTLED if parsed.is_last else LOOSE)


def shards_of(batch: ImportBatch) -> list[bytes]:
    """The shards of a batch: none without a row."""
    return batch.rollup.shards() if batch.rows else []


def _progress(document: Document, parsed: Parsed) -> Document:
    return {
        "rows": firestore.Increment(parsed.batch.rows),
        "rejects": firestore.Increment(parsed.batch.rejected),
        "bytes": firestore.Increment(parsed.size),
        "next_chunk": document["next_chunk"] + (not parsed.is_last),
        "status": "ready" if parsed.is_last else "receiving",
        "notes": with_notes(document["notes"], parsed.batch.notes),
    }


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

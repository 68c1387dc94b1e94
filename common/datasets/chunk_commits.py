"""The batches of an import: one per chunk, guarded by the dataset's update time, so that a chunk counts once."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.documents import SERVER_TIME, DatasetDocument, RejectedRow, RejectsDocument, SharedRows
from common.datasets.arrivals import note_file
from common.datasets.datasets import shared_parts
from common.datasets.overlap import Overlap, days_of, overlap_notes
from common.datasets.row_hashes import WrittenBlobs, discard_blobs, write_blobs
from common.datasets.row_index import add_index, index_of, leave_index
from common.datasets.shard_files import (
    ShardTarget,
    ShardUpdate,
    add_shards,
    all_shards,
    discard,
    file_shards,
)
from common.errors import ApexError
from common.spend import ImportBatch, Reject, Rollup
from common.spend.rollup.shards import Shard
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import RPC_S, SCHEMA_VERSION, Document, Snapshot, fields, updated
from common.store.commits import REFUSED

IMPORT_KEPT = timedelta(days=1)
"""How long an upload that is not completed may be resumed."""

REJECT_PARTS = 100
"""Parts of a dataset whose rejected rows are kept with their reasons; all are counted."""

_NOTES = 20
_NOTE_LENGTH = 500


@dataclass(frozen=True, kw_only=True)
class ParsedChunk:
    """What one chunk holds: rows and rejects, rollup shards, and the importer's state (None: the file is complete).

    `shards` are of the rows that no other dataset holds, `shared` of the others: by holders, with the number of rows.
    """

    batch: ImportBatch
    shards: list[Shard]
    size: int
    state: bytes | None
    shared: dict[tuple[str, ...], tuple[int, list[Shard]]] = field(default_factory=dict)

    @property
    def is_last(self) -> bool:
        """True at the end of the file."""
        return self.state is None


@dataclass(frozen=True)
class Upload:
    """An upload as it was read: its dataset, the importer's state, and the index of its user's row hashes."""

    dataset: Snapshot
    state: Snapshot
    index: Snapshot

    @property
    def document(self) -> Document:
        """The dataset's fields."""
        return fields(self.dataset)


def new_dataset(name: str, model: str | None, content_sha256: str | None = None) -> Document:
    """The first form of a dataset's document: nothing received."""
    return DatasetDocument(
        name=name,
        model=model,
        status="receiving",
        rows=0,
        rejects=0,
        bytes=0,
        next_chunk=0,
        shards=[],
        reject_chunks=[],
        notes=[],
        created_at=SERVER_TIME,
        content_sha256=content_sha256,
    ).stored()


async def commit_chunk(
    db: firestore.AsyncClient, uid: str, upload: Upload, chunk: ParsedChunk, overlap: Overlap
) -> bool:
    """Apply a chunk once; False when another delivery of it, another upload of the user, or a deletion was first.

    The last chunk also registers the dataset with its user, whose document must exist, and queues it for the
    verification of savings.
    """
    dataset = upload.dataset
    shared = _with_shared(upload.document, chunk)
    updates = await _file_shards(db, dataset, chunk, shared)
    if updates is None:
        return False
    batch = db.batch()
    changes = _progress(upload.document, chunk) | DatasetDocument.changes(shards=updates[0].names)
    changes["notes"] = with_notes(list(overlap.notes), changes["notes"])
    if chunk.is_last:
        on_overlap = await overlap_notes(db, uid, shared, upload.document["rows"] + chunk.batch.rows)
        changes["notes"] = with_notes(on_overlap, changes["notes"])
    if shared:
        parts = [
            SharedRows(also_in=part.also_in, shards=each.names, rows=part.rows)
            for part, each in zip(shared, updates[1:], strict=True)
        ]
        changes |= DatasetDocument.changes(shared=parts)
    changes |= _add_rejects(db, batch, uid, dataset, chunk)
    batch.update(dataset.reference, changes, option=db.write_option(last_update_time=updated(dataset)))
    for each in updates:
        add_shards(batch, dataset.reference, each)
    _add_state(db, batch, uid, dataset.id, chunk.state)
    if chunk.is_last:
        batch.update(db.document(paths.user(uid)), {"datasets": firestore.ArrayUnion([dataset.id])})
        note_file(db, batch, uid=uid, dataset_id=dataset.id)
    written = await _add_hashes(db, batch, upload, chunk, overlap)
    if await commit_or_discard(db, batch, dataset.reference, updates):
        return True
    await discard_blobs(db, uid, dataset.id, written)
    return False


def _add_rejects(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, uid: str, dataset: Snapshot, chunk: ParsedChunk
) -> Document:
    """Keep the rejected rows of the first chunks that have some; returns the changed fields."""
    document = fields(dataset)
    number, earlier = document["next_chunk"], document["reject_chunks"]
    if not chunk.batch.rejects or len(earlier) >= REJECT_PARTS:
        return {}
    batch.set(db.document(paths.rejects(uid, dataset.id, number)), rejects_document(chunk.batch.rejects))
    return DatasetDocument.changes(reject_chunks=[*earlier, number])


async def commit_or_discard(
    db: firestore.AsyncClient,
    batch: AsyncWriteBatch,
    target: firestore.AsyncDocumentReference,
    updates: Sequence[ShardUpdate],
) -> bool:
    """Commit under a guard; False: lost, and what was staged for it is deleted.

    After any other error the commit may still arrive: what is staged must stay, and the part is sent again.
    """
    try:
        await batch.commit(timeout=RPC_S)
    except REFUSED:
        await discard(db, target, updates)
        return False
    return True


def rejects_document(rejects: Iterable[Reject]) -> Document:
    """The rejected rows of one part, as they are stored."""
    return RejectsDocument(
        rejects=[RejectedRow(line=reject.line, reason=reject.reason) for reject in rejects],
    ).stored()


def with_notes(before: list[str], notes: Iterable[str]) -> list[str]:
    """Notes on how the data were read, each once; bounded, as a file may have a note in every part."""
    return list(dict.fromkeys([*before, *(note[:_NOTE_LENGTH] for note in notes)]))[:_NOTES]


def _with_shared(document: Document, chunk: ParsedChunk) -> list[SharedRows]:
    """The parts of rows that other datasets hold, as the document has them, with those of a chunk."""
    rows: dict[tuple[str, ...], int] = {holders: rows for holders, (rows, _) in chunk.shared.items()}
    earlier = [
        SharedRows(
            also_in=part["also_in"],
            shards=part["shards"],
            rows=part["rows"] + rows.pop(tuple(part["also_in"]), 0),
        )
        for part in shared_parts(document)
    ]
    return earlier + [SharedRows(also_in=list(holders), shards=[], rows=count) for holders, count in rows.items()]


async def _file_shards(
    db: firestore.AsyncClient, dataset: Snapshot, chunk: ParsedChunk, shared: list[SharedRows]
) -> list[ShardUpdate] | None:
    """File what the chunk gave, its own rows first; at the end, with what came in the last line, everything."""
    document = fields(dataset)
    number = document["next_chunk"]
    own = ShardTarget(db, dataset.reference, document["shards"], number)
    updates = [await file_shards(own, chunk.shards, is_last=chunk.is_last)]
    for place, part in enumerate(shared):
        _, shards = chunk.shared.get(tuple(part.also_in), (0, []))
        target = ShardTarget(db, dataset.reference, part.shards, number, f"s{place:02}-")
        updates.append(await file_shards(target, shards, is_last=chunk.is_last))
    good = [each for each in updates if each is not None]
    if len(good) < len(updates):
        await discard(db, dataset.reference, good)
        return None
    return good


async def _add_hashes(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, upload: Upload, chunk: ParsedChunk, overlap: Overlap
) -> WrittenBlobs:
    """Write the hashes of a chunk's rows, and list them in the index with its batch."""
    days, hashes = days_of(chunk.batch), chunk.batch.hashes
    if days is None or hashes is None:
        return WrittenBlobs(blobs=[], replaced=None)
    dataset, index = upload.dataset, index_of(upload.index)
    written = await write_blobs(db, dataset, index, hashes, days)
    left = [blob for blob in index.get(dataset.id, ()) if blob != written.replaced]
    index[dataset.id] = [*left, *written.blobs]
    there = {
        name: [blob for blob in blobs if (name, blob.name) not in overlap.missing] for name, blobs in index.items()
    }
    add_index(db, batch, upload.index, {name: blobs for name, blobs in there.items() if blobs})
    if written.replaced is not None:
        batch.delete(dataset.reference.collection(paths.ROW_HASHES).document(written.replaced.name))
    return written


def shards_of(rollup: Rollup) -> list[Shard]:
    """The shards of a rollup: none without a row."""
    return rollup.shards() if rollup.first is not None else []


def _progress(document: Document, chunk: ParsedChunk) -> Document:
    unread = chunk.batch.unread_usd
    return DatasetDocument.changes(
        **({"unread_usd": firestore.Increment(unread)} if unread else {}),
        rows=firestore.Increment(chunk.batch.rows),
        rejects=firestore.Increment(chunk.batch.rejected),
        bytes=firestore.Increment(chunk.size),
        next_chunk=document["next_chunk"] + (not chunk.is_last),
        status="ready" if chunk.is_last else "receiving",
        notes=with_notes(document["notes"], chunk.batch.notes),
    )


def _add_state(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, uid: str, dataset_id: str, state: bytes | None
) -> None:
    reference = db.document(paths.import_state(uid, dataset_id))
    if state is None:
        batch.delete(reference)
        return
    expires = datetime.now(UTC) + IMPORT_KEPT
    batch.set(reference, {"v": SCHEMA_VERSION, "uid": uid, "state": state, "expire_at": expires})


async def abandon(db: firestore.AsyncClient, uid: str, dataset: Snapshot, error: ApexError) -> None:
    """Mark a dataset as failed, with the reason for its owner, and delete what was stored of the file."""
    document = dataset.to_dict() or {}
    batch = db.batch()
    changes = DatasetDocument.changes(
        status="failed", shards=[], shared=firestore.DELETE_FIELD, error=error.as_json()["error"]
    )
    batch.update(dataset.reference, changes)
    for shard in all_shards(document):
        batch.delete(dataset.reference.collection(paths.ROLLUPS).document(shard))
    batch.delete(db.document(paths.import_state(uid, dataset.id)))
    with contextlib.suppress(exceptions.NotFound):  # its owner has deleted it meanwhile
        await batch.commit(timeout=RPC_S)
    bulk = BulkWriter(db)
    await bulk.delete_all(dataset.reference.collection(paths.ROW_HASHES))
    await bulk.flush()
    await leave_index(db, uid, dataset.id)

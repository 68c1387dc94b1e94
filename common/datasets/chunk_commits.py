"""The batches of an import: one per chunk, guarded by the data set's update time, so that a chunk counts once."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.datasets.arrivals import note_file
from common.datasets.overlap import Compared, days_of, notes_on
from common.datasets.row_hashes import Added, discard_blobs, write_blobs
from common.datasets.row_index import add_index, index_of, leave_index
from common.datasets.shard_files import LOOSE, SETTLED, Filed, Place, add_shards, all_shards, discard, file_shards
from common.errors import ApexError
from common.spend import ImportBatch, Reject, Rollup
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import RPC_S, SCHEMA_VERSION, Document, Snapshot, fields, updated
from common.store.commits import REFUSED

IMPORT_KEPT = timedelta(days=1)
"""How long an upload that is not completed may be taken up again."""


REJECT_PARTS = 100
"""Parts of a data set whose rejected rows are kept with their reasons; all are counted."""

_NOTES = 20
_NOTE_LENGTH = 500


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What one chunk gave: rows and rejects, rollup shards, and the importer's state (None: the file is complete).

    `shards` are of the rows that no other data set holds, `shared` of the others: by holders, with the number of rows.
    """

    batch: ImportBatch
    shards: list[bytes]
    size: int
    state: bytes | None
    shared: dict[tuple[str, ...], tuple[int, list[bytes]]] = field(default_factory=dict)

    @property
    def is_last(self) -> bool:
        """True at the end of the file."""
        return self.state is None


@dataclass(frozen=True)
class Upload:
    """An upload as it was read: its data set, the importer's state, and the index of its user's row hashes."""

    dataset: Snapshot
    state: Snapshot
    index: Snapshot

    @property
    def document(self) -> Document:
        """The data set's fields."""
        return fields(self.dataset)


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


async def commit_chunk(db: firestore.AsyncClient, uid: str, upload: Upload, parsed: Parsed, compared: Compared) -> bool:
    """Apply a chunk once; False when another delivery of it, another upload of the user, or a deletion was first.

    The last one also adds the data set to those of its user, whose document must exist, and has savings verified by it.
    """
    dataset = upload.dataset
    shared = _with_shared(upload.document, parsed)
    filed = await _file(db, dataset, parsed, shared)
    if filed is None:
        return False
    batch = db.batch()
    changes = _progress(upload.document, parsed) | {"shards": filed[0].names}
    changes["notes"] = with_notes(list(compared.notes), changes["notes"])
    if parsed.is_last:
        told = await notes_on(db, uid, shared, upload.document["rows"] + parsed.batch.rows)
        changes["notes"] = with_notes(told, changes["notes"])
    if shared:
        changes["shared"] = [part | {"shards": each.names} for part, each in zip(shared, filed[1:], strict=True)]
    changes |= _add_rejects(db, batch, uid, dataset, parsed)
    batch.update(dataset.reference, changes, option=db.write_option(last_update_time=updated(dataset)))
    for each in filed:
        add_shards(batch, dataset.reference, each)
    _add_state(db, batch, uid, dataset.id, parsed.state)
    if parsed.is_last:
        batch.update(db.document(paths.user(uid)), {"datasets": firestore.ArrayUnion([dataset.id])})
        note_file(db, batch, uid=uid, dataset_id=dataset.id)
    added = await _add_hashes(db, batch, upload, parsed, compared)
    if await applied(db, batch, dataset.reference, filed):
        return True
    await discard_blobs(db, uid, dataset.id, added)
    return False


def _add_rejects(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, uid: str, dataset: Snapshot, parsed: Parsed
) -> Document:
    """Keep the rejected rows of the first chunks that have some; returns the changed fields."""
    document = fields(dataset)
    number, kept = document["next_chunk"], document["reject_chunks"]
    if not parsed.batch.rejects or len(kept) >= REJECT_PARTS:
        return {}
    batch.set(db.document(paths.rejects(uid, dataset.id, number)), rejects_document(parsed.batch.rejects))
    return {"reject_chunks": [*kept, number]}


async def applied(
    db: firestore.AsyncClient,
    batch: AsyncWriteBatch,
    target: firestore.AsyncDocumentReference,
    filed: Sequence[Filed],
) -> bool:
    """Commit under a guard; False: lost, and what was staged for it is gone.

    After any other error the commit may still arrive: what is staged must stay, and the part is sent again.
    """
    try:
        await batch.commit(timeout=RPC_S)
    except REFUSED:
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


def _with_shared(document: Document, parsed: Parsed) -> list[Document]:
    """The parts of rows that other data sets hold, as the document has them, with those of a chunk."""
    rows: dict[tuple[str, ...], int] = {holders: rows for holders, (rows, _) in parsed.shared.items()}
    before: list[Document] = document.get("shared", [])
    known = [part | {"rows": part["rows"] + rows.pop(tuple(part["also_in"]), 0)} for part in before]
    return known + [{"also_in": list(holders), "shards": [], "rows": count} for holders, count in rows.items()]


async def _file(
    db: firestore.AsyncClient, dataset: Snapshot, parsed: Parsed, shared: list[Document]
) -> list[Filed] | None:
    """File what the chunk gave, its own rows first; at the end, with what came in the last line, everything."""
    document = fields(dataset)
    limit, number = SETTLED if parsed.is_last else LOOSE, document["next_chunk"]
    filed = [await file_shards(Place(db, dataset.reference, document["shards"], number), parsed.shards, limit=limit)]
    for place, part in enumerate(shared):
        _, shards = parsed.shared.get(tuple(part["also_in"]), (0, []))
        where = Place(db, dataset.reference, part["shards"], number, f"s{place:02}-")
        filed.append(await file_shards(where, shards, limit=limit))
    good = [each for each in filed if each is not None]
    if len(good) < len(filed):
        await discard(db, dataset.reference, good)
        return None
    return good


async def _add_hashes(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, upload: Upload, parsed: Parsed, compared: Compared
) -> Added:
    """Write the hashes of a chunk's rows, and add to its batch that they are there."""
    days, hashes = days_of(parsed.batch), parsed.batch.hashes
    if days is None or hashes is None:
        return Added(blobs=[], replaced=None)
    dataset, index = upload.dataset, index_of(upload.index)
    added = await write_blobs(db, dataset, index, hashes, days)
    left = [kept for kept in index.get(dataset.id, ()) if kept != added.replaced]
    index[dataset.id] = [*left, *added.blobs]
    there = {name: [kept for kept in blobs if (name, kept.name) not in compared.gone] for name, blobs in index.items()}
    add_index(db, batch, upload.index, {name: blobs for name, blobs in there.items() if blobs})
    if added.replaced is not None:
        batch.delete(dataset.reference.collection(paths.ROW_HASHES).document(added.replaced.name))
    return added


def shards_of(rollup: Rollup) -> list[bytes]:
    """The shards of a rollup: none without a row."""
    return rollup.shards() if rollup.first is not None else []


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


async def abandon(db: firestore.AsyncClient, uid: str, dataset: Snapshot, error: ApexError) -> None:
    """Mark a data set as failed, with the reason for its owner, and take back what was stored of the file."""
    document = dataset.to_dict() or {}
    batch = db.batch()
    changes = {"status": "failed", "shards": [], "shared": firestore.DELETE_FIELD, "error": error.as_json()["error"]}
    batch.update(dataset.reference, changes)
    for shard in all_shards(document):
        batch.delete(dataset.reference.collection(paths.ROLLUPS).document(shard))
    batch.delete(db.document(paths.import_state(uid, dataset.id)))
    with contextlib.suppress(exceptions.NotFound):  # deleted meanwhile, by its owner
        await batch.commit(timeout=RPC_S)
    bulk = BulkWriter(db)
    await bulk.delete_all(dataset.reference.collection(paths.ROW_HASHES))
    await bulk.flush()
    await leave_index(db, uid, dataset.id)

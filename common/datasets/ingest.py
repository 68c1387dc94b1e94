"""Imports a file, chunk by chunk: each chunk is parsed on arrival and committed once, under the dataset's fence."""

import asyncio
import contextlib
import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from google.api_core import exceptions
from google.cloud import firestore

from common.accounts.users import ensure_user, refuse_moving
from common.core.user import UserContext
from common.datasets.chunk_commits import ParsedChunk, Upload, abandon, commit_chunk, new_dataset, shards_of
from common.datasets.chunks import DATASET_BYTES, human_size
from common.datasets.datasets import delete_dataset, shared_parts
from common.datasets.overlap import OverlapSearch
from common.datasets.row_index import index_of
from common.errors import ApexError, ErrorCode
from common.spend import ImportBatch, Importer, ImportFailed
from common.spend.logs.overlap.split import OverlapSplit
from common.store import paths
from common.store.client import Document, Snapshot, read_all, updated

_TRIES = 24
_WAIT_MS = 40
"""Uploads of one user take turns at the index of row hashes: of three at once each loses two tries of three."""
_STATE_BYTES = 1_000_000
"""Less than a document's 1 MiB."""


@dataclass(frozen=True)
class UploadProgress:
    """Rows counted and rejected so far."""

    rows: int
    rejects: int


class IngestionService:
    """The uploads of one user, for one request."""

    def __init__(self, db: firestore.AsyncClient, user: UserContext) -> None:
        self._db = db
        self._user = user
        self._parsed_chunk: tuple[datetime, ParsedChunk] | None = None
        """The chunk of this request as it was parsed, and the update time of the dataset that it was parsed for."""

    async def begin(
        self, *, client_request_id: str, name: str, model: str | None, content_sha256: str | None = None
    ) -> str:
        """Create the dataset of a request id, or find the one that it created before; returns its id."""
        (user,) = await read_all(self._db, [paths.user(self._user.uid)])
        refuse_moving(user)
        dataset_id = hashlib.sha256(f"{self._user.uid}|dataset|{client_request_id}".encode()).hexdigest()[:32]
        document = new_dataset(name, model, content_sha256)
        with contextlib.suppress(exceptions.AlreadyExists):  # the same request again
            await self._db.document(paths.dataset(self._user.uid, dataset_id)).create(document)
        return dataset_id

    async def read(self, dataset_id: str) -> Document:
        """The dataset's document, so that an upload can be resumed."""
        upload = await self._read(dataset_id)
        document = upload.document
        if document["status"] == "deleting":
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)
        if document["status"] == "receiving":
            _refuse_expired(document, upload.state)
        return document

    async def receive(self, dataset_id: str, *, number: int, piece: bytes) -> UploadProgress:
        """Parse and commit chunk `number`; raises ApexError when it is not its turn or the file is not usable."""
        for attempt in range(_TRIES):
            upload = await self._read(dataset_id)
            document = upload.document
            if number < document["next_chunk"]:
                return UploadProgress(document["rows"], document["rejects"])
            self._check(document, upload.state, number, len(piece))
            progress = await self._advance(upload, piece)
            if progress is not None:
                return progress
            await _wait(attempt)
        raise ApexError(ErrorCode.BUSY)

    async def complete(self, dataset_id: str, *, chunks: int) -> UploadProgress:
        """Count the last line, and make the dataset one that can be asked about."""
        for attempt in range(_TRIES):
            upload = await self._read(dataset_id)
            document = upload.document
            if document["status"] == "ready":
                return UploadProgress(document["rows"], document["rejects"])
            self._check(document, upload.state, chunks, 0)
            await ensure_user(self._db, self._user)
            progress = await self._advance(upload, None)
            if progress is not None:
                return progress
            await _wait(attempt)
        raise ApexError(ErrorCode.BUSY)

    async def _advance(self, upload: Upload, piece: bytes | None) -> UploadProgress | None:
        """One try to count a piece (None: the end of the file); None when somebody else was first."""
        document = upload.document
        chunk = await self._parse(upload, piece)
        search = OverlapSearch(self._db, self._user.uid, index_of(upload.index))
        overlap = await search.find(upload.dataset.id, chunk.batch, shared_parts(document))
        if overlap.split is not None:
            state = upload.state.to_dict() or {}
            chunk = await asyncio.to_thread(_split, chunk, document, state, piece, overlap.split)
        if not await commit_chunk(self._db, self._user.uid, upload, chunk, overlap):
            return None
        return UploadProgress(document["rows"] + chunk.batch.rows, document["rejects"] + chunk.batch.rejected)

    async def delete(self, dataset_id: str) -> None:
        """Delete a dataset, or abandon an upload; what threads say about it stays."""
        (user,) = await read_all(self._db, [paths.user(self._user.uid)])
        refuse_moving(user)
        if not dataset_id.isalnum() or not await delete_dataset(self._db, uid=self._user.uid, dataset_id=dataset_id):
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)

    async def _read(self, dataset_id: str) -> Upload:
        if not dataset_id.isalnum():
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)
        uid = self._user.uid
        documents = [paths.dataset(uid, dataset_id), paths.import_state(uid, dataset_id), paths.row_index(uid)]
        upload = Upload(*await read_all(self._db, documents))
        if not upload.dataset.exists:
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)
        return upload

    @staticmethod
    def _check(document: Document, state: Snapshot, number: int, size: int) -> None:
        if document["status"] != "receiving":
            raise ApexError(ErrorCode.DATASET_CLOSED)
        _refuse_expired(document, state)
        if number != document["next_chunk"]:
            raise ApexError(ErrorCode.CHUNK_OUT_OF_ORDER, expected=document["next_chunk"], got=number)
        if document["bytes"] + size > DATASET_BYTES:
            raise ApexError(ErrorCode.DATASET_TOO_LARGE, limit=human_size(DATASET_BYTES))

    async def _parse(self, upload: Upload, piece: bytes | None) -> ParsedChunk:
        """Parse a piece (None: the end of the file) off the event loop; an unusable file leaves nothing.

        A try that lost to another upload of the user does not parse again: its own dataset is as it was.
        """
        dataset = upload.dataset
        if self._parsed_chunk is None or self._parsed_chunk[0] != updated(dataset):
            state = upload.state.to_dict() or {}
            try:
                chunk = await asyncio.to_thread(_parse, upload.document, state, piece)
            except ImportFailed as failure:
                error = ApexError(ErrorCode(failure.code), **failure.details)
                await abandon(self._db, self._user.uid, dataset, error)
                raise error from failure
            self._parsed_chunk = (updated(dataset), chunk)
        return self._parsed_chunk[1]


async def _wait(attempt: int) -> None:
    """Before the next try; whoever was first may continue at once."""
    await asyncio.sleep(secrets.randbelow(_WAIT_MS * (attempt + 1)) / 1000)


def _refuse_expired(document: Document, state: Snapshot) -> None:
    """Without the importer's state a later chunk would be read as the beginning of a file."""
    if document["next_chunk"] > 0 and not state.exists:
        raise ApexError(ErrorCode.UPLOAD_EXPIRED)


def _parse(dataset: Document, state: Document, piece: bytes | None) -> ParsedChunk:
    importer = Importer(dataset["model"], state.get("state"), hashed=True)
    if piece is None:
        batch = _finish(importer, dataset)
        return ParsedChunk(batch=batch, shards=shards_of(batch.rollup), size=0, state=None)
    importer.feed(piece)
    batch = importer.take()
    return ParsedChunk(batch=batch, shards=shards_of(batch.rollup), size=len(piece), state=_bounded(importer.state()))


def _split(
    chunk: ParsedChunk, dataset: Document, state: Document, piece: bytes | None, split: OverlapSplit
) -> ParsedChunk:
    """Parse again, with the rows that other datasets hold apart: rows are not kept."""
    importer = Importer(dataset["model"], state.get("state"), codes=split.codes)
    importer.feed(piece or b"")
    if piece is None:
        importer.finish()
    batch = importer.take()
    counts = split.rows
    shared = {
        holders: (counts[holders], shards_of(rollup))
        for holders, rollup in zip(split.holders, batch.parts, strict=False)
        if counts[holders]
    }
    return replace(chunk, shards=shards_of(batch.rollup), shared=shared)


def _bounded(state: bytes) -> bytes:
    """A state that fits a document: it holds the JSON record that the piece ends in."""
    if len(state) > _STATE_BYTES:
        reason = "one of its records is too long. Export it as JSON lines with one request per line, or as CSV."
        raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=reason)
    return state


def _finish(importer: Importer, document: Document) -> ImportBatch:
    importer.finish()
    batch = importer.take()
    if document["rows"] + batch.rows == 0:
        first = batch.rejects[0].reason if batch.rejects else "it is empty."
        raise ImportFailed(ErrorCode.NO_USABLE_ROWS, reason=first)
    return batch

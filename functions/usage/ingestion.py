"""Takes a file in, chunk by chunk: each chunk is parsed on arrival and committed once, under the data set's fence."""

import asyncio
import contextlib
import hashlib
from dataclasses import dataclass

from google.api_core import exceptions
from google.cloud import firestore

from common.errors import ApexError, ErrorCode
from common.identity.context import UserContext
from common.spend import ImportBatch, Importer, ImportFailed
from common.store import paths
from common.store.client import Document, Snapshot, fields, read_all
from common.store.datasets import delete_dataset
from common.store.users import ensure_user, refuse_moving
from functions.usage.chunks import DATASET_BYTES, human_size
from functions.usage.commits import Parsed, abandon, commit_chunk, new_dataset, shards_of

_TRIES = 5
_STATE_BYTES = 1_000_000
"""Less than a document's 1 MiB."""


@dataclass(frozen=True)
class Progress:
    """Rows counted and rejected so far."""

    rows: int
    rejects: int


class IngestionService:
    """The uploads of one user, for one request."""

    def __init__(self, db: firestore.AsyncClient, user: UserContext) -> None:
        self._db = db
        self._user = user

    async def begin(
        self, *, client_request_id: str, name: str, model: str | None, content_sha256: str | None = None
    ) -> str:
        """Create the data set of a request id, or find the one that it became; returns its id."""
        (user,) = await read_all(self._db, [paths.user(self._user.uid)])
        refuse_moving(user)
        dataset_id = hashlib.sha256(f"{self._user.uid}|dataset|{client_request_id}".encode()).hexdigest()[:32]
        document = new_dataset(name, model)
        if content_sha256 is not None:
            document["content_sha256"] = content_sha256
        with contextlib.suppress(exceptions.AlreadyExists):  # the same request again
            await self._db.document(paths.dataset(self._user.uid, dataset_id)).create(document)
        return dataset_id

    async def read(self, dataset_id: str) -> Document:
        """The data set's document, so that an upload can be gone on with."""
        dataset, state = await self._read(dataset_id)
        document = fields(dataset)
        if document["status"] == "deleting":
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)
        if document["status"] == "receiving":
            _refuse_expired(document, state)
        return document

    async def receive(self, dataset_id: str, *, number: int, piece: bytes) -> Progress:
        """Parse and commit chunk `number`; raises ApexError when it is not its turn or the file is not usable."""
        for _ in range(_TRIES):
            dataset, state = await self._read(dataset_id)
            document = dataset.to_dict() or {}
            if number < document["next_chunk"]:
                return Progress(document["rows"], document["rejects"])
            self._check(document, state, number, len(piece))
            parsed = await self._parse(dataset, state, piece)
            if await commit_chunk(self._db, self._user.uid, dataset, parsed):
                return Progress(document["rows"] + parsed.batch.rows, document["rejects"] + parsed.batch.rejected)
        raise ApexError(ErrorCode.BUSY)

    async def complete(self, dataset_id: str, *, chunks: int) -> Progress:
        """Count the last line, and make the data set one that can be asked about."""
        for _ in range(_TRIES):
            dataset, state = await self._read(dataset_id)
            document = dataset.to_dict() or {}
            if document["status"] != "ready":
                self._check(document, state, chunks, 0)
                parsed = await self._parse(dataset, state, None)
                await ensure_user(self._db, self._user)
                if not await commit_chunk(self._db, self._user.uid, dataset, parsed):
                    continue
                document["rows"] += parsed.batch.rows
                document["rejects"] += parsed.batch.rejected
            return Progress(document["rows"], document["rejects"])
        raise ApexError(ErrorCode.BUSY)

    async def delete(self, dataset_id: str) -> None:
        """Delete a data set, or give up an upload; what threads say of it stays."""
        (user,) = await read_all(self._db, [paths.user(self._user.uid)])
        refuse_moving(user)
        if not dataset_id.isalnum() or not await delete_dataset(self._db, uid=self._user.uid, dataset_id=dataset_id):
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)

    async def _read(self, dataset_id: str) -> tuple[Snapshot, Snapshot]:
        if not dataset_id.isalnum():
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)
        dataset, state = await read_all(
            self._db, [paths.dataset(self._user.uid, dataset_id), paths.import_state(self._user.uid, dataset_id)]
        )
        if not dataset.exists:
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)
        return dataset, state

    @staticmethod
    def _check(document: Document, state: Snapshot, number: int, size: int) -> None:
        if document["status"] != "receiving":
            raise ApexError(ErrorCode.DATASET_CLOSED)
        _refuse_expired(document, state)
        if number != document["next_chunk"]:
            raise ApexError(ErrorCode.CHUNK_OUT_OF_ORDER, expected=document["next_chunk"], got=number)
        if document["bytes"] + size > DATASET_BYTES:
            raise ApexError(ErrorCode.DATASET_TOO_LARGE, limit=human_size(DATASET_BYTES))

    async def _parse(self, dataset: Snapshot, state: Snapshot, piece: bytes | None) -> Parsed:
        """Parse a piece (None: the end of the file) off the event loop; an unusable file leaves nothing."""
        try:
            return await asyncio.to_thread(_parse, dataset.to_dict() or {}, state.to_dict() or {}, piece)
        except ImportFailed as failure:
            error = ApexError(ErrorCode(failure.code), **failure.details)
            await abandon(self._db, dataset, paths.import_state(self._user.uid, dataset.id), error)
            raise error from failure


def _refuse_expired(document: Document, state: Snapshot) -> None:
    """Without the importer's state a later chunk would be read as the beginning of a file."""
    if document["next_chunk"] > 0 and not state.exists:
        raise ApexError(ErrorCode.UPLOAD_EXPIRED)


def _parse(dataset: Document, state: Document, piece: bytes | None) -> Parsed:
    importer = Importer(dataset["model"], state.get("state"))
    if piece is None:
        batch = _finish(importer, dataset)
        return Parsed(batch=batch, shards=shards_of(batch), size=0, state=None)
    importer.feed(piece)
    batch = importer.take()
    return Parsed(batch=batch, shards=shards_of(batch), size=len(piece), state=_bounded(importer.state()))


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

"""Takes a file in, chunk by chunk: each chunk is parsed on arrival and committed once, under the data set's fence."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta

from google.api_core import exceptions
from google.cloud import firestore

from common.errors import ApexError, ErrorCode
from common.identity.context import UserContext
from common.spend import ImportBatch, Importer, ImportFailed
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document, Snapshot, read_all
from common.store.users import add_to_user
from functions.usage.chunks import DATASET_BYTES
from functions.usage.commits import ChunkCommit, abandon, commit_chunk

IMPORT_KEPT = timedelta(days=1)
_TRIES = 5


@dataclass(frozen=True)
class Progress:
    """Rows counted and rejected so far."""

    rows: int
    rejects: int


def human_size(size: int) -> str:
    """Bytes in words that a customer reads: '512 MiB'."""
    return f"{size // (1024 * 1024)} MiB"


class IngestionService:
    """The uploads of one user, for one request."""

    def __init__(self, db: firestore.AsyncClient, user: UserContext) -> None:
        self._db = db
        self._user = user

    async def begin(self, *, client_request_id: str, name: str, model: str | None) -> str:
        """Create the data set of a request id, or find the one that it became; returns its id."""
        dataset_id = hashlib.sha256(f"{self._user.uid}|dataset|{client_request_id}".encode()).hexdigest()[:32]
        document: Document = {
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
            "created_at": firestore.SERVER_TIMESTAMP,
        }
        try:
            await self._db.document(paths.dataset(self._user.uid, dataset_id)).create(document)
        except exceptions.AlreadyExists:
            return dataset_id  # the same request again
        return dataset_id

    async def receive(self, dataset_id: str, *, number: int, piece: bytes) -> Progress:
        """Parse and commit chunk `number`; raises ApexError when it is not its turn or the file is not usable."""
        for _ in range(_TRIES):
            dataset, state = await self._read(dataset_id)
            document = dataset.to_dict() or {}
            if number < document["next_chunk"]:
                return Progress(document["rows"], document["rejects"])
            self._check(document, number, len(piece))
            importer = Importer(document["model"], (state.to_dict() or {}).get("state"))
            batch = await self._parse(dataset, importer, piece)
            if await commit_chunk(self._db, self._commit(dataset, importer, batch, len(piece))):
                return Progress(document["rows"] + batch.rows, document["rejects"] + batch.rejected)
        raise ApexError(ErrorCode.BUSY)

    async def complete(self, dataset_id: str, *, chunks: int) -> Progress:
        """Count the last line, and make the data set one that can be asked about."""
        for _ in range(_TRIES):
            dataset, state = await self._read(dataset_id)
            document = dataset.to_dict() or {}
            if document["status"] != "ready":
                self._check(document, chunks, 0)
                importer = Importer(document["model"], (state.to_dict() or {}).get("state"))
                batch = await self._parse(dataset, importer, None)
                commit = self._commit(dataset, importer, batch, 0, completes=True)
                if not await commit_chunk(self._db, commit):
                    continue
                document["rows"] += batch.rows
                document["rejects"] += batch.rejected
            await add_to_user(self._db, self._user, {"datasets": firestore.ArrayUnion([dataset_id])})
            return Progress(document["rows"], document["rejects"])
        raise ApexError(ErrorCode.BUSY)

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
    def _check(document: Document, number: int, size: int) -> None:
        if document["status"] != "receiving":
            raise ApexError(ErrorCode.DATASET_CLOSED)
        if number != document["next_chunk"]:
            raise ApexError(ErrorCode.CHUNK_OUT_OF_ORDER, expected=document["next_chunk"], got=number)
        if document["bytes"] + size > DATASET_BYTES:
            raise ApexError(ErrorCode.DATASET_TOO_LARGE, limit=human_size(DATASET_BYTES))

    async def _parse(self, dataset: Snapshot, importer: Importer, piece: bytes | None) -> ImportBatch:
        """Parse a piece (None: the end of the file) off the event loop; an unusable file leaves nothing."""
        try:
            if piece is None:
                return await asyncio.to_thread(_finish, importer, dataset.to_dict() or {})
            await asyncio.to_thread(importer.feed, piece)
            return await asyncio.to_thread(importer.take)
        except ImportFailed as failure:
            error = ApexError(ErrorCode(failure.code), **failure.details)
            await abandon(self._db, dataset, paths.import_state(self._user.uid, dataset.id), error)
            raise error from failure

    def _commit(
        self, dataset: Snapshot, importer: Importer, batch: ImportBatch, size: int, *, completes: bool = False
    ) -> ChunkCommit:
        return ChunkCommit(
            uid=self._user.uid,
            dataset=dataset,
            batch=batch,
            size=size,
            state=None if completes else importer.state(),
            state_kept=IMPORT_KEPT,
        )


def _finish(importer: Importer, document: Document) -> ImportBatch:
    importer.finish()
    batch = importer.take()
    if document["rows"] + batch.rows == 0:
        first = batch.rejects[0].reason if batch.rejects else "it is empty."
        raise ImportFailed(ErrorCode.NO_USABLE_ROWS, reason=first)
    return batch

"""Many writes, in batches of bounded size: Firestore takes 500 writes and 10 MiB at once, its emulator less."""

from typing import Any

from google.cloud import firestore

from common.store.client import RPC_S, Document

WRITES = 400
"""Writes of one batch."""

BYTES = 3 * 1024 * 1024
"""Fields of one batch, as estimated by `size_of`; the emulator takes messages of 4 MiB."""

_SCALAR_BYTES = 8


class BulkWriter:
    """Writes in the order of its calls, for one request. What is not yet committed waits for `flush`."""

    def __init__(self, db: firestore.AsyncClient) -> None:
        self._db = db
        self._batch = db.batch()
        self._writes = 0
        self._bytes = 0

    async def set(self, path: str, document: Document) -> None:
        """Write a whole document; the same again changes nothing."""
        await self._make_room(size_of(document))
        self._batch.set(self._db.document(path), document)

    async def update(self, reference: firestore.AsyncDocumentReference, changes: Document) -> None:
        """Change fields of a document that exists."""
        await self._make_room(size_of(changes))
        self._batch.update(reference, changes)

    async def delete(self, reference: firestore.AsyncDocumentReference) -> None:
        """Delete a document, whether it exists or not."""
        await self._make_room(0)
        self._batch.delete(reference)

    async def delete_all(self, collection: firestore.AsyncCollectionReference) -> None:
        """Delete the documents of a collection, however many; what lies under them must be gone before."""
        async for document in collection.select(["__name__"]).stream():
            await self.delete(document.reference)

    async def flush(self) -> None:
        """Commit what waits."""
        if self._writes:
            await self._batch.commit(timeout=RPC_S)
        self._batch, self._writes, self._bytes = self._db.batch(), 0, 0

    async def _make_room(self, size: int) -> None:
        if self._writes == WRITES or self._bytes + size > BYTES:
            await self.flush()
        self._writes += 1
        self._bytes += size


def size_of(value: Any) -> int:
    """Bytes that a field value takes on the way to Firestore, roughly."""
    if isinstance(value, dict):
        return sum(len(name) + size_of(item) for name, item in value.items())
    if isinstance(value, list | tuple):
        return sum(size_of(item) for item in value)
    if isinstance(value, str):
        return len(value.encode())
    return len(value) if isinstance(value, bytes) else _SCALAR_BYTES

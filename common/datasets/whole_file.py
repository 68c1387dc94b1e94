"""An entire file in one request: the protocol of chunks with one chunk, so that a repeat finds what was done before."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from google.cloud import firestore

from common.core.user import UserContext
from common.datasets.ingest import IngestionService
from common.errors import ApexError, ErrorCode
from common.store import paths
from common.store.client import Document, fields, read_all

REPORTED_REJECTS = 100
"""Rejected rows that the reply lists; all are counted."""


@dataclass(frozen=True, kw_only=True)
class WholeFile:
    """A file as it came, unpacked. `idempotency_key`: None for a dataset of its own in any case."""

    name: str
    model: str | None
    content: bytes
    idempotency_key: str | None

    @property
    def digest(self) -> str:
        """Equal for a true repeat; `model` is part of it, as it decides how the rows are read."""
        return hashlib.sha256(f"{self.model or ''}\n".encode() + self.content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class ImportedFile:
    """What became of a file: its dataset as it is stored, and the first rejected rows (line, reason)."""

    dataset_id: str
    document: Document
    rejects: list[dict[str, Any]]


async def import_file(db: firestore.AsyncClient, user: UserContext, file: WholeFile) -> ImportedFile:
    """Import a file, or find what became of it when its key was used before; a refused file is refused again.

    Raises ApexError IDEMPOTENCY_KEY_REUSED when the key stands for another file.
    """
    service = IngestionService(db, user)
    request_id = f"usage|{file.idempotency_key or secrets.token_hex(16)}"  # no client_request_id has a bar
    dataset_id = await service.begin(
        client_request_id=request_id, name=file.name, model=file.model, content_sha256=file.digest
    )
    document = await service.read(dataset_id)
    if document["content_sha256"] != file.digest:
        raise ApexError(ErrorCode.IDEMPOTENCY_KEY_REUSED)
    if document["status"] == "receiving":
        await service.receive(dataset_id, number=0, piece=file.content)
        await service.complete(dataset_id, chunks=1)
        document = await service.read(dataset_id)
    return ImportedFile(
        dataset_id=dataset_id, document=document, rejects=await _rejects(db, user.uid, dataset_id, document)
    )


async def _rejects(db: firestore.AsyncClient, uid: str, dataset_id: str, document: Document) -> list[dict[str, Any]]:
    parts = [paths.rejects(uid, dataset_id, part) for part in document["reject_chunks"]]
    snapshots = await read_all(db, parts) if parts else []
    return [reject for part in snapshots for reject in fields(part)["rejects"]][:REPORTED_REJECTS]

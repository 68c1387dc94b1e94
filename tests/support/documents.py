"""What is stored under a document, whoever may read it."""

from collections.abc import AsyncIterator
from typing import Any

from google.cloud.firestore import AsyncDocumentReference

from common.runs.ports import Ports


async def below(document: AsyncDocumentReference) -> AsyncIterator[AsyncDocumentReference]:
    """A document and all documents under it."""
    yield document
    async for collection in document.collections():
        async for reference in collection.list_documents():
            async for found in below(reference):
                yield found


async def stored(ports: Ports, *roots: str) -> dict[str, dict[str, Any]]:
    """Path and fields of every document that exists at or under `roots`."""
    references = [reference for root in roots async for reference in below(ports.db.document(root))]
    snapshots = [await reference.get() for reference in references]
    return {found.reference.path: found.to_dict() or {} for found in snapshots if found.exists}

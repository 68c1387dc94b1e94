"""The whole ledger of a user, for questions about it."""

from google.cloud import firestore

from common.capture.rows import row_in
from common.store import paths
from common.store.client import RPC_S, fields
from common.tools.workspace import Proof


async def read_ledger(db: firestore.AsyncClient, uid: str) -> tuple[Proof, ...]:
    """Every row, with the title that its user knows the change by."""
    found = [(row.id, fields(row)) async for row in db.collection(paths.ledger(uid)).stream(timeout=RPC_S)]
    return tuple(Proof(title=document["title"], row=row_in(name, document)) for name, document in found)

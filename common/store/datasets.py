"""Deleting a data set, in any state, with all that was stored of its file."""

from google.api_core.exceptions import NotFound
from google.cloud import firestore

from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import RPC_S, read_all
from common.store.row_index import leave_index


async def delete_dataset(db: firestore.AsyncClient, *, uid: str, dataset_id: str) -> bool:
    """Delete a data set, its own document last, so that a repeat goes on after a crash; False when there is none.

    The mark comes first: it takes the fence from an upload in progress, and the data set from new questions.
    """
    dataset = await _mark(db, uid, dataset_id)
    if dataset is None:
        return False
    bulk = BulkWriter(db)
    for name in (paths.ROLLUPS, paths.REJECTS, paths.ROW_HASHES):
        await bulk.delete_all(dataset.collection(name))
    await leave_index(db, uid, dataset_id)
    await bulk.delete(db.document(paths.import_state(uid, dataset_id)))
    await bulk.delete(dataset)
    await bulk.flush()
    return True


async def _mark(db: firestore.AsyncClient, uid: str, dataset_id: str) -> firestore.AsyncDocumentReference | None:
    """Mark it as being deleted; None when there is none, or no more: two tabs delete the same at once."""
    while True:
        dataset, user = await read_all(db, [paths.dataset(uid, dataset_id), paths.user(uid)])
        if not dataset.exists:
            return None
        batch = db.batch()
        batch.update(dataset.reference, {"status": "deleting"})
        if user.exists:
            batch.update(user.reference, {"datasets": firestore.ArrayRemove([dataset_id])})
        try:
            await batch.commit(timeout=RPC_S)
        except NotFound:
            continue  # one of the two was deleted beside us
        return dataset.reference

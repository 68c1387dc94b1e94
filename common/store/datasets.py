"""Deleting a data set, in any state, with all that was stored of its file."""

from google.cloud import firestore

from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import read_all


async def delete_dataset(db: firestore.AsyncClient, *, uid: str, dataset_id: str) -> bool:
    """Delete a data set, its own document last, so that a repeat goes on after a crash; False when there is none.

    The mark comes first: it takes the fence from an upload in progress, and the data set from new questions.
    """
    dataset, user = await read_all(db, [paths.dataset(uid, dataset_id), paths.user(uid)])
    if not dataset.exists:
        return False
    bulk = BulkWriter(db)
    await bulk.update(dataset.reference, {"status": "deleting"})
    if user.exists:
        await bulk.update(user.reference, {"datasets": firestore.ArrayRemove([dataset_id])})
    await bulk.flush()
    for name in (paths.ROLLUPS, paths.REJECTS):
        await bulk.delete_all(dataset.reference.collection(name))
    await bulk.delete(db.document(paths.import_state(uid, dataset_id)))
    await bulk.delete(dataset.reference)
    await bulk.flush()
    return True

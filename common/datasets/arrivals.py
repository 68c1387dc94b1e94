"""Usage that arrived and that recommendations are to be verified by: noted in the commit that makes it count.

An arrival has a computed id, so that noting it again changes nothing; it is deleted once its usage was verified by.
"""

from datetime import UTC, datetime, timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.store import paths
from common.store.client import SCHEMA_VERSION


def note_file(db: firestore.AsyncClient, batch: AsyncWriteBatch, *, uid: str, dataset_id: str) -> None:
    """A file was taken in: to be verified by at once."""
    _note(db, batch, paths.arrival(uid, dataset_id), dataset_id, datetime.now(UTC))


def note_live(db: firestore.AsyncClient, batch: AsyncWriteBatch, *, uid: str, dataset_id: str) -> None:
    """Live usage came: to be verified by once the hour is over, with all else that comes in it."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    _note(db, batch, paths.arrival(uid, f"{dataset_id}-{hour:%Y%m%d%H}"), dataset_id, hour + timedelta(hours=1))


def _note(db: firestore.AsyncClient, batch: AsyncWriteBatch, path: str, dataset_id: str, due_at: datetime) -> None:
    batch.set(db.document(path), {"v": SCHEMA_VERSION, "dataset_id": dataset_id, "due_at": due_at})

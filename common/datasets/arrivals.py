"""Usage that arrived and that savings are not yet verified with: noted in the commit that makes it count.

An arrival has a computed id, so that noting it again changes nothing; it is deleted once savings are verified.
"""

from datetime import UTC, datetime, timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.store import paths
from common.store.client import SCHEMA_VERSION, Document


def note_file(db: firestore.AsyncClient, batch: AsyncWriteBatch, *, uid: str, dataset_id: str) -> None:
    """A file was imported: savings are verified at once."""
    _note(db, batch, paths.arrival(uid, dataset_id), dataset_id, datetime.now(UTC))


def note_live(db: firestore.AsyncClient, batch: AsyncWriteBatch, *, uid: str, dataset_id: str) -> None:
    """Live usage came: savings are verified at the end of the hour, with everything that comes within it."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    _note(db, batch, paths.arrival(uid, f"{dataset_id}-{hour:%Y%m%d%H}"), dataset_id, hour + timedelta(hours=1))


def _note(db: firestore.AsyncClient, batch: AsyncWriteBatch, path: str, dataset_id: str, due_at: datetime) -> None:
    batch.set(db.document(path), arrival_document(dataset_id, due_at))


def arrival_document(dataset_id: str, due_at: datetime) -> Document:
    """An arrival as it is stored: what came, and when to verify with it."""
    return {"v": SCHEMA_VERSION, "dataset_id": dataset_id, "due_at": due_at}

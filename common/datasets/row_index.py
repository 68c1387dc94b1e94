"""Which blobs of row hashes each dataset of a user has: one document for each user, no client reads it.

Every commit that adds rows replaces it under its update time, so of two uploads at once the one that commits later has
seen what the other committed. A blob counts once it is listed here.
"""

from typing import NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.store import paths
from common.store.client import SCHEMA_VERSION, Snapshot, read_all, updated
from common.store.codec import pack, unpack
from common.store.commits import is_applied

_TRIES = 5


class HashBlob(NamedTuple):
    """A blob: its name, the first and last day it has rows of (ordinals, UTC), and how many rows."""

    name: str
    first: int
    last: int
    rows: int

    def meets(self, first: int, last: int) -> bool:
        """Whether it may have rows of these days."""
        return self.first <= last and first <= self.last


RowIndex = dict[str, list[HashBlob]]
"""Blobs by dataset, in the order in which they came."""


def index_of(snapshot: Snapshot) -> RowIndex:
    """The blobs that the document lists; none where there is no document."""
    document = snapshot.to_dict()
    stored = unpack(document["blob"]) if document else {}
    return {dataset: [HashBlob(*blob) for blob in blobs] for dataset, blobs in stored.items()}


def add_index(db: firestore.AsyncClient, batch: AsyncWriteBatch, snapshot: Snapshot, index: RowIndex) -> None:
    """Replace the index as it was read, or lose the whole batch."""
    document = {"v": SCHEMA_VERSION, "uid": snapshot.id, "blob": pack(index)}
    if snapshot.exists:
        batch.update(snapshot.reference, document, option=db.write_option(last_update_time=updated(snapshot)))
    else:
        batch.create(snapshot.reference, document)


async def leave_index(db: firestore.AsyncClient, uid: str, dataset_id: str) -> None:
    """Remove a dataset. Where uploads are always faster, the next one does it: it finds that the blobs are missing."""
    for _ in range(_TRIES):
        (snapshot,) = await read_all(db, [paths.row_index(uid)])
        index = index_of(snapshot)
        if index.pop(dataset_id, None) is None:
            return
        batch = db.batch()
        add_index(db, batch, snapshot, index)
        if await is_applied(batch):
            return

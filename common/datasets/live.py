"""Live usage data: the rows of each pushed message are added to its user's dataset of the month, once.

One commit adds the rows and creates the message's mark, guarded by the dataset's update time, so a redelivered message
changes nothing. What cannot be read is reported to the owner as a rejected row, and is not redelivered.
"""

import asyncio
import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.accounts.api_keys import owner_of
from common.contract.documents import DatasetDocument
from common.core.user import UserContext
from common.datasets.arrivals import note_live
from common.datasets.chunk_commits import REJECT_PARTS, commit_or_discard, new_dataset, rejects_document, with_notes
from common.datasets.pubsub_message import MessageRows, PushEnvelope, read_message
from common.datasets.shard_files import ShardTarget, add_shards, file_shards
from common.errors import ApexError, ErrorCode
from common.spend import Reject
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document, Snapshot, fields, read_all, updated
from common.telemetry.logs import log

MARK_KEPT = timedelta(days=32)
"""How long a message is remembered: longer than Pub/Sub may keep one (31 days)."""

_TRIES = 12
_WAIT_MS = 40


class LiveService:
    """Counts one pushed message, for one request."""

    def __init__(self, db: firestore.AsyncClient, envelope: PushEnvelope) -> None:
        self._db = db
        self._envelope = envelope
        self._message = envelope.message

    async def take(self) -> bool:
        """Count the message once; False when it belongs to no owner. Raises ApexError BUSY: redeliver it later."""
        owner = await self._owner()
        if owner is None:
            return False
        rows = await asyncio.to_thread(read_message, self._message)
        target = self._db.document(paths.dataset(owner.uid, self._dataset_id(owner)))
        mark = paths.pushed(self._envelope.message_hash)
        for attempt in range(_TRIES):
            dataset, seen, user = await read_all(self._db, [target.path, mark, paths.user(owner.uid)])
            if seen.exists:
                return True
            if not user.exists:
                return self._refuse("its user does not exist any more")
            if (dataset.to_dict() or {}).get("status") == "deleting":
                raise ApexError(ErrorCode.BUSY)
            if await self._commit(owner.uid, dataset, rows):
                return True
            await asyncio.sleep(secrets.randbelow(_WAIT_MS * (attempt + 1)) / 1000)
        raise ApexError(ErrorCode.BUSY)

    async def _owner(self) -> UserContext | None:
        """Whom the message is for: the owner of the live key in it, who must be the user that it names."""
        attributes = self._message.attributes
        try:
            owner = await owner_of(self._db, attributes.get("key", ""), live=True, today=datetime.now(UTC).date())
        except ApexError as error:
            if error.code is not ErrorCode.INVALID_KEY:
                raise
            self._refuse("its attribute `key` is no key for live data")
            return None
        if owner.uid != attributes.get("user"):
            self._refuse("its attribute `user` is not the owner of its key")
            return None
        return owner

    def _refuse(self, reason: str) -> bool:
        """Log that a message is dropped: nobody is proved to own it, and it would be redelivered for ever."""
        log("WARNING", f"a message of live usage was dropped: {reason}", message_id=self._message.message_id)
        return False

    @property
    def _month(self) -> str:
        return self._message.day.strftime("%Y-%m")

    def _dataset_id(self, owner: UserContext) -> str:
        return hashlib.sha256(f"{owner.uid}|live|{self._month}".encode()).hexdigest()[:32]

    async def _commit(self, uid: str, dataset: Snapshot, rows: MessageRows) -> bool:
        """One try; False when another message of this user was faster."""
        document = fields(dataset) if dataset.exists else new_dataset(f"Live usage {self._month}", None)
        target = ShardTarget(self._db, dataset.reference, document["shards"], document["next_chunk"])
        update = await file_shards(target, rows.shards)
        if update is None:
            return False
        batch = self._db.batch()
        changes = self._progress(document, rows) | DatasetDocument.changes(shards=update.names)
        if dataset.exists:
            batch.update(dataset.reference, changes, option=self._db.write_option(last_update_time=updated(dataset)))
        else:
            values = {name: value for name, value in changes.items() if value is not firestore.DELETE_FIELD}
            batch.create(dataset.reference, document | values)
        add_shards(batch, dataset.reference, update)
        self._add_rejects(batch, uid, dataset.id, document, rows)
        if changes["status"] == "ready":
            batch.update(self._db.document(paths.user(uid)), {"datasets": firestore.ArrayUnion([dataset.id])})
            note_live(self._db, batch, uid=uid, dataset_id=dataset.id)
        mark = {"v": SCHEMA_VERSION, "uid": uid, "expire_at": datetime.now(UTC) + MARK_KEPT}
        batch.create(self._db.document(paths.pushed(self._envelope.message_hash)), mark)
        return await commit_or_discard(self._db, batch, dataset.reference, [update])

    def _progress(self, document: Document, rows: MessageRows) -> Document:
        """The changed fields; until a first row comes, the dataset has failed, for the reason of the last message."""
        batch = rows.batch
        count = document["rows"] + (batch.rows if batch else 0)
        unread = batch.unread_usd if batch else 0.0
        changes = DatasetDocument.changes(
            **({"unread_usd": (document.get("unread_usd") or 0.0) + unread} if unread else {}),
            rows=count,
            rejects=document["rejects"] + (batch.rejected if batch else 1),
            bytes=document["bytes"] + rows.size,
            next_chunk=document["next_chunk"] + 1,
            notes=with_notes(document["notes"], batch.notes if batch else ()),
            status="ready" if count else "failed",
            error=firestore.DELETE_FIELD if count else rows.error.as_json()["error"],
        )
        if self._rejects(rows):
            changes |= DatasetDocument.changes(reject_chunks=_latest_parts(document))
        return changes

    def _rejects(self, rows: MessageRows) -> list[Reject]:
        """The rejected rows, with the message that they came in; an unusable message counts as one."""
        message = f"message {self._message.message_id}"
        if rows.batch is None:
            return [Reject(1, f"{message}: {rows.reason}")]
        return [Reject(reject.line, f"{message}: {reject.reason}") for reject in rows.batch.rejects]

    def _add_rejects(
        self, batch: AsyncWriteBatch, uid: str, dataset_id: str, document: Document, rows: MessageRows
    ) -> None:
        """Keep the newest: the owner wants to know what is wrong now."""
        rejects = self._rejects(rows)
        if not rejects:
            return
        path = paths.rejects(uid, dataset_id, document["next_chunk"])
        batch.set(self._db.document(path), rejects_document(rejects))
        for part in set(document["reject_chunks"]).difference(_latest_parts(document)):
            batch.delete(self._db.document(paths.rejects(uid, dataset_id, part)))


def _latest_parts(document: Document) -> list[int]:
    """The parts whose rejects are kept, the coming one included."""
    return [*document["reject_chunks"], document["next_chunk"]][-REJECT_PARTS:]

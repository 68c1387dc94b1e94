"""Moving all that a guest has to the account that the same person signed in to: copy first, delete last.

Ids stay. Until everything is copied, a repeat copies the same again; from then on the guest's document says so
(`moved`), and a repeat only deletes. So a crash at any point neither loses nor doubles anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from google.cloud import firestore

from common.accounts.users import ensure_user, new_user
from common.contract.documents import UserDocument
from common.core.user import UserContext
from common.datasets.datasets import delete_dataset
from common.datasets.row_index import add_index, index_of
from common.errors import ApexError, ErrorCode
from common.guests.copy import Copier, transfer_runs
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import Document, Snapshot, fields, read_all, updated
from common.store.commits import is_applied

UPLOAD_IDLE = timedelta(minutes=2)
"""An upload that was silent for longer was abandoned by its page: it is not waited for, and not moved."""

_SAVINGS = (paths.baselines, paths.recommendations, paths.ledger)
"""An accepted recommendation comes after its baseline."""

_TRIES = 5
_QUESTION_OPEN = "A question is still being answered."
_UPLOAD_OPEN = "A file is still being uploaded."


@dataclass(frozen=True, kw_only=True)
class MergeResult:
    """How much the account got."""

    threads: int
    datasets: int


class GuestMerge:
    """One merge of `guest` into `account`, for one request. `now` tells uploads in progress from abandoned ones."""

    def __init__(self, db: firestore.AsyncClient, *, account: UserContext, guest: UserContext, now: datetime) -> None:
        self._db = db
        self._account = account
        self._guest = guest
        self._now = now

    async def run(self) -> MergeResult:
        """Move everything; raises ApexError GUEST_BUSY while a question or an upload of the guest is open."""
        for _ in range(_TRIES):
            (guest,) = await read_all(self._db, [paths.user(self._guest.uid)])
            document = guest.to_dict() or {}
            if not document and not await self._list(paths.datasets(self._guest.uid)):
                return MergeResult(threads=0, datasets=0)
            if document.get("merged_into") not in (None, self._account.uid):
                raise ApexError(ErrorCode.INVALID_REQUEST, reason="This guest's conversations went to another account.")
            if "moved" in document:
                await self._delete()
                return MergeResult(**document["moved"])
            await self._check(document)
            if await self._close(guest):
                await self._copy_and_hand_over()
        raise ApexError(ErrorCode.BUSY)

    async def _list(self, collection: str) -> list[Snapshot]:
        return [snapshot async for snapshot in self._db.collection(collection).stream()]

    async def _check(self, guest: Document) -> None:
        if guest.get("open_runs"):
            raise ApexError(ErrorCode.GUEST_BUSY, what=_QUESTION_OPEN)
        if any(self._is_receiving(dataset) for dataset in await self._list(paths.datasets(self._guest.uid))):
            raise ApexError(ErrorCode.GUEST_BUSY, what=_UPLOAD_OPEN)

    def _is_receiving(self, dataset: Snapshot) -> bool:
        return fields(dataset)["status"] == "receiving" and updated(dataset) > self._now - UPLOAD_IDLE

    async def _close(self, guest: Snapshot) -> bool:
        """Let the guest begin nothing new; False if the guest was faster (accepting is guarded by this document)."""
        batch = self._db.batch()
        mark = UserDocument.changes(merged_into=self._account.uid)
        if guest.exists:
            batch.update(guest.reference, mark, option=self._db.write_option(last_update_time=updated(guest)))
        else:
            batch.create(guest.reference, {**new_user(self._guest), **mark})
        return await is_applied(batch)

    async def _copy_and_hand_over(self) -> None:
        """Runs first, threads last: the account opens no thread that is incomplete.

        Arrivals are listed before the savings that they are to verify, so that a concurrent verification is either
        copied in full or repeated by the account; and they are copied after them, so that the account verifies nothing
        that is not there yet.
        """
        copier = Copier(self._db, guest=self._guest, account=self._account)
        arrivals = await self._list(paths.arrivals(self._guest.uid))
        runs = await self._list(paths.runs(self._guest.uid))
        await copier.copy_runs(runs)
        await transfer_runs(self._db, [run.id for run in runs], self._account)
        datasets = [each for each in await self._list(paths.datasets(self._guest.uid)) if _is_finished(each)]
        for dataset in datasets:
            await copier.copy_once(dataset, (paths.ROLLUPS, paths.REJECTS, paths.ROW_HASHES))
        for collection in _SAVINGS:
            for document in await self._list(collection(self._guest.uid)):
                await copier.copy_once(document, ())
        for evaluation in await self._list(paths.evaluations(self._guest.uid)):
            await copier.copy_once(evaluation, (paths.SCORES,))
        await copier.copy_over(arrivals)
        threads = await self._list(paths.threads(self._guest.uid))
        for thread in threads:
            await copier.copy_once(thread, (paths.MESSAGES,))
        await self._hand_over(threads=len(threads), datasets={dataset.id for dataset in datasets})

    async def _hand_over(self, *, threads: int, datasets: set[str]) -> None:
        """In one commit: the account is charged for the guest's questions, and the guest's document says that it is."""
        await ensure_user(self._db, self._account)
        documents = [paths.user(self._guest.uid), paths.row_index(self._guest.uid), paths.row_index(self._account.uid)]
        guest, theirs, ours = await read_all(self._db, documents)
        if not guest.exists or "moved" in fields(guest):
            return  # another request for the same was faster
        document = fields(guest)
        if not datasets.issuperset(document["datasets"]):
            return  # an upload was completed meanwhile
        moved = {"threads": threads, "datasets": len(datasets)}
        changes: Document = {f"quota.`{month}`": firestore.Increment(used) for month, used in document["quota"].items()}
        if document["datasets"]:
            changes["datasets"] = firestore.ArrayUnion(document["datasets"])
        batch = self._db.batch()
        batch.update(
            guest.reference,
            UserDocument.changes(moved=moved),
            option=self._db.write_option(last_update_time=updated(guest)),
        )
        if changes:
            batch.update(self._db.document(paths.user(self._account.uid)), changes)
        if theirs.exists:
            moved_blobs = {name: blobs for name, blobs in index_of(theirs).items() if name in datasets}
            add_index(self._db, batch, ours, index_of(ours) | moved_blobs)
        await is_applied(batch)

    async def _delete(self) -> None:
        """Delete the guest's documents, each after what lies under it, the guest's own last."""
        bulk = BulkWriter(self._db)
        for collection, below in (
            (paths.threads, (paths.MESSAGES,)),
            (paths.runs, (paths.EVENTS,)),
            (paths.evaluations, (paths.SCORES, paths.CONTENT_HASHES)),
        ):
            for document in await self._list(collection(self._guest.uid)):
                for name in below:
                    await bulk.delete_all(document.reference.collection(name))
                await bulk.delete(document.reference)
        for collection in (*_SAVINGS, paths.arrivals):
            await bulk.delete_all(self._db.collection(collection(self._guest.uid)))
        await bulk.flush()
        for dataset in await self._list(paths.datasets(self._guest.uid)):
            if not self._is_receiving(dataset):
                await delete_dataset(self._db, uid=self._guest.uid, dataset_id=dataset.id)
        await self._db.document(paths.row_index(self._guest.uid)).delete()
        await self._db.document(paths.user(self._guest.uid)).delete()


def _is_finished(dataset: Snapshot) -> bool:
    return fields(dataset)["status"] in ("ready", "failed")

"""Copies of a guest's documents under an account, with the same ids. A repeat writes the same again."""

import contextlib
from collections.abc import Sequence

from google.api_core import exceptions
from google.cloud import firestore

from common.core.user import UserContext
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import Document, Snapshot, fields, read_all

_READ_AT_ONCE = 100


class Copier:
    """Copies from one user to another; for one request."""

    def __init__(self, db: firestore.AsyncClient, *, guest: UserContext, account: UserContext) -> None:
        self._db = db
        self._from = paths.user(guest.uid)
        self._to = paths.user(account.uid)
        self._bulk = BulkWriter(db)

    async def copy_runs(self, runs: Sequence[Snapshot]) -> None:
        """Copy ended runs with their events."""
        for run in runs:
            await self._copy_below(run, paths.EVENTS)
            await self._bulk.set(self._target(run), fields(run))
        await self._bulk.flush()

    async def copy_once(self, document: Snapshot, below: Sequence[str]) -> None:
        """Copy what lies under a document, then itself, unless the account has it already and may have changed it."""
        for name in below:
            await self._copy_below(document, name)
        await self._bulk.flush()
        with contextlib.suppress(exceptions.AlreadyExists):
            await self._db.document(self._target(document)).create(fields(document))

    async def copy_over(self, documents: Sequence[Snapshot]) -> None:
        """Copy documents with nothing under them, over those that an earlier try copied."""
        for document in documents:
            await self._bulk.set(self._target(document), fields(document))
        await self._bulk.flush()

    async def _copy_below(self, document: Snapshot, name: str) -> None:
        async for each in document.reference.collection(name).stream():
            await self._bulk.set(self._target(each), fields(each))

    def _target(self, document: Snapshot) -> str:
        path: str = document.reference.path
        return self._to + path.removeprefix(self._from)


async def transfer_runs(db: firestore.AsyncClient, run_ids: Sequence[str], owner: UserContext) -> None:
    """Control documents and dead letters stay where they are, and get another owner, who may delete them."""
    changes: Document = {"uid": owner.uid, "email": owner.email, "guest": owner.guest}
    bulk = BulkWriter(db)
    for first in range(0, len(run_ids), _READ_AT_ONCE):
        some = run_ids[first : first + _READ_AT_ONCE]
        controls = await read_all(db, [paths.run_state(run_id) for run_id in some])
        dead_letters = await read_all(db, [paths.dead_letter(run_id) for run_id in some])
        for control in (each for each in controls if each.exists):
            await bulk.update(control.reference, changes)
        for dead_letter in (each for each in dead_letters if each.exists):
            await bulk.update(dead_letter.reference, {"uid": owner.uid})
    await bulk.flush()

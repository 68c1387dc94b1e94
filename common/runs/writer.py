"""The one serial writer of a claimed step: every event and state change goes through it, in order, under the lease."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.events import Event
from common.core.clock import now_utc
from common.environment.profiles import Profile
from common.runs.commit import LeaseLost, add_events, fenced_update, new_commit_id, stamp
from common.runs.end import Ending, end_run
from common.runs.state import OpenTool, RunState, read_state
from common.store.client import RPC_S, Document
from common.store.commits import UNCERTAIN

COALESCE_S = 0.1
"""How long a staged event waits for company; below what a reader notices."""

_COMMIT_TRIES = 5

Writes = Callable[[AsyncWriteBatch], None]
Compose = Callable[[int], Sequence[Event]]
"""Makes the events of a commit from the seq that the first of them gets."""


class RunWriter:
    """Commits for one worker. Raises LeaseLost once another worker, or the run's end, came first.

    What follows quickly is staged and goes into one commit: a commit is a write that is paid for, and a document that
    every listener reads.
    """

    def __init__(self, db: firestore.AsyncClient, state: RunState, profile: Profile) -> None:
        self.state = state
        self.db = db
        self.profile = profile
        self._lock = asyncio.Lock()
        self._staged: list[Event] = []
        self._changes: Document = {}
        self._writes: Writes | None = None
        self._staged_at: float | None = None
        self._committed_at = self._now()
        self.released = False
        """True once a commit gave the lease back: the step is over for this worker, whatever goes wrong afterwards."""

    def silence_s(self) -> float:
        """Seconds since the last commit."""
        return self._now() - self._committed_at

    async def stage(self, compose: Compose, changes: Document | None = None, writes: Writes | None = None) -> None:
        """Take events, and the state changes that they tell of, into the next commit; `flush_due` makes it soon.

        `writes` replace those staged before: whoever gives some writes the whole step document.
        """
        async with self._lock:
            self._stage(compose, {} if changes is None else changes, writes)

    async def commit(self, compose: Compose, changes: Document | None = None, writes: Writes | None = None) -> None:
        """Stage, and commit at once; renews the lease. One RPC, no read. What failed is not staged any more."""
        await asyncio.shield(self._commit_alone(compose, {} if changes is None else changes, writes))

    async def _commit_alone(self, compose: Compose, changes: Document, writes: Writes | None) -> None:
        async with self._lock:
            self._stage(compose, changes, writes)
            await self._flush()

    def charge(self, usd: float) -> None:
        """Count what a model call cost (USD); stored with the next commit, whatever becomes of the step."""
        self.state = replace(self.state, spent_usd=self.state.spent_usd + usd)

    async def flush(self) -> None:
        """Commit what is staged; a caller that is cancelled meanwhile leaves no commit half known."""
        await asyncio.shield(self._flush_alone())

    async def _flush_alone(self) -> None:
        async with self._lock:
            if self._staged_at is not None:
                await self._flush()

    async def flush_due(self) -> None:
        """Commit what is staged if it has waited long enough."""
        if self._staged_at is not None and self._now() - self._staged_at >= COALESCE_S:
            await self.flush()

    async def end(self, ending: Ending) -> None:
        """End the run under this worker's lease, in the commit of what is staged."""
        async with self._lock:
            await end_run(self.db, self.state, ending, as_worker=True, before=self._staged)

    def _stage(self, compose: Compose, changes: Document, writes: Writes | None) -> None:
        first_seq = self.state.next_seq + len(self._staged)
        events = compose(first_seq)
        self._staged += stamp(events, run_id=self.state.run_id, step=self.state.step, first_seq=first_seq)
        self._changes |= changes
        self._writes = writes or self._writes
        if "open_tool" in changes:
            open_tool = OpenTool(**changes["open_tool"]) if changes["open_tool"] else None
            self.state = replace(self.state, open_tool=open_tool)
        if "draft_from" in changes:
            self.state = replace(self.state, draft_from=changes["draft_from"])
        if "progress_at" in changes:
            self.state = replace(self.state, progress_at=changes["progress_at"])
        if self._staged_at is None:
            self._staged_at = self._now()

    async def _flush(self) -> None:
        lease_until = now_utc() + timedelta(seconds=self.profile.lease_s)
        next_seq = self.state.next_seq + len(self._staged)
        spent_usd = self.state.spent_usd
        changed = {"lease_until": lease_until, "spent_usd": spent_usd, **self._changes, "next_seq": next_seq}
        try:
            await self._apply(self._staged, changed, self._writes)
        except Exception as error:
            await self._forget(error)
            raise
        self.released = changed["lease_until"] is None
        self.state = replace(self.state, next_seq=next_seq, lease_until=lease_until)
        self._staged, self._changes, self._writes, self._staged_at = [], {}, None, None
        self._committed_at = self._now()

    async def _forget(self, error: Exception) -> None:
        """Drop what could not be committed and see what stands, so that the next commit can succeed."""
        self._staged, self._changes, self._writes, self._staged_at = [], {}, None, None
        fresh = await read_state(self.db, self.state.run_id)
        mine = fresh is not None and fresh.is_open and fresh.lease_epoch == self.state.lease_epoch
        if fresh is None or not mine or fresh.step != self.state.step:
            raise LeaseLost from error
        self.state = replace(fresh, spent_usd=self.state.spent_usd)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _apply(self, events: Sequence[Event], changed: Document, writes: Writes | None) -> None:
        commit_id = new_commit_id()
        for attempt in range(1, _COMMIT_TRIES + 1):
            batch = self.db.batch()
            fenced_update(self.db, batch, self.state, changed, commit_id)
            add_events(self.db, batch, uid=self.state.user.uid, events=events)
            if writes is not None:
                writes(batch)
            try:
                results = await batch.commit(timeout=RPC_S)
            except UNCERTAIN as error:
                if await self._was_applied(commit_id, error):
                    return
                if attempt == _COMMIT_TRIES:
                    raise
                await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - jitter
            else:
                self.state = replace(self.state, update_time=results[0].update_time)
                return

    async def _was_applied(self, commit_id: str, error: Exception) -> bool:
        """Read the fence after an uncertain commit: lost (raises), applied after all, or to be issued again."""
        fresh = await read_state(self.db, self.state.run_id)
        if fresh is None or not fresh.is_open or fresh.lease_epoch != self.state.lease_epoch:
            raise LeaseLost from error
        self.state = replace(self.state, update_time=fresh.update_time, dispatch=fresh.dispatch)
        return fresh.commit_id == commit_id or fresh.next_seq > self.state.next_seq

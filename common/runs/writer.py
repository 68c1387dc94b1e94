"""The one serial writer of a claimed step: every event and state change goes through it, in order, under the lease."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.environment.profiles import Profile
from common.runs.commit import UNCERTAIN, LeaseLost, add_events, fenced_update, new_commit_id, stamp
from common.runs.end import Ending, end_run
from common.runs.events import Event
from common.runs.state import OpenTool, RunState, now_utc, read_state
from common.store.client import Document

_COMMIT_TRIES = 5

Writes = Callable[[AsyncWriteBatch], None]
Compose = Callable[[int], Sequence[Event]]
"""Makes the events of a commit from the seq that the first of them gets."""


class RunWriter:
    """Commits for one worker. Raises LeaseLost once another worker, or the run's end, came first."""

    def __init__(self, db: firestore.AsyncClient, state: RunState, profile: Profile) -> None:
        self.state = state
        self.db = db
        self.profile = profile
        self._lock = asyncio.Lock()
        self._last_commit = asyncio.get_running_loop().time()

    def silence_s(self) -> float:
        """Seconds since the last commit."""
        return asyncio.get_running_loop().time() - self._last_commit

    async def commit(
        self, compose: Compose, changes: Document | None = None, writes: Writes | None = None
    ) -> list[Event]:
        """Commit events together with the state changes that they tell of; renews the lease. One RPC, no read."""
        async with self._lock:
            events = stamp(
                compose(self.state.next_seq),
                run_id=self.state.run_id,
                step=self.state.step,
                first_seq=self.state.next_seq,
            )
            lease_until = now_utc() + timedelta(seconds=self.profile.lease_s)
            changed = {
                "lease_until": lease_until,
                **(changes or {}),
                "next_seq": self.state.next_seq + len(events),
            }
            await self._apply(events, changed, writes)
            self._adopt(changed)
            return events

    async def end(self, ending: Ending) -> None:
        """End the run under this worker's lease."""
        async with self._lock:
            await end_run(self.db, self.state, ending, as_worker=True)

    async def _apply(self, events: Sequence[Event], changed: Document, writes: Writes | None) -> None:
        commit_id = new_commit_id()
        for attempt in range(1, _COMMIT_TRIES + 1):
            batch = self.db.batch()
            fenced_update(self.db, batch, self.state, changed, commit_id)
            add_events(self.db, batch, uid=self.state.user.uid, events=events)
            if writes is not None:
                writes(batch)
            try:
                results = await batch.commit()
            except UNCERTAIN as error:
                if await self._was_applied(commit_id, error):
                    return
                if attempt == _COMMIT_TRIES:
                    raise
            else:
                self.state = replace(self.state, update_time=results[0].update_time)
                return

    async def _was_applied(self, commit_id: str, error: Exception) -> bool:
        """Read the fence after an uncertain commit: lost (raises), applied after all, or to be issued again."""
        fresh = await read_state(self.db, self.state.run_id)
        if fresh is None or not fresh.is_open or fresh.lease_epoch != self.state.lease_epoch:
            raise LeaseLost from error
        self.state = replace(self.state, update_time=fresh.update_time, dispatch=fresh.dispatch)
        return fresh.commit_id == commit_id

    def _adopt(self, changed: Document) -> None:
        """Carry the committed state forward, so that the next commit needs no read."""
        known: Document = {key: changed[key] for key in ("next_seq", "lease_until", "started_agent") if key in changed}
        if "open_tool" in changed:
            known["open_tool"] = OpenTool(**changed["open_tool"]) if changed["open_tool"] else None
        self.state = replace(self.state, **known)
        self._last_commit = asyncio.get_running_loop().time()

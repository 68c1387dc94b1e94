"""The one serial writer of a claimed step: every event and state change goes through it, in order, under the lease."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from google.cloud import firestore

from common.contract.answer import ModelTokens
from common.contract.events import Event
from common.core.clock import now_utc
from common.environment.profiles import Profile
from common.runs.commit import LeaseLost
from common.runs.end import end_own_run
from common.runs.ending import Ending
from common.runs.fenced_commit import Applied, Lost, Writes, fenced_commit, new_commit_id
from common.runs.state import RunState, read_state
from common.runs.transitions import Transition

COALESCE_S = 0.1
"""How long a staged event waits for company; below what a reader notices."""

_COMMIT_TRIES = 5

Move = Callable[[RunState], Transition]
"""A transition from the state that it is given, with all that was staged before."""


class RunWriter:
    """Commits for one worker. Raises LeaseLost once another worker, or the run's end, came first.

    What follows quickly is staged and goes into one commit: a commit is a write that is paid for, and a document that
    every listener reads.
    """

    def __init__(self, db: firestore.AsyncClient, state: RunState, profile: Profile) -> None:
        self.state = state
        """With all that is staged."""
        self.db = db
        self.profile = profile
        self._lock = asyncio.Lock()
        self._stored = state
        self._events: tuple[Event, ...] = ()
        self._writes: Writes | None = None
        self._staged_at: float | None = None
        self._committed_at = self._now()
        self.released = False
        """True once a commit gave the lease back: the step is over for this worker, whatever goes wrong afterwards."""

    def silence_s(self) -> float:
        """Seconds since the last commit."""
        return self._now() - self._committed_at

    async def stage(self, move: Move, writes: Writes | None = None) -> None:
        """Take a transition into the next commit; `flush_due` makes it soon.

        `writes` replace those staged before: whoever gives some writes the whole step document.
        """
        async with self._lock:
            self._stage(move, writes)

    async def commit(self, move: Move, writes: Writes | None = None) -> None:
        """Stage, and commit at once; renews the lease. One RPC, no read. What failed is no longer staged."""
        await asyncio.shield(self._commit_alone(move, writes, keep_lease=True))

    async def release(self, move: Move, writes: Writes | None = None) -> None:
        """As `commit`, with a transition that gives the lease back."""
        await asyncio.shield(self._commit_alone(move, writes, keep_lease=False))

    async def _commit_alone(self, move: Move, writes: Writes | None, *, keep_lease: bool) -> None:
        async with self._lock:
            self._stage(move, writes)
            await self._flush(keep_lease=keep_lease)

    def charge(self, usd: float, used: ModelTokens) -> None:
        """Count what a model call cost (USD) and used; stored with the next commit, whatever becomes of the step."""
        self.state = replace(self.state, spent_usd=self.state.spent_usd + usd, used=self.state.used + used)

    async def flush(self) -> None:
        """Commit what is staged; a caller that is cancelled meanwhile leaves no commit of unknown outcome."""
        await asyncio.shield(self._flush_alone())

    async def _flush_alone(self) -> None:
        async with self._lock:
            if self._staged_at is not None:
                await self._flush(keep_lease=True)

    async def flush_due(self) -> None:
        """Commit what is staged if it has waited long enough."""
        if self._staged_at is not None and self._now() - self._staged_at >= COALESCE_S:
            await self.flush()

    async def end(self, ending: Ending) -> None:
        """End the run under this worker's lease, in the commit of the staged events."""
        async with self._lock:
            await end_own_run(self.db, self._staged(self.state), ending)

    def _stage(self, move: Move, writes: Writes | None) -> None:
        transition = move(self.state)
        self.state = transition.after
        self._events += transition.events
        self._writes = writes or self._writes
        if self._staged_at is None:
            self._staged_at = self._now()

    def _staged(self, after: RunState) -> Transition:
        return Transition(before=self._stored, after=after, events=self._events)

    async def _flush(self, *, keep_lease: bool) -> None:
        lease_until = now_utc() + timedelta(seconds=self.profile.lease_s)
        after = replace(self.state, lease_until=lease_until) if keep_lease else self.state
        try:
            committed = await self._apply(self._staged(after), self._writes)
        except Exception as error:
            await self._forget(error)
            raise
        self.released = not keep_lease
        self._adopt(committed)
        self._committed_at = self._now()

    async def _forget(self, error: Exception) -> None:
        """Drop what could not be committed and read what is stored, so that the next commit can succeed."""
        self._adopt(self._stored)
        fresh = await read_state(self.db, self.state.run_id)
        if fresh is None or not self._holds_lease_of(fresh) or fresh.step != self._stored.step:
            raise LeaseLost from error
        self._adopt(fresh)

    def _adopt(self, stored: RunState) -> None:
        """Nothing is staged any more, but for the cost of model calls that ended meanwhile."""
        self._stored = stored
        self.state = replace(stored, spent_usd=self.state.spent_usd, used=self.state.used)
        self._events, self._writes, self._staged_at = (), None, None

    def _holds_lease_of(self, fresh: RunState) -> bool:
        return fresh.is_open and fresh.lease_epoch == self._stored.lease_epoch

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _apply(self, transition: Transition, writes: Writes | None) -> RunState:
        """Commit under this lease, again where nobody took it over; returns what is stored then.

        Raises LeaseLost, or the error of the last try.
        """
        commit_id = new_commit_id()
        for attempt in range(1, _COMMIT_TRIES + 1):
            outcome = await fenced_commit(self.db, transition, writes=writes, commit_id=commit_id)
            if isinstance(outcome, Applied):
                return outcome.state
            if isinstance(outcome, Lost):
                fresh = outcome.fresh
                if fresh is None or not self._holds_lease_of(fresh):
                    raise LeaseLost from outcome.error
                if fresh.next_seq > transition.before.next_seq:  # ours was applied, and dispatched again since
                    return fresh
                transition = transition.onto(fresh)
            error = outcome.error
            if attempt < _COMMIT_TRIES:
                await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - jitter
        raise error

"""The one way a run ends: for the worker, for cancel and for the sweeper."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Literal

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.documents import AnswerMessage, ClosingMessage, RunDocument, ThreadDocument, UserDocument
from common.core.clock import now_utc
from common.runs import transitions
from common.runs.commit import LeaseLost
from common.runs.dead_letters import new_dead_letter
from common.runs.ending import Ending
from common.runs.fenced_commit import Applied, Lost, Writes, fenced_commit
from common.runs.proposals import add_proposals, stored_proposals
from common.runs.state import RunState
from common.runs.transitions import Transition
from common.store import paths
from common.store.client import Document, Snapshot
from common.telemetry.logs import log

_REFUSALS = 5
"""Commits refused without anybody in the way (the hot user document) before an end gives up."""

_Rebase = Callable[[Transition, RunState, Exception], Transition]
"""What is to be ended, where `fresh` is what somebody else has left."""


async def end_run(db: firestore.AsyncClient, state: RunState, ending: Ending) -> RunState | None:
    """End a run in one commit, whoever works on it, unless somebody else has; returns its state afterwards.

    None: the run was deleted. Raises the error of a commit that was refused again and again.
    """
    return await _end(db, _unstaged(state), ending, lambda _, fresh, __: _unstaged(fresh))


async def end_own_run(db: firestore.AsyncClient, staged: Transition, ending: Ending) -> RunState | None:
    """As `end_run`, in the commit of what its worker has staged; raises LeaseLost when the lease is over."""
    return await _end(db, staged, ending, _under_same_lease)


def _unstaged(state: RunState) -> Transition:
    return Transition(before=state, after=state)


def _under_same_lease(staged: Transition, fresh: RunState, error: Exception) -> Transition:
    if fresh.lease_epoch != staged.before.lease_epoch:
        raise LeaseLost from error
    return staged.onto(fresh)


async def _end(db: firestore.AsyncClient, staged: Transition, ending: Ending, rebase: _Rebase) -> RunState | None:
    refused = 0
    while staged.after.is_open:
        transition = staged.then(transitions.end(staged.after, ending, now_utc()))
        proposals = await stored_proposals(db, staged.after.user.uid, ending.answer)
        outcome = await fenced_commit(db, transition, writes=_writes(db, staged.after, ending, proposals))
        if isinstance(outcome, Applied):
            _report(staged.after, ending)
            return outcome.state
        if isinstance(outcome, Lost):
            if outcome.fresh is None:
                return None
            staged = rebase(staged, outcome.fresh, outcome.error)
        else:
            refused += 1
            if refused == _REFUSALS:
                raise outcome.error
        await asyncio.sleep(random.uniform(0.02, 0.1) * refused)  # noqa: S311 - jitter
    return staged.after


def _report(state: RunState, ending: Ending) -> None:
    """A run that failed by our fault is logged under its reason and support id, whoever ended it."""
    error = ending.error
    if error is not None and error.is_our_fault:
        log(
            "ERROR",
            "the run failed",
            run_id=state.run_id,
            reason=error.reason,
            support_id=error.support_id,
            step=state.step,
            attempt=state.attempts,
            traceparent=state.traceparent,
        )


def _writes(db: firestore.AsyncClient, state: RunState, ending: Ending, proposals: Sequence[Snapshot]) -> Writes:
    """What else goes into the commit of an end: all that its user reads of it."""

    def add(batch: AsyncWriteBatch) -> None:
        batch.update(db.document(paths.run(state.user.uid, state.run_id)), outcome(ending))
        message = paths.message(state.user.uid, state.thread_id, state.run_id)
        batch.create(db.document(message), closing_message(state.run_id, ending))
        _add_closing(db, batch, state, ending)
        add_proposals(db, batch, state, ending.answer, proposals)

    return add


def outcome(ending: Ending) -> Document:
    """The fields of the customer's run document that change at the end."""
    now = now_utc()
    error = {} if ending.error is None else {"error": ending.error.as_json()["error"]}
    return RunDocument.changes(status=ending.status, updated_at=now, ended_at=now, **error)


def closing_message(run_id: str, ending: Ending) -> Document:
    """The assistant's message of this run; a failed or stopped run leaves one too, so that no question stands alone."""
    now = now_utc()
    if ending.answer is not None:
        answer = dict(ending.answer)
        return AnswerMessage(role="assistant", run_id=run_id, status="completed", created_at=now, **answer).stored()
    text = ending.error.message if ending.error is not None else "Stopped."
    status: Literal["failed", "cancelled"] = "failed" if ending.error is not None else "cancelled"
    return ClosingMessage(role="assistant", run_id=run_id, status=status, text=text, created_at=now).stored()


def _add_closing(db: firestore.AsyncClient, batch: AsyncWriteBatch, state: RunState, ending: Ending) -> None:
    """Make room for the next run. A failed one gives the quota back and, if by our fault, leaves a dead letter."""
    removed = firestore.ArrayRemove([state.run_id])
    thread = ThreadDocument.changes(open_runs=removed, updated_at=now_utc())
    if ending.answer is not None:
        thread |= ThreadDocument.changes(answered=firestore.ArrayUnion([state.run_id]))
    batch.update(db.document(paths.thread(state.user.uid, state.thread_id)), thread)
    user = UserDocument.changes(open_runs=removed)
    if ending.error is not None:
        user[f"quota.`{state.quota_month}`"] = firestore.Increment(-1)
        if ending.error.is_our_fault:
            batch.create(db.document(paths.dead_letter(state.run_id)), new_dead_letter(state, ending.error))
    batch.update(db.document(paths.user(state.user.uid)), user)

"""Claiming a delivered step: decide in one read whether this worker works, then take the lease in one commit."""

from dataclasses import dataclass
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.documents import RunDocument
from common.core.clock import now_utc
from common.runs import transitions
from common.runs.budgets import used_up
from common.runs.end import end_run
from common.runs.end_reasons import RunFailedError
from common.runs.ending import Ending
from common.runs.fenced_commit import Applied, Untouched, commit_unless_moved, fenced_commit
from common.runs.head import ensure_head, ensure_task, head_of
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.recorder import StepMemory
from common.runs.state import RunState
from common.store import paths
from common.store.client import Document, Snapshot, read_all

POSTPONED_S = 60.0
"""How long a run that waits for its turn is left alone by the sweeper; whoever ends the run before it wakes it."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A step that this worker may work on. `earlier`: the stored steps before it, in order."""

    state: RunState
    memory: StepMemory
    earlier: tuple[Document, ...]
    answered: tuple[str, ...]
    """Completed runs of the thread, oldest first."""


async def claim_step(ports: Ports, task: StepTask) -> Claimed | None:
    """Take the lease of a delivered step; None when there is nothing for this worker to do."""
    state_read, thread_read, *steps = await read_all(
        ports.db,
        [
            paths.run_state(task.run_id),
            paths.thread(task.uid, task.thread_id),
            *(paths.step(task.run_id, number) for number in range(task.step + 1)),
        ],
    )
    if not state_read.exists:
        return None
    state = RunState.parse(state_read)
    thread = thread_read.to_dict() or {}
    if not await _is_ours(ports, task, state, thread):
        return None
    claimed: RunState | None = state
    while claimed is not None and claimed.lease_epoch == state.lease_epoch:  # again where the sweeper only postponed it
        claimed = await _take(ports, claimed)
    if claimed is None:
        return None
    return Claimed(
        state=claimed,
        memory=_memory(steps[-1]),
        earlier=tuple(step.to_dict() or {} for step in steps[:-1]),
        answered=tuple(thread["answered"]),
    )


def _memory(step: Snapshot) -> StepMemory:
    document = step.to_dict()
    return StepMemory.parse(document) if document else StepMemory()


async def _is_ours(
    ports: Ports,
    task: StepTask,
    state: RunState,
    thread: Document,
) -> bool:
    """True when the delivered task stands at the cursor of the head of its thread, and nobody else works on it."""
    if not state.is_open:
        await ensure_head(ports, uid=task.uid, thread_id=task.thread_id)
        return False
    if (state.step, state.dispatch) != (task.step, task.dispatch):
        await ensure_task(ports, state)
        return False
    if head_of(thread) != state.run_id:
        await postpone(ports.db, state, POSTPONED_S)
        return False
    if state.lease_is_live(now_utc()) and state.lease_until is not None:
        await ports.queue.enqueue_check(
            task,
            traceparent=state.traceparent,
            at=state.lease_until + timedelta(seconds=min(0.25, ports.profile.lease_s / 8)),
            lease_until=state.lease_until,
        )
        return False
    return True


async def postpone(db: firestore.AsyncClient, state: RunState, seconds: float) -> None:
    """Leave a run to whoever ends the run before it, or to its task; the sweeper looks again later."""
    await commit_unless_moved(db, transitions.postpone(state, now_utc(), seconds=seconds))


async def _take(ports: Ports, state: RunState) -> RunState | None:
    """Commit the lease, the attempt and (once per step) agent_started; None if another worker was first.

    A state under the old lease epoch is what the sweeper left, and may be claimed.
    """
    now = now_utc()
    reason = used_up(ports.profile, state, now)
    if reason is not None:
        await end_run(ports.db, state, Ending(error=RunFailedError(reason)))
        await ensure_head(ports, uid=state.user.uid, thread_id=state.thread_id)
        return None
    transition = transitions.claim(state, ports.profile, now)
    outcome = await fenced_commit(ports.db, transition, writes=lambda batch: _mark_running(ports.db, batch, state))
    if isinstance(outcome, Applied):
        return outcome.state
    if isinstance(outcome, Untouched):
        raise outcome.error  # nobody has it: let Cloud Tasks deliver again
    if outcome.fresh is not None and outcome.fresh.awaits_claim_of(state, now_utc()):
        return outcome.fresh
    return None  # another delivery, a cancel or the sweeper was first and sees to the rest


def _mark_running(db: firestore.AsyncClient, batch: AsyncWriteBatch, state: RunState) -> None:
    """Its user sees that a run which waited has started."""
    if state.status == "queued":
        run = db.document(paths.run(state.user.uid, state.run_id))
        batch.update(run, RunDocument.changes(status="running", updated_at=now_utc()))

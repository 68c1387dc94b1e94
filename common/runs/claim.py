"""Claiming a delivered step: decide in one read whether this worker works, then take the lease in one commit."""

from dataclasses import dataclass, replace
from datetime import timedelta

from google.cloud import firestore

from common.contract.events import AgentStarted, AgentThinking, Event
from common.core.clock import now_utc
from common.runs.budgets import used_up
from common.runs.commit import add_events, fenced_update, new_commit_id, stamp
from common.runs.end import Ending, end_run
from common.runs.end_reasons import RunFailedError
from common.runs.head import ensure_head, ensure_task, head_of
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.recorder import StepMemory
from common.runs.state import RunState, parse_state, read_state
from common.store import paths
from common.store.client import RPC_S, Document, Snapshot, read_all
from common.store.commits import UNCERTAIN

POSTPONED_S = 60.0
"""How long a run that waits for its turn is left alone by the sweeper; whoever ends the run before it wakes it."""

INTERRUPTED = "I was interrupted, so I begin this part again."


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A step that this worker may work on; `earlier` holds the stored steps before it, in order."""

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
    state = parse_state(state_read)
    thread = thread_read.to_dict() or {}
    if not await _is_ours(ports, task, state, thread):
        return None
    claimed: RunState | None = state
    while claimed is not None and claimed.lease_epoch == state.lease_epoch:  # again where the sweeper only looked
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
    batch = db.batch()
    fenced_update(db, batch, state, {"wake_at": now_utc() + timedelta(seconds=seconds)}, new_commit_id())
    try:
        await batch.commit(timeout=RPC_S)
    except UNCERTAIN:
        return  # somebody moved it on, which is what it waits for


async def _take(ports: Ports, state: RunState) -> RunState | None:
    """Commit the lease, the attempt and (once per step) agent_started; None if another worker was first.

    A state under the old lease is what the sweeper left, and may be taken.
    """
    now = now_utc()
    reason = used_up(ports.profile, state, now)
    if reason is not None:
        await end_run(ports.db, state, Ending(error=RunFailedError(reason)), as_worker=False)
        await ensure_head(ports, uid=state.user.uid, thread_id=state.thread_id)
        return None
    events = stamp(_opening(state), run_id=state.run_id, step=state.step, first_seq=state.next_seq)
    taken = replace(
        state,
        status="running",
        attempts=state.attempts + 1,
        lease_epoch=state.lease_epoch + 1,
        lease_until=now + timedelta(seconds=ports.profile.lease_s),
        started_agent=state.agent,
        draft_from=None,
        started_at=state.started_at or now,
        progress_at=state.progress_at if state.attempts else now,  # another attempt is none
        next_seq=state.next_seq + len(events),
        commit_id=new_commit_id(),
    )
    return await _commit_claim(ports, state, taken, events)


def _opening(state: RunState) -> list[Event]:
    """agent_started, once per step; and what a worker that is gone has shown of an unfinished reply is taken back."""
    if state.started_agent != state.agent:
        return [AgentStarted(agent=state.agent)]
    if state.draft_from is None:
        return []
    return [AgentThinking(agent=state.agent, thought=INTERRUPTED, replaces=state.draft_from)]


async def _commit_claim(ports: Ports, state: RunState, taken: RunState, events: list[Event]) -> RunState | None:
    db, profile = ports.db, ports.profile
    changes: Document = {
        "status": taken.status,
        "attempts": taken.attempts,
        "lease_epoch": taken.lease_epoch,
        "lease_until": taken.lease_until,
        "started_agent": taken.started_agent,
        "draft_from": taken.draft_from,
        "started_at": taken.started_at,
        "progress_at": taken.progress_at,
        "next_seq": taken.next_seq,
        "wake_at": now_utc() + timedelta(seconds=profile.lease_s + profile.sweep_grace_s),
    }
    batch = db.batch()
    fenced_update(db, batch, state, changes, taken.commit_id)
    add_events(db, batch, uid=state.user.uid, events=events)
    if state.status == "queued":
        run = db.document(paths.run(state.user.uid, state.run_id))
        batch.update(run, {"status": "running", "updated_at": now_utc()})
    try:
        results = await batch.commit(timeout=RPC_S)
    except UNCERTAIN:
        fresh = await read_state(db, state.run_id)
        if fresh is not None and fresh.commit_id == taken.commit_id:
            return replace(taken, update_time=fresh.update_time)
        if fresh is not None and fresh.update_time == state.update_time:
            raise  # nobody has it: let Cloud Tasks deliver again
        if fresh is not None and fresh.awaits_claim_of(state):
            return fresh
        return None  # another delivery, a cancel or the sweeper was first and sees to the rest
    return replace(taken, update_time=results[0].update_time)

"""Keeps a thread moving: the oldest open run of a thread has a task, whoever died before making it."""

from datetime import datetime, timedelta

from common.core.clock import now_utc
from common.runs.commit import fenced_update, new_commit_id
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.state import RunState, read_state
from common.store import paths
from common.store.client import RPC_S, Document, read_all
from common.store.commits import UNCERTAIN
from common.telemetry.logs import log


def head_of(thread: Document | None) -> str | None:
    """The run whose turn it is in a thread."""
    waiting: list[str] = (thread or {}).get("open_runs", [])
    return waiting[0] if waiting else None


async def ensure_head(ports: Ports, *, uid: str, thread_id: str) -> None:
    """Make sure that the head of the thread is being worked on, or has a task that will."""
    (thread,) = await read_all(ports.db, [paths.thread(uid, thread_id)])
    head = head_of(thread.to_dict())
    state = await read_state(ports.db, head) if head else None
    if state is not None:
        await ensure_task(ports, state)


async def wake_head(ports: Ports, *, uid: str, thread_id: str) -> None:
    """`ensure_head` for a client's request whose own work is committed: a failure is logged and left to the sweeper."""
    try:
        await ensure_head(ports, uid=uid, thread_id=thread_id)
    except Exception as error:  # noqa: BLE001 - whatever it is (credentials fail in their own ways), the work stands
        log("ERROR", "the head of a thread has no task; the sweeper will make it", cause=error, thread_id=thread_id)


async def ensure_task(ports: Ports, state: RunState) -> None:
    """Make sure that the cursor of `state` has a task, unless the run is over or a worker holds its lease."""
    if not state.is_open or state.lease_is_live(now_utc()):
        return
    task = StepTask.at_cursor(state)
    if await ports.queue.enqueue(task, traceparent=state.traceparent) or await ports.queue.is_on_its_way(task):
        return
    await dispatch_again(ports, state)


async def dispatch_again(
    ports: Ports,
    state: RunState,
    *,
    at: datetime | None = None,
) -> None:
    """Give the cursor a new task name (a used one is never reused) and enqueue it, unless others were first."""
    dispatch = state.dispatch + 1
    wake_at = (at or now_utc()) + timedelta(seconds=ports.profile.sweep_grace_s)
    batch = ports.db.batch()
    commit_id = new_commit_id()
    changes: Document = {"dispatch": dispatch, "lease_until": None, "wake_at": wake_at}
    fenced_update(ports.db, batch, state, changes, commit_id)
    try:
        await batch.commit(timeout=RPC_S)
    except UNCERTAIN:
        fresh = await read_state(ports.db, state.run_id)
        if fresh is not None and fresh.update_time == state.update_time:
            raise  # not applied, and nobody was in the way
        if fresh is None or fresh.commit_id != commit_id:
            return  # somebody else moved the run on
    task = StepTask.at_cursor(state).model_copy(update={"dispatch": dispatch})
    await ports.queue.enqueue(task, traceparent=state.traceparent, at=at)

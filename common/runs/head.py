"""Keeps a thread moving: its oldest open run has a task, even if whoever should have made it has died."""

from common.core.clock import now_utc
from common.runs import transitions
from common.runs.fenced_commit import Applied, Untouched, fenced_commit
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.state import RunState, read_state
from common.store import paths
from common.store.client import Document, read_all
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
    """Make sure that the cursor of `state` has a task, unless the run has ended or a worker holds its lease."""
    if not state.is_open or state.lease_is_live(now_utc()):
        return
    task = StepTask.at_cursor(state)
    if await ports.queue.enqueue(task, traceparent=state.traceparent) or await ports.queue.is_on_its_way(task):
        return
    await dispatch_again(ports, state)


async def dispatch_again(ports: Ports, state: RunState) -> None:
    """Give the cursor a new task name (a used one is never reused) and enqueue it, unless others were first."""
    transition = transitions.dispatch_again(state, ports.profile, now_utc())
    outcome = await fenced_commit(ports.db, transition)
    if isinstance(outcome, Untouched):
        raise outcome.error
    if isinstance(outcome, Applied):  # else somebody has moved the run on
        await ports.queue.enqueue(StepTask.at_cursor(outcome.state), traceparent=state.traceparent)

"""The sweeper: runs whose wake_at has passed lost a task or a worker; each is woken, handed on or ended."""

import asyncio

from google.cloud.firestore_v1.base_query import FieldFilter

from common.core.clock import now_utc
from common.runs.budgets import used_up
from common.runs.claim import POSTPONED_S, postpone
from common.runs.end import Ending, end_run
from common.runs.end_reasons import RunFailedError
from common.runs.head import dispatch_again, ensure_head, head_of
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.state import RunState, parse_state
from common.store import paths
from common.store.client import RPC_S, Snapshot, read_all
from common.telemetry.logs import log

BATCH = 200
"""Runs of one sweep; the rest is due again at the next."""

_AT_ONCE = 16


async def sweep(ports: Ports) -> int:
    """Look after every run that is due; returns how many were."""
    query = (
        ports.db.collection(paths.RUN_STATES)
        .where(filter=FieldFilter("wake_at", "<=", now_utc()))
        .order_by("wake_at")
        .limit(BATCH)
    )
    due = [snapshot async for snapshot in query.stream(timeout=RPC_S)]
    gate = asyncio.Semaphore(_AT_ONCE)

    async def look_after(snapshot: Snapshot) -> None:
        async with gate:
            try:
                await _look_after(ports, parse_state(snapshot))
            except Exception as error:  # noqa: BLE001 - one broken run must not keep the rest waiting
                log("ERROR", "the sweep could not look after a run", cause=error, run_id=snapshot.id)

    async with asyncio.TaskGroup() as group:
        for snapshot in due:
            group.create_task(look_after(snapshot))
    return len(due)


async def _look_after(ports: Ports, state: RunState) -> None:
    """One due run. Every write is fenced: a live worker beside us loses nothing but a retry."""
    now = now_utc()
    (thread,) = await read_all(ports.db, [paths.thread(state.user.uid, state.thread_id)])
    if head_of(thread.to_dict()) != state.run_id:
        await postpone(ports.db, state, POSTPONED_S)
        await ensure_head(ports, uid=state.user.uid, thread_id=state.thread_id)
        return
    reason = used_up(ports.profile, state, now)
    if reason is not None:
        await end_run(ports.db, state, Ending(error=RunFailedError(reason)), as_worker=False)
        await ensure_head(ports, uid=state.user.uid, thread_id=state.thread_id)
    elif not state.lease_is_live(now):
        await _wake(ports, state)


async def _wake(ports: Ports, state: RunState) -> None:
    """Make the task of a run that has lost it, or its worker.

    A task that is only late is waited for: the one in its place would be as late, and be replaced in its turn.
    """
    if state.lease_until is None and await ports.queue.is_on_its_way(StepTask.at_cursor(state)):
        await postpone(ports.db, state, ports.profile.sweep_grace_s)
    else:
        await dispatch_again(ports, state)

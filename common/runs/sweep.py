"""The sweeper: a run whose wake_at has passed lost its task or its worker; it is woken, postponed or ended."""

import asyncio

from google.cloud.firestore_v1.base_query import FieldFilter

from common.core.clock import now_utc
from common.runs.budgets import used_up
from common.runs.claim import POSTPONED_S, postpone
from common.runs.end import end_run
from common.runs.end_reasons import RunFailedError
from common.runs.ending import Ending
from common.runs.head import dispatch_again, ensure_head, head_of
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.state import RunState
from common.store import paths
from common.store.client import RPC_S, Snapshot, read_all
from common.telemetry.logs import log

BATCH = 200
"""Runs of one sweep; the rest is due again at the next."""

_AT_ONCE = 16


async def sweep(ports: Ports) -> int:
    """Check every run that is due; returns how many were."""
    query = (
        ports.db.collection(paths.RUN_STATES)
        .where(filter=FieldFilter("wake_at", "<=", now_utc()))
        .order_by("wake_at")
        .limit(BATCH)
    )
    due = [snapshot async for snapshot in query.stream(timeout=RPC_S)]
    gate = asyncio.Semaphore(_AT_ONCE)

    async def check(snapshot: Snapshot) -> None:
        async with gate:
            try:
                await _check(ports, RunState.parse(snapshot))
            except Exception as error:  # noqa: BLE001 - one broken run must not keep the rest waiting
                log("ERROR", "the sweep could not check a run", cause=error, run_id=snapshot.id)

    async with asyncio.TaskGroup() as group:
        for snapshot in due:
            group.create_task(check(snapshot))
    return len(due)


async def _check(ports: Ports, state: RunState) -> None:
    """One due run. Every write is fenced: a live worker beside us has at most to retry."""
    now = now_utc()
    (thread,) = await read_all(ports.db, [paths.thread(state.user.uid, state.thread_id)])
    if head_of(thread.to_dict()) != state.run_id:
        await postpone(ports.db, state, POSTPONED_S)
        await ensure_head(ports, uid=state.user.uid, thread_id=state.thread_id)
        return
    reason = used_up(ports.profile, state, now)
    if reason is not None:
        await end_run(ports.db, state, Ending(error=RunFailedError(reason)))
        await ensure_head(ports, uid=state.user.uid, thread_id=state.thread_id)
    elif not state.lease_is_live(now):
        await _wake(ports, state)


async def _wake(ports: Ports, state: RunState) -> None:
    """Make a new task for a run that has lost its task or its worker.

    A task that is only late is waited for: its replacement would be as late, and be replaced in turn.
    """
    if state.lease_until is None and await ports.queue.is_on_its_way(StepTask.at_cursor(state)):
        await postpone(ports.db, state, ports.profile.sweep_grace_s)
    else:
        await dispatch_again(ports, state)

"""The one way a run ends: for the worker, for cancel and for the sweeper."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.answer import Answer
from common.contract.events import AgentCancelled, AgentCompleted, AgentFailed, Event, ToolCompleted
from common.contract.status import Status
from common.core.clock import now_utc
from common.runs.commit import LeaseLost, add_events, fenced_update, new_commit_id, stamp
from common.runs.dead_letters import new_letter
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.proposals import add_proposals, stored_proposals
from common.runs.state import RunState, read_state
from common.store import paths
from common.store.client import RPC_S, SCHEMA_VERSION, Document
from common.store.commits import UNCERTAIN
from common.telemetry.logs import log

_REFUSALS = 5
"""Commits refused without anybody in the way (the hot user document) before an end gives up."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ends: with an answer, with an error, or (neither) because its user stopped it."""

    answer: Answer | None = None
    summary: str = ""
    error: RunFailedError | None = None

    @property
    def status(self) -> Status:
        """The final status of the run."""
        if self.answer is not None:
            return "completed"
        return "failed" if self.error is not None else "cancelled"

    @property
    def reason(self) -> EndReason:
        """Why it ended."""
        if self.answer is not None:
            return EndReason.ANSWERED
        return self.error.reason if self.error is not None else EndReason.STOPPED


async def end_run(
    db: firestore.AsyncClient, state: RunState, ending: Ending, *, as_worker: bool, before: Sequence[Event] = ()
) -> RunState | None:
    """End the run in one commit, unless somebody else has; returns its state afterwards (None: it is gone).

    `as_worker`: only under the lease of `state`; raises LeaseLost when that is over. Others re-read and try again.
    `before`: numbered events of that worker that go into the same commit.
    """
    refused = 0
    while state.is_open:
        commit_id = new_commit_id()
        stored = await stored_proposals(db, state.user.uid, ending.answer)
        batch = db.batch()
        _add_ending(db, batch, state, ending, commit_id=commit_id, before=before)
        add_proposals(db, batch, state, ending.answer, stored)
        try:
            await batch.commit(timeout=RPC_S)
        except UNCERTAIN as error:
            fresh = await read_state(db, state.run_id)
            if fresh is None:
                return None
            if fresh.commit_id != commit_id:
                refused += fresh.update_time == state.update_time
                if refused == _REFUSALS:
                    raise  # not applied, and nobody was in the way
                state = _still_ours(state, fresh, error) if as_worker else fresh
                await asyncio.sleep(random.uniform(0.02, 0.1) * refused)  # noqa: S311 - jitter
                continue
        _report(state, ending)
        return replace(state, status=ending.status)
    return state


def _still_ours(state: RunState, fresh: RunState, error: Exception) -> RunState:
    """`fresh` with what only its worker knows; raises LeaseLost when that is not us any more."""
    if fresh.lease_epoch != state.lease_epoch:
        raise LeaseLost from error
    return replace(fresh, open_tool=state.open_tool, spent_usd=state.spent_usd)


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


def _add_ending(
    db: firestore.AsyncClient,
    batch: AsyncWriteBatch,
    state: RunState,
    ending: Ending,
    *,
    commit_id: str,
    before: Sequence[Event],
) -> None:
    last = _last_events(state, ending)
    first_seq = state.next_seq + len(before)
    events = [*before, *stamp(last, run_id=state.run_id, step=state.step, first_seq=first_seq)]
    changes: Document = {
        "status": ending.status,
        "end_reason": ending.reason.value,
        "spent_usd": state.spent_usd,
        "next_seq": state.next_seq + len(events),
        "open_tool": None,
        "started_agent": None,
        "lease_until": None,
        "wake_at": None,
    }
    fenced_update(db, batch, state, changes, commit_id)
    add_events(db, batch, uid=state.user.uid, events=events)
    batch.update(db.document(paths.run(state.user.uid, state.run_id)), outcome(ending))
    batch.create(
        db.document(paths.message(state.user.uid, state.thread_id, state.run_id)), closing_message(state.run_id, ending)
    )
    _add_closing(db, batch, state, ending)


def _last_events(state: RunState, ending: Ending) -> list[Event]:
    events: list[Event] = []
    agent = state.agent
    if state.open_tool is not None:
        events.append(
            ToolCompleted(
                agent=agent,
                tool=state.open_tool.tool,
                tool_call_id=state.open_tool.call_id,
                status="failed" if ending.status == "failed" else "cancelled",
                result_summary="Not finished.",
            )
        )
    events.append(terminal_event(state, ending))
    return events


def terminal_event(state: RunState, ending: Ending) -> Event:
    """The last event of a run, and the only one with `final: true`."""
    agent = state.agent
    if ending.answer is not None:
        return AgentCompleted(agent=agent, result=ending.summary, answer=ending.answer, final=True)
    if ending.error is not None:
        error = ending.error
        return AgentFailed(
            agent=agent,
            code=error.code,
            message=error.message,
            retryable=error.spec.retryable,
            support_id=error.support_id,
            final=True,
        )
    return AgentCancelled(agent=agent, final=True)


def outcome(ending: Ending) -> Document:
    """The fields of the customer's run document that change at the end."""
    now = now_utc()
    document: Document = {"status": ending.status, "updated_at": now, "ended_at": now}
    if ending.error is not None:
        document["error"] = ending.error.as_json()["error"]
    return document


def closing_message(run_id: str, ending: Ending) -> Document:
    """The assistant's message of this run; a failed or stopped run leaves one too, so that a thread reads whole."""
    document: dict[str, Any] = {
        "v": SCHEMA_VERSION,
        "role": "assistant",
        "run_id": run_id,
        "status": ending.status,
        "created_at": now_utc(),
    }
    if ending.answer is not None:
        return {**document, **ending.answer.model_dump(mode="json", exclude_none=True)}
    return {**document, "text": ending.error.message if ending.error is not None else "Stopped."}


def _add_closing(db: firestore.AsyncClient, batch: AsyncWriteBatch, state: RunState, ending: Ending) -> None:
    """Make room for the next run; a failed one gives the quota back and, when the fault was ours, leaves a letter."""
    removed = firestore.ArrayRemove([state.run_id])
    thread: Document = {"open_runs": removed, "updated_at": now_utc()}
    if ending.answer is not None:
        thread["answered"] = firestore.ArrayUnion([state.run_id])
    batch.update(db.document(paths.thread(state.user.uid, state.thread_id)), thread)
    user: Document = {"open_runs": removed}
    if ending.error is not None:
        user[f"quota.`{state.quota_month}`"] = firestore.Increment(-1)
        if ending.error.is_our_fault:
            batch.create(db.document(paths.dead_letter(state.run_id)), new_letter(state, ending.error))
    batch.update(db.document(paths.user(state.user.uid)), user)

"""Each budget of a run ends it, with its reason, whoever checks first: a delivery, the sweeper, or its own worker."""

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from google.api_core.exceptions import Aborted
from google.cloud import firestore

from common.contract.answer import Answer
from common.core.clock import now_utc
from common.runs.advance import continue_in_next_delivery, finish_step, try_again
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.heartbeat import with_heartbeat
from common.runs.ports import Ports
from common.runs.step import StepResult, ToolCall, ToolResult
from common.runs.sweep import sweep
from common.store import paths
from emulators.platform.api import Stack
from functions.step.worker import work
from tests.support.faults import inject_model_fault, model_calls
from tests.support.invariants import check_run
from tests.support.protocol import (
    LEASE_S,
    Worker,
    accept,
    claim,
    document,
    events_of,
    held_settings,
    refusing,
    state_of,
)

ANSWERED = StepResult(summary="Done.", answer=Answer(text="A."))


def used_up(ports: Ports) -> dict[EndReason, dict[str, Any]]:
    """What the control document holds when a budget is used up."""
    now, profile = now_utc(), ports.profile
    return {
        EndReason.ATTEMPTS: {"attempts": profile.step_attempts},
        EndReason.WALL_TIME: {"started_at": now - timedelta(seconds=profile.run_budget_s + 1)},
        EndReason.NO_PROGRESS: {"progress_at": now - timedelta(seconds=profile.no_progress_s + 1)},
        EndReason.MONEY: {"spent_usd": profile.run_budget_usd},
    }


CODES = {
    EndReason.ATTEMPTS: "run_budget_exhausted",
    EndReason.WALL_TIME: "run_too_long",
    EndReason.NO_PROGRESS: "run_too_long",
    EndReason.MONEY: "run_too_costly",
}


@pytest.fixture
def alone(ports: Ports) -> Ports:
    """Ports on a database of their own, which no other sweeper sees."""
    return replace(ports, db=firestore.AsyncClient(project=f"{ports.db.project}-{uuid.uuid4().hex[:8]}"))


async def check_failed(ports: Ports, uid: str, run_id: str, reason: EndReason) -> None:
    """The run failed once, for `reason`, cost no quota and left a dead letter that says so."""
    events = await events_of(ports, uid, run_id)
    check_run(events)
    assert (events[-1]["type"], (await document(ports, paths.run_state(run_id)))["end_reason"]) == (
        "agent_failed",
        reason.value,
    )
    assert (await document(ports, paths.dead_letter(run_id)))["reason"] == reason.value
    user = await document(ports, paths.user(uid))
    assert list(user["quota"].values()) == [0]  # type: ignore[attr-defined]  # Firestore's map


@pytest.mark.parametrize("reason", CODES)
async def test_a_claim_ends_a_run_whose_budget_is_used_up(ports: Ports, uid: str, reason: EndReason) -> None:
    accepted = await accept(ports, uid, "request-1")
    await ports.db.document(paths.run_state(accepted.run_id)).update(used_up(ports)[reason])
    assert await claim(ports, accepted.run_id) is None
    await check_failed(ports, uid, accepted.run_id, reason)
    assert (await events_of(ports, uid, accepted.run_id))[-1]["code"] == CODES[reason]


@pytest.mark.parametrize("reason", CODES)
async def test_the_sweeper_ends_a_run_whose_budget_is_used_up(alone: Ports, uid: str, reason: EndReason) -> None:
    accepted = await accept(alone, uid, "request-1")
    changes = {**used_up(alone)[reason], "wake_at": now_utc()}
    await alone.db.document(paths.run_state(accepted.run_id)).update(changes)
    await sweep(alone)
    await check_failed(alone, uid, accepted.run_id, reason)


@pytest.mark.parametrize("reason", [EndReason.NO_PROGRESS, EndReason.WALL_TIME])
async def test_a_worker_with_nothing_but_a_heartbeat_is_ended(
    stack: Stack, ports: Ports, uid: str, tag: str, reason: EndReason
) -> None:
    limit = {EndReason.NO_PROGRESS: "no_progress_s", EndReason.WALL_TIME: "run_budget_s"}[reason]
    profile = replace(ports.profile, heartbeat_s=0.1, lease_s=5.0, **{limit: 1.5})  # type: ignore[arg-type]  # a time
    impatient = replace(ports, profile=profile)
    inject_model_fault(stack, "silence", match=tag, seconds=8.0)
    accepted = await accept(impatient, uid, "request-1", f"What did I spend? {tag}")
    claimed = await claim(impatient, accepted.run_id)
    assert claimed is not None
    await work(impatient, held_settings(), claimed)
    await check_failed(ports, uid, accepted.run_id, reason)
    thoughts = [str(event.get("thought")) for event in await events_of(ports, uid, accepted.run_id)]
    assert len([thought for thought in thoughts if thought.startswith("Still ")]) > 3


async def test_tool_results_keep_a_run_alive_for_longer_than_one_silence_may_last(ports: Ports, uid: str) -> None:
    patient = replace(ports, profile=replace(ports.profile, no_progress_s=0.8, lease_s=5.0))
    accepted = await accept(patient, uid, "request-1")
    worker = Worker(patient, await claim(patient, accepted.run_id))

    async def tool() -> ToolResult:
        await asyncio.sleep(0.3)
        return ToolResult(summary="12 requests cost 3 USD")

    async def agent() -> StepResult:
        for number in range(6):
            call = ToolCall(call_id=f"call-{number}", tool="spend_totals", purpose="add up", arguments={})
            await worker.recorder.call_tool(call, tool)
        return ANSWERED

    result = await with_heartbeat(worker.writer, worker.recorder, agent())
    await finish_step(patient, worker.writer, worker.memory, result)
    assert (await state_of(ports, accepted.run_id)).status == "completed"


@pytest.mark.parametrize("handed_on", [False, True])
async def test_the_next_step_or_delivery_has_a_time_of_its_own_to_get_on(
    ports: Ports, uid: str, *, handed_on: bool
) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    long_ago = now_utc() - timedelta(seconds=ports.profile.no_progress_s - 1)
    await ports.db.document(paths.run_state(accepted.run_id)).update({"progress_at": long_ago})
    if handed_on:
        await continue_in_next_delivery(ports, worker.writer)
    else:
        await finish_step(ports, worker.writer, worker.memory, StepResult(summary="Understood.", workflow=["data"]))
    await claim(ports, accepted.run_id)
    progress_at = (await state_of(ports, accepted.run_id)).progress_at
    assert progress_at is not None
    assert now_utc() - progress_at < timedelta(seconds=5)


async def test_a_second_attempt_at_a_step_is_no_progress(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    first = Worker(ports, await claim(ports, accepted.run_id))
    await asyncio.sleep(LEASE_S + 0.05)
    second = Worker(ports, await claim(ports, accepted.run_id))
    await second.say("Still reading your question.")
    assert (await state_of(ports, accepted.run_id)).progress_at == first.claimed.state.progress_at


async def test_what_failed_and_killed_attempts_cost_is_counted_and_shown(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    failed = Worker(ports, await claim(ports, accepted.run_id))
    await failed.recorder.remember([], cost_usd=0.125)
    await try_again(ports, failed.writer, why="Busy.", reason=EndReason.MODEL_UNAVAILABLE, after_s=None)
    killed = Worker(ports, await claim(ports, accepted.run_id))
    await killed.recorder.remember([], cost_usd=0.25)
    await killed.say("The last that is heard of it.")
    await asyncio.sleep(LEASE_S + 0.05)
    last = Worker(ports, await claim(ports, accepted.run_id))
    assert last.claimed.state.spent_usd == 0.375
    await last.recorder.remember([], cost_usd=0.5)
    await finish_step(ports, last.writer, last.memory, ANSWERED)
    assert (await events_of(ports, uid, accepted.run_id))[-1]["answer"]["cost_usd"] == 0.875  # type: ignore[index]  # a map
    assert (await state_of(ports, accepted.run_id)).spent_usd == 0.875


async def test_a_cost_whose_commit_was_refused_is_counted_with_the_next(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(refusing(ports, refusals=5), await claim(ports, accepted.run_id))
    await worker.recorder.remember([], cost_usd=0.25)
    with pytest.raises(Aborted):
        await worker.say("Lost.")
    await worker.say("Here.")
    assert (await state_of(ports, accepted.run_id)).spent_usd == 0.25


async def test_an_agent_makes_no_model_call_beyond_its_money(stack: Stack, ports: Ports, uid: str, tag: str) -> None:
    poor = replace(ports, profile=replace(ports.profile, run_budget_usd=1e-9, lease_s=5.0))
    inject_model_fault(stack, "empty", match=tag, times=100)
    accepted = await accept(poor, uid, "request-1", f"What did I spend? {tag}")
    claimed = await claim(poor, accepted.run_id)
    assert claimed is not None
    await work(poor, held_settings(), claimed)
    await check_failed(ports, uid, accepted.run_id, EndReason.MONEY)
    assert (await state_of(ports, accepted.run_id)).spent_usd > 0
    assert model_calls(stack, tag) == 1


async def test_the_last_attempt_that_fails_ends_the_run_for_its_own_reason(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    await ports.db.document(paths.run_state(accepted.run_id)).update({"attempts": ports.profile.step_attempts - 1})
    worker = Worker(ports, await claim(ports, accepted.run_id))
    await try_again(ports, worker.writer, why="Busy.", reason=EndReason.MODEL_UNAVAILABLE, after_s=None)
    await check_failed(ports, uid, accepted.run_id, EndReason.MODEL_UNAVAILABLE)


async def test_a_control_document_from_before_there_were_budgets_is_read(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    later_fields = {"progress_at": firestore.DELETE_FIELD, "end_reason": firestore.DELETE_FIELD}
    await ports.db.document(paths.run_state(accepted.run_id)).update(later_fields)
    worker = Worker(ports, await claim(ports, accepted.run_id))
    await finish_step(ports, worker.writer, worker.memory, ANSWERED)
    assert (await document(ports, paths.run_state(accepted.run_id)))["end_reason"] == "answered"


async def test_a_heartbeat_raises_in_the_worker_and_leaves_the_end_to_it(ports: Ports, uid: str) -> None:
    impatient = replace(ports, profile=replace(ports.profile, no_progress_s=0.3, lease_s=5.0))
    accepted = await accept(impatient, uid, "request-1")
    worker = Worker(impatient, await claim(impatient, accepted.run_id))
    with pytest.raises(RunFailedError) as failed:
        await with_heartbeat(worker.writer, worker.recorder, asyncio.Event().wait())
    assert failed.value.reason is EndReason.NO_PROGRESS
    assert (await state_of(ports, accepted.run_id)).is_open

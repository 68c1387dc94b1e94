"""The run protocol where replies fail at the worst moment: each test is one interleaving that a review found."""

import asyncio
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from google.api_core.exceptions import Aborted, GoogleAPICallError, ServiceUnavailable
from google.auth.exceptions import RefreshError
from google.cloud import firestore

from common.contract.answer import Answer
from common.core.clock import now_utc
from common.runs.advance import NotFollowedUpError, finish_step, try_again
from common.runs.end_reasons import EndReason
from common.runs.head import dispatch_again, ensure_head
from common.runs.ids import task_id
from common.runs.ports import Ports
from common.runs.queue import StepQueue, StepTask, tasks_client
from common.runs.step import StepResult, ToolCall, ToolResult
from common.runs.sweep import sweep
from common.store import paths
from tests.support.invariants import check_run
from tests.support.protocol import (
    Worker,
    accept,
    claim,
    document,
    events_of,
    held_settings,
    lease_over,
    lossy,
    refusing,
    state_of,
)

ANSWERED = StepResult(summary="Done.", answer=Answer(text="A."))
HANDED_OVER = StepResult(summary="Understood.", workflow=["data"])


@pytest.fixture
def alone(ports: Ports) -> Ports:
    """Ports on a database of their own, which no other sweeper sees."""
    return replace(ports, db=firestore.AsyncClient(project=f"{ports.db.project}-{uuid.uuid4().hex[:8]}"))


class _BrokenQueue(StepQueue):
    """Cloud Tasks is down for the next `failures` tasks."""

    def __init__(self, failures: int, queue: StepQueue) -> None:
        super().__init__(queue._client, held_settings())  # noqa: SLF001 - the same connection
        self._failures = failures

    async def enqueue(self, task: StepTask, *, traceparent: str, at: datetime | None = None) -> bool:
        """Fail, then work."""
        if self._failures > 0:
            self._failures -= 1
            raise ServiceUnavailable("no tasks now")  # type: ignore[no-untyped-call]  # google.api_core
        return await super().enqueue(task, traceparent=traceparent, at=at)


async def dies_or_tries_again(ports: Ports, worker: Worker, result: StepResult) -> None:
    """Finish a step as the step function does: what breaks is tried again, by this worker or by a redelivery."""
    first = StepTask.at_cursor(worker.claimed.state)
    outcome = (await asyncio.gather(finish_step(ports, worker.writer, worker.memory, result), return_exceptions=True))[
        0
    ]
    if isinstance(outcome, GoogleAPICallError):
        await try_again(ports, worker.writer, why="Again.", reason=EndReason.ANSWER_FAILED, after_s=None)
    await ensure_head(ports, uid=first.uid, thread_id=first.thread_id)


async def has_task(ports: Ports, run_id: str) -> bool:
    return await ports.queue.is_on_its_way(StepTask.at_cursor(await state_of(ports, run_id)))


async def test_the_sweep_leaves_the_last_permitted_attempt_alone_while_its_worker_lives(alone: Ports, uid: str) -> None:
    accepted = await accept(alone, uid, "request-1")
    for _ in range(alone.profile.step_attempts - 1):
        Worker(alone, await claim(alone, accepted.run_id))
        await lease_over()
    Worker(alone, await claim(alone, accepted.run_id))
    await alone.db.document(paths.run_state(accepted.run_id)).update({"wake_at": now_utc()})
    assert (await state_of(alone, accepted.run_id)).lease_is_live(now_utc())
    await sweep(alone)
    assert (await state_of(alone, accepted.run_id)).status == "running"


async def test_a_run_that_cannot_be_ended_does_not_keep_the_sweep_from_the_others(alone: Ports, uid: str) -> None:
    past = now_utc() - timedelta(hours=1)
    broken = await accept(alone, uid, "request-1")
    others = [await accept(alone, f"{uid}-{n}", "request-1") for n in range(30)]
    await alone.db.document(paths.run_state(broken.run_id)).update({"attempts": 99, "wake_at": past})
    await alone.db.document(paths.user(uid)).delete()
    for number, other in enumerate(others, 1):
        due = past + timedelta(seconds=number)
        await alone.db.document(paths.run_state(other.run_id)).update({"wake_at": due})
    await asyncio.gather(sweep(alone), return_exceptions=True)
    assert [await wake_at(alone, other.run_id) > now_utc() for other in others] == [True] * len(others)


async def wake_at(ports: Ports, run_id: str) -> datetime:
    """When the sweeper looks at the run again."""
    at = (await document(ports, paths.run_state(run_id)))["wake_at"]
    assert isinstance(at, datetime)
    return at


async def sweep_over(ports: Ports, run_id: str) -> int:
    """The run is due and swept; its dispatch afterwards."""
    await ports.db.document(paths.run_state(run_id)).update({"wake_at": now_utc()})
    await sweep(ports)
    return (await state_of(ports, run_id)).dispatch


async def test_a_task_that_is_only_late_is_waited_for_however_often_the_sweeper_looks(alone: Ports, uid: str) -> None:
    accepted = await accept(alone, uid, "request-1")
    assert [await sweep_over(alone, accepted.run_id) for _ in range(3)] == [0, 0, 0]
    assert await wake_at(alone, accepted.run_id) > now_utc()
    assert await claim(alone, accepted.run_id) is not None


async def test_a_task_that_was_deleted_or_whose_worker_died_is_replaced_once(alone: Ports, uid: str) -> None:
    accepted = await accept(alone, uid, "request-1")
    name = f"{held_settings().steps_queue}/tasks/{task_id(accepted.run_id, 0, 0)}"
    await tasks_client(held_settings()).delete_task(name=name)
    assert [await sweep_over(alone, accepted.run_id) for _ in range(2)] == [1, 1]
    Worker(alone, await claim(alone, accepted.run_id))
    await lease_over()
    assert [await sweep_over(alone, accepted.run_id) for _ in range(2)] == [2, 2]
    assert await has_task(alone, accepted.run_id)


async def test_a_retry_that_the_provider_allows_only_after_the_runs_budget_ends_the_run(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    await try_again(ports, worker.writer, why="Busy.", reason=EndReason.MODEL_UNAVAILABLE, after_s=3600.0)
    assert (await state_of(ports, accepted.run_id)).status == "failed"


async def test_a_refused_end_is_issued_again_instead_of_running_the_agent_again(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(refusing(ports, refusals=1), await claim(ports, accepted.run_id))
    await finish_step(ports, worker.writer, worker.memory, ANSWERED)
    check_run(await events_of(ports, uid, accepted.run_id))


async def test_a_claim_that_was_not_applied_is_delivered_again(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    with pytest.raises(Aborted):
        await claim(refusing(ports, refusals=1), accepted.run_id)


async def test_a_new_dispatch_whose_reply_was_lost_still_gets_its_task(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    await dispatch_again(lossy(ports, losses=1), await state_of(ports, accepted.run_id))
    assert await has_task(ports, accepted.run_id)


async def test_a_hand_over_that_was_refused_leaves_nothing_behind_in_the_writer(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(refusing(ports, refusals=5), await claim(ports, accepted.run_id))
    await dies_or_tries_again(ports, worker, HANDED_OVER)
    heir = Worker(ports, await claim(ports, accepted.run_id))
    await finish_step(ports, heir.writer, heir.memory, ANSWERED)
    check_run(await events_of(ports, uid, accepted.run_id))


@pytest.mark.parametrize("attempts", [1, 5])
async def test_a_hand_over_whose_task_could_not_be_made_stands(ports: Ports, uid: str, attempts: int) -> None:
    accepted = await accept(ports, uid, "request-1")
    for _ in range(attempts - 1):
        await claim(ports, accepted.run_id)
        await lease_over()
    worker = Worker(ports, await claim(ports, accepted.run_id))
    await dies_or_tries_again(replace(ports, queue=_BrokenQueue(1, ports.queue)), worker, HANDED_OVER)
    heir = Worker(ports, await claim(ports, accepted.run_id))
    assert heir.claimed.state.agent == "data"
    await finish_step(ports, heir.writer, heir.memory, ANSWERED)
    check_run(await events_of(ports, uid, accepted.run_id))


async def test_an_end_whose_fence_moved_closes_a_finished_tool_once(ports: Ports, uid: str) -> None:
    async def slow() -> ToolResult:
        await asyncio.sleep(0.2)
        return ToolResult(summary="12 requests cost 3 USD")

    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    call = ToolCall(call_id="call-1", tool="spend_totals", purpose="add up the bill", arguments={})
    await worker.recorder.call_tool(call, slow)
    await ports.db.document(paths.run_state(accepted.run_id)).update({"commit_id": "somebody"})
    await finish_step(ports, worker.writer, worker.memory, ANSWERED)
    check_run(await events_of(ports, uid, accepted.run_id))


async def test_an_accepted_turn_is_answered_while_no_task_can_be_made(ports: Ports, uid: str) -> None:
    down = replace(ports, queue=_BrokenQueue(100, ports.queue))
    first = await accept(down, uid, "request-1")
    assert await accept(down, uid, "request-1") == first
    second = await accept(down, uid, "request-2", thread=first.thread_id)
    assert second.status == "queued"


class _UnauthorizedQueue(StepQueue):
    """Credentials cannot be renewed: an error that is none of the API's."""

    async def enqueue(self, task: StepTask, *, traceparent: str, at: datetime | None = None) -> bool:  # noqa: ARG002
        """Fail before the call."""
        raise RefreshError("no token")  # type: ignore[no-untyped-call]  # google.auth


async def test_an_agent_that_handed_over_says_nothing_more_when_no_task_can_be_made(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    down = replace(ports, queue=_UnauthorizedQueue(ports.queue._client, held_settings()))  # noqa: SLF001 - the same connection
    with pytest.raises(NotFollowedUpError):
        await finish_step(down, worker.writer, worker.memory, HANDED_OVER)
    with pytest.raises(NotFollowedUpError):
        await try_again(ports, worker.writer, why="Again.", reason=EndReason.ANSWER_FAILED, after_s=None)
    heir = Worker(ports, await claim(ports, accepted.run_id))
    await finish_step(ports, heir.writer, heir.memory, ANSWERED)
    check_run(await events_of(ports, uid, accepted.run_id))

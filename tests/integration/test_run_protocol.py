"""The protocol of a run, worker by worker and commit by commit, on the real Firestore and Cloud Tasks emulators."""

import asyncio

import pytest

from common.accounts.quotas import OPEN_RUNS_LIMIT
from common.contract.answer import Answer
from common.contract.events import AgentThinking
from common.errors import ApexError, ErrorCode
from common.runs.advance import finish_step, try_again
from common.runs.cancel import cancel_run
from common.runs.commit import LeaseLost
from common.runs.end_reasons import EndReason
from common.runs.ids import run_id
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.step import StepResult, ToolCall, ToolResult
from common.store import paths
from tests.support.invariants import check_numbers, check_once, check_run, check_tools
from tests.support.protocol import (
    Worker,
    accept,
    claim,
    document,
    events_of,
    lease_over,
    lossy,
    state_of,
    user_of,
)


def call(name: str = "call-1") -> ToolCall:
    return ToolCall(call_id=name, tool="spend_totals", purpose="add up the bill", arguments={})


def thought(text: str) -> AgentThinking:
    return AgentThinking(agent="triage", thought=text)


async def test_an_accepted_turn_has_event_zero_and_its_task_at_once(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    events = await events_of(ports, uid, accepted.run_id)
    assert [event["type"] for event in events] == ["agent_started"]
    assert await ports.queue.is_on_its_way(StepTask.at_cursor(await state_of(ports, accepted.run_id)))


async def test_eight_submits_of_one_request_become_one_run_and_cost_quota_once(ports: Ports, uid: str) -> None:
    accepted = await asyncio.gather(*(accept(ports, uid, "request-1") for _ in range(8)))
    assert len({item.run_id for item in accepted}) == 1
    user = await document(ports, paths.user(uid))
    assert list(user["quota"].values()) == [1]  # type: ignore[attr-defined]  # Firestore's map
    assert user["open_runs"] == [accepted[0].run_id]


async def test_a_request_id_with_another_body_is_refused(ports: Ports, uid: str) -> None:
    await accept(ports, uid, "request-1", "one thing")
    with pytest.raises(ApexError) as refused:
        await accept(ports, uid, "request-1", "another thing")
    assert refused.value.code is ErrorCode.REQUEST_ID_REUSED


async def test_messages_at_once_in_one_thread_are_all_accepted_and_queued_in_one_order(ports: Ports, uid: str) -> None:
    first = await accept(ports, uid, "request-0")
    rest = await asyncio.gather(*(accept(ports, uid, f"request-{n}", thread=first.thread_id) for n in range(1, 6)))
    thread = await document(ports, paths.thread(uid, first.thread_id))
    order = thread["open_runs"]
    assert isinstance(order, list)
    assert order[0] == first.run_id
    assert set(order) == {first.run_id, *(item.run_id for item in rest)}
    assert {item.status for item in rest} == {"queued"}


async def test_the_limit_of_open_runs_refuses_the_next_but_not_a_retry(ports: Ports, uid: str) -> None:
    for n in range(OPEN_RUNS_LIMIT):
        await accept(ports, uid, f"request-{n}")
    with pytest.raises(ApexError) as refused:
        await accept(ports, uid, "request-over")
    assert refused.value.code is ErrorCode.TOO_MANY_RUNS
    again = await accept(ports, uid, "request-0")
    assert again.run_id == run_id(uid, "request-0")


async def test_a_worker_that_was_taken_over_cannot_write_any_more(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    zombie = Worker(ports, await claim(ports, accepted.run_id))
    await zombie.say("before")
    await lease_over()
    heir = Worker(ports, await claim(ports, accepted.run_id))
    with pytest.raises(LeaseLost):
        await zombie.say("after")
    await heir.say("instead")
    events = await events_of(ports, uid, accepted.run_id)
    check_numbers(events)
    assert [event.get("thought") for event in events[1:]] == ["before", "instead"]


async def test_a_second_delivery_beside_a_live_worker_leaves_the_step_alone(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    assert await claim(ports, accepted.run_id) is None
    await worker.say("ours")
    check_once(await events_of(ports, uid, accepted.run_id))


async def test_two_deliveries_at_once_give_the_step_to_one_worker(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    claims = await asyncio.gather(*(claim(ports, accepted.run_id) for _ in range(6)))
    assert len([item for item in claims if item is not None]) == 1


async def test_a_commit_whose_fence_moved_under_the_same_lease_is_issued_again(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    await ports.db.document(paths.run_state(accepted.run_id)).update({"commit_id": "somebody"})
    await worker.say("still ours")
    events = await events_of(ports, uid, accepted.run_id)
    check_numbers(events)
    assert events[-1]["thought"] == "still ours"


async def test_a_commit_that_was_applied_though_its_reply_was_lost_is_not_repeated(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(lossy(ports, losses=1), await claim(ports, accepted.run_id))
    await worker.say("once")
    await worker.say("and on")
    events = await events_of(ports, uid, accepted.run_id)
    check_numbers(events)
    assert [event["thought"] for event in events[1:]] == ["once", "and on"]


async def test_an_accept_whose_reply_was_lost_is_still_one_run(ports: Ports, uid: str) -> None:
    accepted = await accept(lossy(ports, losses=1), uid, "request-1")
    user = await document(ports, paths.user(uid))
    assert user["open_runs"] == [accepted.run_id]
    assert await ports.queue.is_on_its_way(StepTask.at_cursor(await state_of(ports, accepted.run_id)))


async def test_an_end_whose_reply_was_lost_is_still_one_end(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(lossy(ports, losses=1), await claim(ports, accepted.run_id))
    await finish_step(ports, worker.writer, worker.memory, StepResult(summary="Done.", answer=Answer(text="A.")))
    check_run(await events_of(ports, uid, accepted.run_id))


async def test_a_takeover_runs_an_open_tool_again_and_writes_only_its_completion(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    first = Worker(ports, await claim(ports, accepted.run_id))
    hanging = asyncio.ensure_future(first.recorder.call_tool(call(), asyncio.Event().wait))  # type: ignore[arg-type]  # never returns
    while (await state_of(ports, accepted.run_id)).open_tool is None:
        await asyncio.sleep(0.02)
    hanging.cancel()
    await lease_over()
    second = Worker(ports, await claim(ports, accepted.run_id))
    evidence = await second.recorder.call_tool(call(), totals)
    await second.writer.flush()
    events = await events_of(ports, uid, accepted.run_id)
    check_tools(events)
    check_once(events)
    assert events[evidence.source]["type"] == "tool_completed"


async def totals() -> ToolResult:
    return ToolResult(summary="12 requests cost 3 USD")


async def test_a_finished_tool_is_not_run_again_after_a_takeover(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    first = Worker(ports, await claim(ports, accepted.run_id))
    evidence = await first.recorder.call_tool(call(), totals)
    await first.writer.flush()
    await lease_over()
    second = Worker(ports, await claim(ports, accepted.run_id))

    async def must_not_run() -> ToolResult:
        raise AssertionError("the tool ran twice")

    assert await second.recorder.call_tool(call(), must_not_run) == evidence


async def test_a_tool_that_nobody_calls_again_is_closed_before_the_step_ends(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    hanging = asyncio.ensure_future(worker.recorder.call_tool(call(), asyncio.Event().wait))  # type: ignore[arg-type]  # never returns
    while worker.writer.state.open_tool is None:
        await asyncio.sleep(0.02)
    hanging.cancel()
    await worker.recorder.close_open_tool()
    await finish_step(ports, worker.writer, worker.memory, StepResult(summary="Done.", answer=Answer(text="Hello.")))
    check_run(await events_of(ports, uid, accepted.run_id))


async def test_a_commit_whose_caller_is_cancelled_meanwhile_is_still_known_to_its_writer(
    ports: Ports, uid: str
) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    for n in range(10):
        saying = asyncio.ensure_future(worker.say(f"thought {n}"))
        await asyncio.sleep(0.0005 * n)
        saying.cancel()
    await worker.say("the last")
    events = await events_of(ports, uid, accepted.run_id)
    check_numbers(events)
    assert events[-1]["thought"] == "the last"


async def test_a_stop_in_a_tool_closes_it_and_ends_the_run_once(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    hanging = asyncio.ensure_future(worker.recorder.call_tool(call(), asyncio.Event().wait))  # type: ignore[arg-type]  # never returns
    while worker.writer.state.open_tool is None:
        await asyncio.sleep(0.02)
    assert await cancel_run(ports, user=user_of(uid), run_id=accepted.run_id, client_request_id=None) == "cancelled"
    hanging.cancel()
    with pytest.raises(LeaseLost):
        await worker.say("too late")
    events = await events_of(ports, uid, accepted.run_id)
    check_run(events)
    assert events[-1]["type"] == "agent_cancelled"


async def test_a_stop_beside_the_last_commit_leaves_one_outcome(ports: Ports, uid: str) -> None:
    for n in range(8):
        accepted = await accept(ports, uid, f"request-{n}")
        worker = Worker(ports, await claim(ports, accepted.run_id))
        finishing = finish_step(
            ports, worker.writer, worker.memory, StepResult(summary="Done.", answer=Answer(text="A."))
        )
        stopping = cancel_run(ports, user=user_of(uid), run_id=accepted.run_id, client_request_id=None)
        outcomes = await asyncio.gather(finishing, stopping, return_exceptions=True)
        check_run(await events_of(ports, uid, accepted.run_id))
        run = await document(ports, paths.run(uid, accepted.run_id))
        assert run["status"] == outcomes[1]
    user = await document(ports, paths.user(uid))
    assert user["open_runs"] == []


async def test_a_stop_that_comes_first_makes_the_turn_arrive_stopped(ports: Ports, uid: str) -> None:
    name = run_id(uid, "request-1")
    assert await cancel_run(ports, user=user_of(uid), run_id=name, client_request_id="request-1") == "cancelled"
    accepted = await accept(ports, uid, "request-1")
    assert (accepted.run_id, accepted.status) == (name, "cancelled")
    events = await events_of(ports, uid, name)
    check_run(events)
    assert [event["type"] for event in events] == ["agent_cancelled"]
    assert "quota" not in await document(ports, paths.user(uid))


async def test_a_stop_of_a_foreign_or_unknown_run_is_not_found(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    for user, run in ((user_of("somebody-else"), accepted.run_id), (user_of(uid), "0" * 32)):
        with pytest.raises(ApexError) as refused:
            await cancel_run(ports, user=user, run_id=run, client_request_id="request-9")
        assert refused.value.code is ErrorCode.RUN_NOT_FOUND


async def test_the_claim_beyond_the_budget_fails_the_run_and_gives_the_quota_back(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    for _ in range(ports.profile.step_attempts):
        Worker(ports, await claim(ports, accepted.run_id))
        await lease_over()
    assert await claim(ports, accepted.run_id) is None
    events = await events_of(ports, uid, accepted.run_id)
    check_run(events)
    assert events[-1]["code"] == ErrorCode.RUN_BUDGET_EXHAUSTED
    user = await document(ports, paths.user(uid))
    assert list(user["quota"].values()) == [0]  # type: ignore[attr-defined]  # Firestore's map
    assert (await document(ports, paths.dead_letter(accepted.run_id)))["code"] == ErrorCode.RUN_BUDGET_EXHAUSTED


async def test_a_step_given_back_is_claimed_at_its_next_dispatch_only(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    stale = StepTask.at_cursor(await state_of(ports, accepted.run_id))
    worker = Worker(ports, await claim(ports, accepted.run_id))
    await try_again(ports, worker.writer, why="Busy.", reason=EndReason.MODEL_UNAVAILABLE, after_s=None)
    state = await state_of(ports, accepted.run_id)
    assert (state.step, state.dispatch) == (0, stale.dispatch + 1)
    assert await claim(ports, accepted.run_id) is not None


async def test_the_next_run_of_a_thread_starts_when_the_one_before_it_ends(ports: Ports, uid: str) -> None:
    first = await accept(ports, uid, "request-1")
    second = await accept(ports, uid, "request-2", thread=first.thread_id)
    assert await claim(ports, second.run_id) is None
    worker = Worker(ports, await claim(ports, first.run_id))
    await finish_step(ports, worker.writer, worker.memory, StepResult(summary="Done.", answer=Answer(text="A.")))
    heir = Worker(ports, await claim(ports, second.run_id))
    assert heir.claimed.answered == (first.run_id,)
    events = await events_of(ports, uid, second.run_id)
    assert [event["type"] for event in events] == ["agent_started"]


async def test_a_step_hands_over_to_the_next_agent_of_the_workflow(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    result = StepResult(summary="Understood.", output={"rows": [[1, 2], [3]]}, workflow=["data"])
    await finish_step(ports, worker.writer, worker.memory, result)
    state = await state_of(ports, accepted.run_id)
    assert (state.step, state.dispatch, state.agent, state.lease_until) == (1, 0, "data", None)
    assert await ports.queue.is_on_its_way(StepTask.at_cursor(state))

"""What a fenced commit says of its outcome, on the real Firestore emulator, and what the protocol makes of it."""

from collections.abc import Awaitable, Callable

import pytest
from google.api_core.exceptions import Aborted

from common.contract.answer import Answer
from common.core.clock import now_utc
from common.runs import transitions
from common.runs.advance import continue_in_next_delivery, finish_step, try_again
from common.runs.cancel import cancel_run
from common.runs.claim import postpone
from common.runs.commit import LeaseLost
from common.runs.end import end_run
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.ending import Ending
from common.runs.fenced_commit import Applied, Lost, Untouched, fenced_commit
from common.runs.head import dispatch_again, ensure_task
from common.runs.ids import run_id
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.state import RunState
from common.runs.step import StepResult
from common.runs.transitions import Transition
from common.store import paths
from tests.support.invariants import check_numbers, check_run
from tests.support.protocol import (
    Worker,
    accept,
    claim,
    document,
    events_of,
    lease_over,
    lossy,
    refusing,
    state_of,
    user_of,
)

ANSWERED = StepResult(summary="Done.", answer=Answer(text="A."))
HANDED_OVER = StepResult(summary="Understood.", workflow=["data"])


@pytest.fixture
async def state(ports: Ports, uid: str) -> RunState:
    """A run that was just accepted."""
    return await state_of(ports, (await accept(ports, uid, "request-1")).run_id)


def claiming(ports: Ports, state: RunState) -> Transition:
    return transitions.claim(state, ports.profile, now_utc())


def moving(ports: Ports, run_id: str) -> Callable[[], Awaitable[object]]:
    """The sweeper presumes the worker dead, and dispatches the run again."""

    async def move() -> None:
        await dispatch_again(ports, await state_of(ports, run_id))

    return move


def writing(ports: Ports, run_id: str) -> Callable[[], Awaitable[object]]:
    """Somebody writes the control document."""
    return lambda: ports.db.document(paths.run_state(run_id)).update({"commit_id": "somebody"})


async def test_what_is_stored_after_a_commit_is_the_state_that_it_returns(ports: Ports, state: RunState) -> None:
    outcome = await fenced_commit(ports.db, claiming(ports, state))
    assert outcome == Applied(await state_of(ports, state.run_id))
    assert outcome.state.lease_epoch == state.lease_epoch + 1


async def test_a_commit_whose_reply_was_lost_is_recognized_as_applied(ports: Ports, state: RunState) -> None:
    outcome = await fenced_commit(lossy(ports, losses=1).db, claiming(ports, state))
    assert outcome == Applied(await state_of(ports, state.run_id))


async def test_a_commit_that_was_refused_with_nobody_in_the_way_leaves_the_run_untouched(
    ports: Ports, state: RunState
) -> None:
    outcome = await fenced_commit(refusing(ports, refusals=1).db, claiming(ports, state))
    assert isinstance(outcome, Untouched)
    assert isinstance(outcome.error, Aborted)
    assert await state_of(ports, state.run_id) == state


async def test_a_commit_behind_another_is_lost_and_writes_nothing(ports: Ports, state: RunState) -> None:
    await writing(ports, state.run_id)()
    outcome = await fenced_commit(ports.db, claiming(ports, state))
    assert isinstance(outcome, Lost)
    assert outcome.fresh == await state_of(ports, state.run_id)
    assert outcome.fresh.lease_epoch == state.lease_epoch


async def test_a_commit_to_a_deleted_run_is_lost(ports: Ports, state: RunState) -> None:
    await ports.db.document(paths.run_state(state.run_id)).delete()
    outcome = await fenced_commit(ports.db, claiming(ports, state))
    assert isinstance(outcome, Lost)
    assert outcome.fresh is None


async def test_an_earlier_try_that_was_applied_late_is_recognized_by_its_commit_id(
    ports: Ports, state: RunState
) -> None:
    transition = claiming(ports, state)
    first = await fenced_commit(ports.db, transition, commit_id="one-and-the-same")
    assert await fenced_commit(ports.db, transition, commit_id="one-and-the-same") == first


async def test_a_state_that_was_never_stored_passes_no_fence(ports: Ports, state: RunState) -> None:
    new = RunState(
        run_id=state.run_id,
        user=state.user,
        thread_id=state.thread_id,
        question="",
        dataset_ids=(),
        quota_month="2026-11",
        traceparent="",
    )
    assert isinstance(await fenced_commit(ports.db, claiming(ports, new)), Lost)
    assert await state_of(ports, state.run_id) == state


async def test_a_claim_whose_reply_was_lost_works_under_its_lease(ports: Ports, uid: str, state: RunState) -> None:
    worker = Worker(ports, await claim(lossy(ports, losses=1), state.run_id))
    await worker.say("here")
    check_numbers(await events_of(ports, uid, state.run_id))


async def test_a_claim_beside_the_sweeper_is_made_again_at_once(ports: Ports, state: RunState) -> None:
    seen = claiming(ports, state)
    await postpone(ports.db, state, 60.0)
    outcome = await fenced_commit(ports.db, seen)
    assert isinstance(outcome, Lost)
    assert outcome.fresh is not None
    assert outcome.fresh.awaits_claim_of(state, now_utc())


async def test_a_postponing_that_comes_too_late_changes_nothing(ports: Ports, state: RunState) -> None:
    await writing(ports, state.run_id)()
    stands = await state_of(ports, state.run_id)
    await postpone(ports.db, state, 60.0)
    assert await state_of(ports, state.run_id) == stands


async def test_an_applied_commit_is_not_repeated_though_the_run_was_dispatched_again_since(
    ports: Ports, uid: str, state: RunState
) -> None:
    claimed = await claim(ports, state.run_id)
    worker = Worker(lossy(ports, losses=1, meanwhile=moving(ports, state.run_id)), claimed)
    await worker.say("once")
    await worker.say("and on")
    events = await events_of(ports, uid, state.run_id)
    check_numbers(events)
    assert [event["thought"] for event in events[1:]] == ["once", "and on"]
    assert (await state_of(ports, state.run_id)).dispatch == state.dispatch + 1


async def test_a_hand_over_beside_the_sweeper_begins_the_next_step_at_its_first_dispatch(
    ports: Ports, state: RunState
) -> None:
    worker = Worker(ports, await claim(ports, state.run_id))
    await moving(ports, state.run_id)()
    await finish_step(ports, worker.writer, worker.memory, HANDED_OVER)
    after = await state_of(ports, state.run_id)
    assert (after.step, after.dispatch, after.attempts, after.agent) == (1, 0, 0, "data")
    assert await ports.queue.is_on_its_way(StepTask.at_cursor(after))


async def test_a_plain_commit_beside_the_sweeper_leaves_the_new_dispatch_and_renews_the_lease(
    ports: Ports, state: RunState
) -> None:
    worker = Worker(ports, await claim(ports, state.run_id))
    await moving(ports, state.run_id)()
    swept = await state_of(ports, state.run_id)
    await worker.say("still here")
    after = await state_of(ports, state.run_id)
    assert (after.dispatch, after.wake_at) == (swept.dispatch, swept.wake_at)
    assert after.lease_is_live(now_utc())


@pytest.mark.parametrize("release", ["again", "continue"])
async def test_a_step_that_is_given_back_has_a_task_at_its_cursor_though_the_reply_was_lost(
    ports: Ports, state: RunState, release: str
) -> None:
    worker = Worker(lossy(ports, losses=1), await claim(ports, state.run_id))
    if release == "again":
        await try_again(ports, worker.writer, why="Busy.", reason=EndReason.MODEL_UNAVAILABLE, after_s=None)
    else:
        await continue_in_next_delivery(ports, worker.writer)
    after = await state_of(ports, state.run_id)
    assert (after.dispatch, after.lease_until) == (state.dispatch + 1, None)
    assert worker.writer.released
    assert await ports.queue.is_on_its_way(StepTask.at_cursor(after))


async def test_a_worker_whose_commits_are_all_refused_gives_up_with_the_error(ports: Ports, state: RunState) -> None:
    worker = Worker(refusing(ports, refusals=5), await claim(ports, state.run_id))
    with pytest.raises(Aborted):
        await worker.say("never")
    await worker.say("but this")
    events = await events_of(ports, state.user.uid, state.run_id)
    assert [event["thought"] for event in events[1:]] == ["but this"]


async def test_a_commit_after_a_stop_loses_the_lease(ports: Ports, uid: str, state: RunState) -> None:
    worker = Worker(ports, await claim(ports, state.run_id))
    await cancel_run(ports, user=user_of(uid), run_id=state.run_id, client_request_id=None)
    with pytest.raises(LeaseLost):
        await worker.say("too late")


async def test_the_end_of_a_worker_that_was_taken_over_loses_the_lease(ports: Ports, state: RunState) -> None:
    zombie = Worker(ports, await claim(ports, state.run_id))
    await lease_over()
    await claim(ports, state.run_id)
    with pytest.raises(LeaseLost):
        await finish_step(ports, zombie.writer, zombie.memory, ANSWERED)
    assert (await state_of(ports, state.run_id)).status == "running"


async def test_a_stop_ends_a_run_that_somebody_has_moved_since_it_was_read(ports: Ports, state: RunState) -> None:
    await writing(ports, state.run_id)()
    ended = await end_run(ports.db, state, Ending())
    assert ended == await state_of(ports, state.run_id)
    check_run(await events_of(ports, state.user.uid, state.run_id))


async def test_the_end_of_a_run_that_has_ended_leaves_it_as_it_is(ports: Ports, state: RunState) -> None:
    await end_run(ports.db, state, Ending())
    stands = await state_of(ports, state.run_id)
    failed = Ending(error=RunFailedError(EndReason.ANSWER_FAILED))
    assert await end_run(ports.db, state, failed) == stands


async def test_the_end_of_a_deleted_run_is_none(ports: Ports, state: RunState) -> None:
    await ports.db.document(paths.run_state(state.run_id)).delete()
    assert await end_run(ports.db, state, Ending()) is None


async def test_an_end_that_is_refused_again_and_again_gives_up_with_the_error(ports: Ports, state: RunState) -> None:
    with pytest.raises(Aborted):
        await end_run(refusing(ports, refusals=5).db, state, Ending())
    assert await state_of(ports, state.run_id) == state


async def test_a_dispatch_that_was_refused_is_an_error_and_one_that_comes_too_late_is_none(
    ports: Ports, state: RunState
) -> None:
    with pytest.raises(Aborted):
        await dispatch_again(refusing(ports, refusals=1), state)
    await writing(ports, state.run_id)()
    stands = await state_of(ports, state.run_id)
    await dispatch_again(ports, state)
    assert await state_of(ports, state.run_id) == stands


@pytest.mark.parametrize("fault", ["lost", "refused"])
async def test_a_stop_before_arrival_is_confirmed_whatever_became_of_its_commit(
    ports: Ports, uid: str, fault: str
) -> None:
    faulty = lossy(ports, losses=1) if fault == "lost" else refusing(ports, refusals=1)
    run = run_id(uid, "request-early")
    assert await cancel_run(faulty, user=user_of(uid), run_id=run, client_request_id="request-early") == "cancelled"
    assert (await accept(ports, uid, "request-early")).status == "cancelled"
    check_run(await events_of(ports, uid, run))


async def test_a_run_with_a_live_lease_needs_no_task(ports: Ports, state: RunState) -> None:
    await claim(ports, state.run_id)
    stands = await state_of(ports, state.run_id)
    await ensure_task(ports, stands)
    assert await state_of(ports, state.run_id) == stands


async def test_every_field_of_a_new_control_document_is_stored(ports: Ports, state: RunState) -> None:
    stored = await document(ports, paths.run_state(state.run_id))
    assert stored == state.document()

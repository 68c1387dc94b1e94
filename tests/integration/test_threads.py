"""A thread that is deleted is gone: with its open runs, beside a live worker, and after a crash in the middle."""

import asyncio

import pytest

from common.contract.answer import Answer
from common.errors import ApexError, ErrorCode
from common.runs.advance import finish_step
from common.runs.cancel import cancel_run
from common.runs.claim import claim_step
from common.runs.commit import LeaseLost
from common.runs.ids import run_id
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.step import StepResult
from common.runs.threads import delete_thread
from common.store import paths
from tests.support.documents import stored
from tests.support.protocol import DiedError, Worker, accept, claim, document, dying, user_of

DONE = StepResult(summary="done", answer=Answer(text="done"))


async def answered_thread(ports: Ports, uid: str, *, turns: int) -> str:
    """A thread whose turns are answered, each by a worker that said something."""
    first = await accept(ports, uid, "request-0")
    thread = first.thread_id
    for number in range(turns):
        run = first.run_id if number == 0 else (await accept(ports, uid, f"request-{number}", thread=thread)).run_id
        worker = Worker(ports, await claim(ports, run))
        await worker.say("a thought")
        await finish_step(ports, worker.writer, worker.memory, DONE)
    return thread


async def left(ports: Ports, uid: str, *runs: str) -> list[str]:
    """Paths of what is left of a user's threads, the claims (which expire) and the user's own document aside."""
    found = await stored(ports, paths.user(uid), *(paths.run_state(run) for run in runs))
    return [path for path in found if path != paths.user(uid) and "/claims/" not in path]


async def test_a_deleted_thread_leaves_nothing_and_other_threads_everything(ports: Ports, uid: str) -> None:
    other = await accept(ports, uid, "other-request")
    kept = await left(ports, uid, other.run_id)
    thread = await answered_thread(ports, uid, turns=3)
    runs = [run_id(uid, f"request-{number}") for number in range(3)]
    assert len(await left(ports, uid, *runs)) > len(kept)
    await delete_thread(ports.db, uid=uid, thread_id=thread)
    assert await left(ports, uid, other.run_id, *runs) == kept


async def test_open_runs_are_stopped_before_their_thread_is_deleted(ports: Ports, uid: str) -> None:
    first = await accept(ports, uid, "request-0")
    runs = [(await accept(ports, uid, f"request-{n}", thread=first.thread_id)).run_id for n in (1, 2)]
    await delete_thread(ports.db, uid=uid, thread_id=first.thread_id)
    assert (await document(ports, paths.user(uid)))["open_runs"] == []
    assert await left(ports, uid, first.run_id, *runs) == []


async def test_a_worker_beside_the_deletion_loses_its_fence_and_brings_nothing_back(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-0")
    saying = Worker(ports, await claim(ports, accepted.run_id))
    await delete_thread(ports.db, uid=uid, thread_id=accepted.thread_id)
    with pytest.raises(LeaseLost):
        await saying.say("I am still here")
    assert await left(ports, uid, accepted.run_id) == []


async def test_a_worker_that_ends_its_run_after_the_deletion_stops_quietly(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-0")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    await delete_thread(ports.db, uid=uid, thread_id=accepted.thread_id)
    await finish_step(ports, worker.writer, worker.memory, DONE)
    assert await claim_again(ports, worker) is None
    assert await left(ports, uid, accepted.run_id) == []


async def claim_again(ports: Ports, worker: Worker) -> object:
    """The delivery of the deleted run's task once more."""
    return await claim_step(ports, StepTask.at_cursor(worker.claimed.state))


@pytest.mark.parametrize("commits", [0, 1, 2])
async def test_a_deletion_that_died_is_finished_by_a_repeat(ports: Ports, uid: str, commits: int) -> None:
    thread = await answered_thread(ports, uid, turns=2)
    running = await accept(ports, uid, "running-request", thread=thread)
    with pytest.raises(DiedError):
        await delete_thread(dying(ports, commits=commits).db, uid=uid, thread_id=thread)
    assert (await ports.db.document(paths.thread(uid, thread)).get()).exists
    await delete_thread(ports.db, uid=uid, thread_id=thread)
    runs = [run_id(uid, f"request-{number}") for number in range(2)]
    assert await left(ports, uid, running.run_id, *runs) == []


async def test_two_deletions_at_once_both_succeed(ports: Ports, uid: str) -> None:
    thread = await answered_thread(ports, uid, turns=2)
    await asyncio.gather(*(delete_thread(ports.db, uid=uid, thread_id=thread) for _ in range(2)))
    assert await left(ports, uid) == []


async def test_turns_that_arrive_beside_the_deletion_are_refused_or_deleted_too(ports: Ports, uid: str) -> None:
    thread = await answered_thread(ports, uid, turns=2)
    late = (accept(ports, uid, f"late-request-{n}", thread=thread) for n in range(4))
    deletion, *turns = await asyncio.gather(
        delete_thread(ports.db, uid=uid, thread_id=thread), *late, return_exceptions=True
    )
    assert deletion is None
    refusals = [turn.code for turn in turns if isinstance(turn, ApexError)]
    assert set(refusals) <= {ErrorCode.THREAD_NOT_FOUND}
    assert (await document(ports, paths.user(uid)))["open_runs"] == []
    assert await left(ports, uid, *(run_id(uid, f"late-request-{n}") for n in range(4))) == []


async def test_a_late_retry_of_the_first_turn_does_not_bring_the_thread_back(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-0")
    await delete_thread(ports.db, uid=uid, thread_id=accepted.thread_id)
    with pytest.raises(ApexError) as refusal:
        await accept(ports, uid, "request-0")
    assert refusal.value.code is ErrorCode.THREAD_NOT_FOUND
    assert await left(ports, uid, accepted.run_id) == []


async def test_a_stop_after_the_deletion_finds_no_run_and_brings_nothing_back(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-0")
    await delete_thread(ports.db, uid=uid, thread_id=accepted.thread_id)
    with pytest.raises(ApexError) as refusal:
        await cancel_run(ports, user=user_of(uid), run_id=accepted.run_id, client_request_id="request-0")
    assert refusal.value.code is ErrorCode.RUN_NOT_FOUND
    assert await left(ports, uid, accepted.run_id) == []

"""What a review of the run protocol found, interleaving by interleaving, on the real emulators."""

import asyncio
import random
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import grpc.aio
import pytest
from google.api_core import exceptions
from google.api_core.exceptions import Aborted, ServiceUnavailable
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreAsyncClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcAsyncIOTransport

from common.environment.isolated import IsolatedEnvironment
from common.errors import ApexError, ErrorCode
from common.runs.advance import finish_step, try_again
from common.runs.answer import Answer
from common.runs.cancel import cancel_run
from common.runs.claim import exhausted
from common.runs.head import ensure_head
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.state import now_utc
from common.runs.step import StepResult
from common.runs.sweep import _look_after, sweep
from common.store import paths
from tests.support.invariants import check_numbers, check_run, check_agents
from tests.support.protocol import (
    LEASE_S, Worker, accept, claim, document, events_of, lossy, open_ports, state_of, user_of,
)


@pytest.fixture(scope="session")
async def ports(stack: object) -> Ports:
    return await open_ports()


@pytest.fixture
def uid() -> str:
    return f"user{uuid.uuid4().hex}"


class Intercept(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, before=None):
        self.before = before

    async def intercept_unary_unary(self, continuation, details, request):
        if details.method.endswith(b"/Commit"):
            await self.before(request)
        return await continuation(details, request)


class InterceptStream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, before):
        self.before = before

    async def intercept_unary_stream(self, continuation, details, request):
        await self.before(request)
        return await continuation(details, request)


def wired(ports: Ports, before, reads=None) -> Ports:
    host = IsolatedEnvironment.of_process().required("FIRESTORE_EMULATOR_HOST")
    inter = [Intercept(before)]
    if reads:
        inter.append(InterceptStream(reads))
    channel = grpc.aio.insecure_channel(host, interceptors=inter)
    db = firestore.AsyncClient(project=ports.db.project)
    db._firestore_api_internal = FirestoreAsyncClient(transport=FirestoreGrpcAsyncIOTransport(channel=channel))
    return replace(ports, db=db)


def refusing(ports, n, error=Aborted):
    left = [n]

    async def before(request):
        if left[0] > 0:
            left[0] -= 1
            raise error("contention; not applied")
    return wired(ports, before)


async def test_claim_whose_commit_was_not_applied_is_not_acknowledged(ports, uid):
    accepted = await accept(ports, uid, "request-1")
    task = StepTask.at_cursor(await state_of(ports, accepted.run_id))
    from common.runs.claim import claim_step
    before = await state_of(ports, accepted.run_id)
    got = await claim_step(refusing(ports, 1), task)
    after = await state_of(ports, accepted.run_id)
    assert got is not None, ("ack without claim; state unchanged:", before.update_time == after.update_time)


async def test_end_that_meets_one_aborted(ports, uid):
    accepted = await accept(ports, uid, "request-1")
    w = Worker(refusing(ports, 1), await claim(ports, accepted.run_id))
    await finish_step(ports, w.writer, w.memory, StepResult(summary="Done.", answer=Answer(text="A.")))


async def test_cancel_that_meets_one_aborted(ports, uid):
    accepted = await accept(ports, uid, "request-1")
    await cancel_run(refusing(ports, 1), user=user_of(uid), run_id=accepted.run_id, client_request_id=None)


async def test_sweep_does_not_end_a_live_last_attempt(ports, uid):
    accepted = await accept(ports, uid, "request-1")
    for _ in range(ports.profile.step_attempts - 1):
        Worker(ports, await claim(ports, accepted.run_id))
        await asyncio.sleep(LEASE_S + 0.05)
    last = Worker(ports, await claim(ports, accepted.run_id))
    state = await state_of(ports, accepted.run_id)
    assert state.lease_is_live(now_utc())
    await _look_after(ports, state)
    await last.recorder.think("still at work")


async def test_one_broken_run_does_not_stop_the_sweep(ports, uid):
    other = f"user{uuid.uuid4().hex}"
    bad = await accept(ports, uid, "request-1")
    good = await accept(ports, other, "request-1")
    past = now_utc() - timedelta(days=400)
    # the bad one is beyond its budget and its user document is gone
    await ports.db.document(paths.run_state(bad.run_id)).update({"attempts": 99, "wake_at": past})
    await ports.db.document(paths.user(uid)).delete()
    for n in range(20):
        pass
    await ports.db.document(paths.run_state(good.run_id)).update({"wake_at": past + timedelta(seconds=1)})
    good_before = await state_of(ports, good.run_id)
    problems = []
    for _ in range(3):
        try:
            await sweep(ports)
        except BaseException as e:
            problems.append(repr(e)[:200])
    good_after = await state_of(ports, good.run_id)
    await ports.db.document(paths.run_state(bad.run_id)).delete()
    assert not problems, (problems, good_before.dispatch, good_after.dispatch)


class BrokenOnce:
    def __init__(self, queue, n=1):
        self.q, self.n = queue, n

    async def enqueue(self, task, **kw):
        if self.n > 0:
            self.n -= 1
            raise ServiceUnavailable("tasks down")
        return await self.q.enqueue(task, **kw)

    def __getattr__(self, name):
        return getattr(self.q, name)


async def test_hand_over_whose_enqueue_failed(ports, uid):
    accepted = await accept(ports, uid, "request-1")
    w = Worker(ports, await claim(ports, accepted.run_id))
    broken = replace(ports, queue=BrokenOnce(ports.queue))
    # as functions/step/worker.py does
    try:
        await finish_step(broken, w.writer, w.memory, StepResult(summary="U.", output={}, workflow=["data"]))
    except Exception:
        await try_again(broken, w.writer, why="Something went wrong on our side. I will try again.",
                        code=ErrorCode.ANSWER_FAILED, after_s=None)
    events = await events_of(ports, uid, accepted.run_id)
    s = await state_of(ports, accepted.run_id)
    print([(e["type"], e["agent"], e.get("thought")) for e in events], s.step, s.dispatch, s.status)
    assert await ports.queue.is_pending(StepTask.at_cursor(s))
    check_agents(events)


async def test_hand_over_on_last_attempt_whose_enqueue_failed(ports, uid):
    accepted = await accept(ports, uid, "request-1")
    for _ in range(ports.profile.step_attempts - 1):
        await claim(ports, accepted.run_id)
        await asyncio.sleep(LEASE_S + 0.05)
    w = Worker(ports, await claim(ports, accepted.run_id))
    broken = replace(ports, queue=BrokenOnce(ports.queue))
    try:
        await finish_step(broken, w.writer, w.memory, StepResult(summary="U.", output={}, workflow=["data"]))
    except Exception:
        await try_again(broken, w.writer, why="Something went wrong on our side. I will try again.",
                        code=ErrorCode.ANSWER_FAILED, after_s=None)
    events = await events_of(ports, uid, accepted.run_id)
    print([(e["type"], e["agent"]) for e in events])
    check_agents(events)
    assert (await state_of(ports, accepted.run_id)).is_open


async def test_queued_turn_is_accepted_when_tasks_is_down(ports, uid):
    first = await accept(ports, uid, "request-1")
    broken = replace(ports, queue=BrokenOnce(ports.queue, 100))
    await ports.db.document(paths.run_state(first.run_id)).update({"lease_until": None})
    second = await accept(broken, uid, "request-2", thread=first.thread_id)
    assert second.status == "queued"


async def test_retry_is_answered_when_tasks_is_down(ports, uid):
    broken = replace(ports, queue=BrokenOnce(ports.queue, 100))
    first = await accept(broken, uid, "request-1")
    again = await accept(broken, uid, "request-1")
    assert first.run_id == again.run_id


@pytest.mark.parametrize("rtt", [0.0, 0.02, 0.06])
@pytest.mark.parametrize("n", [8, 10])
async def test_contention(ports, rtt, n):
    async def slow(_):
        await asyncio.sleep(random.uniform(0.5, 1.5) * rtt)
    busy = 0
    rounds = 12
    codes = []
    for _ in range(rounds):
        uid = f"user{uuid.uuid4().hex}"
        p = wired(ports, slow, slow)
        got = await asyncio.gather(*(accept(p, uid, f"request-{i}") for i in range(n)), return_exceptions=True)
        codes += [getattr(g, "code", repr(g)) for g in got if isinstance(g, BaseException)]
    print("RTT", rtt, "N", n, "failed", len(codes), "of", rounds * n, set(map(str, codes)))
    assert not codes


async def test_commit_lost_reply_then_dispatch_bump(ports, uid):
    """A commit applied whose reply is lost, lease over, sweeper bumps dispatch before the worker looks."""
    from common.runs.head import dispatch_again
    accepted = await accept(ports, uid, "request-1")
    lossyp = lossy(ports, losses=1)
    w = Worker(lossyp, await claim(ports, accepted.run_id))
    import common.runs.writer as wr
    real = wr.read_state
    async def bumped(db, run):
        wr.read_state = real
        await dispatch_again(ports, await real(ports.db, run))
        return await real(db, run)
    wr.read_state = bumped
    try:
        await w.recorder.think("once")
    finally:
        wr.read_state = real
    await w.recorder.think("on")
    check_numbers(await events_of(ports, uid, accepted.run_id))


@pytest.mark.parametrize("bad", ["__aaaaaaaa__"])
async def test_reserved_ids(ports, uid, bad):
    try:
        await accept(ports, uid, bad)
    except exceptions.InvalidArgument as e:
        pytest.fail(f"500 INTERNAL: {e}")
    except ApexError:
        pass


async def test_reserved_thread(ports, uid):
    with pytest.raises(ApexError):
        await accept(ports, uid, "request-1", thread="__abc__")


@pytest.mark.parametrize("bad", ["..", "__abc__", "x" * 2000])
async def test_cancel_odd_ids(ports, uid, bad):
    with pytest.raises(ApexError):
        await cancel_run(ports, user=user_of(uid), run_id=bad, client_request_id=None)

"""The run protocol in the test's own process, on the same emulators: workers that stop between any two commits.

Its queue is paused, so nobody but the test works on its runs, and its grace is long, so the platform's sweeper leaves
them alone.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import grpc.aio
from google.api_core.exceptions import Aborted, AlreadyExists, ServiceUnavailable
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreAsyncClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcAsyncIOTransport
from google.cloud.tasks_v2.types import Queue

from common.core.user import UserContext
from common.environment.isolated import IsolatedEnvironment
from common.environment.settings import Settings, load_settings
from common.runs.accept import AcceptedTurn, accept_turn
from common.runs.claim import Claimed, claim_step
from common.runs.ports import Ports
from common.runs.queue import StepQueue, StepTask, tasks_client
from common.runs.recorder import StepRecorder
from common.runs.state import RunState, read_state
from common.runs.turn import Turn
from common.runs.writer import RunWriter
from common.store import paths
from common.telemetry.trace import continue_trace

LEASE_S = 0.3


def held_settings() -> Settings:
    """The step function's settings, with a paused queue of its own and short leases."""
    settings = load_settings(IsolatedEnvironment.of_process(), "step")
    profile = replace(settings.profile, steps_queue="held-steps", lease_s=LEASE_S, sweep_grace_s=3600.0)
    return replace(settings, profile=profile)


async def open_ports() -> Ports:
    """Ports of a worker in this process; call it inside the event loop that uses them."""
    settings = held_settings()
    client = tasks_client(settings)
    parent = f"projects/{settings.project}/locations/{settings.profile.region}"
    with contextlib.suppress(AlreadyExists):  # an earlier run of the tests on this stack made it
        await client.create_queue(parent=parent, queue=Queue(name=settings.steps_queue))
    await client.pause_queue(name=settings.steps_queue)
    return Ports(firestore.AsyncClient(project=settings.project), StepQueue(client, settings), settings.profile)


class _LostReplies(grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """Lets the next commits through and loses the replies of `losses` of them, after the first `after`.

    Before the caller knows that, `meanwhile` happens.
    """

    def __init__(self, losses: int, after: int, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._losses = losses
        self._after = after
        self._meanwhile = meanwhile

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        call = await continuation(client_call_details, request)
        if client_call_details.method.endswith(b"/Commit") and self._losses > 0:
            if self._after > 0:
                self._after -= 1
                return call
            self._losses -= 1
            await call
            await self._meanwhile()
            raise ServiceUnavailable("the reply was lost")  # type: ignore[no-untyped-call]  # google.api_core
        return call


class DiedError(Exception):
    """The process was ended by the test."""


class _Dying(grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """Lets `commits` commits through; the next one is not sent any more."""

    def __init__(self, commits: int) -> None:
        self._left = commits

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        if client_call_details.method.endswith(b"/Commit"):
            if self._left == 0:
                raise DiedError
            self._left -= 1
        return await continuation(client_call_details, request)


def dying(ports: Ports, *, commits: int) -> Ports:
    """Ports of a process that dies (DiedError) before its commit number `commits` + 1."""
    return _intercepted(ports, _Dying(commits))


async def _nothing() -> None:
    """Nobody else does anything."""


def lossy(ports: Ports, *, losses: int, after: int = 0, meanwhile: Callable[[], Awaitable[object]] = _nothing) -> Ports:
    """Ports whose next commits, after the first `after`, are applied, but their replies are lost."""
    return _intercepted(ports, _LostReplies(losses, after, meanwhile))


class _RefusedCommits(grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """Refuses the next commits before they reach the database, as contention does."""

    def __init__(self, refusals: int) -> None:
        self._refusals = refusals

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        if client_call_details.method.endswith(b"/Commit") and self._refusals > 0:
            self._refusals -= 1
            raise Aborted("too much contention")  # type: ignore[no-untyped-call]  # google.api_core
        return await continuation(client_call_details, request)


def refusing(ports: Ports, *, refusals: int) -> Ports:
    """Ports whose next commits are not applied."""
    return _intercepted(ports, _RefusedCommits(refusals))


def _intercepted(ports: Ports, interceptor: grpc.aio.UnaryUnaryClientInterceptor) -> Ports:  # type: ignore[type-arg]  # generic only in its stubs
    host = IsolatedEnvironment.of_process().required("FIRESTORE_EMULATOR_HOST")
    channel = grpc.aio.insecure_channel(host, interceptors=[interceptor])  # type: ignore[list-item]  # wrong in its stubs
    db = firestore.AsyncClient(project=ports.db.project)
    db._firestore_api_internal = FirestoreAsyncClient(transport=FirestoreGrpcAsyncIOTransport(channel=channel))  # noqa: SLF001 - no public way to give a channel
    return replace(ports, db=db)


def user_of(uid: str) -> UserContext:
    """A guest."""
    return UserContext(uid=uid, email=None, guest=True)


def turn_of(uid: str, request_id: str, message: str = "hello", thread: str | None = None) -> Turn:
    """A turn as the chat function would validate it."""
    return Turn(
        user=user_of(uid),
        client_request_id=request_id,
        message=message,
        thread_id=thread,
        dataset_ids=(),
        traceparent=continue_trace(None),
    )


async def accept(
    ports: Ports, uid: str, request_id: str, message: str = "hello", thread: str | None = None
) -> AcceptedTurn:
    """Accept a turn as the chat function does."""
    return await accept_turn(ports, turn_of(uid, request_id, message, thread))


async def state_of(ports: Ports, run_id: str) -> RunState:
    """The control document of a run that exists."""
    state = await read_state(ports.db, run_id)
    assert state is not None
    return state


async def claim(ports: Ports, run_id: str) -> Claimed | None:
    """Deliver the task that the run's cursor asks for."""
    return await claim_step(ports, StepTask.at_cursor(await state_of(ports, run_id)))


async def lease_over() -> None:
    """Wait until the lease of a worker that does nothing has ended."""
    await asyncio.sleep(LEASE_S + 0.05)


class Worker:
    """One worker that has claimed a step."""

    def __init__(self, ports: Ports, claimed: Claimed | None) -> None:
        assert claimed is not None
        self.claimed = claimed
        self.memory = claimed.memory
        self.writer = RunWriter(ports.db, claimed.state, ports.profile)
        self.recorder = StepRecorder(self.writer, claimed.memory)

    async def say(self, thought: str) -> None:
        """A thought, committed at once."""
        await self.recorder.think(thought)
        await self.writer.flush()


async def document(ports: Ports, path: str) -> dict[str, object]:
    """The fields of a document, empty when there is none."""
    return (await ports.db.document(path).get()).to_dict() or {}


async def events_of(ports: Ports, uid: str, run_id: str) -> list[dict[str, object]]:
    """All events of a run, in the order of their documents."""
    documents = ports.db.collection(f"{paths.run(uid, run_id)}/events").order_by("__name__").stream()
    return [event async for document in documents for event in document.get("events")]

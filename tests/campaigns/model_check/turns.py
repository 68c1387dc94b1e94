"""An operation that stops before each of its RPCs until it may proceed: what `orchestrate` needs.

The product holds no test code: the stop is an interceptor of its gRPC channels. All operations share one event loop
and its warm connections; a thread of `orchestrate` only says when its operation makes the next RPC. So one RPC runs at
a time, with all that the operation does until the one after it, and an order of turns is an order of RPCs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import grpc.aio

from tests.campaigns.model_check.background import BackgroundLoop
from tests.campaigns.model_check.footprint import Footprint, footprint_of

Operation = Callable[[], Awaitable[Any]]


class CrowdedError(BaseException):
    """A scene in which an operation makes two RPCs at once: a mistake of the test, which the product must not catch."""


class Actor:
    """One operation in slow motion. `calls` are its RPCs so far; `task` holds its outcome in the end."""

    def __init__(self, background: BackgroundLoop, operation: Operation) -> None:
        self._background = background
        self._operation = operation
        self._gate: asyncio.Future[None] | None = None
        self._news = asyncio.Event()
        self.calls: list[Footprint] = []
        self.task: asyncio.Task[Any] | None = None

    def proceed(self) -> bool:
        """Make the next RPC and stop before the one after it; False when the operation is over."""
        return self._background.run(self._proceed())

    async def _proceed(self) -> bool:
        task = self.task
        if task is None:
            task = self.task = asyncio.create_task(self._act())
            task.add_done_callback(lambda _: self._news.set())
            await self._stopped()
        if self._gate is not None:
            gate, self._gate = self._gate, None
            gate.set_result(None)
            await self._stopped()
        return not task.done()

    async def _act(self) -> Any:
        _ACTING.set(self)
        return await self._operation()

    async def _stopped(self) -> None:
        await self._news.wait()
        self._news.clear()

    async def pass_gate(self, call: Footprint) -> None:
        """Wait before an RPC of this operation."""
        if self._gate is not None:
            raise CrowdedError(f"{call.method} beside {self.calls[-1].method}: an actor makes one call at a time")
        self.calls.append(call)
        self._gate = asyncio.get_running_loop().create_future()
        self._news.set()
        await self._gate


_ACTING: ContextVar[Actor | None] = ContextVar("acting", default=None)


class _Unary(grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        await _pass_gate(client_call_details.method, request)
        return await continuation(client_call_details, request)


class _Stream(grpc.aio.UnaryStreamClientInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    async def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        await _pass_gate(client_call_details.method, request)
        return await continuation(client_call_details, request)


async def _pass_gate(method: bytes | str, request: Any) -> None:
    actor = _ACTING.get()
    if actor is not None:
        await actor.pass_gate(footprint_of(method.decode() if isinstance(method, bytes) else method, request))


def gated_channel(address: str) -> grpc.aio.Channel:
    """A channel on which actors stop before each RPC, and nobody else; made inside the event loop that uses it."""
    return grpc.aio.insecure_channel(address, interceptors=[_Unary(), _Stream()])  # type: ignore[list-item]  # wrong in its stubs

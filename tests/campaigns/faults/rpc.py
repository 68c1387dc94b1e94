"""Faults on the wire between a function and Firestore or Cloud Tasks, below Google's clients and their own retries."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc.aio

from tests.campaigns.faults.board import Board, Switch

_PACE_S = 0.01


class _Wire(grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """One call, one reply: commits, task calls."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        method = _text(client_call_details.method)
        await _fail_request(self._board, method)
        call = await continuation(client_call_details, request)
        lost = Switch.FIRESTORE_LOST_REPLY if method.endswith("/Commit") else Switch.TASKS_LOST_REPLY
        if method.endswith(("/Commit", "/CreateTask")) and self._board.take(lost):
            await call
            raise _error(grpc.StatusCode.UNAVAILABLE, "the reply was lost")
        return call


class _Stream(grpc.aio.UnaryStreamClientInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """One call, many replies: reads."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        await _fail_request(self._board, _text(client_call_details.method))
        return await continuation(client_call_details, request)


async def _fail_request(board: Board, method: str) -> None:
    if "firestore" in method:
        slow = board.value(Switch.FIRESTORE_SLOW)
        if slow:
            await asyncio.sleep(slow * _PACE_S)
        if board.take(Switch.FIRESTORE_UNAVAILABLE):
            raise _error(grpc.StatusCode.UNAVAILABLE, "the database is away")
        if method.endswith("/Commit") and board.take(Switch.FIRESTORE_ABORTED):
            raise _error(grpc.StatusCode.ABORTED, "too much contention")
    if method.endswith("/CreateTask") and board.take(Switch.TASKS_UNAVAILABLE):
        raise _error(grpc.StatusCode.UNAVAILABLE, "no tasks now")


def _error(code: grpc.StatusCode, words: str) -> grpc.aio.AioRpcError:
    none = grpc.aio.Metadata()
    return grpc.aio.AioRpcError(code, none, none, f"injected: {words}", None)


def _text(method: bytes | str) -> str:
    return method.decode() if isinstance(method, bytes) else method


def install(board: Board) -> None:
    """Every channel that this process opens from now on goes over the faulty wire."""
    plain = grpc.aio.insecure_channel

    def faulty_channel(target: str, options: Any = None, compression: Any = None, interceptors: Any = None) -> Any:
        chain = [*(interceptors or ()), _Wire(board), _Stream(board)]
        return plain(target, options=options, compression=compression, interceptors=chain)

    grpc.aio.insecure_channel = faulty_channel

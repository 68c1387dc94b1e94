"""What the rewritten code calls at its points, inside the process that a fault is meant for."""

import asyncio
import os
import signal
from collections.abc import AsyncIterable, AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta, tzinfo
from types import TracebackType
from typing import Generic, TypeVar

from google.api_core.exceptions import Aborted, DeadlineExceeded, ServiceUnavailable

from tests.campaigns.faults.board import Action, Board

T = TypeVar("T")


class Passing:
    """The points of one process."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.skewed = False
        """Whether the clock of this process is set wrong while the board says so."""

    async def point(self, number: int) -> None:
        """Pass a point, or die there."""
        if number < 0:
            return
        action, amount = self._board.pass_point(number)
        if action is Action.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        elif action is Action.UNAVAILABLE:
            raise ServiceUnavailable("injected at a point")  # type: ignore[no-untyped-call]  # google.api_core
        elif action is Action.ABORTED:
            raise Aborted("injected at a point")  # type: ignore[no-untyped-call]  # google.api_core
        elif action is Action.DEADLINE:
            raise DeadlineExceeded("injected at a point")  # type: ignore[no-untyped-call]  # google.api_core
        elif action is Action.SLOW:
            await asyncio.sleep(amount / 100)

    async def around(self, first: int, awaitable: Awaitable[T]) -> T:
        """`await awaitable`."""
        try:
            await self.point(first)
        except BaseException:
            if asyncio.iscoroutine(awaitable):
                awaitable.close()
            raise
        result = await awaitable
        await self.point(first + 1)
        return result

    async def items(self, first: int, iterable: AsyncIterable[T]) -> AsyncIterator[T]:
        """`async for item in iterable`."""
        await self.point(first)
        async for item in iterable:
            await self.point(first + 1)
            yield item
            await self.point(first)

    def way(self, first: int, manager: AbstractAsyncContextManager[T]) -> "_Way[T]":
        """`async with manager`."""
        return _Way(self, first, manager)

    def now(self, zone: tzinfo) -> datetime:
        """The clock of this process."""
        return datetime.now(zone) + timedelta(milliseconds=100 * self._board.skew() if self.skewed else 0)


class _Way(Generic[T]):
    def __init__(self, passing: Passing, first: int, manager: AbstractAsyncContextManager[T]) -> None:
        self._passing = passing
        self._first = first
        self._manager = manager

    async def __aenter__(self) -> T:
        await self._passing.point(self._first)
        entered = await self._manager.__aenter__()
        try:
            await self._passing.point(self._first + 1)
        except BaseException as error:
            await self._manager.__aexit__(type(error), error, error.__traceback__)
            raise
        return entered

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            await self._passing.point(self._first + 2)
        except BaseException as injected:
            await self._manager.__aexit__(type(injected), injected, injected.__traceback__)
            raise
        swallowed = await self._manager.__aexit__(kind, error, trace)
        await self._passing.point(self._first + 3)
        return swallowed

"""A real HTTP server that plays the handler of tasks: records what it gets, answers as a test says."""

import asyncio
import contextlib
import time
from collections import defaultdict
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


@dataclass(frozen=True)
class Answer:
    """One answer of the handler, after `delay_s`."""

    status: int = 200
    delay_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request that came in, at `at` (seconds since the epoch)."""

    at: float
    method: str
    headers: dict[str, str]
    body: bytes


class Target:
    """`url` is its address; answers and calls are kept per path, so tests do not meet. `closing` ends slow answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.calls: dict[str, list[Call]] = defaultdict(list)
        self.open: dict[str, int] = defaultdict(int)
        self.most_open: dict[str, int] = defaultdict(int)
        self.closing = asyncio.Event()
        self._changed = asyncio.Event()

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(routes=[Route("/{path:path}", self._handle, methods=METHODS)])

    async def wait_for(self, path: str, count: int) -> list[Call]:
        """The calls of `path`, as soon as there are `count`; the limit of the test bounds the wait."""
        while len(self.calls[path]) < count:
            self._changed.clear()
            await self._changed.wait()
        return self.calls[path]

    async def _handle(self, request: Request) -> Response:
        at, path = time.time(), request.url.path
        body = await request.body()
        self.open[path] += 1
        self.most_open[path] = max(self.most_open[path], self.open[path])
        self.calls[path].append(Call(at, request.method, dict(request.headers), body))
        self._changed.set()
        answer = self.answers[path].pop(0) if self.answers[path] else Answer()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), answer.delay_s)
        self.open[path] -= 1
        return Response(status_code=answer.status, headers=answer.headers)

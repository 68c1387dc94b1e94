"""Program: runs one function for the campaign, with the options of functions-framework.

A parent imports everything, opens the port and forks the process that serves; when that one is killed, the next one
serves after a few milliseconds. The parent itself does nothing that could fail.
"""

import argparse
import asyncio
import contextlib
import importlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import uvicorn

from tests.campaigns.faults import hook, rpc
from tests.campaigns.faults.board import Board, Switch
from tests.campaigns.faults.passing import Passing
from tests.campaigns.faults.place import FUNCTIONS, board, plant_file

_LOOK_S = 0.05
_BACKLOG = 512


def main(argv: list[str]) -> None:
    """Import, listen, and keep as many processes as the board wants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asgi", action="store_true", required=True)
    for name in ("--target", "--source", "--host"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(argv)
    shared = board(options.target)
    shared.disarm()
    passing = Passing(shared)
    if options.target in FUNCTIONS:
        hook.install(passing, _plant())
        rpc.install(shared)
    app = _app(options)
    listener = socket.create_server((options.host, options.port), backlog=_BACKLOG)
    _Parent(shared, lambda: _serve(app, listener, shared, passing)).run()


def _plant() -> str | None:
    return plant_file().read_text(encoding="utf-8") if plant_file().exists() else None


def _app(options: argparse.Namespace) -> Any:
    """The application as functions-framework makes it, with the function's own modules imported before any fork."""
    from functions_framework.aio import create_asgi_app  # noqa: PLC0415 - after the hook

    importlib.import_module(f"functions.{options.target}.app")
    with contextlib.suppress(ImportError):
        importlib.import_module("openai.resources.responses")
        importlib.import_module("google.pubsub_v1")
    return create_asgi_app(options.target, options.source)  # type: ignore[no-untyped-call]  # functions-framework


class _Parent:
    """Forks a process, and the next one when it has died."""

    def __init__(self, shared: Board, serve: Callable[[], None]) -> None:
        self._shared = shared
        self._serve = serve
        self._children: list[int] = []
        self._ending = False

    def run(self) -> None:
        """Until SIGTERM."""
        signal.signal(signal.SIGTERM, self._end)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        while not self._ending:
            while len(self._children) < self._shared.value(Switch.WORKERS):
                self._fork()
            if len(self._children) > self._shared.value(Switch.WORKERS):
                os.kill(self._children.pop(0), signal.SIGTERM)  # the old revision ends what it has begun
            signal.sigtimedwait({signal.SIGCHLD}, _LOOK_S)
            self._reap()

    def _fork(self) -> None:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            self._serve()
            os._exit(0)
        self._children.append(pid)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] in self._children:
                    self._children.remove(ended[0])
                    self._shared.count(Switch.KILLED)

    def _end(self, *_: object) -> None:
        self._ending = True
        for pid in self._children:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 1.0
        while self._children and time.monotonic() < deadline:
            self._reap()
            time.sleep(_LOOK_S)


def _serve(app: Any, listener: socket.socket, shared: Board, passing: Passing) -> None:
    passing.skewed = shared.skew() != 0
    config = uvicorn.Config(
        _losing(app, shared), log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=10
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


def _losing(app: Any, shared: Board) -> Any:
    """The application, whose reply gets lost after the work when the board says so: the caller hears 502."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        lost = scope["type"] == "http" and scope["path"] != "/healthz" and shared.take(Switch.RESPONSE_LOST)

        async def nothing(_message: object) -> None:
            return

        await app(scope, receive, nothing if lost else send)
        if lost:
            await send({"type": "http.response.start", "status": 502, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    return serve


if __name__ == "__main__":
    main(sys.argv[1:])

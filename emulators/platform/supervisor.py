"""Program: the parent of every process of one stack. It starts, watches and ends them.

`python -m emulators.platform.supervisor --env development|test [--root FOLDER] [--runner MODULE] [--first-port N]`
It ends everything on request, on SIGTERM, and when the last owner has ended (if all requests for the stack named one).
"""

import argparse
import asyncio
import contextlib
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import filelock
import httpx
import psutil

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import PROFILES, EnvironmentName
from emulators.platform import control, memory, ports, processes, state
from emulators.platform.addresses import Addresses
from emulators.platform.catalog import Catalog, preferred_ports
from emulators.platform.child import Child
from emulators.platform.control import ControlRequest
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout
from emulators.platform.local_http import NO_CERTIFICATES
from emulators.platform.own_model import own_model
from emulators.platform.processes import ProcessRef
from emulators.platform.service import Service
from emulators.platform.state import StackState

LOCKED = 3
"""Exit code: another supervisor has this stack."""
_WATCH_S = 0.5
_LOOK_EVERY = 12
"""A dead process is noticed at once; memory and health, which are slow to read, every 6 s."""
_UNASKED_S = 30.0
_SAVE_S = 120.0
"""A machine failure loses at most the development data of this time."""


class Supervisor:
    """One stack, from its first process to its last. Nothing starts before the first request for it."""

    def __init__(self, layout: StackLayout, services: list[Service], first: StackState) -> None:
        self._layout = layout
        self._services = services
        self._state = first
        self._children: dict[str, Child] = {}
        self._owners: set[ProcessRef] = set()
        self._persistent = False
        self._started: asyncio.Task[None] | None = None
        self._born = time.monotonic()
        self._stopping = asyncio.Event()
        self._stopped = asyncio.Event()
        self._unsaved: list[str] = []
        self._requests: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve requests and watch until asked to stop, then end everything."""
        self._on_signals()
        server = await asyncio.start_server(self._accept, ports.HOST, 0)
        self._state = self._state.model_copy(update={"control_port": server.sockets[0].getsockname()[1]})
        limits = httpx.Limits(max_keepalive_connections=0)  # an open connection would delay a server's end
        async with httpx.AsyncClient(verify=NO_CERTIFICATES, trust_env=False, limits=limits) as http:
            self._children = {s.name: Child(s, self._layout, http, self._publish) for s in self._services}
            self._publish()
            await self._watch()
            await self._end()
        state.forget(self._layout)
        self._stopped.set()
        server.close()
        await asyncio.gather(*self._requests, return_exceptions=True)

    async def _start(self) -> None:
        slots = asyncio.Semaphore((psutil.cpu_count() or 1) + 1)  # more at once would only delay the slowest
        starts = [asyncio.create_task(child.start(slots)) for child in self._children.values()]
        try:
            memory.require(sum(service.reserve_mb for service in self._services), memory.available_mb())
            await asyncio.gather(*starts)
        except PlatformError:
            self._begin_stop()
            raise
        finally:
            for start in starts:
                start.cancel()
        self._state = self._state.model_copy(update={"ready": True})
        self._publish()

    async def _watch(self) -> None:
        rounds, saved = 0, time.monotonic()
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _WATCH_S)
            if self._abandoned():
                self._begin_stop()
            if not self._state.ready or self._stopping.is_set():
                continue
            rounds += 1
            await asyncio.gather(*(c.watch(closely=rounds % _LOOK_EVERY == 0) for c in self._children.values()))
            if time.monotonic() - saved > _SAVE_S:
                await self._save()
                saved = time.monotonic()

    async def _save(self) -> None:
        for child in self._children.values():
            try:
                await child.save()
            except PlatformError as error:
                self._log(f"{child.service.name}: {error}")

    async def _end(self) -> None:
        """Those that hold data end last, so that nothing writes after the save."""
        if self._started:
            self._started.cancel()
            await asyncio.gather(self._started, return_exceptions=True)
        children = self._children.values()
        for group in ([c for c in children if not c.service.save], [c for c in children if c.service.save]):
            results = await asyncio.gather(*(child.stop() for child in group), return_exceptions=True)
            self._unsaved += [str(result) for result in results if isinstance(result, PlatformError)]
        me = psutil.Process()
        await asyncio.to_thread(processes.end, [ProcessRef.of(child.pid) for child in me.children()])  # a cut set-up
        for line in self._unsaved:
            self._log(line)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            self._requests.add(task)
            task.add_done_callback(self._requests.discard)
        await control.answer(reader, writer, self._state.control_token, self._handle)

    async def _handle(self, request: ControlRequest) -> None:
        if request.command == "up":
            await self._up(request.owner)
        elif request.command == "refresh":
            await self._refresh(request.service)
        elif request.command == "stop":
            await self._stop(request.owner)
        else:
            raise PlatformError(f"The supervisor knows no command {request.command!r}.")

    async def _up(self, owner: ProcessRef | None) -> None:
        if self._stopping.is_set():
            raise PlatformError("The stack is just being stopped. Run it again in a moment.")
        self._claim(owner)
        ready = self._state.ready
        self._started = self._started or asyncio.create_task(self._start())
        await asyncio.shield(self._started)
        if ready:
            await asyncio.gather(*(child.ensure() for child in self._children.values()))

    async def _refresh(self, service: str) -> None:
        if service not in self._children:
            raise PlatformError(f"There is no service {service!r}. Choose one of: {', '.join(self._children)}.")
        await self._children[service].restart("refreshed")

    async def _stop(self, owner: ProcessRef | None) -> None:
        """Without an owner: for everybody. With one: releases its claim, and ends the stack if it was the last."""
        if owner:
            self._owners.discard(owner)
            if self._persistent or self._owners:
                return
        self._begin_stop()
        await self._stopped.wait()
        if self._unsaved:
            raise PlatformError(" ".join(self._unsaved))

    def _begin_stop(self) -> None:
        self._stopping.set()
        self._state = self._state.model_copy(update={"stopping": True})
        self._publish()

    def _claim(self, owner: ProcessRef | None) -> None:
        if owner:
            self._owners.add(owner)
        else:
            self._persistent = True

    def _abandoned(self) -> bool:
        """True when all owners of the stack have ended, or nobody requested it."""
        self._owners = {owner for owner in self._owners if owner.find()}
        needed = self._persistent or self._owners or (not self._started and time.monotonic() - self._born < _UNASKED_S)
        return not needed

    def _publish(self) -> None:
        services = {name: child.state for name, child in self._children.items()}
        self._state = self._state.model_copy(update={"services": services})
        state.write(self._layout, self._state)

    def _on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            if sys.platform == "win32":
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._begin_stop))
            else:
                loop.add_signal_handler(number, self._begin_stop)

    @staticmethod
    def _log(line: str) -> None:
        sys.stderr.write(f"{line}\n")


def supervise(layout: StackLayout, build: Callable[[StackLayout], tuple[list[Service], StackState]]) -> int:
    """Hold the stack's lock and run the stack to its end; LOCKED when another supervisor holds it."""
    layout.root.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(layout.lock_file)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return LOCKED
    with lock:
        _clean(layout)
        services, first = build(layout)
        asyncio.run(Supervisor(layout, services, first).run())
    return 0


def first_state(environment: EnvironmentName, project: str, *, real_model: bool, notes: tuple[str, ...]) -> StackState:
    """The state of a stack before its first process."""
    return StackState(
        environment=environment,
        project=project,
        supervisor=ProcessRef.of(psutil.Process().pid),
        control_port=0,
        control_token=secrets.token_hex(16),
        real_model=real_model,
        notes=notes,
    )


def build_stack(layout: StackLayout) -> tuple[list[Service], StackState]:
    """The platform of an environment, on its preferred ports where they are free."""
    environment = IsolatedEnvironment.of_process()
    own = own_model(layout, environment)
    real_model = layout.keeps_data and not own and environment.optional("OPENAI_API_KEY") is not None
    chosen, notes = ports.choose(preferred_ports(layout.environment, layout.first_port), set())
    if real_model:
        notes.append("OPENAI_API_KEY is set: agents use the real model, which costs money.")
    words = f"{own['APEX_MODEL_NAME']} at {own['APEX_MODEL_BASE_URL']}" if own else None
    if words:
        notes.append(f"Agents use your own model, {words}.")
    project = PROFILES[layout.environment].project_prefix
    addresses = Addresses(layout.environment, project, chosen, real_model)
    first = first_state(layout.environment, project, real_model=real_model, notes=tuple(notes))
    return Catalog(layout, addresses, environment).services(), first.model_copy(update={"own_model": words})


def _clean(layout: StackLayout) -> None:
    """Set aside the logs of the previous start; delete the data of environments that keep none."""
    layout.logs.mkdir(parents=True, exist_ok=True)
    for log in layout.logs.glob("*.log"):
        if log.name != layout.log("supervisor").name:
            log.replace(log.with_suffix(".log.1"))
    for folder in (layout.work, *(() if layout.keeps_data else (layout.data,))):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)


def main(argv: list[str]) -> int:
    """Parse the options and run."""
    parser = argparse.ArgumentParser(description="Run one local stack.")
    parser.add_argument("--env", required=True, type=EnvironmentName, choices=list(PROFILES))
    parser.add_argument("--root", type=Path, help="keep the stack's files here")
    parser.add_argument("--runner", default=StackLayout.runner, help="the module that runs a function")
    parser.add_argument("--first-port", type=int, help="count the ports from here")
    options = parser.parse_args(argv)
    root = options.root or StackLayout.of(options.env).root
    return supervise(StackLayout(options.env, root, options.runner, options.first_port), build_stack)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

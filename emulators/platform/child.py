"""One supervised service: its process, its health, its restarts."""

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NoReturn

import httpx

from emulators.platform import processes
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout
from emulators.platform.processes import ProcessRef
from emulators.platform.service import Launch, Service
from emulators.platform.state import ServicePhase, ServiceState

_POLL_S = 0.1
_PROBE_TIMEOUT_S = 5.0
_FAILED_PROBES = 3
"""Failed probes in a row before a restart: a busy machine must not cost one."""
_RESTARTS = 5
"""Restarts without a quiet minute between them before the service is given up."""
_QUIET_S = 60.0
_ERROR_TIMEOUT_S = 8.0
"""How long a starting service may answer with an error; beyond this it will not recover."""


class Child:
    """Starts, watches, restarts and ends the process of one service. Used in the supervisor's event loop only."""

    def __init__(
        self, service: Service, layout: StackLayout, http: httpx.AsyncClient, changed: Callable[[], None]
    ) -> None:
        self.service = service
        self.state = ServiceState(
            name=service.name,
            ports=dict(service.ports),
            health_urls=service.health_urls,
            limit_mb=service.limit_mb,
        )
        self._environment = layout.environment
        self._log = layout.log(service.name)
        self._http = http
        self._changed = changed
        self._process: subprocess.Popen[bytes] | None = None
        self._busy = asyncio.Lock()
        self._failed_probes = 0
        self._recent_restarts = 0

    async def start(self, slots: asyncio.Semaphore) -> None:
        """Start it when a slot is free, and return when it is healthy; raises PlatformError with the end of its log."""
        async with slots, self._busy:
            await self._start()

    async def restart(self, reason: str) -> None:
        """Save, end and restart it on the same ports; raises PlatformError when it does not become healthy."""
        async with self._busy:
            await self.save()
            await self._restart(reason)

    async def stop(self) -> None:
        """Save its data and end it with everything it started; raises PlatformError when saving fails."""
        async with self._busy:
            try:
                await self.save()
            finally:
                await self._end()

    async def save(self) -> None:
        """Write its data to disk, if it has any and runs."""
        if self.service.save and self.state.status is ServicePhase.HEALTHY:
            await asyncio.to_thread(self.service.save)

    async def ensure(self) -> None:
        """Restart it unless it answers now."""
        async with self._busy:
            if self._exit_code() is None and await self._probe() == HTTPStatus.OK:
                return
            await self._restart("it did not answer")

    async def watch(self, *, closely: bool) -> None:
        """One check: a dead (`closely`: also a silent or too large) process is restarted; its state says why."""
        if self._busy.locked():
            return
        async with self._busy:
            if self.state.status not in {ServicePhase.HEALTHY, ServicePhase.UNHEALTHY}:
                return
            reason = await self._illness(closely=closely)
            if reason is None:
                return
            if self._recent_restarts >= _RESTARTS:
                await self._give_up(f"{reason}; given up after {_RESTARTS} restarts")
                return
            with contextlib.suppress(PlatformError):  # its state says so: failed, with the error
                await self._restart(reason)

    async def _illness(self, *, closely: bool) -> str | None:
        code = self._exit_code()
        if code is not None:
            return f"it ended with exit code {code}"
        if not closely:
            return None
        self._set(tree=await asyncio.to_thread(processes.tree, self._roots()))
        used = await asyncio.to_thread(processes.memory_mb, self.state.tree)
        if used > self.service.limit_mb:
            return f"it used {used} MiB of memory; its limit is {self.service.limit_mb}"
        if await self._probe() == HTTPStatus.OK:
            self._failed_probes = 0
            self._set(status=ServicePhase.HEALTHY)
            self._forgive()
            return None
        self._failed_probes += 1
        self._set(status=ServicePhase.UNHEALTHY)
        return "it did not answer" if self._failed_probes >= _FAILED_PROBES else None

    async def _restart(self, reason: str) -> None:
        await self._end()
        self._recent_restarts += 1
        now = datetime.now(UTC).strftime("%H:%M:%S UTC")
        self._set(restarts=self.state.restarts + 1, detail=f"restarted at {now}: {reason}")
        await self._start()

    async def _start(self) -> None:
        reason = self.state.detail
        self._failed_probes = 0
        try:
            launch = await self._prepare()
            self._spawn(launch)
            await self._until_healthy()
            if self.service.after_start:
                await self._run(self.service.after_start)
        except PlatformError as error:
            await self._give_up(str(error))
            raise
        self._set(status=ServicePhase.HEALTHY, detail=reason, tree=processes.tree(self._roots()))

    async def _prepare(self) -> Launch:
        loop = asyncio.get_running_loop()

        def say(line: str) -> None:
            loop.call_soon_threadsafe(self._say, line)

        return await asyncio.to_thread(self.service.prepare, say)

    def _spawn(self, launch: Launch) -> None:
        with self._log.open("ab") as log:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - commands of our own catalog
                    launch.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=launch.directory,
                    env=dict(launch.environment),
                )
            except OSError as error:
                raise PlatformError(f"{self.service.name} cannot be started: {error}") from error
        ref = ProcessRef.of(self._process.pid)
        self._set(process=ref, tree=(ref,), started_at=time.time(), status=ServicePhase.STARTING)

    async def _until_healthy(self) -> None:
        began = time.monotonic()
        while (status := await self._probe()) != HTTPStatus.OK:
            waited = time.monotonic() - began
            if (code := self._exit_code()) is not None:
                self._refuse(f"ended with exit code {code} at its start")
            if status is not None and waited > _ERROR_TIMEOUT_S:
                self._refuse(f"answers with HTTP {status}")
            if waited > self.service.start_timeout_s:
                self._refuse(f"did not answer within {self.service.start_timeout_s:.0f} s")
            await asyncio.sleep(_POLL_S)

    def _refuse(self, what: str) -> NoReturn:
        raise PlatformError(f"{self.service.name} {what}: {self._last_words()}")

    async def _run(self, launch: Launch) -> None:
        process = await asyncio.create_subprocess_exec(
            *launch.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=launch.directory,
            env=dict(launch.environment),
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            with self._log.open("ab") as log:
                log.write(output)
            raise PlatformError(f"{self.service.name} could not be set up: {self._last_words()}")

    async def _probe(self) -> int | None:
        """The HTTP status of its health addresses, the first bad one; None while one does not answer."""
        status = None
        for url in self.service.health_urls:
            try:
                status = (await self._http.get(url, timeout=_PROBE_TIMEOUT_S)).status_code
            except httpx.HTTPError:
                return None
            if status != HTTPStatus.OK:
                break
        return status

    async def _end(self) -> None:
        await asyncio.to_thread(processes.end, self._roots())
        if self._process:
            self._process.poll()  # reaps it
        self._process = None
        self._set(process=None, tree=(), started_at=None, status=ServicePhase.WAITING)

    async def _give_up(self, detail: str) -> None:
        await self._end()
        self._set(status=ServicePhase.FAILED, detail=detail)

    def _roots(self) -> tuple[ProcessRef, ...]:
        return self.state.tree

    def _exit_code(self) -> int | None:
        """None while it runs; -1 for a process that was never started."""
        return self._process.poll() if self._process else -1

    def _forgive(self) -> None:
        if self.state.started_at and time.time() - self.state.started_at > _QUIET_S:
            self._recent_restarts = 0

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "it logged nothing")
        return f"{last} (more: `python -m emulators logs {self.service.name} --env {self._environment}`)"

    def _say(self, line: str) -> None:
        self._set(detail=line)

    def _set(self, **changes: object) -> None:
        state = self.state.model_copy(update=changes)
        if state != self.state:
            self.state = state
            self._changed()

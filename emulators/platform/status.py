"""The current status of a stack: its state file, its processes and their health."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import httpx
from rich import box
from rich.table import Table

from emulators.platform import local_http, processes
from emulators.platform.ports import HOST
from emulators.platform.state import ServicePhase, ServiceState, StackState

_PROBE_S = 2.0


@dataclass(frozen=True, kw_only=True)
class ServiceStatus:
    """One row. `memory_mb` (MiB) covers all its processes; `uptime_s` in seconds; `healthy`: it answered just now."""

    service: str
    status: str
    healthy: bool
    pid: int | None
    ports: dict[str, int]
    memory_mb: int
    limit_mb: int
    uptime_s: int | None
    restarts: int
    detail: str


@dataclass(frozen=True, kw_only=True)
class StackStatus:
    """A stack; `supervised` is False when its supervisor was killed."""

    environment: str
    supervised: bool
    supervisor_pid: int
    real_model: bool
    notes: tuple[str, ...]
    page_url: str | None
    """None while nothing serves it."""
    services: tuple[ServiceStatus, ...]

    @property
    def healthy(self) -> bool:
        """Everything answers and is supervised."""
        return self.supervised and all(service.healthy for service in self.services)

    def as_json(self) -> dict[str, object]:
        """The document of `status --json`."""
        return {**asdict(self), "healthy": self.healthy}

    def as_table(self) -> Table:
        """The table of `status`."""
        table = Table(box=box.SIMPLE_HEAD)
        for title in ("service", "status", "port", "pid", "MiB", "limit", "uptime", "restarts"):
            table.add_column(title, no_wrap=True, justify="left" if title in {"service", "status"} else "right")
        for row in self.services:
            table.add_row(
                row.service,
                row.status if row.healthy or row.status != ServicePhase.HEALTHY else "silent",
                str(next(iter(row.ports.values()))),
                str(row.pid or "-"),
                str(row.memory_mb),
                str(row.limit_mb),
                "-" if row.uptime_s is None else f"{row.uptime_s} s",
                str(row.restarts),
            )
        return table

    def remarks(self) -> tuple[str, ...]:
        """What the table has no room for: one line each."""
        ended = () if self.supervised else ("The supervisor was killed: `up` starts again, `down` ends what is left.",)
        page = (f"The page: {self.page_url}",) if self.page_url else ()
        return (*page, *ended, *self.notes, *(f"{row.service}: {row.detail}" for row in self.services if row.detail))


def look(state: StackState) -> StackStatus:
    """Ask every service at once."""
    with ThreadPoolExecutor() as pool:
        rows = tuple(pool.map(_row, state.services.values()))
    return StackStatus(
        environment=state.environment.value,
        supervised=state.supervised,
        supervisor_pid=state.supervisor.pid,
        real_model=state.real_model,
        notes=state.notes,
        page_url=_page_url(rows),
        services=rows,
    )


def _page_url(rows: tuple[ServiceStatus, ...]) -> str | None:
    serving = (row.ports["hosting"] for row in rows if row.healthy and "hosting" in row.ports)
    return next((f"http://{HOST}:{port}" for port in serving), None)


def _row(service: ServiceState) -> ServiceStatus:
    alive = service.process is not None and service.process.find() is not None
    return ServiceStatus(
        service=service.name,
        status=service.status.value if alive or service.process is None else "dead",
        healthy=alive and all(map(_answers, service.health_urls)),
        pid=service.process.pid if service.process and alive else None,
        ports=service.ports,
        memory_mb=processes.memory_mb(service.tree),
        limit_mb=service.limit_mb,
        uptime_s=int(time.time() - service.started_at) if alive and service.started_at else None,
        restarts=service.restarts,
        detail=service.detail,
    )


def _answers(url: str) -> bool:
    try:
        return local_http.get(url, timeout=_PROBE_S).is_success
    except httpx.HTTPError:
        return False

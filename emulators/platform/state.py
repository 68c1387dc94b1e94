"""The state file: what runs, as the supervisor last wrote it. It survives a killed supervisor, so orphans are found."""

import tempfile
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from common.environment.profiles import EnvironmentName
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout
from emulators.platform.processes import ProcessRef


class ServicePhase(StrEnum):
    """Where a service is in its life."""

    WAITING = "waiting"
    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    FAILED = "failed"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServiceState(_Record):
    """One service. Times are seconds since the epoch (UTC)."""

    name: str
    ports: dict[str, int]
    health_urls: tuple[str, ...]
    status: ServicePhase = ServicePhase.WAITING
    process: ProcessRef | None = None
    tree: tuple[ProcessRef, ...] = ()
    """The process and its descendants, so that grandchildren are found after their parent died."""
    started_at: float | None = None
    limit_mb: int
    restarts: int = 0
    detail: str = ""
    """What it is doing, or why it was restarted."""


class StackState(_Record):
    """One stack and its supervisor. The file is readable by its owner only: the token gives control."""

    environment: EnvironmentName
    project: str
    supervisor: ProcessRef
    control_port: int
    control_token: str
    real_model: bool
    own_model: str | None = None
    """A developer's own model server in words (NAME at URL); None: another model answers."""
    ready: bool = False
    stopping: bool = False
    notes: tuple[str, ...] = ()
    services: dict[str, ServiceState] = {}

    @property
    def supervised(self) -> bool:
        """True while the supervisor lives."""
        return self.supervisor.find() is not None

    def orphans(self) -> list[ProcessRef]:
        """Every process of every service, as last seen."""
        return [ref for service in self.services.values() for ref in service.tree]


def read(layout: StackLayout) -> StackState | None:
    """The state, or None when nothing was started."""
    try:
        text = layout.state_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return StackState.model_validate_json(text)
    except ValidationError as error:
        raise PlatformError(
            f"{layout.state_file} was written by another version of the platform. End its processes and delete it."
        ) from error


def write(layout: StackLayout, state: StackState) -> None:
    """Replace the file atomically."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=layout.root, suffix=".new", delete=False) as new:
        new.write(state.model_dump_json(indent=1))
    Path(new.name).replace(layout.state_file)


def forget(layout: StackLayout) -> None:
    """Remove the file: nothing of this stack is left."""
    layout.state_file.unlink(missing_ok=True)

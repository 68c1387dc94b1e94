"""The local platform for Python: `ensure_up`, `running`, `stop`, and the `Stack` they give."""

from dataclasses import dataclass

from common.environment.profiles import EnvironmentName
from emulators.platform import client, page, processes, state
from emulators.platform.addresses import Addresses
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout
from emulators.platform.processes import ProcessRef
from emulators.platform.service import Say, quiet
from emulators.platform.state import StackState


@dataclass(frozen=True)
class Stack(Addresses):
    """A running stack: its addresses (fixed while it runs), and its processes as they are now."""

    layout: StackLayout
    own_model: str | None
    notes: tuple[str, ...]
    """What its user should know, one line each: changed ports, use of the real model."""

    def pid(self, service: str) -> int:
        """The current process of a service (a restart changes it); raises PlatformError when it has none."""
        return self._process(service).pid

    def pids(self, service: str) -> tuple[int, ...]:
        """The process of a service and all that descends from it, parents first."""
        return tuple(ref.pid for ref in processes.tree([self._process(service)]))

    def refresh(self, service: str, *, progress: Say = quiet) -> None:
        """Restart one service on the same ports, with the code as it is on disk now."""
        client.refresh(self.layout, service, progress)

    def _process(self, service: str) -> ProcessRef:
        current = state.read(self.layout)
        process = current.services[service].process if current else None
        if process is None:
            raise PlatformError(f"{service} does not run in {self.environment}.")
        return process


def running(env: EnvironmentName, *, layout: StackLayout | None = None) -> Stack | None:
    """The stack of an environment when it is up, else None."""
    layout = layout or StackLayout.of(env)
    current = state.read(layout)
    return _stack(layout, current) if current and current.supervised and current.ready else None


def ensure_up(
    env: EnvironmentName, *, owner_pid: int | None = None, progress: Say = quiet, layout: StackLayout | None = None
) -> tuple[Stack, bool]:
    """Start the stack or use the running one, restarting what is not healthy; True when this call started it.

    With `owner_pid` the stack ends with that process, unless others hold it as well. `progress` gets a line several
    times a second while there is something to wait for. Raises PlatformError with one line for the user.
    """
    layout = layout or StackLayout.of(env)
    owner = ProcessRef.of(owner_pid) if owner_pid else None
    current, started = client.up(layout, owner=owner, say=progress)
    stack = _stack(layout, current)
    if not started:
        page.publish(layout, stack)  # it may have been rebuilt since
    return stack, started


def stop(
    env: EnvironmentName, *, owner_pid: int | None = None, progress: Say = quiet, layout: StackLayout | None = None
) -> None:
    """End the stack and return when nothing of it is left; with `owner_pid` only if nobody else holds it."""
    owner = ProcessRef.of(owner_pid) if owner_pid else None
    client.down(layout or StackLayout.of(env), owner=owner, say=progress)


def _stack(layout: StackLayout, current: StackState) -> Stack:
    addresses = client.addresses(current)
    return Stack(
        environment=addresses.environment,
        project=addresses.project,
        ports=addresses.ports,
        real_model=addresses.real_model,
        layout=layout,
        own_model=current.own_model,
        notes=current.notes,
    )

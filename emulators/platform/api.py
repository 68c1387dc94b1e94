"""The local platform for Python: `ensure_up`, `running`, `stop`, and the `Stack` they give."""

from dataclasses import dataclass

from common.environment.profiles import EnvironmentName
from emulators.platform import client, page, processes, state
from emulators.platform.addresses import Addresses
from emulators.platform.errors import PlatformError
from emulators.platform.layout import Layout
from emulators.platform.processes import ProcessRef
from emulators.platform.service import Say, quiet
from emulators.platform.state import StackState


@dataclass(frozen=True)
class Stack(Addresses):
    """A running stack: its addresses (fixed while it runs), and its processes as they are now."""

    layout: Layout
    notes: tuple[str, ...]
    """Lines its user should know: ports that had to be changed, that the real model is used."""

    def pid(self, service: str) -> int:
        """The process of a service now (a restart changes it); raises PlatformError when it has none."""
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


def running(env: EnvironmentName, *, layout: Layout | None = None) -> Stack | None:
    """The stack of an environment when it is up, else None."""
    layout = layout or Layout.of(env)
    current = state.read(layout)
    return _stack(layout, current) if current and current.supervised and current.ready else None


def ensure_up(
    env: EnvironmentName, *, owner_pid: int | None = None, progress: Say = quiet, layout: Layout | None = None
) -> tuple[Stack, bool]:
    """Start the stack or use the running one, restarting what is not healthy; True when this call started it.

    With `owner_pid` the stack ends when that process is gone, unless somebody else asked for it, too. `progress` takes
    a line several times a second while there is something to wait for. Raises PlatformError with one line for the user.
    """
    layout = layout or Layout.of(env)
    owner = ProcessRef.of(owner_pid) if owner_pid else None
    current, started = client.up(layout, owner=owner, say=progress)
    stack = _stack(layout, current)
    if not started:
        page.publish(layout, stack)  # it may have been built anew since
    return stack, started


def stop(
    env: EnvironmentName, *, owner_pid: int | None = None, progress: Say = quiet, layout: Layout | None = None
) -> None:
    """End the stack and return when nothing of it is left; with `owner_pid` only if nobody else asked for it."""
    owner = ProcessRef.of(owner_pid) if owner_pid else None
    client.down(layout or Layout.of(env), owner=owner, say=progress)


def _stack(layout: Layout, current: StackState) -> Stack:
    addresses = client.addresses(current)
    return Stack(
        environment=addresses.environment,
        project=addresses.project,
        ports=addresses.ports,
        real_model=addresses.real_model,
        layout=layout,
        notes=current.notes,
    )

"""Operations on a stack for the command line, the tests and `ask`: start, use, refresh and end it."""

import subprocess
import sys
import time
from collections.abc import Callable

from common.environment.isolated import IsolatedEnvironment
from emulators.platform import control, processes, state
from emulators.platform.addresses import Addresses, child_environment
from emulators.platform.catalog import savers
from emulators.platform.control import ControlRequest
from emulators.platform.errors import PlatformError
from emulators.platform.layout import REPOSITORY, StackLayout
from emulators.platform.own_model import OWN_MODEL
from emulators.platform.processes import ProcessRef
from emulators.platform.service import Say
from emulators.platform.state import ServicePhase, StackState
from emulators.platform.supervisor import LOCKED

TOOLS = ("JAVA_HOME", "APEX_FIRESTORE_JAR", "APEX_PUBSUB_JAR")
if sys.platform == "win32":
    _APART = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
else:
    _APART = 0
_SPAWNED: list["subprocess.Popen[bytes]"] = []
"""Supervisors outlive their caller on purpose; Python would warn about a dropped handle."""
_POLL_S = 0.03
_SUPERVISOR_S = 20.0


def supervisor_command(layout: StackLayout) -> tuple[str, ...]:
    """The program that runs a whole stack."""
    options = ("--env", layout.environment.value, "--root", str(layout.root), "--runner", layout.runner)
    ports = () if layout.first_port is None else ("--first-port", str(layout.first_port))
    return (sys.executable, "-m", "emulators.platform.supervisor", *options, *ports)


def up(
    layout: StackLayout,
    *,
    owner: ProcessRef | None,
    say: Say,
    command: Callable[[StackLayout], tuple[str, ...]] = supervisor_command,
) -> tuple[StackState, bool]:
    """Start the stack, or restart what is unhealthy in a running one; returns its state, and True if it was started."""
    current = _supervised(layout, say)
    supervisor = None if current else _spawn(layout, command(layout))
    current = current or _first_state(layout, supervisor)
    try:
        _ask(layout, current, ControlRequest(token=current.control_token, command="up", owner=owner), say)
    except PlatformError:
        _supervised(layout, say)  # waits for the end of a stack that could not start
        raise
    current = state.read(layout)
    if current is None:
        raise PlatformError("The stack was stopped while it started.")
    return current, supervisor is not None and current.supervisor.pid == supervisor.pid


def refresh(layout: StackLayout, service: str, say: Say) -> None:
    """Restart one service on the same ports; raises PlatformError when nothing runs or it does not start."""
    current = _supervised(layout, say)
    if current is None:
        raise PlatformError(f"Nothing runs in {layout.environment}. Start it with `python -m emulators up`.")
    _ask(layout, current, ControlRequest(token=current.control_token, command="refresh", service=service), say)


def down(layout: StackLayout, *, owner: ProcessRef | None, say: Say) -> None:
    """End the stack, even if its supervisor was killed; returns when no process of it is left."""
    current = _supervised(layout, say)
    if current is None:
        return
    _ask(layout, current, ControlRequest(token=current.control_token, command="stop", owner=owner), say)
    if state.read(layout) is None:  # else others still hold the stack
        _wait_for_end(current)


def _supervised(layout: StackLayout, say: Say) -> StackState | None:
    """The state of a live supervisor, after waiting for one that is ending; leftovers of a dead one are ended."""
    current = state.read(layout)
    if current and current.stopping:
        _wait_for_end(current)
        current = state.read(layout)
    if current is None or current.supervised:
        return current
    say("ending what a killed supervisor left behind")
    holders = savers(layout, addresses(current))
    processes.end(ref for name, left in current.services.items() if name not in holders for ref in left.tree)
    for name, save in holders.items():
        left = current.services[name]
        if left.status is ServicePhase.HEALTHY and processes.tree(left.tree):
            _save(save, say)
    processes.end(current.orphans())
    state.forget(layout)
    return None


def _wait_for_end(current: StackState) -> None:
    processes.wait([current.supervisor], _SUPERVISOR_S)
    for supervisor in _SPAWNED:
        supervisor.poll()  # reaps those that ended


def _save(save: Callable[[], None], say: Say) -> None:
    try:
        save()
    except PlatformError as error:
        say(str(error))


def addresses(current: StackState) -> Addresses:
    """The addresses of a stack that was started before."""
    chosen = {name: port for service in current.services.values() for name, port in service.ports.items()}
    return Addresses(current.environment, current.project, chosen, current.real_model)


def _spawn(layout: StackLayout, command: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    """Start the supervisor detached from this terminal, so that it survives it."""
    layout.logs.mkdir(parents=True, exist_ok=True)
    names = TOOLS + (("OPENAI_API_KEY", *OWN_MODEL) if layout.keeps_data else ())
    tools = IsolatedEnvironment.of_process().for_child({}, inherit=names)
    with layout.log("supervisor").open("wb") as log:
        supervisor = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            env=child_environment(tools, network=True),
            creationflags=_APART,
            start_new_session=True,
        )
    _SPAWNED.append(supervisor)
    return supervisor


def _first_state(layout: StackLayout, supervisor: "subprocess.Popen[bytes] | None") -> StackState:
    deadline = time.monotonic() + _SUPERVISOR_S
    while time.monotonic() < deadline:
        current = state.read(layout)
        if current and current.supervised:
            return current
        if supervisor and supervisor.poll() not in {None, LOCKED}:
            break
        time.sleep(_POLL_S)
    words = layout.log("supervisor").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise PlatformError(f"The supervisor did not start: {words[-1] if words else 'it said nothing'}")


def _ask(layout: StackLayout, current: StackState, request: ControlRequest, say: Say) -> None:
    began = time.monotonic()
    control.ask(current, request, lambda: say(_progress(layout, request.command, time.monotonic() - began)))


def _progress(layout: StackLayout, command: str, seconds: float) -> str:
    current = state.read(layout)
    if current is None or command == "stop":
        return f"saving and ending ({seconds:.0f} s)"
    waiting = [service for service in current.services.values() if service.status is not ServicePhase.HEALTHY]
    names = ", ".join(f"{s.name}: {s.detail}" if s.detail else s.name for s in waiting)
    total = len(current.services)
    return f"{total - len(waiting)} of {total} services are ready; waiting for {names or 'the last'} ({seconds:.0f} s)"

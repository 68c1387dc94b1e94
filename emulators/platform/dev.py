"""`python -m emulators dev`: the development stack, kept running until Ctrl-C, with its incidents line by line."""

import os
import signal
import sys
import time
from argparse import Namespace
from datetime import UTC, datetime

from common.environment.profiles import EnvironmentName
from emulators.platform import api, commands, page, state
from emulators.platform.api import Stack
from emulators.platform.errors import PlatformError
from emulators.platform.progress import terminal_progress
from emulators.platform.state import ServicePhase, ServiceState, StackState

_LOOK_S = 0.5


def dev(_options: Namespace) -> int:
    """Start the stack or join a running one; on Ctrl-C or SIGTERM end what was started. 1 when the stack disappears."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    environment, owner = EnvironmentName.DEVELOPMENT, os.getpid()
    try:
        with terminal_progress() as progress:
            stack, started = api.ensure_up(environment, owner_pid=owner, progress=progress)
        _welcome(stack, started=started)
        return _watch(stack)
    except KeyboardInterrupt:
        with terminal_progress() as progress:
            api.stop(environment, owner_pid=owner, progress=progress)
        return 0


def _welcome(stack: Stack, *, started: bool) -> None:
    """The address, then which model answers, and how to end it."""
    for note in commands.unused_model(stack):
        _say(note)
    real = "the real model, which costs money" if stack.real_model else "the local model, free and offline"
    model = f"your own model, {stack.own_model}" if stack.own_model else real
    end = "Ctrl-C ends it; your data is kept." if started else "It already ran; Ctrl-C leaves it to whoever started it."
    _say(f"\n  Apex is at {stack.page_url}\n\n  Answers come from {model}. {end}")


def _watch(stack: Stack) -> int:
    """Report changes, and serve each new build of the page."""
    before = state.read(stack.layout)
    build: page.BuildStamp = ()
    served: page.BuildStamp = ()
    while (now := state.read(stack.layout)) and before and now.supervisor == before.supervisor and now.supervised:
        for line in _changes(before, now):
            _report(line)
        before, last, build = now, build, page.build_stamp()
        if build and build == last != served:  # complete: unchanged since the last look
            served = build
            _publish(stack)
        time.sleep(_LOOK_S)
    _say("The platform was ended. Start it again with `make dev`.")
    return 1


def _publish(stack: Stack) -> None:
    try:
        changed = page.publish(stack.layout, stack)
    except PlatformError as error:
        _report(str(error))
        return
    if changed:
        _report("the page was rebuilt; reload it")


def _changes(before: StackState, now: StackState) -> list[str]:
    return [line for name, service in now.services.items() if (line := _change(before.services[name], service))]


def _change(before: ServiceState, now: ServiceState) -> str:
    """One line for a service that was restarted or given up, else nothing."""
    if now.status is ServicePhase.FAILED and before.status is not ServicePhase.FAILED:
        return f"{now.name} does not run: {now.detail}"
    if now.restarts != before.restarts:
        return f"{now.name} was restarted: {now.detail.partition(': ')[2]}"
    return ""


def _report(line: str) -> None:
    _say(f"{datetime.now(UTC).astimezone():%H:%M:%S} {line}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

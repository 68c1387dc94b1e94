"""The commands of `python -m emulators`, one function each; each returns the exit code."""

import json
import sys
import time
from argparse import Namespace
from pathlib import Path

from rich.console import Console

from common.environment.isolated import IsolatedEnvironment
from emulators.platform import api, client, state, status
from emulators.platform.api import Stack
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout
from emulators.platform.own_model import own_model
from emulators.platform.progress import terminal_progress

_FOLLOW_S = 0.3


def up(options: Namespace) -> int:
    """Start what does not run, restart what is unhealthy."""
    with terminal_progress() as progress:
        stack, started = api.ensure_up(options.env, progress=progress)
    for note in (*(stack.notes if started else ()), *unused_model(stack)):
        sys.stderr.write(f"{note}\n")
    return 0


def unused_model(stack: Stack) -> tuple[str, ...]:
    """A line if a model is set in this shell, but the running stack was started without it."""
    environment = IsolatedEnvironment.of_process()
    if not stack.layout.keeps_data:
        return ()
    if own_model(stack.layout, environment):
        unused = "" if stack.own_model else "APEX_MODEL_NAME"
    else:
        unused = "OPENAI_API_KEY" if environment.optional("OPENAI_API_KEY") and not stack.real_model else ""
    if not unused:
        return ()
    return (f"{unused} is set, but the running stack uses another model. To change that: `down`, then `up`.",)


def down(options: Namespace) -> int:
    """End everything."""
    with terminal_progress() as progress:
        api.stop(options.env, progress=progress)
    return 0


def refresh(options: Namespace) -> int:
    """Restart one service on the same ports."""
    with terminal_progress() as progress:
        client.refresh(StackLayout.of(options.env), options.service, progress)
    return 0


def show_status(options: Namespace) -> int:
    """0 when all is healthy, else 1."""
    current = state.read(StackLayout.of(options.env))
    if current is None:
        message = {"environment": options.env.value, "healthy": False, "services": []}
        sys.stdout.write(f"{json.dumps(message)}\n" if options.json else f"Nothing runs in {options.env}.\n")
        return 1
    seen = status.look(current)
    if options.json:
        sys.stdout.write(f"{json.dumps(seen.as_json())}\n")
        return int(not seen.healthy)
    console = Console()
    console.print(seen.as_table())
    for line in seen.remarks():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return int(not seen.healthy)


def logs(options: Namespace) -> int:
    """The last lines of one service's log, or of all; with --follow also new lines, until interrupted."""
    layout = StackLayout.of(options.env)
    files = [layout.log(options.service)] if options.service else sorted(layout.logs.glob("*.log"))
    if not files or not all(file.exists() for file in files):
        available = ", ".join(sorted(file.stem for file in layout.logs.glob("*.log")))
        raise PlatformError(
            f"There is no log of {options.service or options.env} (there are: {available or 'none yet'})."
        )
    prefix = len(files) > 1
    positions = {file: _print_tail(file, options.lines, prefix=prefix) for file in files}
    while options.follow:
        time.sleep(_FOLLOW_S)
        positions = {file: _print_new(file, position, prefix=prefix) for file, position in positions.items()}
    return 0


def _print_tail(file: Path, count: int, *, prefix: bool) -> int:
    content = file.read_bytes()
    lines = content.decode(errors="replace").splitlines()
    _print(file, lines[-count:] if count else [], prefix=prefix)
    return len(content)


def _print_new(file: Path, position: int, *, prefix: bool) -> int:
    """Print complete new lines; a shorter file is a new one."""
    with file.open("rb") as log:
        start = position if position <= file.stat().st_size else 0
        log.seek(start)
        new = log.read()
    complete = new[: new.rfind(b"\n") + 1]
    _print(file, complete.decode(errors="replace").splitlines(), prefix=prefix)
    return start + len(complete)


def _print(file: Path, lines: list[str], *, prefix: bool) -> None:
    for line in lines:
        sys.stdout.write(f"{file.stem:<11}| {line}\n" if prefix else f"{line}\n")
    sys.stdout.flush()

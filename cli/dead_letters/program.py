"""Program: the `dead-letters` command, with the variables of a stack's functions in its environment."""

import asyncio
import json
import sys

from google.api_core.exceptions import GoogleAPICallError
from rich import box
from rich.console import Console
from rich.table import Table

from cli.dead_letters.cli import options_of
from cli.dead_letters.replay import DELETED_DATA, replay
from cli.dead_letters.subscription import Subscription, WaitingDeadLetter
from common.environment.settings import process_settings
from common.errors import ApexError, ErrorCode
from common.runs.dead_letters import DeadLetter
from common.runs.ports import Ports
from functions.bootstrap import ports_of

_SERVICE = "upkeep"
_INTERRUPTED = 130
_WIDTH = 160
"""Columns of a table with ids in full, so that they can be copied."""


def show(*, as_json: bool) -> int:
    """List what waits in the subscription, and leave it there."""
    with Subscription(process_settings(_SERVICE)) as subscription:
        dead_letters = [waiting.dead_letter for waiting in subscription.take()]
    if as_json:
        sys.stdout.write(f"{json.dumps([one.model_dump(mode='json') for one in dead_letters])}\n")
    elif dead_letters:
        console = Console()
        Console(width=max(_WIDTH, console.width)).print(_table(dead_letters))
    else:
        sys.stdout.write("No dead letters.\n")
    return 0


def _table(dead_letters: list[DeadLetter]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("run", "user", "thread", "when (UTC)", "reason", "attempts"):
        table.add_column(title, no_wrap=True, justify="right" if title == "attempts" else "left")
    for one in dead_letters:
        when = one.created_at.strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(one.run_id, one.uid, one.thread_id, when, one.reason, str(one.attempts))
    return table


async def replay_all() -> int:
    """Ask every waiting question again; 1 when one was refused and its dead letter kept."""
    ports = ports_of(_SERVICE)
    with Subscription(process_settings(_SERVICE)) as subscription:
        waiting = subscription.take()
        if not waiting:
            sys.stdout.write("No dead letters.\n")
        return max([await _replay(ports, subscription, one.dead_letter.run_id, one) for one in waiting], default=0)


async def replay_one(run_id: str) -> int:
    """Ask the question of one run again; if it was replayed before, that is the same run."""
    with Subscription(process_settings(_SERVICE)) as subscription:
        waiting = next((one for one in subscription.take() if one.dead_letter.run_id == run_id), None)
        return await _replay(ports_of(_SERVICE), subscription, run_id, waiting)


async def _replay(ports: Ports, subscription: Subscription, run_id: str, waiting: WaitingDeadLetter | None) -> int:
    try:
        accepted = await replay(ports, run_id)
    except ApexError as error:
        if waiting is None and error.code is ErrorCode.RUN_NOT_FOUND:
            return _fail(f"There is no dead letter of {run_id}. See `python -m cli dead-letters list`.")
        if error.code not in DELETED_DATA:
            return _fail(f"{run_id} was refused, and its dead letter is kept: {error.message}")
        line = f"{run_id} cannot be asked again: its user deleted the conversation or the data. It is dropped."
    else:
        line = f"{run_id} was asked again: run {accepted.run_id}, {accepted.status}."
    if waiting is not None:
        subscription.drop(waiting)
    sys.stdout.write(f"{line}\n")
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"error: {message}\n")
    return 1


def main(argv: list[str]) -> int:
    """Run one command; returns the exit code."""
    options = options_of(argv)
    try:
        if options.command == "list":
            return show(as_json=options.json)
        return asyncio.run(replay_all() if options.all else replay_one(options.run))
    except GoogleAPICallError as error:
        return _fail(f"The stack does not answer as it should ({error}). See `python -m emulators status`.")
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

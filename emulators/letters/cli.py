"""`python -m emulators dead-letters list|replay`: runs that failed by our fault, listed and asked again."""

import argparse
import subprocess
import sys

from common.environment.profiles import EnvironmentName
from common.runs.ids import RUN_ID
from emulators.platform import api
from emulators.platform.addresses import child_environment
from emulators.platform.layout import REPOSITORY

_PROGRAM = "emulators.letters.program"
_INTERRUPTED = 130


def options_of(argv: list[str]) -> argparse.Namespace:
    """The options; wrong use ends the process with code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m emulators dead-letters", description="Runs that failed by our fault."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="what the subscription holds")
    listing.add_argument("--json", action="store_true", help="one JSON document")
    again = commands.add_parser("replay", help="ask again, as a new turn of the same user in the same conversation")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("run", nargs="?", type=_run, metavar="RUN", help="the run that failed")
    which.add_argument("--all", action="store_true", help="every letter that waits")
    for command in (listing, again):
        command.add_argument(
            "--env",
            type=EnvironmentName,
            choices=(EnvironmentName.DEVELOPMENT, EnvironmentName.TEST),
            default=EnvironmentName.DEVELOPMENT,
        )
    return parser.parse_args(argv)


def _run(text: str) -> str:
    if not RUN_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the id of a run (32 hexadecimal digits)")
    return text


def main(argv: list[str]) -> int:
    """Run the command in the environment of the running stack; 0: done, 1: not or not all, 2: wrong use."""
    options = options_of(argv)
    stack = api.running(options.env)
    if stack is None:
        up = f"python -m emulators up --env {options.env}"
        sys.stderr.write(f"error: Nothing runs in {options.env}. Start it with `{up}`.\n")
        return 1
    command = (sys.executable, "-m", _PROGRAM, *argv)
    variables = child_environment(stack.function_variables())  # Google's clients read their emulators from there
    try:
        return subprocess.run(command, env=variables, cwd=REPOSITORY, check=False).returncode  # noqa: S603 - our own
    except KeyboardInterrupt:
        return _INTERRUPTED

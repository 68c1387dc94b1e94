"""`python -m cli dead-letters list|replay`: runs that failed through our fault, listed and asked again."""

import argparse

from cli.programs import add_environment, run_in_stack
from common.runs.ids import RUN_ID

_PROGRAM = "cli.dead_letters.program"


def options_of(argv: list[str]) -> argparse.Namespace:
    """The options; wrong usage ends the process with code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m cli dead-letters", description="Runs that failed through our fault."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="what the subscription holds")
    listing.add_argument("--json", action="store_true", help="one JSON document")
    again = commands.add_parser("replay", help="ask again, as a new turn of the same user in the same conversation")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("run", nargs="?", type=_run, metavar="RUN", help="the run that failed")
    which.add_argument("--all", action="store_true", help="every waiting dead letter")
    for command in (listing, again):
        add_environment(command)
    return parser.parse_args(argv)


def _run(text: str) -> str:
    if not RUN_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the id of a run (32 hexadecimal digits)")
    return text


def main(argv: list[str]) -> int:
    """Run the command in the environment of the running stack; 0: done, 1: not or not all, 2: wrong use."""
    return run_in_stack(options_of(argv).env, _PROGRAM, argv)

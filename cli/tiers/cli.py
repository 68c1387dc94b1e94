"""`python -m cli tier UID TIER --reason WHY`: moves a user to another tier, with an audit entry."""

import argparse
import getpass

from cli.programs import add_environment, run_in_stack
from common.accounts.quotas import TIERS

_PROGRAM = "cli.tiers.program"


def options_of(argv: list[str]) -> argparse.Namespace:
    """The options; wrong usage ends the process with code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m cli tier",
        description="Give a user another tier. Who did it, when and why is kept in tier_changes.",
    )
    parser.add_argument("uid", metavar="UID", help="the user's id, as Firebase Auth has it")
    parser.add_argument("tier", metavar="TIER", choices=tuple(TIERS), help=f"one of {', '.join(TIERS)}")
    parser.add_argument("--reason", required=True, type=_reason, help="why, for the audit: a contract, a ticket")
    parser.add_argument("--by", default=getpass.getuser(), help="who changes it (default: you, %(default)s)")
    add_environment(parser)
    return parser.parse_args(argv)


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("say why: the audit keeps it")
    return text.strip()


def main(argv: list[str]) -> int:
    """Run the command in the environment of the running stack; 0: done, 1: not, 2: wrong use."""
    options = options_of(argv)
    return run_in_stack(options.env, _PROGRAM, [*argv, "--by", options.by])

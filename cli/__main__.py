"""Clients of a running Apex: `python -m cli ask|dead-letters|tier`."""

import argparse
import importlib
import signal
import sys

_COMMANDS = {
    "ask": ("cli.ask.cli", "ask a question as a client does"),
    "dead-letters": ("cli.dead_letters.cli", "runs that failed through our fault: list them, ask again"),
    "tier": ("cli.tiers.cli", "give a user another tier, with an audit entry"),
}
"""Module, which parses its own options, and help; imported on use, as clients take long to import."""


def parser() -> argparse.ArgumentParser:
    """The commands; each has a --help of its own."""
    main_parser = argparse.ArgumentParser(prog="python -m cli", description="Clients of a running Apex.")
    commands = main_parser.add_subparsers(dest="command", required=True)
    for name, (_, text) in _COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False)
    return main_parser


def main(argv: list[str]) -> int:
    """Run one command; returns its exit code: 0 done, 1 failed, 2 wrong use."""
    if not argv or argv[0] not in _COMMANDS:
        parser().parse_args(argv)
    module, _ = _COMMANDS[argv[0]]
    code: int = importlib.import_module(module).main(argv[1:])
    return code


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background ignores it
    sys.exit(main(sys.argv[1:]))

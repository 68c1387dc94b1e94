"""The local platform: `python -m emulators dev|up|down|status|logs|refresh`."""

import argparse
import signal
import sys

from common.environment.profiles import EnvironmentName

_ENVIRONMENTS = (EnvironmentName.DEVELOPMENT, EnvironmentName.TEST)
_INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    main_parser = argparse.ArgumentParser(prog="python -m emulators", description="The local platform.")
    commands = main_parser.add_subparsers(dest="command", required=True)
    commands.add_parser("dev", help="start the development stack, print its address, keep it running until Ctrl-C")
    for name, text in (
        ("up", "start everything; returns when all is healthy"),
        ("down", "end everything; development data is kept"),
        ("status", "processes, ports, memory and health; exit code 1 unless all is healthy"),
        ("logs", "the last lines of the logs"),
        ("refresh", "restart one service on the same ports, with the code as it is now"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--env", type=EnvironmentName, choices=_ENVIRONMENTS, default=EnvironmentName.DEVELOPMENT)
        if name == "status":
            command.add_argument("--json", action="store_true", help="one JSON document")
        if name == "logs":
            command.add_argument("service", nargs="?", help="one service, or supervisor; default: all")
            command.add_argument("-n", dest="lines", type=int, default=20, help="how many lines (default 20)")
            command.add_argument("--follow", "-f", action="store_true", help="keep printing new lines")
        if name == "refresh":
            command.add_argument("service")
    return main_parser


def main(argv: list[str]) -> int:
    """Run one command; returns the exit code: 0 done, 1 failed, 2 wrong use."""
    options = parser().parse_args(argv)
    from emulators.platform import commands, dev  # noqa: PLC0415 - --help and wrong use answer at once
    from emulators.platform.errors import PlatformError  # noqa: PLC0415

    run = {
        "dev": dev.dev,
        "up": commands.up,
        "down": commands.down,
        "status": commands.show_status,
        "logs": commands.logs,
        "refresh": commands.refresh,
    }
    try:
        return run[options.command](options)
    except PlatformError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background ignores it
    sys.exit(main(sys.argv[1:]))

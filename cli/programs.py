"""Commands that run as a function does: in a process of their own, with the variables of a running stack."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from common.environment.profiles import EnvironmentName
from emulators.platform import api
from emulators.platform.addresses import child_environment
from emulators.platform.layout import REPOSITORY

_INTERRUPTED = 130


def add_environment(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses the stack."""
    parser.add_argument(
        "--env",
        type=EnvironmentName,
        choices=(EnvironmentName.DEVELOPMENT, EnvironmentName.TEST),
        default=EnvironmentName.DEVELOPMENT,
    )


def run_in_stack(env: EnvironmentName, program: str, argv: Sequence[str]) -> int:
    """Run a module with `argv`; its exit code, or 1 when the stack of `env` is not up."""
    stack = api.running(env)
    if stack is None:
        sys.stderr.write(f"error: Nothing runs in {env}. Start it with `python -m emulators up --env {env}`.\n")
        return 1
    command = (sys.executable, "-m", program, *argv)
    variables = child_environment(stack.function_variables())  # Google's clients read their emulators from there
    try:
        return subprocess.run(command, env=variables, cwd=REPOSITORY, check=False).returncode  # noqa: S603 - our own
    except KeyboardInterrupt:
        return _INTERRUPTED

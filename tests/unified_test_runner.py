"""The one test runner: `python -m tests.unified_test_runner [--category unit,integration] [...]`.

A category is a folder. Those that use the platform share one test stack, started once and ended afterwards unless
somebody else uses it. Services are always real; `--real-services` is accepted because callers may say so.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from rich.console import Console

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import EnvironmentName
from emulators.platform import api
from emulators.platform.addresses import child_environment
from emulators.platform.client import TOOLS
from emulators.platform.errors import PlatformError
from tests.support.browser import OVERRIDE
from tests.support.renewal import renew_database

Begun: TypeAlias = "subprocess.Popen[str]"
REPOSITORY = Path(__file__).parent.parent
PACKAGES = ("cli", "common", "data", "emulators", "functions")
CATEGORIES = (
    "unit",
    "smoke",
    "integration",
    "api",
    "mission_critical",
    "e2e",
    "browser",
    "model_check",
    "fuzz",
    "faults",
)
"""In the order in which they run: the cheapest first."""
_BESIDE = {"faults": "e2e"}
"""The campaign has a stack of its own and mostly waits: it begins with the category that mostly waits, too, and is told
at its place.
"""
_COVERAGE = (*(f"--cov={package}" for package in PACKAGES), "--cov-report=html:.apex/coverage")


def main(argv: list[str]) -> int:
    """Run the chosen categories; 0 when all passed, 1 when one failed or could not run."""
    options = _options(argv)
    chosen = options.categories or [name for name in CATEGORIES if _folders(name)]
    missing = [name for name in chosen if not _folders(name)]
    if missing:
        return _fail(f"There are no tests of category {', '.join(missing)}.")
    try:
        with _stack(options, needed=chosen != ["unit"]) as stack:
            closing = _run_all(chosen, options, stack)
    except PlatformError as error:
        return _fail(str(error))
    failed = [name for name, (code, _) in closing.items() if code != 0]
    for name, (_, line) in closing.items():
        sys.stdout.write(f"{name}: {line}\n")
    return _fail(f"Failed: {', '.join(failed)}") if failed else 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.unified_test_runner", description="Run Apex's tests.")
    parser.add_argument(
        "--category", "--categories", dest="categories", type=_categories, action="extend", metavar="NAME[,NAME...]"
    )
    parser.add_argument("--real-services", action="store_true", help="always so")
    parser.add_argument("--real-llm", action="store_true", help="use the real model; costs money")
    parser.add_argument("--env", type=EnvironmentName, choices=list(EnvironmentName), default=EnvironmentName.TEST)
    parser.add_argument("--no-coverage", action="store_true", help="do not measure the coverage of the unit tests")
    parser.add_argument("--every-order", action="store_true", help="model check: all orders instead of some (minutes)")
    parser.add_argument("--fast-fail", action="store_true", help="stop at the first failure")
    return parser.parse_args(argv)


def _categories(text: str) -> list[str]:
    names = text.replace(",", " ").split()
    unknown = [name for name in names if name not in CATEGORIES]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"{text!r} is not among {', '.join(CATEGORIES)}")
    return names


def _folders(category: str) -> list[str]:
    """Where a category's tests are: in `tests` or `tests/campaigns`; those of the packages are unit tests unless they
    say else.
    """
    own = [folder for home in ("tests", "tests/campaigns") if (REPOSITORY / (folder := f"{home}/{category}")).is_dir()]
    if category == "unit":
        return [*PACKAGES, *own]
    inside = (path for package in PACKAGES for path in (REPOSITORY / package).glob(f"**/tests/{category}"))
    return [*own, *sorted(path.relative_to(REPOSITORY).as_posix() for path in inside)]


@contextmanager
def _stack(options: argparse.Namespace, *, needed: bool) -> Iterator[api.Stack | None]:
    """The stack that the tests find with `emulators.platform.api.running`."""
    if not needed:
        yield None
        return
    owner = os.getpid()
    try:
        with Console(stderr=True).status(f"Starting the {options.env} stack") as status:
            stack, _ = api.ensure_up(options.env, owner_pid=owner, progress=status.update)
        if options.real_llm and not stack.real_model:
            raise PlatformError(f"The {options.env} stack does not run the real model. Set OPENAI_API_KEY.")
        yield stack
    finally:
        api.stop(options.env, owner_pid=owner)


def _run_all(chosen: list[str], options: argparse.Namespace, stack: api.Stack | None) -> dict[str, tuple[int, str]]:
    """Exit code and closing line of pytest by category, in order; on the test stack each begins with a new database."""
    closing: dict[str, tuple[int, str]] = {}
    begun: dict[str, Begun] = {}
    for name in chosen:
        for other, beside in _BESIDE.items():
            if beside == name and other in chosen and not options.fast_fail:
                begun[other] = _begin(_command(other, options), _variables(other, stack))
        if stack and closing.keys() - {"unit"} and options.env is EnvironmentName.TEST:
            renew_database(stack)
        if name not in begun:
            begun[name] = _begin(_command(name, options), _variables(name, stack))
        closing[name] = _end(begun[name])
        if options.fast_fail and closing[name][0] != 0:
            break
    return closing


def _command(category: str, options: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-m", "pytest", *_folders(category)]
    command.append(f"--color={'yes' if sys.stdout.isatty() else 'no'}")
    if category == "unit":
        elsewhere = (folder for name in CATEGORIES[1:] for folder in _folders(name) if not folder.startswith("tests/"))
        command += ["-n", "2", *(f"--ignore={folder}" for folder in elsewhere)]
        command += () if options.no_coverage else _COVERAGE
    if category == "model_check":
        command += ["-n", "2", *(["--every-order"] if options.every_order else [])]
    if category == "browser":
        command += ["-n", "3", "--screenshot=only-on-failure", "--output=.apex/browser"]  # they mostly wait
    if options.fast_fail:
        command.append("--exitfirst")
    if options.real_llm:
        command.append("--real-llm")
    if options.env is not EnvironmentName.TEST:
        command.append(f"--env={options.env}")
    return command


def _variables(category: str, stack: api.Stack | None) -> Mapping[str, str]:
    return stack.function_variables() if stack and category != "unit" else {}


def _begin(command: list[str], variables: Mapping[str, str]) -> Begun:
    """Start pytest. The tests see no other variables than they need."""
    tools = IsolatedEnvironment.of_process().for_child(
        {"COVERAGE_FILE": ".apex/coverage.data"}, inherit=(*TOOLS, OVERRIDE)
    )
    return subprocess.Popen(  # noqa: S603 - this interpreter, and arguments from closed lists
        command,
        cwd=REPOSITORY,
        env=child_environment({**tools, **variables}),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def _end(begun: Begun) -> tuple[int, str]:
    """Pass pytest's output on as it comes, what it has written before first; its exit code and its last line."""
    last = ""
    with begun as pytest:
        for line in pytest.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            last = line.strip() or last
    return pytest.returncode, last


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

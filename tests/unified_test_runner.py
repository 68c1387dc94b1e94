"""The one test runner: `python -m tests.unified_test_runner [--category unit,integration] [...]`.

A category is a folder. Those that use the platform share one test stack, started once and ended afterwards unless
somebody else uses it. Services are always real; `--real-services` is accepted because callers may say so.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import EnvironmentName
from emulators.platform import api
from emulators.platform.addresses import child_environment
from emulators.platform.client import TOOLS
from emulators.platform.errors import PlatformError
from tests.support.browser import OVERRIDE
from tests.support.fresh_database import renew_database

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
    "evals",
)
LANES = (
    ("mission_critical", "faults", "e2e", "api"),
    ("unit", "model_check", "fuzz", "evals", "smoke", "integration", "browser"),
)
"""Side by side, each from left to right: what mostly waits, and beside it what computes."""
_ALONE = "unit"
"""It needs no stack, so it begins while that starts."""
_STRIKING = "mission_critical"
_SHARING = frozenset({"smoke", "api", "integration", "browser"})
"""Not beside the striking one: it kills workers, and injects faults into the next deliveries, whosever they are."""
_RENEWED = frozenset({"browser"})
"""Those that begin with a new database when they are not alone: integration leaves tens of thousands of documents."""
_GUESTS = frozenset({"e2e", "api"})
"""Categories of the other lane that use the test stack's database: it is not renewed during them."""
_WORKERS: Mapping[str, tuple[str, ...]] = {
    "unit": ("-n", "2"),
    "integration": ("-n", "2", "--dist", "loadfile"),  # tests of a file may share what they set up
    "browser": ("-n", "3", "--dist", "worksteal"),  # they mostly wait
    "model_check": ("-n", "2", "--dist", "worksteal"),
}
_COVERAGE = (*(f"--cov={package}" for package in PACKAGES), "--cov-report=html:.apex/coverage")


@dataclass(frozen=True, kw_only=True)
class CategoryResult:
    """How pytest ended. `cpu_s`: its own and that of its child processes, without the services of the stack."""

    code: int
    closing_line: str
    wall_s: float
    cpu_s: float


def main(argv: list[str]) -> int:
    """Run the chosen categories; 0 when all passed, 1 when one failed or could not run."""
    options = _options(argv)
    chosen = options.categories or [name for name in CATEGORIES if _folders(name)]
    missing = [name for name in chosen if not _folders(name)]
    if missing:
        return _fail(f"There are no tests of category {', '.join(missing)}.")
    began = time.monotonic()
    try:
        with _stack(options, needed=chosen != [_ALONE]) as stack:
            results = _Run(options, stack, chosen).all()
    except PlatformError as error:
        return _fail(str(error))
    sys.stdout.write(_summary(results, time.monotonic() - began))
    failed = [name for name, result in results.items() if result.code != 0]
    return _fail(f"Failed: {', '.join(failed)}") if failed else 0


def _summary(results: Mapping[str, CategoryResult], wall_s: float) -> str:
    """A line for each category, and the sums: seconds as a clock shows them, and seconds of computing."""
    lines = [
        f"{name}: {result.closing_line} [{result.wall_s:.0f} s, CPU {result.cpu_s:.0f} s]"
        for name, result in results.items()
    ]
    one_by_one, cpu_s = sum(each.wall_s for each in results.values()), sum(each.cpu_s for each in results.values())
    lines.append(f"all: {wall_s:.0f} s; one by one {one_by_one:.0f} s; CPU {cpu_s:.0f} s without the stack")
    return "\n".join([*lines, ""])


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
    parser.add_argument("--fast", action="store_true", help="unit: without property tests and those of the emulators")
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
def _stack(options: argparse.Namespace, *, needed: bool) -> "Iterator[Future[api.Stack] | None]":
    """The stack that the tests find with `emulators.platform.api.running`, while it starts."""
    if not needed:
        yield None
        return
    owner = os.getpid()
    with ThreadPoolExecutor(1) as starter:
        stack = starter.submit(_started, options, owner)
        stack.add_done_callback(_report)
        try:
            yield stack
        finally:
            stack.exception()
            api.stop(options.env, owner_pid=owner)


def _started(options: argparse.Namespace, owner: int) -> api.Stack:
    stack, _ = api.ensure_up(options.env, owner_pid=owner)
    if options.real_llm and not (stack.real_model or stack.own_model):
        raise PlatformError(
            f"The {options.env} stack does not run a real model. Set OPENAI_API_KEY, or APEX_MODEL_NAME and"
            " APEX_MODEL_BASE_URL."
        )
    return stack


def _report(stack: "Future[api.Stack]") -> None:
    """Of a stack that did not start, at once: what runs beside it goes on for minutes."""
    error = stack.exception()
    if error:
        _fail(str(error))


class _Run:
    """One run of the chosen categories."""

    def __init__(self, options: argparse.Namespace, stack: "Future[api.Stack] | None", chosen: Sequence[str]) -> None:
        self._options = options
        self._starting = stack
        self._chosen = chosen
        self._database = threading.Condition()
        self._guests = 0
        self._over = {name: threading.Event() for name in chosen}
        self._printing = threading.Lock()
        self._results: dict[str, CategoryResult] = {}

    def all(self) -> dict[str, CategoryResult]:
        """The results in the order of the choice; with --fast-fail one category after another, up to the failed one."""
        lanes = [[name for name in lane if name in self._chosen] for lane in LANES]
        lanes = [lane for lane in lanes if lane]
        if self._options.fast_fail or self._options.env is not EnvironmentName.TEST:
            lanes = [list(self._chosen)]
        with ThreadPoolExecutor(len(lanes)) as pool:
            for lane in [pool.submit(self._run_lane, lane) for lane in lanes]:
                lane.result()
        return {name: self._results[name] for name in self._chosen if name in self._results}

    @property
    def _stack(self) -> api.Stack | None:
        """As soon as it is up; raises PlatformError."""
        return self._starting.result() if self._starting else None

    def _run_lane(self, lane: Sequence[str]) -> None:
        for name in lane:
            if name in _SHARING and _STRIKING in self._over and _STRIKING not in lane:
                self._over[_STRIKING].wait()
            if name in _RENEWED and len(self._chosen) > 1:
                self._renew()
            try:
                with self._as_guest() if name in _GUESTS else nullcontext():
                    self._results[name] = self._run(name)
            finally:
                self._over[name].set()
            if self._options.fast_fail and self._results[name].code != 0:
                return

    @contextmanager
    def _as_guest(self) -> Iterator[None]:
        with self._database:
            self._guests += 1
        try:
            yield
        finally:
            with self._database:
                self._guests -= 1
                self._database.notify_all()

    def _renew(self) -> None:
        """A new database, as soon as the other lane does not need the present one."""
        if self._stack and self._options.env is EnvironmentName.TEST:
            with self._database:
                self._database.wait_for(lambda: self._guests == 0)
                renew_database(self._stack)

    def _run(self, name: str) -> CategoryResult:
        """Run pytest and pass its output on line by line; with several categories, each line under its name."""
        began, last = time.monotonic(), ""
        variables = {} if name == _ALONE else _variables(self._stack)
        pytest = _begin(_command(name, self._options), variables)
        for line in pytest.stdout or ():
            with self._printing:
                sys.stdout.write(f"{name}: {line}" if len(self._chosen) > 1 else line)
                sys.stdout.flush()
            last = line.strip() or last
        _, status, used = os.wait4(pytest.pid, 0)
        pytest.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.monotonic() - began
        return CategoryResult(
            code=pytest.returncode, closing_line=last, wall_s=wall_s, cpu_s=used.ru_utime + used.ru_stime
        )


def _command(category: str, options: argparse.Namespace) -> list[str]:
    fast = options.fast and category == "unit"
    folders = [folder for folder in _folders(category) if not (fast and folder == "emulators")]
    command = [sys.executable, "-m", "pytest", *folders, *_WORKERS.get(category, ())]
    command.append(f"--color={'yes' if sys.stdout.isatty() else 'no'}")
    if category == "unit":
        command += ["-m", "not hypothesis"] if fast else []  # the plugin sets that mark
        elsewhere = (folder for name in CATEGORIES[1:] for folder in _folders(name) if not folder.startswith("tests/"))
        command += [f"--ignore={folder}" for folder in elsewhere]
        command += () if options.no_coverage else _COVERAGE
    if category == "model_check" and options.every_order:
        command.append("--every-order")
    if category == "browser":
        command += ["--screenshot=only-on-failure", "--output=.apex/browser"]
    if options.fast_fail:
        command.append("--exitfirst")
    if options.real_llm:
        command.append("--real-llm")
    if options.env is not EnvironmentName.TEST:
        command.append(f"--env={options.env}")
    return command


def _variables(stack: api.Stack | None) -> Mapping[str, str]:
    return stack.function_variables() if stack else {}


def _begin(command: list[str], variables: Mapping[str, str]) -> "subprocess.Popen[str]":
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


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

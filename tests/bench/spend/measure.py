"""Whole processes, one after the other: rows per second and peak memory, each tool on the same files."""

import math
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.spend.workload import write

TOOLS = ("with_apex", "with_pandas", "with_duckdb")
ROWS = (1_000_000, 10_000_000)
KINDS = ("csv", "jsonl")
_RUNS = 3
_SAME = 1e-9


@dataclass(frozen=True)
class Run:
    """Of one tool over one file; memory is the largest resident size of the process."""

    tool: str
    kind: str
    rows: int
    seconds: float
    spread_s: float
    """Between the fastest and the slowest of three."""
    peak_mb: float

    @property
    def rows_per_s(self) -> float:
        """By the median."""
        return self.rows / self.seconds

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {**asdict(self), "rows_per_s": round(self.rows_per_s)}


def measure(console: Console) -> list[Run]:
    """All tools in turn on each file. Raises RuntimeError when their costs differ: they did not do the same."""
    found: list[Run] = []
    with TemporaryDirectory() as folder:
        for rows, kind in product(ROWS, KINDS):
            path = Path(folder) / f"{rows}.{kind}"
            with console.status(f"{rows:,} rows as {kind}"):
                write(rows, path)
                found += _compare(path, rows)
            path.unlink()
    return found


def _compare(path: Path, rows: int) -> list[Run]:
    rounds = [[_once(tool, path) for tool in TOOLS] for _ in range(_RUNS)]
    costs = [cost for each in rounds for cost, _, _ in each]
    if not all(math.isclose(cost, costs[0], rel_tol=_SAME) for cost in costs):
        raise RuntimeError(f"the tools do not agree on what {rows:,} rows cost: {costs}")
    kind = path.suffix.removeprefix(".")
    return [_run(tool, kind, rows, [each[place][1:] for each in rounds]) for place, tool in enumerate(TOOLS)]


def _run(tool: str, kind: str, rows: int, timings: list[tuple[float, float]]) -> Run:
    seconds = [each for each, _ in timings]
    return Run(
        tool=tool.removeprefix("with_"),
        kind=kind,
        rows=rows,
        seconds=round(statistics.median(seconds), 3),
        spread_s=round(max(seconds) - min(seconds), 3),
        peak_mb=round(max(peak for _, peak in timings), 1),
    )


def _once(tool: str, path: Path) -> tuple[float, float, float]:
    """(cost in USD, seconds, peak memory in MiB) of a process of its own, start and imports included."""
    began = time.perf_counter()
    command = (sys.executable, "-m", f"tests.bench.spend.{tool}", str(path))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own module
        said = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{tool} failed")
    return float(said), seconds, usage.ru_maxrss / 1024


def table(runs: list[Run]) -> Table:
    """For people; ratios are of the medians of one run of this bench."""
    shown = Table("", "", "rows/s", "s", "spread", "peak MiB", "times apex", box=box.SIMPLE_HEAD)
    for rows, kind in product(ROWS, KINDS):
        same = {run.tool: run for run in runs if (run.rows, run.kind) == (rows, kind)}
        for run in same.values():
            ratio = run.seconds / same["apex"].seconds
            numbers = (f"{run.rows_per_s:,.0f}", f"{run.seconds:.2f}", f"{run.spread_s:.2f}", f"{run.peak_mb:.0f}")
            shown.add_row(f"{rows:,} rows as {kind}", run.tool, *numbers, f"{ratio:.2f}")
    return shown


def main() -> None:
    """`python -m tests.bench.spend.measure`."""
    console = Console()
    console.print(table(measure(console)))


if __name__ == "__main__":
    main()

"""`python -m tests.bench [--turns N] [--runs N] [--json FILE]`: the product against its floor, and the page.

Product and floor take turns, so that what disturbs one disturbs the other; the page has no floor, so read its times
on a quiet machine. Never run as a timed test.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cli.ask import turn as product
from cli.ask.client import ApexClient
from common.environment.profiles import EnvironmentName
from data import sample_path
from emulators.platform import api
from emulators.platform.errors import PlatformError
from tests.bench import fairness, floor, kinds, page, recovery
from tests.bench.figures import Bounded, Measure, Summary, summary
from tests.support.browser import NoBrowserError

GREETING = "Hello"
QUESTION = "How do I cut this bill by 20 %?"
AIM = 2.0
_WARM_UP = 5
SMALL_LOG = "timestamp,model,input_tokens,output_tokens,feature\n" + "".join(
    f"2026-11-{1 + n % 9:02}T10:{n:02}:00Z,gpt-4o,{900 + n},{100 + n},search\n" for n in range(60)
)
"""Little enough that a step on it is overhead."""


def main(argv: list[str]) -> int:
    """Measure, print, and write `--json`; 0 whatever the figures are, 1 without a stack or a browser."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Apex against its floor.")
    parser.add_argument("--turns", type=int, default=60, help="greetings, and as many floor turns (default 60)")
    parser.add_argument("--runs", type=int, default=12, help="five-agent runs, and as many floor chains (default 12)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    options = parser.parse_args(argv)
    console = Console()
    try:
        with _stack(console) as stack:
            measures = _measure(stack, options.turns, options.runs, console)
            recovered = _recovery(stack, options.runs)
            console.print(_table(measures, recovered))
            of_kinds = _kinds(stack, options.runs)
            kinds.show(of_kinds, console)
            on_page = page.measure(stack, console)
            on_page.show(console)
    except (PlatformError, NoBrowserError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.json:
        against_floor = {"unit": "ms", "aim_ratio": AIM, "measures": [measure.as_json() for measure in measures]}
        turns = [kind.as_json() for kind in of_kinds]
        document = {**against_floor, "recovery": recovered.as_json(), "turns": turns, "page": on_page.as_json()}
        options.json.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return 0


def _measure(stack: api.Stack, turns: int, runs: int, console: Console) -> list[Measure]:
    with floor.floor_process(stack) as url, TemporaryDirectory() as folder:
        small = Path(folder) / "small.csv"
        small.write_text(SMALL_LOG, encoding="utf-8")
        with ApexClient.sign_in_guest(stack) as client:
            measures = _turns(client, url, turns, console)
        for name, log in (("agent step, 60 requests", small), ("agent step, sample data", sample_path())):
            with ApexClient.sign_in_guest(stack) as client:
                client.upload(log)
                measures.append(_steps(name, client, url, runs, console))
        return [*measures, fairness.measure(stack, small, QUESTION, runs)]


@contextmanager
def _stack(console: Console) -> Iterator[api.Stack]:
    owner = os.getpid()
    try:
        with console.status("Starting the test stack") as status:
            stack, _ = api.ensure_up(EnvironmentName.TEST, owner_pid=owner, progress=status.update)
        yield stack
    finally:
        api.stop(EnvironmentName.TEST, owner_pid=owner)


def _turns(client: ApexClient, url: str, count: int, console: Console) -> list[Measure]:
    """POST to 202, POST to first event, and the one step of a greeting: the protocol and one model call."""
    ours: list[tuple[float, ...]] = []
    floors: list[tuple[float, ...]] = []
    for _ in track(range(count + _WARM_UP), "Turns", console=console, transient=True, disable=not console.is_terminal):
        outcome = product.ask(client, GREETING)
        timings = outcome.timings
        ours.append((_reached(timings.accepted_ms), _reached(timings.first_event_ms), floor.span_ms(outcome.events)))
        floors.append((*floor.turn(client, url), floor.step_ms(client, url, steps=1)))
    return [
        Measure(name, summary([s[n] for s in ours[_WARM_UP:]]), summary([s[n] for s in floors[_WARM_UP:]]))
        for n, name in enumerate(("POST to 202", "POST to first event", "step of a greeting"))
    ]


def _reached(ms: float | None) -> float:
    if ms is None:
        raise RuntimeError("a turn was not accepted; there is nothing to measure")
    return ms


def _steps(name: str, client: ApexClient, url: str, count: int, console: Console) -> Measure:
    """Time per agent step: protocol and the local model at no latency; on the sample data also the analysis."""
    ours: list[float] = []
    floors: list[float] = []
    for _ in track(
        range(count + 1), "Five-agent runs", console=console, transient=True, disable=not console.is_terminal
    ):
        outcome = product.ask(client, QUESTION)
        steps = len({arrived.event["step"] for arrived in outcome.events})
        ours.append(floor.span_ms(outcome.events) / steps)
        floors.append(floor.step_ms(client, url, steps))
    return Measure(name, summary(ours[1:]), summary(floors[1:]))


def _kinds(stack: api.Stack, runs: int) -> list[kinds.Kind]:
    with ApexClient.sign_in_guest(stack) as client:
        client.upload(sample_path())
        return kinds.measure(client, runs)


def _recovery(stack: api.Stack, runs: int) -> Bounded:
    with ApexClient.sign_in_guest(stack) as client:
        return recovery.measure(stack, client, runs)


def _table(measures: list[Measure], recovered: Bounded) -> Table:
    table = Table("", "", "median", "p95", "spread", "ratio", box=box.SIMPLE_HEAD, caption=f"ms; aim: ratio <= {AIM}")
    for measure in measures:
        table.add_row(measure.name, "product", *_cells(measure.product), f"{measure.ratio:.2f}")
        table.add_row("", "floor", *_cells(measure.floor), "")
    bound = recovered.bound_ms
    table.add_row(recovered.name, "product", *_cells(recovered.product), f"{recovered.product.median / bound:.2f}")
    table.add_row("", "lease + 1 s", f"{bound:.1f}", "", "", "")
    return table


def _cells(summary: Summary) -> tuple[str, str, str]:
    return f"{summary.median:.1f}", f"{summary.p95:.1f}", f"{summary.spread:.1f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

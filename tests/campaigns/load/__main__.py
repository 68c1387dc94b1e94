"""`python -m tests.campaigns.load [--guests 50] [--turns 1000] [--json]`: many guests at once.

Every answer is right, none with another guest's figure.
Each guest has a file and a question of its own and asks again as soon as the answer is there. A turn is right when its
run keeps the invariants, completes, and states what the guest's own file costs.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.ask.client import ApexClient
from cli.ask.errors import ClientError
from cli.ask.turn import ask
from common.environment.profiles import EnvironmentName
from emulators.platform import api
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout
from tests.bench.figures import summary
from tests.support.guests import GuestLog, states, states_any, write_logs
from tests.support.invariants import check_run

AIM = 0.999
_FIRST_PORT = 7700
_WAVE = 3
"""Turns of a guest before all of them begin again: with more, the emulator is what is measured."""
_QUESTIONS = (
    "How do I cut this bill by {number} %?",
    "Where does my money go? I am customer {number}.",
    "What did I spend, and which model costs most? Ticket {number}.",
    "Save me {number} % without waiting longer for answers.",
)


@dataclass(frozen=True)
class Turn:
    """`verdict` is "right", "foreign" (another guest's figure) or what went wrong; `ms` from POST to answer."""

    guest: int
    verdict: str
    ms: float | None


def main(argv: Sequence[str]) -> int:
    """Print the counts; 0 when at least 99.9 % of the turns were right and none foreign."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaigns.load", description="Many guests, every answer checked."
    )
    parser.add_argument("--guests", type=int, default=50, help="at once (default 50)")
    parser.add_argument("--turns", type=int, default=1000, help="in all (default 1000)")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    options = parser.parse_args(argv)
    try:
        with TemporaryDirectory() as folder:
            began = time.monotonic()
            turns = list(_in_waves(Path(folder), options.guests, options.turns))
            result = _result(turns, options.guests, time.monotonic() - began)
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(result) + "\n" if options.json else _report(result))
    verdicts = Counter(turn.verdict for turn in turns)
    return 0 if verdicts["right"] >= AIM * len(turns) and not verdicts["foreign"] else 1


def _in_waves(folder: Path, guests: int, turns: int) -> Iterator[Turn]:
    """All turns, in waves of new guests with a new stack each (tests/support/fresh_database.py says why)."""
    logs = write_logs(folder, guests)
    wave = _WAVE * guests
    for begun in range(0, turns, wave):
        with _stack(folder / f"stack-{begun}") as stack:
            yield from run(stack, logs, min(wave, turns - begun))
        sys.stderr.write(f"{min(begun + wave, turns):,} of {turns:,} turns\n")


def run(stack: api.Stack, logs: Sequence[GuestLog], turns: int) -> list[Turn]:
    """All guests at once, each with its share of the turns."""
    shares = [turns // len(logs) + (number < turns % len(logs)) for number in range(len(logs))]
    with ThreadPoolExecutor(len(logs)) as pool:
        visits = pool.map(lambda number: _visit(stack, logs, number, shares[number]), range(len(logs)))
        return [turn for visit in visits for turn in visit]


def _visit(stack: api.Stack, logs: Sequence[GuestLog], number: int, turns: int) -> list[Turn]:
    question = _QUESTIONS[number % len(_QUESTIONS)].format(number=10 + number)
    with ApexClient.sign_in_guest(stack) as guest:
        guest.upload(logs[number].path)
        return [_turn(guest, logs, number, question) for _ in range(turns)]


def _turn(guest: ApexClient, logs: Sequence[GuestLog], number: int, question: str) -> Turn:
    try:
        outcome = ask(guest, question)
        check_run([arrived.event for arrived in outcome.events])
    except (ClientError, AssertionError) as error:  # counted, and told at the end
        return Turn(number, f"{type(error).__name__}: {error}", None)
    if states_any(outcome, (log.cost_usd for log in logs if log is not logs[number])):
        return Turn(number, "foreign", outcome.timings.completed_ms)
    right = outcome.status == "completed" and states(outcome, logs[number].cost_usd)
    return Turn(number, "right" if right else f"{outcome.status} without its figure", outcome.timings.completed_ms)


def _result(turns: Sequence[Turn], guests: int, seconds: float) -> dict[str, object]:
    verdicts = Counter(turn.verdict for turn in turns)
    times = summary([turn.ms for turn in turns if turn.ms is not None])
    return {
        "guests": guests,
        "turns": len(turns),
        "right": verdicts.pop("right", 0),
        "foreign": verdicts.pop("foreign", 0),
        "wrong": dict(verdicts),
        "seconds": round(seconds, 1),
        "answer_ms": asdict(times),
    }


def _report(result: dict[str, object]) -> str:
    return "".join(f"{name:<10} {value}\n" for name, value in result.items())


@contextmanager
def _stack(root: Path) -> Iterator[api.Stack]:
    """A stack with production's leases and budgets: those of the test environment are shorter than a queue of 50."""
    layout = StackLayout(EnvironmentName.DEVELOPMENT, root, first_port=_FIRST_PORT)
    stack, _ = api.ensure_up(layout.environment, owner_pid=os.getpid(), layout=layout)
    try:
        yield stack
    finally:
        api.stop(layout.environment, layout=layout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

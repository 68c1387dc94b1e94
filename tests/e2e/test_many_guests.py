"""Twenty first-time users at once, each with a file and a right answer of their own."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulators.ask.client import ApexClient
from emulators.ask.turn import Outcome, ask
from emulators.platform.api import Stack
from tests.support.invariants import check_run

GUESTS = 20
INPUT_USD = 2.50e-6
OUTPUT_USD = 10.00e-6
"""List prices of gpt-4o per token, OpenAI's price page, 2026-11-22."""


def write_log(path: Path, number: int) -> float:
    """Write guest `number`'s log; returns what it cost in USD, computed here and nowhere else."""
    rows = [(1_000 + 37 * number + n, 200 + 11 * number + n) for n in range(40 + number)]
    lines = [f"2026-11-{1 + n % 9:02}T{n % 24:02}:10:00Z,gpt-4o,{i},{o}" for n, (i, o) in enumerate(rows)]
    path.write_text("\n".join(["timestamp,model,input_tokens,output_tokens", *lines]), encoding="utf-8")
    return sum(i * INPUT_USD + o * OUTPUT_USD for i, o in rows)


def visit(stack: Stack, log: Path) -> Outcome:
    """A guest's first visit: sign in, upload, ask."""
    with ApexClient.sign_in_guest(stack) as guest:
        guest.upload(log)
        return ask(guest, "How do I cut this bill by 30 %?")


def test_twenty_guests_at_once_get_twenty_right_answers(stack: Stack, tmp_path: Path) -> None:
    logs = [tmp_path / f"guest-{number}.csv" for number in range(GUESTS)]
    costs = [write_log(log, number) for number, log in enumerate(logs)]
    with ThreadPoolExecutor(GUESTS) as pool:
        outcomes = list(pool.map(lambda log: visit(stack, log), logs))
    for outcome, cost in zip(outcomes, costs, strict=True):
        check_run([arrived.event for arrived in outcome.events])
        assert outcome.answer is not None
        dollars = [figure["value"] for figure in outcome.answer["figures"] if figure["unit"] == "usd"]
        assert pytest.approx(cost, abs=1e-9) in dollars
        others = [other for other in costs if other != cost]
        assert not [value for value in dollars for other in others if value == pytest.approx(other, abs=1e-9)]

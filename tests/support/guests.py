"""Guests who each have a file and a right answer of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isclose
from pathlib import Path

from cli.ask.turn import TurnOutcome

INPUT_USD = 2.50e-6
OUTPUT_USD = 10.00e-6
"""List prices of gpt-4o per token, OpenAI's price page, 2026-11-22."""


@dataclass(frozen=True)
class GuestLog:
    """A usage log and what it cost in USD, computed here and nowhere else."""

    path: Path
    cost_usd: float


def write_logs(folder: Path, guests: int) -> list[GuestLog]:
    """One log for each of them; no two cost the same."""
    return [_write_log(folder / f"guest-{number}.csv", number) for number in range(guests)]


def _write_log(path: Path, number: int) -> GuestLog:
    rows = [(1_000 + 37 * number + n, 200 + 11 * number + n) for n in range(40 + number)]
    lines = [f"2026-11-{1 + n % 9:02}T{n % 24:02}:10:00Z,gpt-4o,{i},{o}" for n, (i, o) in enumerate(rows)]
    path.write_text("\n".join(["timestamp,model,input_tokens,output_tokens", *lines]), encoding="utf-8")
    return GuestLog(path, sum(i * INPUT_USD + o * OUTPUT_USD for i, o in rows))


def states(outcome: TurnOutcome, cost_usd: float) -> bool:
    """Whether the answer has this amount among its figures."""
    figures = outcome.answer["figures"] if outcome.answer else []
    return any(figure["unit"] == "usd" and isclose(figure["value"], cost_usd, abs_tol=1e-9) for figure in figures)


def states_any(outcome: TurnOutcome, costs_usd: Iterable[float]) -> bool:
    """Whether the answer has one of these amounts."""
    return any(states(outcome, cost_usd) for cost_usd in costs_usd)

"""What a turn of each kind takes: time to its answer, documents of events, model calls and their tokens."""

from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

from cli.ask import turn as product
from cli.ask.client import ApexClient
from tests.bench.figures import Summary, summary

KINDS = {
    "measuring": "What did each feature cost last week?",
    "forecast": "What will the next month cost?",
    "plan": "How do I cut this bill by 20 %?",
    "not read by the rules": "Kindly enlighten us on the fiscal footprint of the models",
}


@dataclass(frozen=True)
class Kind:
    """A kind of turn; medians over its turns but for the times."""

    name: str
    answered: Summary
    event_documents: float
    model_calls: float
    input_tokens: float
    cached_tokens: float

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {**self.__dict__, "answered": self.answered.__dict__}


def measure(client: ApexClient, turns: int) -> list[Kind]:
    """Each question so many times, in threads of their own."""
    return [_measure(client, name, question, turns) for name, question in KINDS.items()]


def _measure(client: ApexClient, name: str, question: str, turns: int) -> Kind:
    outcomes = [product.ask(client, question) for _ in range(turns + 1)][1:]
    used = [(outcome.answer or {}).get("used") or {} for outcome in outcomes]
    return Kind(
        name=name,
        answered=summary([outcome.timings.completed_ms or 0.0 for outcome in outcomes]),
        event_documents=_middle([len({arrived.committed_at for arrived in outcome.events}) for outcome in outcomes]),
        model_calls=_middle([each.get("calls", 0) for each in used]),
        input_tokens=_middle([each.get("input", 0) for each in used]),
        cached_tokens=_middle([each.get("cached", 0) for each in used]),
    )


def _middle(values: list[int]) -> float:
    return float(sorted(values)[len(values) // 2])


def show(kinds: list[Kind], console: Console) -> None:
    """One line a kind."""
    table = Table("turn", "answered", "spread", "documents", "model calls", "input", "cached", box=box.SIMPLE_HEAD)
    for kind in kinds:
        counts = (kind.event_documents, kind.model_calls, kind.input_tokens, kind.cached_tokens)
        times = (f"{kind.answered.median:.0f} ms", f"{kind.answered.spread:.0f} ms")
        table.add_row(kind.name, *times, *(f"{count:,.0f}" for count in counts))
    console.print(table)

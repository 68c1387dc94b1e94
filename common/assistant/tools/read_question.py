"""`read_question`: how the message was read, as the customer sees it before anything is computed."""

from common.assistant.context import ToolContext
from common.assistant.question.model import Constraints
from common.assistant.question.spoken import spoken
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import fact
from common.contract.answer import Fact, Unit
from common.runs.step import ToolResult

_TRIVIAL = "Your question is clear; no target or limit is set."


async def read_question(context: ToolContext, _: Arguments) -> ToolResult:
    """The reading in words, and the numbers of the customer's constraints as facts."""
    return ToolResult(summary=spoken(context.question) or _TRIVIAL, facts=_wanted(context.part.constraints))


def _wanted(constraints: Constraints) -> list[Fact]:
    """Their numbers, which later sentences may name."""
    numbers: list[Fact | None] = [
        _of("target", constraints.target_pct, "pct"),
        _of("amount to save", constraints.save.usd if constraints.save else None, "usd"),
        _of("budget", constraints.budget.usd if constraints.budget else None, "usd"),
        _of("growth of usage", constraints.growth_pct or None, "pct"),
        _of("spike asked about", constraints.burst, "count"),
        _of("least quality", constraints.quality, "pct" if (constraints.quality or 0) > 1 else "count"),
        _of("limit of requests per minute", constraints.rpm, "requests"),
        _of("limit of tokens per minute", constraints.tpm, "tokens"),
        *(_of(f"latency limit of {each.feature or 'every feature'}", each.ms, "ms") for each in constraints.latency),
        *(
            _of(f"speed asked for {each.feature or 'every feature'}", each.factor, "count")
            for each in constraints.speedup
        ),
    ]
    return [each for each in numbers if each is not None]


def _of(name: str, value: float | None, unit: Unit) -> Fact | None:
    return None if value is None else fact(name, value, unit)


def _calls(_: Inquiry) -> tuple[Wanted, ...]:
    return (Wanted("To be clear about what you want and which limits hold"),)


TOOL = Tool(
    name="read_question",
    title="Read the question",
    agent="triage",
    description="How the customer's question was read: what is asked, of which rows, within which limits.",
    arguments=Arguments,
    run=read_question,
    answers=frozenset(),
    calls=_calls,
    shows=lambda _: False,
)

"""`python -m tests.evals.transcripts > docs/answers.md`: what Apex answers, on two datasets, by the rules alone."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence

from common.assistant.workspace import DatasetInfo
from common.contract.answer import Answer, Block, ChartBlock, FigureListBlock, Recommendation, TableBlock, Unit
from common.figures.format import figure
from common.llm.openai_model import open_openai_model
from common.llm.port import LanguageModel
from common.runs.step import PastTurn
from emulators.model.tests.server_process import model_server
from tests.evals.data import data_named
from tests.unit.agents.memory import MemoryWorkspace, Turn

_MOST_ROWS, _MOST_CARDS = 6, 3
_HEAD = """\
# Answers

Transcripts of what Apex says, on two made-up datasets, with the local model. Written by
`python -m tests.evals.transcripts > docs/answers.md`; do not change it by hand. Of tables the first lines are shown.
"""
_SHOP: tuple[tuple[str, ...], ...] = (
    ("What did we spend last week, and how does that compare with the week before?",),
    ("Which feature is the most expensive per request?",),
    ("Top 5 users by cost in November",),
    ("Error rate by model, last 14 days",),
    ("p95 latency of support_agent by day",),
    ("What share of the input is cached, by feature?",),
    ("Days above 60 dollars",),
    ("Why was 12 November so expensive?",),
    ("Was the upgrade of code review worth it?",),
    ("What will next month cost if usage grows 30 %?",),
    ("How do we cut the bill by 25 % without touching support_agent, and nothing that needs an evaluation?",),
    ("What if we moved doc-search to gpt-4o-mini?",),
    ("What are we losing on caching?",),
    ("What is the minimum prefix for prompt caching at Anthropic?",),
    ("Alert me when we spend more than 50 dollars a day",),
    ("cost of the recommendation engine last week",),
    ("Was kostet uns lead-scoring pro Tag?",),
    ("Cost by feature", "only last week", "without doc-search", "as a table"),
    ("How much did maria.keller@acme.example cost us?", "and in requests?", "compared with the week before"),
    ("How can we save money?", "why the first one?", "how sure are you?", "plan the first one"),
    ("Cost of support_agent by model", "and by day?", "what about Invoice OCR?"),
    ("Where does the money go?", "for my CFO in 3 bullets"),
)
_SAMPLE: tuple[tuple[str, ...], ...] = (
    ("What is our busiest hour?",),
    ("How do I cut this bill by 20 % and keep chat under 2 seconds?", "no, only caching", "what did you assume?"),
    ("Reasoning tokens and their cost by feature", "last 7 days only"),
)


async def transcripts(model: LanguageModel) -> AsyncIterator[str]:
    """The page, part by part."""
    yield _HEAD
    for name, threads in (("shop", _SHOP), ("sample", _SAMPLE)):
        yield f"## On `{name}`\n"
        workspace = workspace_of(name)
        for thread in threads:
            yield await _thread(thread, workspace, model)


def workspace_of(name: str) -> MemoryWorkspace:
    """A dataset of the evaluation as a user's only one."""
    rollup = data_named(name).rollup
    rows = sum(line[0] for line in rollup.hours.values())
    return MemoryWorkspace((DatasetInfo("d1", f"{name}.csv", None, rows, 0),), rollup)


async def _thread(messages: Sequence[str], workspace: MemoryWorkspace, model: LanguageModel) -> str:
    history: tuple[PastTurn, ...] = ()
    parts = []
    for message in messages:
        result = await Turn(message, workspace, model, history=history).run()
        if result.answer is None:
            raise RuntimeError(f"no answer to {message!r}")
        parts.append("\n\n".join(_turn(message, result.answer)))
        history = (*history, PastTurn(question=message, answer=result.answer))
    return "\n\n".join(parts) + "\n\n---\n"


def _turn(message: str, answer: Answer) -> Iterator[str]:
    yield f"> **{message}**"
    if answer.reading and answer.reading.text:
        yield f"*{answer.reading.text}*"
    if answer.reading and answer.reading.unread:
        yield f"*Not used: {', '.join(answer.reading.unread)}*"
    yield answer.text
    if answer.choices:
        yield "\n".join(f"- [{choice.label}]" for choice in answer.choices)
    for block in answer.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, TableBlock):
        rows = [[_cell(cell, unit) for cell, unit in zip(row, block.units, strict=True)] for row in block.rows]
        more = [f"... {len(rows) - _MOST_ROWS} more"] if len(rows) > _MOST_ROWS else []
        lines = [block.columns, ["---"] * len(block.columns), *rows[:_MOST_ROWS]]
        yield "\n".join([f"**{block.title}**", "", *(f"| {' | '.join(line)} |" for line in lines), *more])
    elif isinstance(block, ChartBlock):
        yield f"[{block.kind}: {block.title}, {len(block.values)} values]"
    elif isinstance(block, FigureListBlock):
        yield " · ".join(f"{fact.name}: {figure(fact.value, fact.unit)}" for fact in block.facts)
    elif isinstance(block, Recommendation) and block.rank <= _MOST_CARDS:
        yield f"[card {block.rank}: {block.title}, saves {figure(block.savings_usd, 'usd')}]"


def _cell(cell: str | float | None, unit: Unit | None) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else figure(cell, unit or "count")


async def _write(url: str) -> None:
    model = open_openai_model(base_url=f"{url}/v1", api_key="local", model="gpt-5.4-mini", timeout_s=20.0)
    async for part in transcripts(model):
        sys.stdout.write(f"{part}\n")
    await model.close()


def main() -> None:
    """Print the page."""
    with model_server() as url:
        asyncio.run(_write(url))


if __name__ == "__main__":
    main()

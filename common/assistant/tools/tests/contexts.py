"""A user with one dataset, and a part of a question about it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from common.assistant.context import ToolContext
from common.assistant.question.model import Constraints, Operation, Part, Question
from common.assistant.tool import Inquiry, Tool
from common.assistant.workspace import DatasetInfo
from common.contract.answer import Recommendation
from common.figures.mentions import find_mentions
from common.runs.step import Sentence, ToolResult
from common.spend import Rollup
from common.spend.ledger.rows import TitledRow
from common.spend.quality import NO_EVALUATIONS, Evaluations
from common.spend.rollup.parts import Part as RollupPart
from common.spend.rollup.shards import Shard
from common.spend.semantics import Condition, MeasureName, Period, UsageQuery
from common.spend.semantics.dimensions import DimensionName

_MONTH = DatasetInfo("d1", "month.csv", None, 3000, 0)


@lru_cache
def _with_parts(rolled: Rollup, parts: frozenset[RollupPart]) -> Rollup:
    return Rollup.from_shards(_shards(rolled), parts)


@lru_cache
def _shards(rolled: Rollup) -> list[Shard]:
    return rolled.shards()


@dataclass(frozen=True)
class OneRollup:
    """A user with one dataset."""

    rolled: Rollup
    proofs: tuple[TitledRow, ...] = ()
    info: DatasetInfo = _MONTH

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """Its entry."""
        return tuple(self.info for _ in ids)

    async def rollup(self, ids: tuple[str, ...], parts: frozenset[RollupPart]) -> Rollup:
        """These parts, the same for any ids."""
        assert ids
        return _with_parts(self.rolled, parts)

    async def evaluations(self) -> Evaluations:
        """Nothing was handed in."""
        return NO_EVALUATIONS

    async def ledger(self) -> tuple[TitledRow, ...]:
        """What is proven."""
        return self.proofs


def part(
    operation: Operation,
    *,
    where: tuple[Condition, ...] = (),
    period: Period | None = None,
    constraints: Constraints | None = None,
    **more: Any,
) -> Part:
    """A part with these rows and constraints."""
    query = UsageQuery(measures=(MeasureName.COST,), where=where, period=period)
    return Part(operation=operation, query=query, constraints=constraints or Constraints(), **more)


def only(dimension: DimensionName, *values: str) -> tuple[Condition, ...]:
    """Rows of these values."""
    return (Condition(dimension=dimension, values=values),)


def context(
    rolled: Rollup, requested: Part, *selected: Recommendation, ids: tuple[str, ...] = ("d1",), **workspace: Any
) -> ToolContext:
    """Of a question with this part alone."""
    return ToolContext(
        workspace=OneRollup(rolled, **workspace),
        dataset_ids=ids,
        question=Question(parts=(requested,)),
        part=requested,
        selected=selected,
    )


async def run(
    tool: Tool[Any], rolled: Rollup, requested: Part, *selected: Recommendation, **arguments: Any
) -> ToolResult:
    """The result of a tool on a rollup."""
    return await tool.run(context(rolled, requested, *selected), tool.parse({"purpose": "To see", **arguments}))


def asked_of(
    part_: Part, *, text: str = "", has: frozenset[str] = frozenset({"feature"}), days: float = 30.0, **more: Any
) -> Inquiry:
    """What a tool decides by."""
    with_data = bool(has or days)
    question = Question(parts=(part_,))
    return Inquiry(part=part_, question=question, text=text, with_data=with_data, has=has, days=days, **more)


def uncovered(result: ToolResult) -> list[str]:
    """Numbers that a sentence states and that are none of its figures."""
    return [wrong for sentence in result.sentences for wrong in _uncovered(sentence, result.names)]


def _uncovered(sentence: Sentence, names: list[str]) -> list[str]:
    figures = [said.text for said in sentence.figures]
    missing = []
    for mention in find_mentions(sentence.text, names):
        covering = next((text for text in figures if mention.text in text or text in mention.text), None)
        if covering is None:
            missing.append(f"{mention.text} in {sentence.text}")
        else:
            figures.remove(covering)
    return missing


def words(result: ToolResult) -> int:
    """Of its text, its sections aside."""
    parts = (result.headline, result.details, result.limits, result.missing, result.offer)
    return sum(len(sentence.text.split()) for sentences in parts for sentence in sentences)


def text_of(result: ToolResult) -> str:
    """Everything that it says."""
    return "\n".join(sentence.text for sentence in result.sentences)

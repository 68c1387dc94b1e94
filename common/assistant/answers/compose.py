"""From what the tools found to the answer: by operation and format, wholly by code."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from common.assistant.answers.formats import FORMATS, for_audience
from common.assistant.answers.notices import notices
from common.assistant.answers.pieces import blocks_of, figures_of, once, pieces_of
from common.assistant.question.chips import chips
from common.assistant.question.model import Question
from common.assistant.question.said import said
from common.assistant.tool import Asked, Tool
from common.contract.answer import Answer, Block, ReadQuestion, TableBlock
from common.runs.step import ToolEvidence
from common.spend.semantics import DIMENSIONS, DimensionName
from common.spend.semantics.periods import DayRange


def compose(
    question: Question,
    asked: Sequence[Asked],
    evidence: Sequence[ToolEvidence],
    tools: Mapping[str, Tool[Any]],
    *,
    data: DayRange | None = None,
    dimensions: Collection[DimensionName] = tuple(DIMENSIONS),
    today: date | None = None,
) -> Answer:
    """The answer to the parts in `asked`, of which evidence names its part by place.

    `data`: the days of the data; `dimensions`: those that the data have; `today`: to say where the data end earlier.
    """
    parts = [
        pieces_of(each, [item for item in evidence if item.part == place], tools) for place, each in enumerate(asked)
    ]
    blocks, recommendations = blocks_of(asked, evidence, tools)
    shown = _shown(blocks, question)
    text, pieces = FORMATS[question.format.kind](once(for_audience(parts, question)), question, shown)
    return Answer(
        text="\n\n".join([*notices(question), text]),
        figures=figures_of(pieces),
        blocks=shown if question.format.kind not in ("csv", "code", "email") else [],
        recommendations=recommendations,
        reading=ReadQuestion(
            said=said(question, data, today=today),
            chips=chips(question, data, dimensions=dimensions),
            unread=list(question.unread),
            question=question.model_dump_json(exclude_defaults=True),
        ),
    )


def _shown(blocks: Sequence[Block], question: Question) -> list[Block]:
    """Of a table that was asked for, nothing but tables."""
    if question.format.kind == "table":
        return [block for block in blocks if isinstance(block, TableBlock)] or list(blocks)
    return list(blocks)

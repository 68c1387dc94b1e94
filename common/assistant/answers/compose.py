"""From the typed results of tools to the answer: by the parts of the question, in its format, each sentence once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.assistant.answers.pieces import answering_by_part, beside, pieces_of
from common.assistant.answers.writing import blocks_in, written
from common.assistant.question.chips import chips
from common.assistant.question.model import Question
from common.assistant.question.spoken import spoken
from common.assistant.tool import Inquiry, Tool
from common.contract.answer import Answer, Block, Figure, ReadQuestion, Recommendation, TextBlock
from common.runs.step import Sentence, ShownFigure, ToolEvidence
from common.spend.semantics import DIMENSIONS, DimensionName
from common.spend.semantics.periods import DayRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What an answer says beside the results: the days and dimensions of the data, today (UTC), and the texts of offers
    of earlier turns, which are not made again.
    """

    data: DayRange | None = None
    dimensions: Collection[DimensionName] = tuple(DIMENSIONS)
    today: date | None = None
    offered: Collection[str] = ()


def compose(
    question: Question,
    evidence: Sequence[ToolEvidence],
    tools: Mapping[str, Tool[Any]],
    inquiries: Sequence[Inquiry],
    background: Background,
) -> Answer:
    """The answer by code. `inquiries`: one for each part of the question; `evidence` in the order of its source."""
    pieces = pieces_of(question, evidence, tools, inquiries, background.offered)
    blocks = _blocks(evidence, tools, inquiries)
    answering = [each for part in answering_by_part(evidence, tools, inquiries) for each in part]
    telling = [*answering, *beside(evidence, tools, inquiries)]
    sources = {number.model_dump_json(): each.source for each in reversed(telling) for number in _shown_figures(each)}
    text = written(question, pieces, blocks)
    return Answer(
        text=text.text,
        reading=_reading(question, background),
        blocks=blocks_in(question.format, blocks),
        figures=_figures(text, sources),
        recommendations=[block for block in blocks if isinstance(block, Recommendation)],
    )


def _shown_figures(evidence: ToolEvidence) -> list[ShownFigure]:
    return [number for sentence in evidence.result.sentences for number in sentence.figures]


def _figures(text: Sentence, sources: Mapping[str, int]) -> list[Figure]:
    """Of what is shown, in its order."""
    return [
        Figure(text=each.text, value=each.fact.value, unit=each.fact.unit, source=sources[each.model_dump_json()])
        for each in text.figures
    ]


def _blocks(
    evidence: Sequence[ToolEvidence], tools: Mapping[str, Tool[Any]], inquiries: Sequence[Inquiry]
) -> list[Block]:
    """Of all tools that show theirs, with their source, each once, by parts."""
    unique: dict[str, Block] = {}
    for place, part in enumerate(inquiries):
        for each in evidence:
            if each.part == place and tools[each.tool].shows(part):
                for block in each.result.blocks:
                    unique.setdefault(block.model_dump_json(exclude={"source"}), _with_source(block, each.source))
    return list(unique.values())


def _with_source(block: Block, source: int) -> Block:
    return block if isinstance(block, TextBlock) else block.model_copy(update={"source": source})


def _reading(question: Question, background: Background) -> ReadQuestion:
    return ReadQuestion(
        text=spoken(question, background.data, today=background.today),
        chips=chips(question, background.data, dimensions=background.dimensions),
        unread=list(question.unread),
        question=question.model_dump_json(exclude_defaults=True),
    )

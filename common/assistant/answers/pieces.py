"""What an answer is made of: sentences with the event that they come from, part by part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.assistant.tool import Asked, Tool
from common.contract.answer import Block, Figure, Recommendation, TextBlock
from common.runs.step import Section, Sentence, ToolEvidence

_NOTHING = Sentence(text="Nothing in your data answers this.")
_MOST_BESIDE = 2
"""Sentences on missing data that tools beside the answering one may add, where that one lacks nothing itself."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence and the seq of its tool_completed event."""

    sentence: Sentence
    source: int


@dataclass(slots=True)
class PartPieces:
    """What is said of one part of a question, in the order of an answer."""

    opening: list[Piece] = field(default_factory=list)
    details: list[Piece] = field(default_factory=list)
    limits: list[Piece] = field(default_factory=list)
    missing: list[Piece] = field(default_factory=list)
    sections: list[tuple[Section, int]] = field(default_factory=list)
    offer: list[Piece] = field(default_factory=list)

    @property
    def told(self) -> list[Piece]:
        """All sentences but those of sections and offers, the most important first."""
        return [*self.opening, *self.details, *self.limits, *self.missing]


def pieces_of(asked: Asked, evidence: Sequence[ToolEvidence], tools: Mapping[str, Tool[Any]]) -> PartPieces:
    """Of the evidence that was called for one part. The tools that answer it speak; others add what they lack."""
    operation = asked.part.operation
    answering = [item for item in evidence if operation in tools[item.tool].answers]
    beside = [item for item in evidence if item not in answering and tools[item.tool].shows(asked)]
    pieces = PartPieces(
        opening=_of(answering, "headline"),
        details=_of(answering, "details"),
        limits=_of(answering, "limits"),
        missing=_of(answering, "missing") or _of(beside, "missing")[:_MOST_BESIDE],
        sections=[(section, item.source) for item in (*answering, *beside) for section in item.result.sections],
        offer=_of(answering, "offer")[:1],
    )
    if not pieces.opening:
        pieces.opening, pieces.missing = pieces.missing or [Piece(_NOTHING, -1)], []
    return pieces


def once(parts: Iterable[PartPieces]) -> list[PartPieces]:
    """Every sentence at its first place only, and of a topic only what one tool says; one offer, the last."""
    kept, said = list(parts), dict[str, int]()
    for part in kept:
        for name in ("opening", "details", "limits", "missing"):
            setattr(part, name, list(_unsaid(getattr(part, name), said)))
    offers = [part.offer for part in kept if part.offer]
    for part in kept:
        part.offer = []
    if offers and kept:
        kept[-1].offer = offers[-1]
    return kept


def blocks_of(
    asked: Sequence[Asked], evidence: Iterable[ToolEvidence], tools: Mapping[str, Tool[Any]]
) -> tuple[list[Block], list[Recommendation]]:
    """The blocks that belong to the parts, in their order, each with its source; recommendations apart."""
    blocks: dict[str, Block] = {}
    recommendations: list[Recommendation] = []
    for item in evidence:
        if item.part >= len(asked) or not tools[item.tool].shows(asked[item.part]):
            continue
        for block in item.result.blocks:
            if isinstance(block, Recommendation):
                recommendations.append(block.model_copy(update={"source": item.source}))
            elif not isinstance(block, TextBlock):
                key = f"{item.part}|{block.type}|{block.title}"
                blocks.setdefault(key, block.model_copy(update={"source": item.source}))
    return list(blocks.values()), recommendations


def figures_of(pieces: Iterable[Piece]) -> list[Figure]:
    """Each number of these sentences, with its source."""
    found: dict[Figure, None] = {}
    for piece in pieces:
        for said in piece.sentence.figures:
            found[Figure(text=said.text, value=said.fact.value, unit=said.fact.unit, source=piece.source)] = None
    return list(found)


def _of(items: Iterable[ToolEvidence], name: str) -> list[Piece]:
    return [Piece(sentence, item.source) for item in items for sentence in getattr(item.result, name)]


def _unsaid(pieces: Iterable[Piece], said: dict[str, int]) -> Iterator[Piece]:
    """`said`: the source that said a text, or first spoke of a topic."""
    for piece in pieces:
        text, topic = piece.sentence.text, f"topic: {piece.sentence.topic}"
        if text in said or (piece.sentence.topic and said.get(topic, piece.source) != piece.source):
            continue
        said[text] = piece.source
        said.setdefault(topic, piece.source)
        yield piece

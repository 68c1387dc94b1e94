"""The sentences of an answer, sorted by what they are for; each stands once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.assistant.question.model import Question
from common.assistant.question.operations import OPERATIONS
from common.assistant.tool import Inquiry, Tool
from common.figures.names import plain_name
from common.figures.sentences import say
from common.runs.step import Section, Sentence, ToolEvidence

_NOBODY = -1
"""The source of what no tool has said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """`openings`: what answers, by parts of the question; `notes`: of the answer as a whole."""

    openings: list[list[Sentence]]
    details: list[Sentence]
    limits: list[Sentence]
    missing: list[Sentence]
    sections: list[Section]
    notes: list[Sentence]
    offer: list[Sentence]


def pieces_of(
    question: Question,
    evidence: Sequence[ToolEvidence],
    tools: Mapping[str, Tool[Any]],
    inquiries: Sequence[Inquiry],
    offered: Collection[str],
) -> Pieces:
    """Of the tools that answer a part, part by part; what other tools found only supports these. `offered`: texts of
    earlier turns, which are not offered again.
    """
    once = _Once()
    by_part = answering_by_part(evidence, tools, inquiries)
    answering = [each for part in by_part for each in part]
    openings = [[text for each in part for text in once(each.source, each.result.headline)] for part in by_part]
    missing = [text for each in answering for text in once(each.source, each.result.missing)]
    unanswered = [part for part, found in zip(inquiries, by_part, strict=True) if not found]
    limits = [text for each in answering for text in once(each.source, each.result.limits)]
    details = [text for each in answering for text in once(each.source, each.result.details)]
    shown = [*answering, *beside(evidence, tools, inquiries)]
    sections = [(each.source, section) for each in shown for section in each.result.sections]
    offers = [text for each in answering for text in once(each.source, each.result.offer)]
    return Pieces(
        openings=[opening for opening in openings if opening],
        details=details,
        limits=limits,
        missing=[*missing, *once(_NOBODY, map(_unanswered, unanswered))],
        sections=[each.model_copy(update={"points": once(source, each.points)}) for source, each in sections],
        notes=_notes(question),
        offer=[offer for offer in offers if offer.text not in offered][:1],
    )


def answering_by_part(
    evidence: Sequence[ToolEvidence], tools: Mapping[str, Tool[Any]], inquiries: Sequence[Inquiry]
) -> list[list[ToolEvidence]]:
    """Results whose headline answers a part, for each part."""
    return [
        [each for each in evidence if each.part == place and part.part.operation in tools[each.tool].answers]
        for place, part in enumerate(inquiries)
    ]


def beside(
    evidence: Sequence[ToolEvidence], tools: Mapping[str, Tool[Any]], inquiries: Sequence[Inquiry]
) -> list[ToolEvidence]:
    """Results that answer no part by themselves and are shown with one, such as the steps of a change."""
    return [
        each
        for place, part in enumerate(inquiries)
        for each in evidence
        if each.part == place and part.part.operation not in tools[each.tool].answers and tools[each.tool].shows(part)
    ]


class _Once:
    """What no sentence before says: by its text, and of a topic only what one result says."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._topics: dict[str, int] = {}

    def __call__(self, source: int, sentences: Iterable[Sentence]) -> list[Sentence]:
        new = []
        for sentence in sentences:
            speaker = self._topics.setdefault(sentence.topic, source) if sentence.topic else source
            if sentence.text and sentence.text not in self._texts and speaker == source:
                self._texts.add(sentence.text)
                new.append(sentence)
        return new


def _unanswered(inquiry: Inquiry) -> Sentence:
    """No part goes without a word."""
    return say("What could not be done here: {what}.", what=OPERATIONS[inquiry.part.operation].title)


def _notes(question: Question) -> list[Sentence]:
    if question.currency is None:
        return []
    text = "Amounts stay in USD, not {currency}: Apex assumes no exchange rate."
    return [say(text, currency=plain_name(question.currency), topic="currency")]

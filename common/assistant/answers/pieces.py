"""The sentences of an answer, sorted by what they are for; each stands once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.assistant.question.model import Question
from common.assistant.question.operations import OPERATIONS
from common.assistant.tool import Asked, Tool
from common.figures.names import plain_name
from common.figures.sentences import say
from common.runs.step import Section, Sentence, ToolEvidence


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
    asked: Sequence[Asked],
    offered: Collection[str],
) -> Pieces:
    """Of the tools that answer a part, part by part; what other tools found only supports these. `offered`: texts of
    earlier turns, which are not offered again.
    """
    once = _Once()
    by_part = answering_by_part(evidence, tools, asked)
    answering = [each for part in by_part for each in part]
    openings = [once(sentence for each in part for sentence in each.result.headline) for part in by_part]
    missing = once(sentence for each in answering for sentence in each.result.missing)
    unanswered = [part for part, found in zip(asked, by_part, strict=True) if not found]
    limits = once(sentence for each in answering for sentence in each.result.limits)
    details = once(sentence for each in answering for sentence in each.result.details)
    sections = [section for each in answering for section in each.result.sections]
    offers = once(sentence for each in answering for sentence in each.result.offer)
    return Pieces(
        openings=[opening for opening in openings if opening],
        details=details,
        limits=limits,
        missing=[*missing, *once(_unanswered(part) for part in unanswered)],
        sections=[each.model_copy(update={"points": once(each.points)}) for each in sections],
        notes=_notes(question),
        offer=[offer for offer in offers if offer.text not in offered][:1],
    )


def answering_by_part(
    evidence: Sequence[ToolEvidence], tools: Mapping[str, Tool[Any]], asked: Sequence[Asked]
) -> list[list[ToolEvidence]]:
    """Results whose headline answers a part, for each part."""
    return [
        [each for each in evidence if each.part == place and part.part.operation in tools[each.tool].answers]
        for place, part in enumerate(asked)
    ]


class _Once:
    """What was not told before: by its text, and by its topic where it has one."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, sentences: Iterable[Sentence]) -> list[Sentence]:
        new = []
        for sentence in sentences:
            keys = {sentence.text, *([f"topic: {sentence.topic}"] if sentence.topic else [])}
            if sentence.text and not keys & self._told:
                self._told |= keys
                new.append(sentence)
        return new


def _unanswered(asked: Asked) -> Sentence:
    """No part goes without a word."""
    return say("What could not be done here: {what}.", what=OPERATIONS[asked.part.operation].title)


def _notes(question: Question) -> list[Sentence]:
    if question.currency is None:
        return []
    text = "Amounts stay in USD, not {currency}: Apex assumes no exchange rate."
    return [say(text, currency=plain_name(question.currency), topic="currency")]

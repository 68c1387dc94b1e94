"""Prose from the findings of tools. Sentences are chosen and arranged; no figure is computed, changed or added."""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from emulators.model.conversation import Brief, BriefSection, WireConversation
from emulators.model.small_talk import admit, reply_to

_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!approx\.)(?<!No\.)\s+(?=[A-Z0-9*_`\"'(\[$€£]|[a-z]\w*-)"
)
_MOST_SENTENCES = 3


class Writer:
    """Writes the text of one conversation, without sentences whose figures it was asked to leave out."""

    def __init__(self, conversation: WireConversation, brief: Brief) -> None:
        self._conversation = conversation
        self._brief = brief
        self._unsupported = [_figure_pattern(figure) for figure in conversation.unsupported]

    def write(self) -> str:
        """The text that the brief asks for."""
        match self._brief.write:
            case "answer":
                text = self._answer()
            case "summary":
                text = self._summary()
            case "reply":
                text = self._reply()
        return text or "I leave this out, because your data does not support it."

    def _answer(self) -> str:
        sections = self._sections(self._brief.outline or _outline_of(self._findings()))
        return "\n\n".join(_markdown(section) for section in sections)

    def _summary(self) -> str:
        points = self._findings() or [point for section in self._brief.outline for point in section.points]
        sentences = [*self._sentences(points)][:_MOST_SENTENCES]
        if sentences or self._unsupported:
            return " ".join(sentences)
        return "There is nothing in your data that stands out here."

    def _reply(self) -> str:
        points = [point for section in self._brief.outline for point in section.points]
        if points:
            return " ".join(self._sentences(points))
        question = self._conversation.question
        small_talk = reply_to(question)
        findings = " ".join([*self._sentences(self._findings())][:_MOST_SENTENCES])
        return "\n\n".join(filter(None, (small_talk, findings))) or admit(question)

    def _findings(self) -> list[str]:
        """Findings of this conversation's tools, or of earlier agents: the first of each tool, then the second, ..."""
        outputs = [_output_findings(output) for output in self._conversation.outputs]
        lists = outputs if any(outputs) else [self._brief.results.statements]
        return [finding for rank in zip_longest(*lists) for finding in rank if finding]

    def _sections(self, sections: Iterable[BriefSection]) -> list[BriefSection]:
        filtered = (
            BriefSection(
                heading=section.heading, points=[text for point in section.points if (text := self._supported(point))]
            )
            for section in sections
        )
        return [section for section in filtered if section.points]

    def _supported(self, point: str) -> str:
        return " ".join(self._sentences([point]))

    def _sentences(self, points: Iterable[str]) -> Iterator[str]:
        for point in points:
            for sentence in _SENTENCE_END.split(point.strip()):
                if sentence and not any(figure.search(_plain_spaces(sentence)) for figure in self._unsupported):
                    yield sentence


def _outline_of(findings: list[str]) -> list[BriefSection]:
    return [BriefSection(points=findings[:1]), BriefSection(heading="What your data shows", points=findings[1:])]


def _markdown(section: BriefSection) -> str:
    if section.heading is None:
        return "\n\n".join(section.points)
    bullets = "\n".join(f"- {point}" for point in section.points)
    return f"## {section.heading}\n\n{section.points[0] if len(section.points) == 1 else bullets}"


def _output_findings(output: dict[str, object]) -> list[str]:
    if "error" in output:
        return [f"Something could not be found out: {output['error']}"]
    statements = output.get("statements")
    if isinstance(statements, list) and statements:
        return [str(statement) for statement in statements]
    return [str(output["summary"])] if output.get("summary") else []


def _figure_pattern(figure: str) -> re.Pattern[str]:
    """The figure by itself, not within a longer one: 2.3 % is not in 12.3 %."""
    return re.compile(rf"(?<![\d.,]){re.escape(_plain_spaces(figure))}(?!\d|[.,]\d)")


def _plain_spaces(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()

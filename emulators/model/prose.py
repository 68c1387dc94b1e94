"""Prose from the findings of tools. Sentences are chosen and arranged; no figure is computed, changed or added."""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from emulators.model.conversation import Brief, WireConversation

_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!approx\.)(?<!No\.)\s+(?=[A-Z0-9*_`\"'(\[$€£]|[a-z]\w*-)"
)
_MOST_SENTENCES = 3


class Writer:
    """Writes the summary of one conversation, without sentences whose figures it was asked to leave out."""

    def __init__(self, conversation: WireConversation, brief: Brief) -> None:
        self._conversation = conversation
        self._brief = brief
        self._unsupported = [_figure_pattern(figure) for figure in conversation.unsupported]

    def write(self) -> str:
        """At most three sentences of the findings."""
        sentences = [*self._sentences(self._findings())][:_MOST_SENTENCES]
        if sentences:
            return " ".join(sentences)
        if self._unsupported:
            return "I leave this out, because your data does not support it."
        return "There is nothing in your data that stands out here."

    def _findings(self) -> list[str]:
        """Findings of this conversation's tools, or of earlier agents: the first of each tool, then the second, ..."""
        outputs = [_output_findings(output) for output in self._conversation.outputs]
        lists = outputs if any(outputs) else [self._brief.results.statements]
        return [finding for rank in zip_longest(*lists) for finding in rank if finding]

    def _sentences(self, points: Iterable[str]) -> Iterator[str]:
        for point in points:
            for sentence in _SENTENCE_END.split(point.strip()):
                if sentence and not any(figure.search(_plain_spaces(sentence)) for figure in self._unsupported):
                    yield sentence


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

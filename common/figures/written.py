"""A model's text, written with ids: rendered by code, and each sentence kept only if it can say nothing false.

A sentence is kept where it repeats one of product code, which is then shown in the product's words, or where it only
says what its figures are of, in a closed vocabulary (vocabulary.toml), or is one of the declared connecting sentences.
A figure whose names or days its sentence leaves open gets them from code, in brackets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from common.contract.answer import Figure
from common.figures.format import figure
from common.figures.labels import label
from common.figures.names import shown_name
from common.figures.plain_sentence import labels_of
from common.figures.repeated import Repeats
from common.figures.slots import Slots, SourcedFact, days_of, days_text
from common.figures.splitting import sentences
from common.figures.vocabulary import vocabulary

_ID = re.compile(r"\{([fnp][0-9]+)\}")
_BULLET = re.compile(r"\s*(?P<lead>(?:[-*+]|\d{1,2}[.)])\s+)?(?P<body>.*)")
_CONNECTING = frozenset(sentence.casefold() for sentence in vocabulary().connecting)


@dataclass(frozen=True, slots=True)
class Written:
    """What is kept of a text, and the sentences that were dropped, as the model wrote them."""

    text: str
    figures: tuple[Figure, ...]
    dropped: tuple[str, ...]


def written(text: str, slots: Slots) -> Written:
    """Render a text."""
    renderer = _Renderer(slots)
    lines = [renderer.line(line) for line in text.split("\n")]
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip()
    return Written(kept, tuple(dict.fromkeys(renderer.figures)), tuple(renderer.dropped))


class _Renderer:
    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._repeats = Repeats(slots.statements)
        self._before: str | None = None
        self.figures: list[Figure] = []
        self.dropped: list[str] = []

    def line(self, line: str) -> str | None:
        """None where nothing is left of a line that said something. A list shows no order: its numbers go."""
        match = _BULLET.fullmatch(line)
        if match is None or not match["body"].strip():
            return "" if not line.strip() else None
        kept = [text for sentence in sentences(match["body"]) if (text := self._sentence(sentence)) is not None]
        return ("- " if match["lead"] else "") + " ".join(kept) if kept else None

    def _sentence(self, sentence: str) -> str | None:
        repeated = self._repeats.find(sentence, self._before)
        if repeated is not None:
            self._before = repeated.text
            shown = self._rendered(repeated.text, self._left_open(repeated.text), repeated.statement.figures)
            return shown if shown.endswith((".", "!", "?")) else f"{shown}."
        self._before = None
        if sentence.strip().rstrip(".:").casefold() in _CONNECTING:
            return sentence.strip()
        plain = sentence.replace("**", "").strip()
        labels = labels_of(plain, self._slots)
        if labels is None:
            self.dropped.append(sentence)
            return None
        return f"{self._rendered(plain.rstrip(' .,;:'), labels, {})}."

    def _left_open(self, text: str) -> dict[str, str]:
        """The names and days of the figures of a sentence of product code that does not say them."""
        ids = _ID.findall(text)
        said = _ID.sub(lambda match: self._slots.names.get(match[1], ""), text)
        facts = {key: self._slots.facts[key].fact for key in ids if key in self._slots.facts}
        return {
            key: label(
                fact,
                measure=False,
                names=fact.of is not None and not all(name in said for name in fact.of.names),
                days=days_text(days_of(fact)) not in said,
            )
            for key, fact in facts.items()
        }

    def _rendered(self, text: str, labels: Mapping[str, str], words: Mapping[str, str]) -> str:
        """`words`: figures in the words of product code."""
        shown = {}
        for key in _ID.findall(text):
            if key in self._slots.names:
                shown[key] = shown_name(self._slots.names[key])
            elif key in self._slots.periods:
                shown[key] = days_text(self._slots.periods[key])
            elif key in self._slots.facts:
                sourced = self._slots.facts[key]
                said = words.get(key) or figure(sourced.fact.value, sourced.fact.unit)
                self.figures.append(_figure(said, sourced))
                shown[key] = said + labels[key]
        return _ID.sub(lambda match: shown[match[1]], text)


def _figure(text: str, fact: SourcedFact) -> Figure:
    return Figure(text=text, value=fact.fact.value, unit=fact.fact.unit, source=fact.source)

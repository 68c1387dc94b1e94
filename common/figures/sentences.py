"""Sentences of product code: each number goes in as a fact, so that nobody has to find it in the text again."""

import re
from collections.abc import Iterable

from common.contract.answer import Fact
from common.figures.format import figure
from common.figures.names import shown_name
from common.runs.step import Sentence, ShownFigure

_SLOT = re.compile(r"\{(\w+)\}")


class Name(str):
    """A name of the customer's data."""

    __slots__ = ()


Value = Fact | ShownFigure | Name | str | Sentence
"""A fact is written as `figure` writes it; a `Said` in words of its own; text of product code as it is."""


def say(template: str, *, topic: str = "", **values: Value) -> Sentence:
    """A sentence from a template such as "{feature} cost {cost}." Raises KeyError for a slot without a value."""
    figures: list[ShownFigure] = []
    names: list[str] = []

    def filled(match: re.Match[str]) -> str:
        value = values[match[1]]
        if isinstance(value, Sentence):
            figures.extend(value.figures)
            names.extend(value.names)
            return value.text
        if isinstance(value, Name):
            names.append(str(value))
            return shown_name(value)
        if isinstance(value, str):
            return value
        said = (
            value if isinstance(value, ShownFigure) else ShownFigure(text=figure(value.value, value.unit), fact=value)
        )
        figures.append(said)
        return said.text

    return Sentence(text=_SLOT.sub(filled, template), figures=figures, names=names, topic=topic)


def joined(sentences: Iterable[Sentence], between: str = " ", *, topic: str = "") -> Sentence:
    """Several as one."""
    parts = list(sentences)
    text = between.join(part.text for part in parts)
    figures = [said for part in parts for said in part.figures]
    return Sentence(text=text, figures=figures, names=[name for part in parts for name in part.names], topic=topic)


def facts_in(sentences: Iterable[Sentence]) -> list[Fact]:
    """The facts that they show, each once."""
    facts: list[Fact] = []
    for sentence in sentences:
        facts += [said.fact for said in sentence.figures if said.fact not in facts]
    return facts

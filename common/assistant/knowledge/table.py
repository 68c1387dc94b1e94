"""The facts of facts.toml: read once, checked as they are read."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict

from common.contract.answer import Fact, Unit
from common.figures.format import figure
from common.figures.sentences import say
from common.runs.step import Sentence, ShownFigure
from common.spend.semantics import MeasureName

About: TypeAlias = Literal["cache", "batch", "tier", "limits", "window", "retirement", "tokens", "terms"]


class KnownNumber(BaseModel):
    """A number of a text: in its base unit (tokens, ms, USD, percent, a factor), and how it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    unit: Unit
    text: str | None = None


def _number(listed: Sequence[Any]) -> dict[str, Any]:
    """From [value, unit] or [value, unit, text]."""
    return dict(zip(("value", "unit", "text"), listed, strict=False))


class KnownFact(BaseModel):
    """An entry; see the head of facts.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    about: About
    words: tuple[str, ...]
    text: str
    """With its numbers as slots."""
    source: str
    """Who says it, and where."""
    page: str = ""
    from_memory: bool = False
    as_of: date
    due: date
    """The last day on which it is given without its date."""
    provider: str | None = None
    """By the ids of the price list; None: of no provider."""
    names: tuple[str, ...] = ()
    """Names of models in the text."""
    measure: MeasureName | None = None
    """What the customer's own data say about it."""
    numbers: Mapping[str, Annotated[KnownNumber, BeforeValidator(_number)]] = {}

    def is_due(self, day: date) -> bool:
        """Whether it is to be looked up again."""
        return day > self.due

    def sentence(self) -> Sentence:
        """Its text with its numbers as figures."""
        slots: dict[str, Any] = {slot: _shown(f"{self.title}: {slot}", each) for slot, each in self.numbers.items()}
        return say(self.text, **slots)


def _shown(name: str, number: KnownNumber) -> ShownFigure:
    fact = Fact(name=name, value=number.value, unit=number.unit)
    return ShownFigure(text=number.text or figure(number.value, number.unit), fact=fact)


@cache
def known_facts() -> tuple[KnownFact, ...]:
    """All of them, in the order of the file."""
    document = tomllib.loads(Path(__file__).with_name("facts.toml").read_text(encoding="utf-8"))
    return tuple(KnownFact.model_validate(entry) for entry in document["fact"])

"""What a model may write with: every figure, name and period of what was found, each by an id of its own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.contract.answer import Fact
from common.figures.dates import day_said, days_said
from common.figures.format import figure
from common.figures.names import shown_name
from common.runs.step import Sentence, ToolEvidence

_ID = re.compile(r"\{[fnp][0-9]+\}")
Days = tuple[str | None, str | None]
"""First and last day, ISO."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of product code with ids in place of its figures and names: `{f1}`, `{n2}`.

    `figures`: each figure's id with the words in which the sentence shows it.
    """

    text: str
    figures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SourcedFact:
    """A fact with the tool_completed event that it comes from."""

    fact: Fact
    source: int


@dataclass(frozen=True, slots=True)
class Slots:
    """`facts`, `names` and `periods` by id, and what product code says with them."""

    facts: Mapping[str, SourcedFact]
    names: Mapping[str, str]
    periods: Mapping[str, Days]
    statements: tuple[Statement, ...]

    def for_model(self, known_names: frozenset[str]) -> dict[str, Any]:
        """What a model reads of it; of names only the `known_names`, so that it learns no user's."""
        return {
            "statements": [statement.text for statement in self.statements],
            "figures": {key: _described(sourced.fact) for key, sourced in self.facts.items()},
            "names": {key: name if name in known_names else "(a name)" for key, name in self.names.items()},
            "periods": {key: days_text(days) for key, days in self.periods.items()},
        }


def slots_of(evidence: Iterable[ToolEvidence]) -> Slots:
    """Everything that was found."""
    maker = _Maker()
    for item in evidence:
        for name in item.result.names:
            maker.name(name)
        for sentence in item.result.sentences:
            maker.statement(sentence, item.source)
        for fact in item.result.facts:
            maker.fact(fact, item.source)
    return maker.slots()


def days_of(fact: Fact) -> Days:
    """(None, None) of a fact without a period."""
    return (None, None) if fact.of is None else (fact.of.first, fact.of.last)


def days_text(days: Days) -> str:
    """As people read a period."""
    first, last = days
    if first and last:
        return days_said(first, last)
    return f"since {day_said(first)}" if first else f"until {day_said(last)}" if last else ""


def _described(fact: Fact) -> str:
    where = [] if fact.of is None else [*fact.of.names, days_text(days_of(fact)) if any(days_of(fact)) else ""]
    return ", ".join(filter(None, [figure(fact.value, fact.unit), fact.name, *where]))


class _Maker:
    """Gives ids."""

    def __init__(self) -> None:
        self._facts: dict[str, SourcedFact] = {}
        self._by_fact: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._periods: dict[Days, str] = {}
        self._statements: list[Statement] = []

    def fact(self, fact: Fact, source: int) -> str:
        key = fact.model_dump_json()
        if key not in self._by_fact:
            self._by_fact[key] = f"f{len(self._by_fact) + 1}"
            self._facts[self._by_fact[key]] = SourcedFact(fact, source)
            for name in fact.of.names if fact.of else ():
                self.name(name)
            days = days_of(fact)
            if any(days):
                self._periods.setdefault(days, f"p{len(self._periods) + 1}")
        return self._by_fact[key]

    def name(self, name: str) -> str:
        return self._names.setdefault(name, f"n{len(self._names) + 1}")

    def statement(self, sentence: Sentence, source: int) -> None:
        text = sentence.text
        for name in sorted(set(sentence.names), key=len, reverse=True):
            text = text.replace(shown_name(name), f"{{{self.name(name)}}}")
        done = ""
        figures: dict[str, str] = {}
        for said in sentence.figures:
            key = self.fact(said.fact, source)
            found = re.search(rf"(?<!\w)(?<![A-Za-z]-){re.escape(said.text)}(?!\w)", text)
            if found is not None and figures.setdefault(key, said.text) == said.text:
                done, text = f"{done}{text[: found.start()]}{{{key}}}", text[found.end() :]
        if not _ID.search(sentence.text):  # a name of the data that looks like an id
            self._statements.append(Statement(done + text, figures))

    def slots(self) -> Slots:
        return Slots(
            facts=self._facts,
            names={key: name for name, key in self._names.items()},
            periods={key: days for days, key in self._periods.items()},
            statements=tuple(self._statements),
        )

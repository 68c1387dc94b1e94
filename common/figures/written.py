"""A model's text, written with ids: rendered by code, and each sentence kept only if it says of its figures what they
are of.

A sentence falls with an id that does not exist, a number, date or name of the data of its own, names or a period that
are not those of its figures, or a claim (an order, a direction, a cause, a safety) that no statement of product code
makes of the same figures. A figure whose names or days its clause leaves open gets them from code, in brackets.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.contract.answer import Fact, Figure, Scope
from common.figures.claims import claims_in
from common.figures.format import figure
from common.figures.grounding import sentences
from common.figures.measure_words import is_of_another, measures_in
from common.figures.mentions import find_mentions
from common.figures.names import plain_name, shown_name
from common.figures.safe_text import without_markup
from common.figures.slots import Days, Slots, SourcedFact, Statement, days_of, days_text
from common.spend.semantics import MEASURES, MeasureName

_ID = re.compile(r"\{([fnp]\d+)\}")
_ANY_SLOT = re.compile(r"\{[^{}\n]*\}?")
_CLAUSE = re.compile(r"(?<=[,;:\u2013\u2014])\s+|\s+(?=(?:and|but|while|whereas|than|versus|vs|against|und|et|y)\s)")
_FILLING = re.compile(r"\b(?:and|but|of|in|for|on|the|with|at|from|to|by)\b|[^a-z]", re.IGNORECASE)
_PLAIN = frozenset({MeasureName.COST, MeasureName.REQUESTS})
_WORD = re.compile(r"[a-z]{4,}")
_LINE = re.compile(r"(?P<lead>\s*(?:(?:[-*+>]|\d{1,2}[.)]|#{1,6})\s+)*)(?P<body>.*)")
_DATE = re.compile(
    r"\b\d{4}-\d{2}(?:-\d{2})?\b|\b\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]*\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b"
    r"|\b(?:yesterday|today|last (?:week|month|quarter|year)|this (?:week|month|quarter|year)|(?:mon|tues|wednes|thurs"
    r"|fri|satur|sun)days?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """What is kept of a text, and the sentences that were dropped, as the model wrote them."""

    text: str
    figures: tuple[Figure, ...]
    dropped: tuple[str, ...]


def written(text: str, slots: Slots, *, question: str = "", about: Scope | None = None) -> Written:
    """Render a text. `question`: the customer's own words, whose numbers, dates and names a sentence may repeat;
    `about`: what the answer is of as a whole, which a sentence without names or days is taken to mean.
    """
    renderer = _Renderer(slots, question, about)
    lines = [renderer.line(line) for line in without_markup(text).split("\n")]
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip()
    return Written(kept, tuple(dict.fromkeys(renderer.figures)), tuple(renderer.dropped))


class _Renderer:
    def __init__(self, slots: Slots, question: str, about: Scope | None) -> None:
        self._slots = slots
        self._question = question
        self._about = about or Scope(measure="")
        self._free_names = [name for name in slots.names.values() if name.casefold() not in question.casefold()]
        self.figures: list[Figure] = []
        self.dropped: list[str] = []

    def line(self, line: str) -> str | None:
        """None where nothing is left of a line that said something."""
        match = _LINE.fullmatch(line)
        lead, body = (match["lead"], match["body"]) if match else ("", line)
        if not body.strip():
            return line
        kept = [text for sentence in sentences(body) if (text := self._sentence(sentence)) is not None]
        return lead + " ".join(kept) if kept else None

    def _sentence(self, sentence: str) -> str | None:
        if not (self._has_only_ids(sentence) and self._claims_what_is_found(sentence)):
            self.dropped.append(sentence)
            return None
        figures: list[Figure] = []
        clauses = []
        names: frozenset[str] = frozenset()
        periods: frozenset[Days] = frozenset()
        for clause in _clauses(sentence):
            own = self._names_of(clause)
            names = own or names
            periods = self._periods_of(clause) or periods
            rendered = self._clause(clause, names, periods, figures)
            if rendered is None:
                self.dropped.append(sentence)
                return None
            clauses.append(rendered)
        self.figures += figures
        return " ".join(clauses)

    def _has_only_ids(self, sentence: str) -> bool:
        keys = _ID.findall(sentence)
        bare = _ID.sub(" ", sentence)
        known = all(key in self._slots.facts or key in self._slots.names or key in self._slots.periods for key in keys)
        if not known or _ANY_SLOT.search(bare):
            return False
        own = {mention.text.casefold() for mention in find_mentions(self._question)}
        free = any(mention.text.casefold() not in own for mention in find_mentions(bare))
        said = f"{self._question} {' '.join(each.text for each in self._statements(keys))}".casefold()
        dates = any(found.casefold() not in said for found in _DATE.findall(bare))
        mentioned = any(_stands_in(name, bare) for name in self._free_names)
        return not (free or dates or mentioned)

    def _claims_what_is_found(self, sentence: str) -> bool:
        found = self._statements(_ID.findall(sentence))
        made = {claim for statement in found for claim in claims_in(statement.text)}
        return claims_in(_ID.sub(" ", sentence)) <= made

    def _statements(self, keys: Sequence[str]) -> list[Statement]:
        """The statements of product code about one of the figures of a sentence."""
        figures = frozenset(key for key in keys if key in self._slots.facts)
        return [statement for statement in self._slots.statements if statement.figures & figures]

    def _names_of(self, clause: str) -> frozenset[str]:
        own = {self._slots.names[key] for key in _ID.findall(clause) if key in self._slots.names}
        asked = (name for name in self._slots.names.values() if name not in self._free_names)
        return frozenset(own | {name for name in asked if _stands_in(name, _ID.sub(" ", clause))})

    def _periods_of(self, clause: str) -> frozenset[Days]:
        return frozenset(self._slots.periods[key] for key in _ID.findall(clause) if key in self._slots.periods)

    def _clause(
        self, clause: str, names: frozenset[str], periods: frozenset[Days], figures: list[Figure]
    ) -> str | None:
        """None where the names or the days of the clause are not those of its figures."""
        labels: dict[str, str] = {}
        for key in _ID.findall(clause):
            with_source = self._slots.facts.get(key)
            if with_source is None:
                continue
            label = self._label(with_source.fact, clause, names, periods)
            if label is None:
                return None
            labels[key] = label
            text = figure(with_source.fact.value, with_source.fact.unit)
            figures.append(_figure(text, with_source))
        return _ID.sub(lambda match: self._shown(match[1], labels), clause)

    def _label(self, fact: Fact, clause: str, names: frozenset[str], periods: frozenset[Days]) -> str | None:
        """What code adds to a figure, "" for nothing; None for a figure that is of something else."""
        scope = fact.of
        if scope is None:
            return "" if _is_called(fact.name, clause) else f" ({fact.name})"
        own, days = frozenset(scope.names), days_of(fact)
        if names and not own & names and (own or names - frozenset(self._about.names)):
            return None
        if periods and days not in periods:
            return None
        mentioned = measures_in(_ID.sub(" ", clause))
        if scope.measure in MEASURES and _is_another(_ID.sub(" ", clause), MeasureName(scope.measure), mentioned):
            return None
        parts = [] if mentioned or _says_itself(fact) else [fact.name]
        missing = own - names if names else own - frozenset(self._about.names)
        extra = names - own
        if missing or (extra and own):
            parts.append(", ".join(map(plain_name, scope.names)))
        if not periods and any(days) and days != (self._about.first, self._about.last):
            parts.append(days_text(days))
        return f" ({', '.join(dict.fromkeys(parts))})" if parts else ""

    def _shown(self, key: str, labels: dict[str, str]) -> str:
        if key in self._slots.names:
            return shown_name(self._slots.names[key])
        if key in self._slots.periods:
            return days_text(self._slots.periods[key])
        fact = self._slots.facts[key].fact
        return figure(fact.value, fact.unit) + labels[key]


def _clauses(sentence: str) -> Iterator[str]:
    """The parts of a sentence that say something; of a list, "chat and search cost ...", the names go together."""
    open_names = ""
    for clause in _CLAUSE.split(sentence):
        whole = f"{open_names} {clause}" if open_names else clause
        if _FILLING.sub("", _ID.sub("", whole)).strip():
            yield whole
            open_names = ""
        else:
            open_names = whole
    if open_names:
        yield open_names


def _is_another(clause: str, measure: MeasureName, mentioned: frozenset[MeasureName]) -> bool:
    return bool(mentioned and measure not in mentioned) or is_of_another(clause, measure)


def _says_itself(fact: Fact) -> bool:
    """An amount is a cost and a count of requests is one of requests, unless something else is said."""
    return fact.of is not None and fact.of.measure in _PLAIN


def _figure(text: str, with_source: SourcedFact) -> Figure:
    return Figure(text=text, value=with_source.fact.value, unit=with_source.fact.unit, source=with_source.source)


def _is_called(name: str, clause: str) -> bool:
    """Whether a clause says what a figure is, by at least half of the words of its name."""
    wanted = set(_stems(name))
    return not wanted or 2 * len(wanted & set(_stems(clause))) >= len(wanted)


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(_ID.sub(" ", text).casefold().replace("_", " ")):
        yield word.removesuffix("s").removesuffix("ed").removesuffix("ing")[:6]


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None

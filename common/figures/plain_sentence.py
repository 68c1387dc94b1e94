"""A sentence of a model's own: it may say what its figures are of, in a closed vocabulary, and nothing else."""

import re
from dataclasses import dataclass, field
from functools import cache

from common.contract.answer import Fact, Scope
from common.figures.labels import label
from common.figures.measure_words import measure_phrases
from common.figures.slots import Days, Slots, days_of
from common.figures.vocabulary import vocabulary
from common.spend.semantics import MEASURES, MeasureName


@dataclass(frozen=True, slots=True)
class _Token:
    """`kind`: f, n or p for an id, measure, verb, filler."""

    kind: str
    text: str


_Segment = list[_Token]


class _NotPlainError(Exception):
    """The sentence says more than what its figures are of, or not what they are of."""


def labels_of(sentence: str, slots: Slots) -> dict[str, str] | None:
    """What code adds to each figure by its id, "" for nothing; None for a sentence that is not kept."""
    segments = _segments(sentence)
    if segments is None:
        return None
    try:
        return _Reading(slots, segments).labels()
    except _NotPlainError:
        return None


def _segments(sentence: str) -> list[_Segment] | None:
    """The parts between commas and "and"; None with anything that is not in the vocabulary."""
    text = sentence.strip().removesuffix(".")
    segments: list[_Segment] = [[]]
    place = 0
    while place < len(text):
        match = _scanner().match(text, place)
        if match is None:
            return None
        place = match.end()
        kind = match.lastgroup or ""
        if kind == "stop":
            segments.append([])
        else:
            word = match[kind].casefold()
            segments[-1].append(_Token(word[1] if kind == "id" else kind, word.strip("{}")))
    return [segment for segment in segments if segment]


@cache
def _scanner() -> re.Pattern[str]:
    """One token with the spaces before it."""
    words = vocabulary()
    known = "|".join(
        f"(?P<{kind}>{'|'.join(map(re.escape, sorted(phrases, key=len, reverse=True)))})"
        for kind, phrases in (("measure", measure_phrases()), ("verb", words.verbs), ("filler", words.fillers))
    )
    own = r"(?P<id>\{[fnp][0-9]+\})(?:'s(?= \S))?"
    return re.compile(
        rf"(?:[,;:](?=[ ]|$)| *(?<![^ ])and(?=[ ]))(?P<stop>)| *(?<![^ ])(?:{own}|{known})(?=[ ,;:]|$)",
        re.IGNORECASE | re.ASCII,
    )


@dataclass(slots=True)
class _Reading:
    """The segments from left to right: which names and which measure the next figures are said to be of."""

    slots: Slots
    segments: list[_Segment]
    names: list[str] = field(default_factory=list)
    open_names: bool = False
    in_pairs: bool = False
    measure: MeasureName | None = None
    open_measure: bool = False
    total: Fact | None = None

    def labels(self) -> dict[str, str]:
        """By the id of each figure."""
        _require(self._is_well_formed())
        labels: dict[str, str] = {}
        periods = self._periods()
        for place, segment in enumerate(self.segments):
            self._take_names(segment)
            self._take_measure(segment)
            for index, token in enumerate(segment):
                if token.kind == "f":
                    fact = self._fact(token)
                    self._check(fact, segment[:index], first=place == 0)
                    unsaid = self.measure is None
                    labels[token.text] = label(fact, measure=unsaid, names=not self.names, days=not periods)
        _require(bool(labels) and not self.open_names and not self.open_measure)
        return labels

    def _is_well_formed(self) -> bool:
        """All ids exist, at most one figure in a segment; "in all" is of no name, and a period stands after "in"."""
        slots = {"f": self.slots.facts, "n": self.slots.names, "p": self.slots.periods}
        tokens = [token for segment in self.segments for token in segment]
        figures = [self.slots.facts[token.text] for token in tokens if token.text in self.slots.facts]
        in_all = any(token.text == "in all" for token in tokens)
        return (
            all(token.text in slots[token.kind] for token in tokens if token.kind in slots)
            and all(len(_of("f", segment)) <= 1 for segment in self.segments)
            and not (in_all and any(sourced.fact.of is None or sourced.fact.of.names for sourced in figures))
            and all(_stands_after(segment, "p", vocabulary().before_periods) for segment in self.segments)
        )

    def _periods(self) -> bool:
        """Whether the days are said: one period for all figures, or each figure beside its own."""
        said = [_of("p", segment) for segment in self.segments]
        keys = [key for segment in said for key in segment]
        for segment, own in zip(self.segments, said, strict=True):
            figures = _of("f", segment)
            beside = own if keys[1:] else keys
            _require(beside is keys or len(own) == len(figures))
            for figure in figures:
                _require(not keys or self.slots.periods[beside[0]] == days_of(self.slots.facts[figure].fact))
        return bool(keys)

    def _take_names(self, segment: _Segment) -> None:
        names = [self.slots.names[key] for key in _of("n", segment)]
        if names:
            _require(not self.in_pairs)
            self.names = [*(self.names if self.open_names else []), *names]
            self.open_names = True

    def _take_measure(self, segment: _Segment) -> None:
        said = {measure_phrases()[token.text] for token in segment if token.kind == "measure"}
        if said:
            _require(len(said) == 1 and (not self.open_measure or said == {self.measure}))
            (self.measure,) = said
            self.open_measure = True

    def _fact(self, token: _Token) -> Fact:
        fact = self.slots.facts[token.text].fact
        _require(fact.of is not None and fact.of.measure in MEASURES)
        return fact

    def _check(self, fact: Fact, before: _Segment, *, first: bool) -> None:
        """That a figure is of what is said before it."""
        scope = fact.of or Scope(measure="")
        _require(self.measure is None or self.measure == scope.measure)
        self.open_measure = False
        self._check_names(scope)
        if self.total is not None:
            _require(_measure_and_days(self.total) == _measure_and_days(fact))
        last, second = ([None, None, *before])[-1], ([None, None, *before])[-2]
        if last is not None and last.kind == "filler":
            of_measure = second is not None and second.kind == "measure"
            _require(last.text == "of" and (of_measure or (second is None and first and not scope.names)))
            self.total = self.total if of_measure else fact

    def _check_names(self, scope: Scope) -> None:
        if not self.names:
            return
        own = set(scope.names)
        if set(self.names) == own:
            self.open_names = self.in_pairs = False
            return
        _require(self.open_names and len(self.names) > 1 and own == {self.names[0]})
        self.names, self.in_pairs = self.names[1:], True


def _of(kind: str, segment: _Segment) -> list[str]:
    return [token.text for token in segment if token.kind == kind]


def _stands_after(segment: _Segment, kind: str, words: frozenset[str]) -> bool:
    places = (index for index, token in enumerate(segment) if token.kind == kind)
    return all(place > 0 and segment[place - 1].text in words for place in places)


def _measure_and_days(fact: Fact) -> tuple[str, Days]:
    return (fact.of.measure if fact.of else "", days_of(fact))


def _require(holds: bool) -> None:  # noqa: FBT001 -- the one thing that it takes
    if not holds:
        raise _NotPlainError

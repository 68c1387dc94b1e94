"""The words of a language: phrases in files, and what the declarations of measures, dimensions and periods say.

For each language one folder of lexicon/, read whole, in any number of TOML files. A table declares phrases:

    [plan]                                  # any name
    means = "operation"                     # a Sign
    value = "plan"                          # what it means; see Sign
    topic = ""                              # of operations and topics only
    says = ["cut", "reduce"]                # phrases of one or more words, lower case, without accents or apostrophes
    example = "How do we {} our bill?"      # tested with each phrase in its place

`words.toml` has, instead of phrases: `function` (words that may pass silently; the language of a message is that with
most of them), `decimal_comma`, and the tables months, weekdays, units, numbers, ordinals and calendar (word -> what it
means; what the values of calendar do is in periods.py).
The English words of measures, dimensions and periods come from their declarations; other languages say them by phrases
that mean "measure", "dimension", "grouped" or "period". The longest phrase wins; of equal ones that in a file.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from common.assistant.reading.signs import Sign
from common.assistant.reading.tokens import Token, tokenise
from common.spend.semantics import DIMENSIONS, MEASURES, PERIODS, PeriodName

FOLDER = Path(__file__).with_name("lexicon")
_BREAK = re.compile(r"[,.;:!?()\n\u2026\u2014]")
_ORDERING = ("busiest ", "peak ")
"""How synonyms begin that say an order, too: its own phrases read it."""
_OPEN_ENDS = frozenset({"in", "out"})
_JOINING = frozenset({"and", "or", "by", "per", "vs", "versus"})
_NOT_WORDS = frozenset({PeriodName.BETWEEN, PeriodName.PREVIOUS, PeriodName.LAST_DAYS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words that mean something; `example` "" of those that are declared elsewhere."""

    words: tuple[str, ...]
    sign: Sign
    value: str = ""
    topic: str = ""
    example: str = ""
    singular: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All words of a language; `phrases` by their first word, the longest first."""

    language: str
    phrases: Mapping[str, tuple[Phrase, ...]]
    function: frozenset[str] = frozenset()
    months: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)
    """From 0 (Monday) on."""
    units: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    ordinals: Mapping[str, int] = field(default_factory=dict)
    calendar: Mapping[str, str] = field(default_factory=dict)
    """What words do in dates and counted periods; see periods.py."""
    decimal_comma: bool = False

    def at(self, tokens: Sequence[Token], place: int) -> Phrase | None:
        """The longest phrase that begins at a place."""
        for phrase in self.phrases.get(tokens[place].norm, ()):
            if _stands(phrase.words, tokens, place) and _is_whole(phrase, tokens, place + len(phrase.words)):
                return phrase
        return None

    @property
    def words(self) -> Iterator[str]:
        """All single words, for the spelling."""
        for phrases in self.phrases.values():
            for phrase in phrases:
                yield from phrase.words
        yield from (*self.function, *self.months, *self.weekdays, *self.units, *self.numbers, *self.ordinals)


def _stands(words: tuple[str, ...], tokens: Sequence[Token], place: int) -> bool:
    if place + len(words) > len(tokens):
        return False
    for offset in range(1, len(words)):
        token = tokens[place + offset]
        if token.norm != words[offset] or _BREAK.search(token.gap):
            return False
    return True


def _is_whole(phrase: Phrase, tokens: Sequence[Token], place: int) -> bool:
    """Whether "tokens in" is all: not "tokens in November"."""
    if phrase.sign != Sign.MEASURE or phrase.words[-1] not in _OPEN_ENDS:
        return True
    if place >= len(tokens) or _BREAK.search(tokens[place].gap):
        return True
    return tokens[place].norm in _JOINING


def languages() -> tuple[str, ...]:
    """Those that there is a folder for, English first."""
    found = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
    return ("en", *(name for name in found if name != "en"))


@cache
def lexicon(language: str) -> Lexicon:
    """Of a language that has a folder."""
    tables: list[Mapping[str, Any]] = []
    words: dict[str, Any] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if path.name == "words.toml":
            words = content
        else:
            tables += content.values()
    phrases = [phrase for table in tables for phrase in _phrases(table)]
    if language == "en":
        phrases += _declared()
    return Lexicon(
        language=language,
        phrases=_by_first_word(phrases),
        function=frozenset(words["function"]),
        months=words["months"],
        weekdays=words["weekdays"],
        units=words["units"],
        numbers=words["numbers"],
        ordinals=words["ordinals"],
        calendar=words["calendar"],
        decimal_comma=words["decimal_comma"],
    )


def _phrases(table: Mapping[str, Any]) -> Iterator[Phrase]:
    for says in table["says"]:
        yield Phrase(
            words=words_of(says),
            sign=Sign(table["means"]),
            value=table.get("value", ""),
            topic=table.get("topic", ""),
            example=table["example"].replace("{}", says),
            singular=table.get("singular", False),
        )


def words_of(text: str) -> tuple[str, ...]:
    """As phrases are matched."""
    return tuple(token.norm for token in tokenise(text))


def _declared() -> Iterator[Phrase]:
    for measure, spec in MEASURES.items():
        for text in (measure.replace("_", " "), spec.title, *spec.synonyms):
            yield from _numbered(Sign.MEASURE, measure, text)
    for dimension, declared in DIMENSIONS.items():
        for text in (dimension, declared.title, *declared.synonyms):
            if "(" in text or "," in text or text.startswith(_ORDERING):
                continue
            grouped = text.startswith("per ") or text.endswith("ly")
            sign = Sign.GROUPED if grouped else Sign.DIMENSION
            yield Phrase(words=words_of(text), sign=sign, value=dimension, singular=True)
            yield Phrase(words=words_of(_plural(text)), sign=sign, value=dimension)
        yield Phrase(words=words_of(declared.plural), sign=Sign.DIMENSION, value=dimension)
    for period, means in PERIODS.items():
        if period not in _NOT_WORDS:
            for text in (means.title, *means.synonyms):
                yield Phrase(words=words_of(text), sign=Sign.PERIOD, value=period)


def _numbered(sign: Sign, value: str, text: str) -> Iterator[Phrase]:
    yield Phrase(words=words_of(text), sign=sign, value=value)
    yield Phrase(words=words_of(_plural(text)), sign=sign, value=value)


def _plural(text: str) -> str:
    if text.endswith(("s", "ly")) or text[-1:].isdigit():
        return text
    return f"{text[:-1]}ies" if text.endswith("y") and text[-2:-1] not in "aeo" else f"{text}s"


def _by_first_word(phrases: Sequence[Phrase]) -> Mapping[str, tuple[Phrase, ...]]:
    known: dict[tuple[str, ...], Phrase] = {}
    for phrase in phrases:
        known.setdefault(phrase.words, phrase)
    found: dict[str, list[Phrase]] = {}
    for words, phrase in known.items():
        found.setdefault(words[0], []).append(phrase)
    return {first: tuple(sorted(each, key=lambda phrase: -len(phrase.words))) for first, each in found.items()}

"""German, French and Spanish messages in the words of the English lexicon, each with its place in the message.

The grammar and the names of the data are the same in all of them; only the words differ. For each language one file of
glosses/:

    silent = ["der"]                    # words that may pass without a trace
    same = ["tokens"]                   # words that mean there what they mean in English
    [says]
    "last week" = ["letzte woche"]      # an English phrase, and what says it: lower case, without accents
    "where" = ["=où"]                    # with its accents, where without them it is another word

A word that is none of them, no name of the data and no number means nothing, even where English has such a word:
it stays unread. The longest phrase wins.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from common.assistant.question.model import Constraints
from common.assistant.reading.constraints import Span, take_constraints
from common.assistant.reading.data_names import NameIndex, model_at
from common.assistant.reading.lexicon import lexicon
from common.assistant.reading.tokens import Token, normalised, number_of, tokenise
from common.spend.semantics.catalogue import Catalogue

Glossed = Literal["de", "fr", "es"]
GLOSSED: tuple[Glossed, ...] = ("de", "fr", "es")
SILENT = "being"
"""The small word of English that stands for silent ones."""
_FOLDER = Path(__file__).with_name("glosses")
_THOUSANDS_APART = frozenset([" ", "\u00a0", "\u202f", "'", "\u2019"])
_LEADING, _THOUSANDS = re.compile(r"[1-9]\d{0,5}"), re.compile(r"\d{3}(?:,\d+)?")
_STRANGE = "\u2063"
"""Before a word that means nothing: no phrase has it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A phrase, and the English one that it says; `written`: with its accents, which must stand there."""

    words: tuple[str, ...]
    english: tuple[str, ...]
    written: tuple[str, ...] = ()

    def stands(self, tokens: Sequence[Token]) -> bool:
        """Whether these tokens are the phrase, with nothing but white space, apostrophes and hyphens between them."""
        if tuple(token.norm for token in tokens) != self.words or any(_is_break(token.gap) for token in tokens[1:]):
            return False
        return not self.written or tuple(token.text.casefold() for token in tokens) == self.written


@dataclass(frozen=True, slots=True)
class Gloss:
    """Words of a language; `phrases` by their first word, the longest first, with the English ones that they say."""

    phrases: Mapping[str, tuple["Wording", ...]]
    same: frozenset[str]

    def at(self, tokens: Sequence[Token], place: int) -> tuple[int, tuple[str, ...]] | None:
        """Where the longest phrase from a place on ends, and what it says."""
        for phrase in self.phrases.get(tokens[place].norm, ()):
            end = place + len(phrase.words)
            if phrase.stands(tokens[place:end]):
                return end, phrase.english
        return None


def _is_break(gap: str) -> bool:
    return any(char in ",.;:!?()\n\u2026" for char in gap)


@cache
def gloss(language: Glossed) -> Gloss:
    """Of a language that has a file."""
    content = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    pairs = [(text, english) for english, texts in content["says"].items() for text in texts]
    pairs += [(text, SILENT) for text in content["silent"]]
    match: dict[str, list[Wording]] = {}
    for text, english in pairs:
        words = _norms(text)
        written = tuple(token.text.casefold() for token in tokenise(text)) if text.startswith("=") else ()
        match.setdefault(words[0], []).append(Wording(words, _norms(english), written))
    phrases = {
        first: tuple(sorted(each, key=lambda one: (-len(one.words), not one.written))) for first, each in match.items()
    }
    return Gloss(phrases, frozenset(content["same"]))


def _norms(text: str) -> tuple[str, ...]:
    return tuple(token.norm for token in tokenise(text))


def glossed(language: Glossed, message: str, names: NameIndex) -> tuple[Token, ...]:
    """The words of a message in English; each has the place of the words that it stands for."""
    return tuple(_in_order(list(_glossed(gloss(language), message, names))))


def _in_order(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, but "3 last days", as French has it, is "last 3 days"."""
    place = 0
    while place < len(tokens):
        pair = tokens[place : place + 2]
        if len(pair) > 1 and _is_count(pair[0]) and pair[1].norm == "last" and not _is_break(pair[1].gap):
            start, end = pair[0].start, pair[1].end
            yield replace(pair[1], start=start, end=end, gap=pair[0].gap)
            yield replace(pair[0], start=start, end=end, gap=" ")
            place += 2
        else:
            yield tokens[place]
            place += 1


def _is_count(token: Token) -> bool:
    return token.number is not None or token.norm in lexicon("en").numbers


def _glossed(words: Gloss, message: str, names: NameIndex) -> Iterator[Token]:
    tokens = tuple(_joined(tokenise(message, decimal_comma=True)))
    place = 0
    while place < len(tokens):
        name, model = names.at(tokens, place), model_at(tokens, place)
        phrase = None if tokens[place].quoted else words.at(tokens, place)
        named = max(name.end if name else 0, model[1] if model else 0)
        if named and (phrase is None or named > phrase[0] or tokens[place].norm in words.same):
            yield from tokens[place:named]
            place = named
        elif phrase is not None:
            yield from _english_of(message, tokens[place : phrase[0]], phrase[1])
            place = phrase[0]
        else:
            yield _as_it_stands(words, tokens[place])
            place += 1


def _joined(tokens: Sequence[Token]) -> Iterator[Token]:
    """Numbers whose thousands stand apart, as in "1 200,50", are one."""
    place = 0
    while place < len(tokens):
        token, end = tokens[place], place + 1
        while end < len(tokens) and _goes_on(token, tokens[end]):
            text = token.text + tokens[end].text
            number = number_of(text, decimal_comma=True)
            token = replace(token, text=text, norm=text, end=tokens[end].end, number=number)
            end += 1
        yield token
        place = end


def _goes_on(token: Token, following: Token) -> bool:
    return (
        following.gap in _THOUSANDS_APART
        and _LEADING.fullmatch(token.text) is not None
        and _THOUSANDS.fullmatch(following.text) is not None
    )


def _english_of(message: str, tokens: Sequence[Token], english: tuple[str, ...]) -> Iterator[Token]:
    """Each English word stands where all the words of the phrase stand."""
    start, end = tokens[0].start, tokens[-1].end
    for place, word in enumerate(english):
        yield Token(message[start:end], word, start, end, " " if place else tokens[0].gap)


def _as_it_stands(words: Gloss, token: Token) -> Token:
    """Numbers, signs and words that are the same in English; every other word means nothing."""
    means = token.norm in words.same or not token.norm[:1].isalpha()
    return token if means else replace(token, norm=_STRANGE + token.norm)


def take_glossed(tokens: Sequence[Token], catalogue: Catalogue | None) -> tuple[Constraints, tuple[Span, ...]]:
    """The constraints of glossed words; spans are of the message, and hold all of each word that says them."""
    text, places = _in_english(tokens)
    constraints, spans = take_constraints(text, catalogue)
    return constraints, tuple(_placed(each, tokens, places) for each in spans)


def _placed(spans: Span, tokens: Sequence[Token], places: Sequence[tuple[int, int]]) -> Span:
    standing = [
        token for token, (start, end) in zip(tokens, places, strict=True) if start < spans.end and spans.start < end
    ]
    return replace(spans, start=min(each.start for each in standing), end=max(each.end for each in standing))


def _in_english(tokens: Sequence[Token]) -> tuple[str, list[tuple[int, int]]]:
    """The text of glossed words, and where each of them stands in it."""
    text = ""
    places: list[tuple[int, int]] = []
    for token in tokens:
        text += token.gap if places else ""
        places.append((len(text), len(text) + len(_word(token))))
        text += _word(token)
    return text, places


def _word(token: Token) -> str:
    if token.number is not None:
        return f"{token.number:.15g}"
    is_own = token.norm.removeprefix(_STRANGE) == normalised(token.text)
    return token.text if is_own else token.norm

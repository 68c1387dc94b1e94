"""Words that are written wrongly: the one word of the language, or the one name, that is a letter or two away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from common.assistant.reading.data_names import FoundName, NameIndex
from common.assistant.reading.lexicon import lexicon
from common.assistant.reading.tokens import Token

_LEAST = 5
_LONG = 8
_ENDINGS = frozenset("dnrs")
_MOST_NAMES = 40
"""Words of a message that are compared with all names; a message with more of them is no question."""


class Speller:
    """For one message: it looks up a limited number of names."""

    def __init__(self, language: str, names: NameIndex) -> None:
        self._deletions = _deletions(language)
        self._leading = lexicon(language).phrases
        self._right = _right(language)
        self._names = names
        self._looked_up = 0
        self._known: dict[str, str | None] = {}

    def corrected(self, word: str) -> str | None:
        """The word of the language that is meant; None where none or several are as near."""
        if word not in self._known:
            self._known[word] = self._corrected(word)
        return self._known[word]

    def _corrected(self, word: str) -> str | None:
        if not word.isalpha() or not _LEAST - 1 <= len(word) <= 2 * _LONG:
            return None
        near = {each for deleted in _without_one(word) for each in self._deletions.get(deleted, ())}
        near = {each for each in near if each != word and each[0] == word[0] and _is_slip(word, each)}
        if word in self._right:
            near = {each for each in near if each.removesuffix("s") == word.removesuffix("s")}
        if len(word) < _LEAST:
            near = {each for each in near if len(each) > len(word) and each in self._leading}
        if len(near) > 1:
            near = {each for each in near if sorted(each) == sorted(word)} or near
        if len(near) > 1:
            stems = {each.removesuffix("s") for each in near}
            near = {min(near, key=len)} if len(stems) == 1 else near
        if len(near) > 1:
            near = {each for each in near if each in self._leading} or near
        return near.pop() if len(near) == 1 else None

    def long_name(self, tokens: Sequence[Token], place: int) -> FoundName | None:
        """A name of two or three words that begins with a word that is written wrongly."""
        for count in (3, 2):
            if place + count <= len(tokens) and self._looked_up < _MOST_NAMES:
                self._looked_up += 1
                found = self._names.typo("".join(token.text for token in tokens[place : place + count]))
                if found:
                    return replace(found, end=place + count)
        return None

    def name(self, token: Token) -> FoundName | None:
        """The name of the data that is meant."""
        self._looked_up += 1
        return self._names.typo(token.text) if self._looked_up <= _MOST_NAMES else None


def _is_slip(word: str, meant: str) -> bool:
    """One letter too many, too few, wrong or moved; a last letter alone makes another form: "grows", "grown"."""
    if len(word) != len(meant):
        longer, shorter = sorted((word, meant), key=len, reverse=True)
        return shorter in _without_one(longer)
    wrong = [place for place, pair in enumerate(zip(word, meant, strict=True)) if pair[0] != pair[1]]
    is_form = wrong == [len(word) - 1] and word[-1] in _ENDINGS
    return not is_form and (len(wrong) == 1 or sorted(word) == sorted(meant))


def _without_one(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


@lru_cache(maxsize=8)
def _right(language: str) -> frozenset[str]:
    """Words that are written as they should be."""
    return frozenset((*lexicon(language).words, *lexicon(language).calendar))


@lru_cache(maxsize=8)
def _deletions(language: str) -> Mapping[str, frozenset[str]]:
    """Words by what is left of them without one letter."""
    found: dict[str, set[str]] = {}
    for word in set(lexicon(language).words):
        if len(word) >= _LEAST and word.isalpha():
            for deleted in _without_one(word):
                found.setdefault(deleted, set()).add(word)
    return {deleted: frozenset(words) for deleted, words in found.items()}

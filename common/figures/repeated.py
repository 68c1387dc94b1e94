"""Sentences of product code that a model repeats: found by what they say, shown in the product's own words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.figures.slots import Statement
from common.figures.splitting import sentences
from common.figures.vocabulary import vocabulary

_TOKEN = re.compile(r"\{\w+\}|\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s.,;:!?()*_`'\"\u2019]")


@dataclass(frozen=True, slots=True)
class Repeated:
    """A sentence of a statement; `after`: the one before it, where it is of that one ("It needs ...")."""

    text: str
    statement: Statement
    after: str | None


class Repeats:
    """All sentences of the statements by what they say."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._by_words: dict[tuple[str, ...], list[Repeated]] = {}
        for repeated in _sentences(statements):
            if repeated.text.endswith(":"):  # what follows would be read as of it
                continue
            self._by_words.setdefault(_words(repeated.text), []).append(repeated)

    def find(self, sentence: str, before: str | None) -> Repeated | None:
        """The product's sentence with the same ids and words in the same order; `before`: what is shown before it."""
        found = self._by_words.get(_words(sentence), [])
        return next((each for each in found if each.after is None or each.after == before), None)


def _sentences(statements: Sequence[Statement]) -> Iterator[Repeated]:
    before = ""
    for statement in statements:
        for line in statement.text.split("\n"):
            for text in sentences(line):
                first = next(iter(_all_words(text)), "")
                yield Repeated(text.strip(), statement, before if first in vocabulary().referring else None)
                before = text.strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in _all_words(text) if word not in vocabulary().loose)


def _all_words(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())

"""Which declared measures a text speaks of: by their titles and synonyms, the longest first."""

import re
from functools import cache

from common.spend.semantics import MEASURES, MeasureName

_WORD = re.compile(r"[a-z]{3,}")
_EVERYWHERE = frozenset(
    (
        *("cost", "costs", "request", "requests", "token", "tokens", "input", "output", "share", "prompt", "time"),
        *("first", "the", "that", "are", "per", "for", "and", "one"),
    )
)
"""Words of titles that sentences about other measures have, too."""
_MORE = {"spent": MeasureName.COST, "spends": MeasureName.COST, "cost": MeasureName.COST, "pay": MeasureName.COST}
"""Forms of the words of declarations."""


def measures_in(text: str) -> frozenset[MeasureName]:
    """Those named; a word that is part of a longer name counts once, for the longer one."""
    found = (_words()[_plain(match.group())] for match in _pattern().finditer(text))
    return frozenset(found)


def is_of_another(text: str, measure: MeasureName) -> bool:
    """Whether a text speaks of something that sets another measure of the same unit apart: "reasoning", "billed"."""
    own = _marks(measure)
    others = (name for name, spec in MEASURES.items() if name != measure and spec.unit == MEASURES[measure].unit)
    words = set(_WORD.findall(text.casefold()))
    return any(words & (_marks(name) - own) for name in others)


@cache
def _marks(measure: MeasureName) -> frozenset[str]:
    return frozenset(_WORD.findall(MEASURES[measure].title.casefold())) - _EVERYWHERE


@cache
def _words() -> dict[str, MeasureName]:
    words = {
        _plain(word): name for name, spec in reversed(tuple(MEASURES.items())) for word in (spec.title, *spec.synonyms)
    }
    return words | {_plain(word): name for word, name in _MORE.items()}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_words(), key=len, reverse=True)
    names = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())

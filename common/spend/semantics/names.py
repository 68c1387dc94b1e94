"""From what people write to what is declared, and to the names in the data; what is unknown gets the nearest."""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from typing import TypeVar

from common.spend.prices.names import known_model
from common.spend.semantics.dimensions import DIMENSIONS, DimensionName
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.periods import PERIODS, PeriodName

_Name = TypeVar("_Name", MeasureName, DimensionName, PeriodName)
_SEPARATORS = re.compile(r"[\s_\-./]+")
_MOST_LISTED = 12
_CLOSE = 0.5


class UnknownNameError(Exception):
    """A measure, dimension or period that is not declared; `str` says so, and names the nearest."""


def plain(text: str) -> str:
    """Without case and separators."""
    return _SEPARATORS.sub("", text.casefold())


def nearest(text: str, names: Iterable[str]) -> str | None:
    """The name most like a text; None where none is like it."""
    listed = sorted(names)
    close = get_close_matches(plain(text), sorted({plain(name) for name in listed}), n=1, cutoff=_CLOSE)
    alike = [name for name in listed if close and plain(name) == close[0]]
    return max(alike, key=lambda name: SequenceMatcher(None, text, name).ratio(), default=None)


def measure_named(text: str) -> MeasureName:
    """By its name or a synonym. Raises UnknownNameError."""
    return _declared(text, "measure", _measures())


def dimension_named(text: str) -> DimensionName:
    """By its name or a synonym. Raises UnknownNameError."""
    return _declared(text, "dimension", _dimensions())


def period_named(text: str) -> PeriodName:
    """By its name or a synonym. Raises UnknownNameError."""
    return _declared(text, "period", _periods())


def _declared(text: str, what: str, words: Mapping[str, _Name]) -> _Name:
    name = words.get(plain(text))
    if name is not None:
        return name
    close = nearest(text, words)
    names = ", ".join(dict.fromkeys(words.values()))
    raise UnknownNameError(
        f"There is no {what} {text!r}; the nearest is {words[close]}."
        if close
        else f"There is no {what} {text!r}; there are: {names}."
    )


@cache
def _measures() -> Mapping[str, MeasureName]:
    return _words((name, (spec.title, *spec.synonyms)) for name, spec in MEASURES.items())


@cache
def _dimensions() -> Mapping[str, DimensionName]:
    return _words((name, (spec.plural, *spec.synonyms)) for name, spec in DIMENSIONS.items())


@cache
def _periods() -> Mapping[str, PeriodName]:
    return _words((name, (spec.title, *spec.synonyms)) for name, spec in PERIODS.items())


def _words(entries: Iterable[tuple[_Name, tuple[str, ...]]]) -> Mapping[str, _Name]:
    """Names go before synonyms."""
    listed = list(entries)
    synonyms = {plain(word): name for name, words in reversed(listed) for word in words}
    return {**synonyms, **{plain(name): name for name, _ in listed}}


def value_named(dimension: DimensionName, text: str, values: Collection[str]) -> str | None:
    """The value that is meant: as it is written, else without case and separators where that is one only, else the
    canonical name of a model; None where there is no such value.
    """
    if text in values:
        return text
    alike = [value for value in values if plain(value) == plain(text)]
    if len(alike) == 1:
        return alike[0]
    if dimension == DimensionName.MODEL:
        canonical = known_model(text)
        return canonical if canonical in values else None
    if dimension == DimensionName.HOUR:
        return f"{text:0>2}" if f"{text:0>2}" in values else None
    begun = [value for value in values if DIMENSIONS[dimension].values and value.casefold().startswith(text.casefold())]
    return begun[0] if len(begun) == 1 else None


def listed(values: Collection[str]) -> str:
    """Some values in a sentence, and how many more there are."""
    shown = sorted(values)[:_MOST_LISTED]
    rest = len(values) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")

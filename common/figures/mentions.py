"""Finds every number that a text states: amounts, percentages, durations, tokens, requests and bare counts.

Digits that state nothing are left out (see `common.figures.masks`). A reading of a mention is its value in the base
unit, and how far a fact may be from it and still round to it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from common.contract.answer import Unit
from common.figures.masks import masked
from common.figures.numerals import PHRASE, find_fractions, find_multiples, word_value

ReadingUnit = Unit | Literal["foreign"] | None
_GAP = r"(?:[ \t\u00a0\u202f]|&nbsp;|[-*_`]){0,5}"
_NUMBER = r"(?:\d{1,3}(?:[,\u00a0\u202f'\u2019]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+(?!\w))?|\.\d+"
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9}
_SCALE = r"(?i:thousand|million|billion|mn|bn)|[kKMB]|m(?=[ -]?(?:input |output )?tokens|[ -]?USD)"
_MINUTE, _DAY = 60_000.0, 86_400_000.0
_KIND = (
    r"(?:(?:[a-z]+ed|more|fewer|less|input|output|prompt|completion|reasoning|total|visible|identical|equal|model"
    r"|llm|api"
    r"|of|your|the|all|priced)[ -]){0,3}"
)
_UNITS: tuple[tuple[str, Unit, float], ...] = (
    (r"%|\uff05|percent(?:age)?(?: points?)?\b|per cent\b|pct\b|pp\b", "pct", 1.0),
    (r"(?:us[ -]?)?dollars?\b|usd\b|us\$|\$|bucks?\b", "usd", 1.0),
    (r"cents?\b|\u00a2", "usd", 0.01),
    (r"ms\b|msecs?\b|milliseconds?\b", "ms", 1.0),
    (r"s\b|secs?\b|seconds?\b", "ms", 1e3),
    (r"mins?\b|minutes?\b", "ms", 6e4),
    (r"h\b|hrs?\b|hours?\b", "ms", 3.6e6),
    (r"d\b|days?\b", "ms", _DAY),
    (r"weeks?\b", "ms", 7 * _DAY),
    (r"months?\b", "ms", 30 * _DAY),
    (rf"{_KIND}(?:tokens?|toks?)\b", "tokens", 1.0),
    (rf"{_KIND}(?:requests?|calls?)\b", "requests", 1.0),
    (r"x\b|\u00d7|times\b|-?fold\b", "count", 1.0),
)
_UNIT = "|".join(f"(?P<u{index}>{pattern})" for index, (pattern, _, _) in enumerate(_UNITS))
_FOREIGN = r"\u20ac|\u00a3|\u00a5|eur\b|gbp\b|chf\b|jpy\b|euros?\b|pounds?\b"
_AFTER = rf"(?:{_GAP}(?i:{_UNIT}|(?P<foreign>{_FOREIGN})))?"
_MENTION = re.compile(
    r"(?P<sign>(?<![\w)\x00])[-\u2212+])?"
    r"(?:(?P<prefix>(?:(?<![A-Za-z])(?:US\$|USD|EUR|GBP)|\$|\u20ac|\u00a3)[ *_\u00a0-]{0,3})|(?<![\w.]))"
    rf"(?P<number>{_NUMBER})(?:{_GAP}(?P<scale>{_SCALE})(?![A-Za-z]))?{_AFTER}",
)
_UNIT_ONLY = re.compile(_AFTER)
_LOOSE = re.compile(
    r"(?:\b(?:about|around|roughly|some|approximately|approx\.?|circa|nearly|almost|over|under|up to|more than|less"
    r" than"
    r"|at least|at most|below|above|close to)|~|\u2248|<|>)\s*[*_]*$",
    re.IGNORECASE,
)
_LOOSE_REACH = 24
_RANGE = re.compile(r"[ *_]*(?:-|\u2013|\u2014|to|and|or)[ *_]*")
_WORD_TOLERANCE_PCT = 2.0
"""How far a fraction in words may be off: 32 % is also called "a third"."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """One meaning of a mention: facts within `tolerance` of `value` round to it. `unit` None: any."""

    value: float
    unit: ReadingUnit
    tolerance: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a text: `text[start:end]`, with its possible readings."""

    start: int
    end: int
    text: str
    readings: tuple[NumberReading, ...]


def find_mentions(text: str, names: Iterable[str] = ()) -> list[Mention]:
    """All numbers that `text` states, in order; `names` (features, users, models with digits) state none."""
    hidden = masked(text, names)
    digits = [_mention(text, hidden, match) for match in _MENTION.finditer(hidden)]
    mentions = [*filter(None, digits), *_in_words(text, hidden)]
    return _with_ranges(text, sorted(mentions, key=lambda mention: mention.start))


def _mention(text: str, hidden: str, match: re.Match[str]) -> Mention | None:
    """None where the digits are part of a word."""
    unit, factor = _unit_of(match)
    if unit is None and not match["scale"] and re.match(r"[A-Za-z_]", hidden[match.end() : match.end() + 1]):
        return None
    start, end = _trimmed(match, unit)
    number = re.sub(r"[^\d.eE+-]", "", match["number"])
    scale = _SCALES[match["scale"].lower()] if match["scale"] else 1.0
    sign = -1.0 if match["sign"] in ("-", "\u2212") else 1.0
    value = float(number) * scale
    loose = _LOOSE.search(hidden[max(0, match.start() - _LOOSE_REACH) : match.start()]) is not None
    reading = NumberReading(sign * value * factor, unit, _tolerance(number, scale, loose=loose) * factor)
    return Mention(start, end, text[start:end], _readings(reading, factor))


def _unit_of(match: re.Match[str]) -> tuple[ReadingUnit, float]:
    prefix = (match["prefix"] or "").strip(" *_\u00a0-")
    if match["foreign"] or prefix in ("\u20ac", "\u00a3", "EUR", "GBP"):
        return "foreign", 1.0
    for index, (_, unit, factor) in enumerate(_UNITS):
        if match[f"u{index}"]:
            return unit, factor
    return ("usd", 1.0) if prefix else (None, 1.0)


def _trimmed(match: re.Match[str], unit: ReadingUnit) -> tuple[int, int]:
    """The span shown as a figure: with its unit, but never across Markdown emphasis ("**12** USD" is shown as "12")."""
    start = match.start("prefix") if match["prefix"] else match.start("number")
    start = match.start("sign") if match["sign"] else start
    end = match.end() if unit or match["scale"] else match.end("number")
    if re.search(r"[*_`]", match.group()):
        return match.start("number"), match.end("number")
    return start, end


def _tolerance(number: str, scale: float, *, loose: bool) -> float:
    """Half a unit of the last digit; after "about" or "over" a full one, and trailing zeros are not taken literally."""
    mantissa, _, exponent = number.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    last = 10.0 ** (int(exponent or 0) - decimals) * scale
    if not loose:
        return last / 2 + 1e-9 * abs(float(number)) * scale
    zeros = len(mantissa) - len(mantissa.rstrip("0")) if not decimals else 0
    return max(last, min(last * 10.0**zeros, 0.05 * float(number) * scale))


def _readings(reading: NumberReading, factor: float) -> tuple[NumberReading, ...]:
    """Facts may hold days and hours as durations or as counts."""
    if reading.unit == "ms" and factor >= _MINUTE:
        return reading, NumberReading(reading.value / factor, "count", reading.tolerance / factor)
    return (reading,)


def _in_words(text: str, hidden: str) -> Iterator[Mention]:
    for match in PHRASE.finditer(hidden):
        after = _UNIT_ONLY.match(hidden, match.end())
        unit, factor, end = _word_unit(after)
        if unit:
            value = word_value(match.group())
            reading = NumberReading(value * factor, unit, max(0.5, 0.02 * value) * factor)
            yield Mention(match.start(), end, text[match.start() : end], _readings(reading, factor))
    for start, end, percent in find_fractions(hidden):
        yield Mention(start, end, text[start:end], (NumberReading(percent, "pct", _WORD_TOLERANCE_PCT),))
    for start, end, times in find_multiples(hidden):
        yield Mention(start, end, text[start:end], (NumberReading(times, "count", 0.1),))


def _word_unit(after: re.Match[str] | None) -> tuple[ReadingUnit, float, int]:
    if after is None or not after.group():
        return None, 1.0, 0
    if after["foreign"]:
        return "foreign", 1.0, after.end()
    index = next(index for index in range(len(_UNITS)) if after[f"u{index}"])
    return _UNITS[index][1], _UNITS[index][2], after.end()


def _with_ranges(text: str, mentions: list[Mention]) -> list[Mention]:
    """In "10 to 20 %" both numbers are percentages."""
    result = list(mentions)
    for index in range(len(result) - 2, -1, -1):
        first, second = result[index], result[index + 1]
        last = second.readings[0]
        bare = len(first.readings) == 1 and first.readings[0].unit is None
        if bare and last.unit not in (None, "foreign") and _RANGE.fullmatch(text, first.end, second.start):
            factor = _factor(second)
            reading = first.readings[0]
            same = NumberReading(reading.value * factor, last.unit, reading.tolerance * factor)
            result[index] = replace(first, readings=_readings(same, factor))
    return result


def _factor(mention: Mention) -> float:
    """Base units per unit of the text: 1000 for seconds. Scales ("million") are included."""
    match = _MENTION.search(mention.text)
    if match is None:
        return 1.0
    scale = _SCALES[match["scale"].lower()] if match["scale"] else 1.0
    return _unit_of(match)[1] * scale

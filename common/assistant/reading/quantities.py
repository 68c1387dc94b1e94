"""Numbers with their units: money, percentages, durations, counts of requests and tokens."""

from collections.abc import Sequence

from common.assistant.reading.lexicon import Lexicon
from common.assistant.reading.signs import Mark, Quantity, Sign
from common.assistant.reading.tokens import Token

_SECOND = 1000.0
_CENT = 0.01
_COUNTED = {"requests": "requests", "tokens": "tokens", "USD": "USD", "%": "%", "ms": "ms", "failed": "failed"}


def quantity_at(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> Mark | None:
    """A number with the unit before or after it."""
    if tokens[place].text == "$" and place + 1 < len(tokens):
        amount = tokens[place + 1].number
        if amount is None:
            return None
        unit = lexicon.units.get(tokens[place + 2].norm) if place + 2 < len(tokens) else None
        return _mark(place, place + (3 if unit == "USD" else 2), amount, "USD")
    if not tokens[place].text[0].isdecimal() and tokens[place].norm not in lexicon.numbers:
        return None
    number = tokens[place].number
    if number is None:
        number = lexicon.numbers.get(tokens[place].norm)
    if number is None or place + 1 >= len(tokens) or "," in tokens[place + 1].gap:
        return _glued(lexicon, tokens, place)
    word = tokens[place + 1].text if tokens[place + 1].text in "$%" else tokens[place + 1].norm
    unit = {"$": "USD", "%": "%"}.get(word) or lexicon.units.get(word)
    return _of_unit(place, place + 2, number, unit)


def _glued(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> Mark | None:
    """As "800ms" and "2s"."""
    text = tokens[place].norm
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = lexicon.units.get(text[len(digits) :]) if digits != text else None
    if not digits.replace(".", "", 1).isdigit() or unit not in ("ms", "s", "USD"):
        return None
    return _of_unit(place, place + 1, float(digits), unit)


def _of_unit(place: int, end: int, number: float, unit: str | None) -> Mark | None:
    if unit == "s":
        return _mark(place, end, number * _SECOND, "ms")
    if unit == "cents":
        return _mark(place, end, number * _CENT, "USD")
    known = _COUNTED.get(unit or "")
    return _mark(place, end, number, known) if known else None


def _mark(place: int, end: int, amount: float, unit: str) -> Mark:
    return Mark(sign=Sign.QUANTITY, first=place, end=end, value=Quantity(amount, unit))

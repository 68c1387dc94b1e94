"""Hours of the day in words: "between 9 and 17 o'clock", "after 6pm", "at 14:00"; and weekdays as a filter."""

from collections.abc import Sequence

from common.assistant.reading.lexicon import Lexicon
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.tokens import Token
from common.spend.semantics.dimensions import WEEKDAYS

_DAY = 24
_NOON = 12
_DIGITS = 2
_WORKDAYS = 5


def hours_between(first: int, last: int) -> tuple[str, ...]:
    """Values of the dimension, both included, also over midnight."""
    count = (last - first) % _DAY + 1
    return tuple(f"{(first + offset) % _DAY:02}" for offset in range(count))


def weekdays_of(value: str) -> tuple[str, ...]:
    """Of the words for several at once."""
    return WEEKDAYS[_WORKDAYS:] if value == "weekend" else WEEKDAYS[:_WORKDAYS]


def hours_at(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> Mark | None:
    """Hours that are named from a place on: a range, from one on, up to one, or one."""
    does = lexicon.calendar.get(tokens[place].norm, "")
    if not does and not tokens[place].text[0].isdecimal():
        return None
    if does not in ("from", "after", "at", "to", "before") and not _clock(lexicon, tokens, place):
        return None
    start = place + (does in ("from", "after", "at", "to", "before"))
    one = _hour(lexicon, tokens, start)
    if one is None:
        return None
    first, at, sure = one
    if at < len(tokens) and (
        lexicon.calendar.get(tokens[at].norm) == "to" or tokens[at].gap.strip() in ("-", "\u2013")
    ):
        to = at + (lexicon.calendar.get(tokens[at].norm) == "to")
        other = _hour(lexicon, tokens, to)
        if other is not None and (sure or other[2]):
            return _mark(place, other[1], _start(first, other[0], sure=sure), (other[0] - 1) % _DAY)
    if not sure:
        return None
    ends = {"after": (first, _DAY - 1), "to": (0, first - 1), "before": (0, first - 1)}
    begin, end = ends.get(does, (first, first))
    return _mark(place, at, begin, end) if end >= begin else None


def _start(first: int, end: int, *, sure: bool) -> int:
    """In "9 to 11 pm" both are in the evening; in "9 to 5 pm" only the second is."""
    later = first + _NOON
    return later if not sure and end > _NOON and first < _NOON and later < end else first


def _mark(place: int, end: int, first: int, last: int) -> Mark:
    return Mark(sign=Sign.HOURS, first=place, end=end, value=f"{first}-{last}")


def _clock(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> bool:
    found = _hour(lexicon, tokens, place)
    return found is not None and (found[2] or lexicon.calendar.get(tokens[found[1] - 1].norm) == "clock")


def _hour(lexicon: Lexicon, tokens: Sequence[Token], place: int) -> tuple[int, int, bool] | None:
    """(hour, where it ends, whether it is surely a time of day)."""
    if place >= len(tokens):
        return None
    does = lexicon.calendar.get(tokens[place].norm, "")
    if does in ("noon", "midnight"):
        return (_NOON if does == "noon" else 0), place + 1, True
    text = tokens[place].norm
    glued = next(
        (ending for ending in ("am", "pm", "h") if text.endswith(ending) and text[: -len(ending)].isdigit()), ""
    )
    digits = text.removesuffix(glued) if glued else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS) or int(digits) > _DAY:
        return None
    hour, at, sure = int(digits), place + 1, bool(glued)
    if at < len(tokens) and tokens[at].gap == ":" and tokens[at].text.isdecimal():
        at, sure = at + 1, True
    after = lexicon.calendar.get(tokens[at].norm, "") if at < len(tokens) else ""
    if after in ("am", "pm", "clock"):
        at, sure = at + 1, True
        at += at < len(tokens) and lexicon.calendar.get(tokens[at].norm) == "clock"
    if "pm" in (glued, after) and hour < _NOON:
        hour += _NOON
    elif "am" in (glued, after) and hour == _NOON:
        hour = 0
    return hour % _DAY, at, sure

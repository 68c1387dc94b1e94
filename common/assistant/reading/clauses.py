"""A message taken apart into clauses: sentences, and what "and how many ..." begins."""

import re
from collections.abc import Sequence

from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.tokens import Token

_SENTENCE = re.compile(r"[?!;\n\u2026]|\.(?:\s|$)")
_FAR = 40
"""Marks that are looked ahead."""
_STARTERS = frozenset(
    {
        "how",
        "what",
        "which",
        "why",
        "who",
        "when",
        "where",
        "compare",
        "show",
        "give",
        "tell",
        "can",
        "could",
        "also",
        "then",
        "whats",
    }
)
_CARRIES = frozenset(
    {Sign.MEASURE, Sign.OPERATION, Sign.ORDER, Sign.DIMENSION, Sign.GROUPED, Sign.TOPIC, Sign.AUDIT, Sign.PER_REQUEST}
)
_WHOLE = frozenset(
    {
        Sign.MEASURE,
        Sign.OPERATION,
        Sign.ORDER,
        Sign.TOPIC,
        Sign.AUDIT,
        Sign.CHANGED,
        Sign.SHARE,
        Sign.TREND,
        Sign.PER_REQUEST,
    }
)


def clauses_of(tokens: Sequence[Token], marks: Sequence[Mark]) -> list[tuple[list[Mark], bool]]:
    """The marks of each clause, and whether it goes on with the one before."""
    found: list[tuple[list[Mark], bool]] = []
    current: list[Mark] = []
    linked = False
    for place, mark in enumerate(marks):
        gap = tokens[mark.first].gap
        ends_sentence = bool(_SENTENCE.search(gap)) and mark.first > 0
        if current and (ends_sentence or _begins(tokens, marks, place, current)):
            found.append((current, linked))
            current = []
            linked = not ends_sentence
        linked = linked or (not current and mark.sign == Sign.AND and bool(found))
        current.append(mark)
    return [*found, (current, linked)] if current else found


def _begins(tokens: Sequence[Token], marks: Sequence[Mark], place: int, current: Sequence[Mark]) -> bool:
    """Whether a new question begins in the middle of a sentence."""
    mark = marks[place]
    joins = mark.sign == Sign.AND or "," in tokens[mark.first].gap
    if not joins or not any(each.sign in _WHOLE for each in current):
        return False
    rest = list(_until_end(tokens, marks, place))
    start = rest[1:] if mark.sign == Sign.AND else rest
    if not start or not any(each.sign in _WHOLE or each.sign == Sign.BY for each in start):
        return False
    if any(tokens[each.first].norm in _STARTERS for each in start[:2]) and any(each.sign in _WHOLE for each in start):
        return start[0].sign != Sign.THEIR_COST
    return _is_other_measure(current, start)


def _is_other_measure(current: Sequence[Mark], start: Sequence[Mark]) -> bool:
    """As in "cost by feature and requests by model"."""
    grouped = any(each.sign in (Sign.BY, Sign.GROUPED) for each in current)
    begins = next((each for each in start if each.sign not in (Sign.FUNCTION, Sign.POLITE)), None)
    regrouped = any(each.sign in (Sign.BY, Sign.GROUPED) for each in start)
    return grouped and regrouped and begins is not None and begins.sign == Sign.MEASURE


def _until_end(tokens: Sequence[Token], marks: Sequence[Mark], place: int) -> Sequence[Mark]:
    found = [marks[place]]
    for mark in marks[place + 1 : place + _FAR]:
        if _SENTENCE.search(tokens[mark.first].gap):
            break
        found.append(mark)
    return found

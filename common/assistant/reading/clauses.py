"""A message taken apart into clauses: sentences, and what "and how many ..." begins."""

import re
from collections.abc import Sequence

from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.tokens import Token

_SENTENCE = re.compile(r"[?!;\n\u2026]|\.\s")
_SEPARATE = frozenset({"forecast", "plan", "business_case", "what_if"})
"""Operations that a sentence may ask for beside what it measures."""
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
_WHOLE_CLAUSE = frozenset(
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
        if _numbers_an_item(tokens, marks, place):
            continue
        ends_sentence = mark.first > 0 and _ends_sentence(tokens, marks, place)
        if current and (ends_sentence or _begins(tokens, marks, place, current)):
            found.append((current, linked))
            current = []
            linked = not ends_sentence
        linked = linked or (not current and mark.sign == Sign.AND and bool(found))
        current.append(mark)
    return [*found, (current, linked)] if current else found


def _ends_sentence(tokens: Sequence[Token], marks: Sequence[Mark], place: int) -> bool:
    """Also before an item of a numbered list; a correction goes on with what it corrects."""
    mark = marks[place]
    if mark.sign == Sign.CORRECTION:
        return False
    numbered = place > 0 and _numbers_an_item(tokens, marks, place - 1)
    return numbered or bool(_SENTENCE.search(tokens[mark.first].gap))


def _numbers_an_item(tokens: Sequence[Token], marks: Sequence[Mark], place: int) -> bool:
    """As in "1) total cost 2) error rate"."""
    mark = marks[place]
    following = tokens[mark.end] if mark.end < len(tokens) else None
    return (
        mark.sign in (Sign.NUMBER, Sign.QUANTITY)
        and following is not None
        and following.gap.startswith(")")
        and mark.end == mark.first + 1
    )


def _begins(tokens: Sequence[Token], marks: Sequence[Mark], place: int, current: Sequence[Mark]) -> bool:
    """Whether a new question begins in the middle of a sentence."""
    mark = marks[place]
    joins = mark.sign == Sign.AND or "," in tokens[mark.first].gap
    if not joins:
        return False
    rest = list(_until_end(tokens, marks, place))
    start = rest[1:] if mark.sign == Sign.AND else rest
    said = [each for each in start if each.sign not in (Sign.FUNCTION, Sign.POLITE)]
    if said and said[0].sign == Sign.NAME and _names_and_periods(current) and _names_and_periods(start):
        return True
    if not said or not any(each.sign in _WHOLE_CLAUSE for each in current):
        return False
    asks = any(tokens[each.first].norm in _STARTERS for each in start[:2]) and any(
        each.sign in _WHOLE_CLAUSE for each in start
    )
    orders = said[0].sign == Sign.OPERATION and said[0].value in _SEPARATE and said[0].value not in _operations(current)
    return (asks and said[0].sign != Sign.THEIR_COST) or orders or _is_other_measure(current, start)


def _operations(marks: Sequence[Mark]) -> list[str]:
    return [str(mark.value) for mark in marks if mark.sign == Sign.OPERATION]


def _names_and_periods(marks: Sequence[Mark]) -> bool:
    """As in "support_agent last week, and chat this month"."""
    signs = {mark.sign for mark in marks}
    return {Sign.NAME, Sign.PERIOD} <= signs and not signs & _WHOLE_CLAUSE


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

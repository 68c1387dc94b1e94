"""What the bill is to come to: a target in percent, an amount to save, a budget; and what an engineer's hour costs."""

import re
from collections.abc import Callable

from common.assistant.question.model import Money
from common.assistant.reading import constraint_numbers as numbers
from common.assistant.reading.constraint_numbers import AMOUNT, HEDGE, MONEY, PCT, TIMES
from common.assistant.reading.slate import Slate

_CUT = (
    r"(?:cut(?:s|ting)?|reduc(?:e|es|ing|tion|tions)|lower(?:s|ing)?|sav(?:e|es|ing|ings)|shav(?:e|es|ing)"
    r"|trim(?:s|ming)?|decreas(?:e|es|ing)|slash(?:es|ing)?|drop(?:s|ping)?|shrink(?:s|ing)?|bring(?:s|ing)?|knock\w*"
    r"|optimi[sz](?:e|es|ing|ation)|target(?:s|ing)?|goal"
    r"|(?:want|need|get|have|be)\b[^.?!;]{0,40}?\b(?:reduced|lowered|trimmed|decreased|saved|cut|down|optimi[sz]ed))"
)
_WITHIN = r"(?P<between>[^.?!;]{0,60}?)"
_LESS = (
    r"(?:cheaper|less(?! latency| errors?)|lower(?! latency| error)|off|reductions?|savings?|cuts?|decrease|smaller"
    r"|discount)"
)
_OTHER_AIM = re.compile(
    r"\b(?:errors?|failures?|failed|latenc\w*|quality|accuracy|scores?|times?|speed|retries|hit rate|p\d\d|faster"
    r"|slower|traffic|usage|tokens?)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:did|has|have|had|was|were|why)\b|\b(?:last|past|previous) (?:week|month|quarter|year)\b|\byesterday\b",
    re.IGNORECASE,
)
_VERB_LAST = r"(?:(?:want|must|the)\s+)?(?:save|reduce)\b"
"""As German has it, word for word."""
_NEAR = 4
"""Words before a verb in which its object may stand."""
_NOT_BY = re.compile(r"\b(?:to|until|till|on|at|below|under|above|over|except|from|not|no)\s*$", re.IGNORECASE)
"""What stands before an amount that is no part of the bill to save: "from 500 dollars", "auf 500 Dollar"."""
_IS_NEGATIVE = re.compile(
    r"\b(?:sav|cut|reduc|lower|trim|decreas|slash|shav|shrink)\w*\b[^:;.?!]*(?<![\w)])[-\u2212]\s?$", re.IGNORECASE
)
"""A saving of less than nothing, which is no target."""
_UNDER = (
    r"\b(?:to|under|below|within|at most|(?:a )?max(?:imum)?(?: of)?|(?:a )?budget(?: is| of|:)?"
    r"|(?:a )?cap(?: it| us| spend)?(?: at| of)?|(?:no more|less|not more) than)\s*"
)
_NOT_MORE = (
    r"\b(?:not|never|no|don['\u2019]?t|can['\u2019]?t|cannot|won['\u2019]?t|mustn['\u2019]?t)\s+(?:\w+\s+){0,3}?"
    r"(?:(?:spend|spent|pay|cost|be)\s+(?:any\s+)?(?:more than|over|above)|exceed)\s+"
)
_BUDGET = re.compile(
    rf"{_NOT_MORE}{MONEY}|{_UNDER}{HEDGE}{MONEY}|\b(?:on|until|except on)\s+{HEDGE}{MONEY}(?=\s*{_VERB_LAST})",
    re.IGNORECASE,
)
_SAVE = re.compile(
    (
        rf"\b(?:{_CUT})\b{_WITHIN}(?:by\s+)?{HEDGE}{MONEY}"
        rf"|{MONEY}\s*(?:cheaper|less|off|(?:in )?savings?|reduction|lower|{_VERB_LAST})"
    ),
    re.IGNORECASE,
)
_ENGINEER = (
    r"(?:engineer\w*|developer\w*|devs?\b|programmers?|staff|salar(?:y|ies)|labou?r|hourly (?:rate"
    r"|cost)|hourly|our time)"
)
_AN_HOUR = r"(?:\s*(?:an?|per|each|/)\s*(?:(?:engineer\w*|developer|dev|working)[ -])?(?:hours?|hr?s?)\b|\s+hourly)"
_HOUR = (
    re.compile(
        rf"\b(?:an? |our |one |the )?{_ENGINEER}(?P<between>[^.?!;$\d]{{0,40}}?){AMOUNT}{_AN_HOUR}", re.IGNORECASE
    ),
    re.compile(rf"\bhourly (?:rate|cost)s?(?: is| of|:)?\s*{AMOUNT}", re.IGNORECASE),
    re.compile(rf"{AMOUNT}{_AN_HOUR}\s*(?:for|of) (?:an? |our |one )?{_ENGINEER}", re.IGNORECASE),
    re.compile(rf"{AMOUNT}\s*(?:per|/|an?)\s*(?:engineer\w*|developer|dev)[ -](?:hour|hr|h)\b", re.IGNORECASE),
)
_Read = Callable[[re.Match[str]], float]


def _rest(match: re.Match[str]) -> float:
    """What is saved where the bill comes to so many percent."""
    return 100 - numbers.percent(match)


_TARGETS: tuple[tuple[re.Pattern[str], _Read], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"\bto\s+{HEDGE}{PCT}\s+of\b", _rest),
        (
            (
                rf"\b{_CUT}\b{_WITHIN}\b(?:by|of|is|:)?\s*{HEDGE}{PCT}(?!\s*of (?:requests|traffic"
                rf"|users))"
            ),
            numbers.percent,
        ),
        (rf"{PCT}\s*(?:\w+\s+)?{_LESS}\b", numbers.percent),
        (rf"\b{_CUT}\b{_WITHIN}\bto\s+{HEDGE}{PCT}|\b(?:to|until|on)\s+{HEDGE}{PCT}\s*{_VERB_LAST}", _rest),
        (rf"{PCT}\s*{_VERB_LAST}", numbers.percent),
        (rf"(?<![\d\w])(?:-|\u2212)\s?(?<!\d-){PCT}", numbers.percent),
        (rf"\b{_CUT}\b{_WITHIN}\bby\s+{TIMES}", lambda match: round(100 - 100 / numbers.percent(match), 1)),
        (
            (
                rf"\b(?:{_CUT}\b{_WITHIN}\b)?(?:in|by) half\b|\bhalv(?:e|es|ing)\b"
                r"|\bhalf (?:the|my|our) (?:\w+ )?(?:bill|costs?|price|spend)"
            ),
            lambda _: 50.0,
        ),
        (rf"\b(?:{_CUT}\b{_WITHIN}\b)?by (?:two|2)[ -]thirds\b", lambda _: 66.7),
        (rf"\b(?:{_CUT}\b{_WITHIN}\b)?by (?:a|one) third\b|\ba third (?:cheaper|less|off|lower)\b", lambda _: 33.3),
        (
            (
                rf"\b(?:{_CUT}\b{_WITHIN}\b)?by (?:a|one) quarter\b|\ba quarter (?:cheaper|less|off"
                rf"|lower)\b"
            ),
            lambda _: 25.0,
        ),
        (rf"\b(?:{_CUT}\b{_WITHIN}\b)?by (?:a|one) fifth\b|\ba fifth (?:cheaper|less|off|lower)\b", lambda _: 20.0),
    )
)


def take_target(slate: Slate) -> float | None:
    """Percent of the bill to save, also above 100; what was saved and what is not of the bill is none."""
    for pattern, read in _TARGETS:
        for match in pattern.finditer(slate.text):
            if _is_of_bill(slate, match, read_as_saved=read is numbers.percent) and read(match) > 0:
                slate.take_match("target_pct", match, certain="x" not in match.group().lower()[-2:])
                return read(match)
    return None


def _is_of_bill(slate: Slate, match: re.Match[str], *, read_as_saved: bool) -> bool:
    after = " ".join(slate.after(match.end()).split()[:3])
    near = " ".join(slate.before(match.start()).split()[-_NEAR:])
    if _IS_NEGATIVE.search(slate.before(match.start()) + re.split(r"\d", match.group())[0]):
        return False
    if _OTHER_AIM.search(re.split(r"\b(?:and|but|while|then)\b", near)[-1]):
        return False
    wanted = re.match(r"(?:want|need|get|have|be)\b", match.group(), re.IGNORECASE)
    past = _PAST.search(slate.before(match.start())) or re.search(
        r"\b(?:last|past|previous) \w+"
        r"|\byesterday\b",
        after,
    )
    if read_as_saved and _NOT_BY.search(match.groupdict().get("between") or slate.before(match.start())):
        return False
    return not (_OTHER_AIM.search(match.group()) or _is_of_other(after) or (past and not wanted))


def _is_of_other(after: str) -> bool:
    return (
        re.match(
            r"(?:of |fewer |in )?(?:the |our )?(?:errors?|failures|requests|latency"
            r"|tokens)\b",
            after,
        )
        is not None
    )


def take_amounts(slate: Slate) -> tuple[Money | None, Money | None]:
    """(amount to save, budget to come under)."""
    budget = saved = None
    for match in _BUDGET.finditer(slate.text):
        if _is_wanted(slate, match):
            budget = numbers.money(match)
            slate.take_match("budget", match)
            break
    for match in _SAVE.finditer(slate.text):
        if _NOT_BY.search(match["between"] or slate.before(match.start())):
            continue
        if not numbers.is_threshold(slate, match.start()) and not _PAST.search(slate.before(match.start())):
            saved = numbers.money(match)
            slate.take_match("save", match)
            break
    return saved, budget


def _is_wanted(slate: Slate, match: re.Match[str]) -> bool:
    named = re.match(rf"(?:a )?(?:budget|cap|max)|{_NOT_MORE}", match.group(), re.IGNORECASE) is not None
    aimed = numbers.is_aimed(slate, match.start()) or re.match(rf"\s*{_VERB_LAST}", slate.after(match.end()))
    return bool(named or aimed) and not numbers.is_threshold(slate, match.start())


def take_hour(slate: Slate) -> float | None:
    """USD that an hour of an engineer costs."""
    for pattern in _HOUR:
        if match := pattern.search(slate.text):
            slate.take_match("hour_usd", match)
            return numbers.usd(match)
    return None

"""What traffic will do and what it may: growth, spikes, rate limits."""

import re
from collections.abc import Callable

from common.assistant.reading import constraint_numbers as numbers
from common.assistant.reading.constraint_numbers import HEDGE, NUMBER, PCT, TIMES
from common.assistant.reading.slate import Slate

_USAGE = (
    r"(?:usage|traffic|volumes?|requests?|calls|users?|customers?|load|demand|business|tokens|we|adoption"
    r"|queries|things)"
)
_GROW = (
    r"(?:grow(?:s|ing|th)?|increas(?:e|es|ing)|ris(?:e|es|ing)|go(?:es)? up|goes|climb(?:s|ing)?"
    r"|scale(?:s)?(?: up)?|expand(?:s|ing)?)"
)
_WITHIN = r"(?P<between>[^.?!;]{0,60}?)"
_PAST = re.compile(
    r"\b(?:did|why|was|were|has|have|had)\b|\b(?:last|past|previous) (?:week|month|quarter|year)\b|\bsince\b"
    r"|\byesterday\b",
    re.IGNORECASE,
)
_BILL = re.compile(r"\b(?:bill|costs?|spend(?:ing)?|invoice|budget|price|error)\b", re.IGNORECASE)
_SPIKE = r"(?:spikes?|bursts?|peaks?|surges?|rush)"
_SHORT = (
    r"(?:for (?:an?|one|the|\d+|a few|some) (?:single )?(?:minutes?|hours?|days?|weekend|launch|sale|campaign)"
    r"|(?:on|for|during) (?:black friday|launch day|a launch|the launch|one day|christmas|cyber monday)"
    r"|overnight|suddenly"
    r"|in (?:an?|one) (?:hour|minute|day))"
)
_Read = Callable[[re.Match[str]], float]


def _compiled(*patterns: tuple[str, _Read]) -> tuple[tuple[re.Pattern[str], _Read], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), read) for pattern, read in patterns)


_BURSTS = _compiled(
    (rf"{TIMES}\s*(?:\w+ )?{_SPIKE}\b", numbers.percent),
    (
        rf"\b{_SPIKE}\b(?: of| to| up to| at|:)?\s*{HEDGE}{TIMES}(?:\s*(?:the )?(?:usual|normal) (?:\w+))?",
        numbers.percent,
    ),
    (
        rf"{TIMES}\s*(?:as much as |of )?(?:the |our )?(?:usual|normal|average|typical) (?:{_USAGE}|amount|level)",
        numbers.percent,
    ),
    (rf"\b{_USAGE}\b[^.?!;]{{0,25}}?{TIMES}[^.?!;]{{0,20}}?{_SHORT}\b", numbers.percent),
    (rf"\b{_USAGE}\b[^.?!;]{{0,25}}?\bdoubl(?:e|es|ing)\b[^.?!;]{{0,20}}?{_SHORT}\b", lambda _: 2.0),
    (rf"\b{_USAGE}\b[^.?!;]{{0,25}}?\btripl(?:e|es|ing)\b[^.?!;]{{0,20}}?{_SHORT}\b", lambda _: 3.0),
    (rf"\b{_USAGE}\b[^.?!;]{{0,25}}?\bquadrupl(?:e|es|ing)\b[^.?!;]{{0,20}}?{_SHORT}\b", lambda _: 4.0),
    (rf"\b(?:double|twice) (?:the )?(?:usual|normal|average) (?:{_USAGE})\b", lambda _: 2.0),
)


def _more(match: re.Match[str]) -> float:
    """Percent more: 200 for "3x"."""
    return (numbers.percent(match) - 1) * 100


_GROWTHS = _compiled(
    (rf"\b{_USAGE}\b{_WITHIN}\b{_GROW}\b\s*(?:by|of|to be)?\s*{HEDGE}{PCT}", numbers.percent),
    (rf"{PCT}\s*(?:more|higher|extra|additional|increase in)\s+(?:\w+\s+)?{_USAGE}\b", numbers.percent),
    (rf"{PCT}\s*(?:\w+\s+)?(?:growth|increase in usage|usage growth)\b", numbers.percent),
    (rf"\b(?:growth|growing|grow|grows)\b\s*(?:rate)?\s*(?:of|by|at|is|:)?\s*{HEDGE}{PCT}", numbers.percent),
    (
        (
            rf"\b{_USAGE}\b(?P<between>[^.?!;]{{0,25}}?)\bdoubl(?:e|es|ing)\b|\bdoubl(?:e|ing) (?:the |our "
            rf"|my )?{_USAGE}\b"
        ),
        lambda _: 100.0,
    ),
    (
        (
            rf"\b{_USAGE}\b(?P<between>[^.?!;]{{0,25}}?)\btripl(?:e|es|ing)\b|\btripl(?:e|ing) (?:the |our "
            rf"|my )?{_USAGE}\b"
        ),
        lambda _: 200.0,
    ),
    (rf"\b{_USAGE}\b(?P<between>[^.?!;]{{0,25}}?)\bquadrupl(?:e|es|ing)\b", lambda _: 300.0),
    (rf"\btwice (?:the|our|as (?:much|many)) {_USAGE}\b", lambda _: 100.0),
    (rf"\b{_USAGE}\b{_WITHIN}\b{_GROW}\b\s*(?:by|to)?\s*{TIMES}", _more),
    (rf"{TIMES}\s*(?:the |our |more |as (?:much|many) )?{_USAGE}\b", _more),
    (rf"\b(?:at|with)\s+{TIMES}(?!\s*(?:as |the )?(?:fast|quick|speed))", _more),
)


def take_burst(slate: Slate) -> float | None:
    """How many times the usual traffic a short time brings; what happened is none."""
    return _first("burst", _BURSTS, slate)


def take_growth(slate: Slate) -> float:
    """Percent more usage to come. A bill that grew is a complaint, and usage that grew is the past."""
    return _first("growth_pct", _GROWTHS, slate) or 0.0


def _first(name: str, patterns: tuple[tuple[re.Pattern[str], _Read], ...], slate: Slate) -> float | None:
    for pattern, read in patterns:
        for match in pattern.finditer(slate.text):
            if _is_to_come(slate, match):
                slate.take_match(name, match)
                return read(match)
    return None


def _is_to_come(slate: Slate, match: re.Match[str]) -> bool:
    around = f"{slate.before(match.start())} {match.group()}"
    if_so = re.search(r"\b(?:if|when|should|expect|suppose|assum\w*|will|next)\b", around, re.IGNORECASE)
    past = _PAST.search(around) or re.match(r"\s*(?:last|past|previous) \w+|\s*yesterday", slate.after(match.end()))
    return not _BILL.search(match.group()) and (if_so is not None or past is None)


_MINUTE = r"(?:per|an?|each|/)\s*min(?:ute)?\b"
_RATES = {
    "rpm": rf"(?:rpm\b|(?:requests?|calls?)\s*{_MINUTE})",
    "tpm": rf"(?:tpm\b|tokens?\s*{_MINUTE})",
}


def take_rates(slate: Slate) -> tuple[float | None, float | None]:
    """(requests per minute, tokens per minute) that a limit allows."""
    return _rate(slate, "rpm"), _rate(slate, "tpm")


def _rate(slate: Slate, name: str) -> float | None:
    amount = rf"{NUMBER}\s*(k|m|thousand|million)?"
    pattern = rf"{amount}\s*{_RATES[name]}|\b{name}(?: limit)?(?: is| of|:|=)?\s*{amount}\b"
    for match in re.finditer(pattern, slate.text, re.IGNORECASE):
        if not numbers.is_threshold(slate, match.start()):
            number, scale = (match[1], match[2]) if match[1] else (match[3], match[4])
            slate.take_match(name, match)
            return numbers.scaled(number, scale)
    return None

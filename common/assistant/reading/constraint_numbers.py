"""Numbers, percentages, amounts of money and durations in a constraint; a threshold is none."""

import re

from common.assistant.question.model import Money, Per
from common.assistant.reading.slate import Slate
from common.figures.numerals import PHRASE, word_value

NUMBER = r"(?<![\w.,])(?<![A-Za-z]-)(\d+(?:[.,]\d+)*|\.\d+)"
PCT = rf"{NUMBER}\s*(?:%|percent(?:age points?)?\b|per cent\b|pct\b)"
HEDGE = (
    r"(?:(?:at least|about|around|roughly|some|approximately|up to|over|more than|another|an? (?:extra|further)"
    r"|~)\s*)?"
)
TIMES = rf"{NUMBER}\s*(?:-?\s?fold\b|x\b|\u00d7|times\b)"
DURATION = r"(\d+(?:[.,]\d+)*|\.\d+)[\s-]*(ms|msecs?|milliseconds?|s|secs?|seconds?|mins?|minutes?)\b"
_SCALE = r"(k|m|thousand|million)?"
AMOUNT = (
    rf"(?:(?:\bUS|(?<![A-Za-z]))\$\s*(\d+(?:[.,]\d+)*)\s*{_SCALE}\b(?:\s*(?:USD|dollars?))?"
    rf"|{NUMBER}\s*{_SCALE}\s*(?:(?:USD|US dollars?|dollars?|bucks)\b|\$(?!\s*\d)))"
)
_EACH = r"(?:an?|per|each|every|/)"
_PERIOD = (
    rf"(?:\s*{_EACH}\s*(day|week|month|mo|quarter|year)\b|\s+(daily|weekly|monthly|quarterly|annually"
    rf"|yearly)\b)?"
)
MONEY = AMOUNT + _PERIOD
_PERIODS: dict[str, Per] = {
    "day": "day", "daily": "day", "week": "week", "weekly": "week", "month": "month", "monthly": "month", "mo": "month",
    "quarter": "quarter", "quarterly": "quarter", "year": "year", "annually": "year", "yearly": "year",
}  # fmt: skip
_MILLISECONDS = {"ms": 1.0, "mse": 1.0, "mil": 1.0, "s": 1e3, "sec": 1e3, "min": 6e4}
_MOST = 1e15
_SCALES = {"": 1.0, "k": 1e3, "t": 1e3, "m": 1e6}
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_CONTINENTAL = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,\d+")
_UNIT_AFTER = re.compile(
    r"(?:percent|per cent|%|dollars|bucks|usd|ms|milli|sec|min|times|fold|days?|weeks?|months?|years?|best"
    r"|recommendations?|ideas?|suggestions?|quick|requests?|tokens?)",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(?:which|how many|how often|list|show|when|days|weeks|months|hours|minutes|users|customers|features|models"
    r"|requests|calls|teams|endpoints|prompts|anything|everything)\b(?!.*\b(?:which|how many)\b)",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"\b(?:keep\w*|must|stay\w*|should|needs?|want\w*|get|bring\w*|cut\w*|reduc\w*|save|lower\w*|make|hold\w*|ensure"
    r"|without|target\w*|goal|budget|cap|limit\w*|improve\w*|remain\w*|aim\w*|come|(?:can|could) (?:we|i) go"
    r"|not exceed|never exceed)\b",
    re.IGNORECASE,
)
_OPERATIONS = re.compile(r"\b(?:which|how many|how often)\b", re.IGNORECASE)
_DEMAND = re.compile(r"\b(?:must|should|needs?|keep|get|bring)\b", re.IGNORECASE)
_ALERT = re.compile(
    r"\b(?:alerts?|alarm|warn\w*|notif\w*|ping|page (?:me|us)|slack (?:me|us)|remind|let (?:me|us) know"
    r"|tell (?:me|us) (?:when|if))\b",
    re.IGNORECASE,
)


def value(number: str) -> float:
    """The number: "1,200" is 1200, "123,33" 123.33, "1.234,50" 1234.5; however long it is, it is finite."""
    return min(_value(number), _MOST)


def _value(number: str) -> float:
    if _THOUSANDS.fullmatch(number):
        return float(number.replace(",", ""))
    if _CONTINENTAL.fullmatch(number):
        return float(number.replace(".", "").replace(",", "."))
    return float(number.replace(",", "")) if number.count(".") <= 1 else 0.0


def scaled(number: str, scale: str | None) -> float:
    """With its "k", "m", "thousand" or "million"."""
    return value(number) * _SCALES[(scale or "")[:1].lower()]


def milliseconds(number: str, unit: str) -> float:
    """Of a DURATION's groups."""
    short = unit.lower()
    return value(number) * _MILLISECONDS[short if short in ("ms", "s") else short[:3]]


def usd(match: re.Match[str]) -> float:
    """The first amount of a match of AMOUNT or MONEY."""
    groups = [group for group in match.groups() if group]
    number = next(group for group in groups if group[0].isdigit() or group[0] == ".")
    after = groups[groups.index(number) + 1 :]
    scale = after[0] if after and after[0].lower() in ("k", "m", "thousand", "million") else None
    return scaled(number, scale)


def money(match: re.Match[str]) -> Money:
    """Of a match with MONEY in it."""
    per = next((_PERIODS[group.lower()] for group in match.groups() if group and group.lower() in _PERIODS), None)
    return Money(usd=usd(match), per=per)


def percent(match: re.Match[str]) -> float:
    """The first number of a match."""
    return value(next(group for group in match.groups() if group and (group[0].isdigit() or group[0] == ".")))


def in_digits(text: str) -> str:
    """Number words before a unit as digits, with blanks up to the length of the words: "thirty percent"."""

    def written(match: re.Match[str]) -> str:
        after = text[match.end() : match.end() + 16].lstrip(" -")
        digits = f"{word_value(match.group()):.15g}"
        fits = "e" not in digits and len(digits) <= len(match.group())
        return digits.ljust(len(match.group())) if fits and _UNIT_AFTER.match(after) else match.group()

    return PHRASE.sub(written, text)


def is_threshold(slate: Slate, start: int) -> bool:
    """Whether a limit is a condition on what is listed: "days above 20 dollars", "alert me above 25 dollars"."""
    before = slate.before(start)
    aim = _DEMAND if _OPERATIONS.search(before) else _AIM
    listed = _LISTED.search(before) is not None and not aim.search(before)
    return listed or _ALERT.search(before) is not None


def is_aimed(slate: Slate, start: int) -> bool:
    """Whether words of wanting or keeping stand before a place in its clause."""
    return _AIM.search(slate.before(start)) is not None

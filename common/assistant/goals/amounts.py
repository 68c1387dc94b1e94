"""Targets, budgets, growth and latency limits in a question. Each reader blanks what it understood."""

import re
from collections.abc import Callable

from common.assistant.goals.goal import LatencyLimit, Money, Period
from common.core.vocabulary import Level
from common.figures.numerals import PHRASE, word_value

_NUMBER = r"(\d[\d,]*(?:\.\d+)?|\.\d+)"
_PCT = rf"{_NUMBER}\s*(?:%|percent(?:age points?)?\b|per cent\b|pct\b)"
_HEDGE = (
    r"(?:(?:at least|about|around|roughly|some|approximately|up to|over|more than|another|an? (?:extra|further)|~)\s*)?"
)
_CUT = (
    r"(?:cut\w*|reduc\w*|lower\w*|sav(?:e|es|ed|ing|ings)|shav\w*|trim\w*|decreas\w*|slash\w*|drop\w*|shrink\w*"
    r"|bring\w*|get\w*"
    r"|take|knock\w*|cheaper|less|down|off|spend\w*|optimi[sz]\w*|target\w*|goal|pay\w*)"
)
_WITHIN = r"[^.?!;]{0,60}?"
_USAGE = (
    r"(?:usage|traffic|volumes?|requests?|calls|users?|customers?|load|demand|business|tokens|we|adoption"
    r"|queries|things)"
)
_GROW = (
    r"(?:grow(?:s|n|ing|th)?|increas(?:e|es|ing)|ris(?:e|es|ing)|go(?:es)? up|goes|climb(?:s|ing)?"
    r"|scale(?:s)?(?: up)?|expand(?:s|ing)?)"
)
_BILL = r"(?:bill|costs?|spend(?:ing)?|invoice|budget|price)"
_LITTLE_EFFORT = (
    r"\b(?:low|little|minimal|minimum|least)[ -](?:amount of )?(?:effort|work)\b"
    r"|\bwithout (?:much|a lot of|any big) (?:effort|work)\b"
    r"|\b(?:quick|easy) (?:wins?|fix(?:es)?)\b|\b(?:only|just) easy (?:changes|steps|things)\b"
)
_NO_BIG_EFFORT = r"\bno (?:big|large|major) (?:projects?|changes|efforts?|rewrites?)\b|\bmedium effort at most\b"
_SECONDS = {"ms": 1.0, "millisecond": 1.0, "msec": 1.0, "s": 1e3, "sec": 1e3, "second": 1e3, "minute": 6e4, "min": 6e4}
_DURATION = rf"{_NUMBER}\s*(ms|msecs?|milliseconds?|s|secs?|seconds?|mins?|minutes?)\b"
_UNDER = (
    r"(?:under|below|less than|within|at most|no (?:more|longer|slower|higher) than|not (?:more|above|over)(?:"
    r" than)?|not exceed(?:ing)?"
    r"|max(?:imum)?(?: of)?|faster than|up to|beneath|<=?|\u2264|to|at|of|:)"
)
_FILLER = re.compile(
    r"\b(?:keep(?:ing)?|hold|stay(?:s|ing)?|leave|have|has|the|our|my|its?|this|that|a|an|feature|features|endpoint"
    r"|latency|latencies|p95|p99|p90|p50"
    r"|response|responses|times?|calls?|requests?|should|must|needs?|need|to|remain|remains|is|are|be|being|with"
    r"|while|but|and|also"
    r"|of|for|on|in|please|make|sure|everything|all|ensure|under|answers?|answer|as|long|so|only|can|cannot|never"
    r"|may|not|exceed|which|where"
    r"|bill|cost|costs|cheaper|we|i|want|ttft|so|if|without|going)\b",
    re.IGNORECASE,
)
_PERIODS: dict[str, Period] = {
    "day": "day", "daily": "day", "week": "week", "weekly": "week", "month": "month", "monthly": "month", "mo": "month",
    "year": "year", "annually": "year", "yearly": "year", "annual": "year",
}  # fmt: skip
_PERIOD = r"(?:\s*(?:an?|per|each|every|/)\s*(day|week|month|mo|year)\b|\s+(daily|weekly|monthly|annually|yearly)\b)?"
_MONEY = rf"(?:(?:US)?\$\s*{_NUMBER}\s*(k|m)?\b|{_NUMBER}\s*(k|m)?\s*(?:USD|US dollars?|dollars?|bucks)\b){_PERIOD}"


def digits(question: str) -> str:
    """The question with number words before a unit as digits: "thirty percent" -> "30 percent"."""

    def written(match: re.Match[str]) -> str:
        after = question[match.end() : match.end() + 12].lstrip(" -")
        if not re.match(r"(?:percent|per cent|%|dollars|bucks|usd|ms|milli|sec|min|times)", after, re.IGNORECASE):
            return match.group()
        return f"{word_value(match.group()):g}"

    return PHRASE.sub(written, question)


def take_rates(text: str) -> tuple[dict[str, float | None], str]:
    """(rate limits per minute in requests, "rpm", and in tokens, "tpm"; rest)."""
    rpm, text = _rate(text, r"rpm", r"requests?|calls?")
    tpm, text = _rate(text, r"tpm", r"tokens?")
    return {"rpm": rpm, "tpm": tpm}, text


def _rate(text: str, short: str, noun: str) -> tuple[float | None, str]:
    per_minute = rf"(?:{short}\b|(?:{noun})\s*(?:per|an?|each|/)\s*min(?:ute)?\b)"
    amount = rf"{_NUMBER}\s*(k|m|thousand|million)?"
    found = re.search(
        rf"{amount}\s*{per_minute}|\b{short}(?: limit)?(?: is| of|:|=)?\s*{amount}\b", text, re.IGNORECASE
    )
    if found is None:
        return None, text
    number, scale = (found[1], found[2]) if found[1] else (found[3], found[4])
    return _value(number) * {"k": 1e3, "m": 1e6}.get((scale or "")[:1].lower(), 1.0), _blank(text, found)


def take_growth(text: str) -> tuple[float, str]:
    """(growth in percent, rest). A bill that grew is a complaint, not a forecast."""
    patterns: tuple[tuple[str, Callable[[re.Match[str]], float]], ...] = (
        (rf"\b{_USAGE}\b{_WITHIN}\b{_GROW}\b\s*(?:by|of|to be)?\s*{_HEDGE}{_PCT}", _percent),
        (rf"{_PCT}\s*(?:more|higher|extra|additional|increase in)\s+(?:\w+\s+)?{_USAGE}\b", _percent),
        (rf"{_PCT}\s*(?:\w+\s+)?(?:growth|increase in usage|usage growth)\b", _percent),
        (rf"\b(?:growth|growing|grow|grows)\b\s*(?:rate)?\s*(?:of|by|at|is|:)?\s*{_HEDGE}{_PCT}", _percent),
        (rf"\b{_USAGE}\b[^.?!;]{{0,25}}?\b(?:doubl\w+)\b|\bdoubl\w+ (?:the |our |my )?{_USAGE}\b", lambda _: 100.0),
        (rf"\b{_USAGE}\b[^.?!;]{{0,25}}?\b(?:tripl\w+)\b|\btripl\w+ (?:the |our |my )?{_USAGE}\b", lambda _: 200.0),
        (
            rf"{_NUMBER}\s*(?:x|\u00d7|times)\s*(?:the |our |more |as (?:much|many) )?{_USAGE}\b",
            _multiple,
        ),
        (rf"\b(?:at|with)\s+{_NUMBER}\s*(?:x\b|\u00d7)(?!\s*(?:as |the )?(?:fast|quick|speed))", _multiple),
    )
    for pattern, value in patterns:
        found = re.search(pattern, text, re.IGNORECASE)
        if found and not re.search(rf"\b{_BILL}\b[^,;]*\b{_GROW}\b", found.group(), re.IGNORECASE):
            return value(found), _blank(text, found)
    return 0.0, text


def take_speedup(text: str) -> tuple[float | None, str]:
    """("2x faster" -> 2.0, rest); "30 % faster" -> 1 / 0.7."""
    found = re.search(rf"{_NUMBER}\s*(?:x|\u00d7|times)\s*(?:as fast|faster|quicker|the speed)", text, re.IGNORECASE)
    if found:
        return _value(found[1]), _blank(text, found)
    found = re.search(
        r"\btwice as (?:fast|quick)|\bdouble the speed|\bhalve the latency|\bhalf the latency", text, re.IGNORECASE
    )
    if found:
        return 2.0, _blank(text, found)
    found = re.search(
        rf"{_PCT}\s*(?:faster|quicker|lower latency|less latency)|latency{_WITHIN}\bby\s+{_PCT}", text, re.IGNORECASE
    )
    if found and 0 < (pct := _value(found[1] or found[2])) < 100:  # noqa: PLR2004 - a share of the whole
        return round(1 / (1 - pct / 100), 4), _blank(text, found)
    return None, text


def take_effort(text: str) -> tuple[Level | None, str]:
    """("only quick wins" -> "low", rest); "no big projects" is "medium"."""
    patterns: tuple[tuple[Level, str], ...] = (("low", _LITTLE_EFFORT), ("medium", _NO_BIG_EFFORT))
    for level, pattern in patterns:
        found = re.search(pattern, text, re.IGNORECASE)
        if found:
            return level, _blank(text, found)
    return None, text


def take_latency(text: str) -> tuple[tuple[LatencyLimit, ...], str]:
    """Limits such as "keep search under 800 ms", "p95 of chat below 0.8 s", "latency under 1 s for chat"."""
    limits = []
    for found in re.finditer(rf"{_UNDER}\s*{_HEDGE}{_DURATION}", text, re.IGNORECASE):
        unit = found[2].lower()
        scale = _SECONDS[unit if unit in ("ms", "s") else unit.rstrip("s")]
        feature = _feature_after(text[found.end() :]) or _feature_before(text[: found.start()])
        limits.append(LatencyLimit(feature=feature, ms=_value(found[1]) * scale))
        text = _blank(text, found)
    return tuple(limits), text


def take_money(text: str) -> tuple[Money | None, Money | None, str]:
    """(amount to save, budget to come under, rest)."""
    under = (
        r"\b(?:to|under|below|within|at most|max(?:imum)?|budget(?: is| of)?|cap(?: it)?(?: at| of)?|less"
        rf" than)\s+{_HEDGE}{_MONEY}"
    )
    save = rf"\b{_CUT}\b{_WITHIN}(?:by\s+)?{_HEDGE}{_MONEY}|{_MONEY}\s*(?:cheaper|less|off|savings?|reduction|lower)"
    budget = re.search(under, text, re.IGNORECASE)
    if budget:
        text = _blank(text, budget)
    saved = re.search(save, text, re.IGNORECASE)
    if saved:
        text = _blank(text, saved)
    return _money(saved), _money(budget), text


def take_target(text: str) -> tuple[float | None, str]:
    """(percent of the bill to save, rest)."""
    patterns: tuple[tuple[str, Callable[[re.Match[str]], float]], ...] = (
        (rf"\bto\s+{_HEDGE}{_PCT}\s+of\b", lambda m: 100 - _percent(m)),
        (rf"\b{_CUT}\b{_WITHIN}\b(?:by|of|is|:)?\s*{_HEDGE}{_PCT}(?!\s*of (?:requests|traffic|users))", _percent),
        (
            (
                rf"{_PCT}\s*(?:\w+\s+)?(?:cheaper|less|lower|off|reductions?|savings?|cuts?|decrease|smaller|saved"
                r"|discount)\b"
            ),
            _percent,
        ),
        (rf"-\s?{_PCT}", _percent),
        (
            r"\b(?:in|by) half\b|\bhalv(?:e|es|ing)\b|\bhalf (?:the|my|our) (?:\w+ )?(?:bill|cost|price|spend)",
            lambda _: 50.0,
        ),
        (r"\bby (?:two|2)[ -]thirds\b", lambda _: 66.7),
        (r"\b(?:by (?:a|one) third|a third (?:cheaper|less|off|lower))\b", lambda _: 33.3),
        (r"\b(?:by (?:a|one) quarter|a quarter (?:cheaper|less|off|lower))\b", lambda _: 25.0),
        (r"\b(?:by (?:a|one) fifth|a fifth (?:cheaper|less|off|lower))\b", lambda _: 20.0),
    )
    for pattern, value in patterns:
        found = re.search(pattern, text, re.IGNORECASE)
        if found and 0 < (pct := value(found)) <= 100:  # noqa: PLR2004 - a share of the whole
            return pct, _blank(text, found)
    return None, text


def _percent(match: re.Match[str]) -> float:
    return _value(next(group for group in match.groups() if group))


def _multiple(match: re.Match[str]) -> float:
    """Percent more: 200 for "3x"."""
    return (_value(match[1]) - 1) * 100


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _money(match: re.Match[str] | None) -> Money | None:
    if match is None:
        return None
    groups = [group for group in match.groups() if group]
    number = next(group for group in groups if group[0].isdigit() or group[0] == ".")
    scale = {"k": 1e3, "m": 1e6}.get(next((group.lower() for group in groups if group.lower() in ("k", "m")), ""), 1.0)
    period = next((_PERIODS[group.lower()] for group in groups if group.lower() in _PERIODS), None)
    return Money(usd=_value(number) * scale, period=period)


def _feature_before(text: str) -> str:
    """The words just before the limit, without the words that only hold it together."""
    clause = re.split(r"[,;.?!]|\b(?:but|while|and|by|with)\b", text)[-1]
    clause = re.sub(rf"{_PCT}", " ", clause)
    return _name(clause)


def _feature_after(text: str) -> str:
    found = re.match(
        r"\s*(?:p\d\d|latency)?\s*(?:for|in|on)\s+((?:the |our |my )?[\w\"'`./-]+(?: [\w-]+)?)", text, re.IGNORECASE
    )
    return _name(re.split(r"\b(?:and|but|while|with|if|when)\b", found[1])[0]) if found else ""


def _name(words: str) -> str:
    quoted = re.search(r"[\"'`\u201c]([^\"'`\u201d]+)[\"'`\u201d]", words)
    if quoted:
        return quoted[1].strip()
    plain = re.sub(r"['\u2019]s\b", " ", words)
    left = re.sub(r"[^\w./ -]", " ", _FILLER.sub(" ", plain))
    return " ".join(left.split()[-3:]).strip(" .-/")


def _blank(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]

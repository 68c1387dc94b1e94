"""How fast answers must be: limits of latency and how many times as fast, each with its feature."""

import re
from collections.abc import Callable
from typing import Literal

from common.assistant.question.model import LatencyLimit, Speedup
from common.assistant.reading import constraint_numbers as numbers
from common.assistant.reading.constraint_numbers import DURATION, HEDGE, PCT, TIMES
from common.assistant.reading.features import feature_after, feature_before
from common.assistant.reading.slate import Slate

Percentile = Literal[50, 90, 95, 99]
_UNDER = (
    r"(?:\bunder|\bbelow|\bless than|\bwithin|\bat most|\bno (?:more|longer|slower|higher) than"
    r"|\bnot (?:more|above|over|longer|slower)(?: than)?|\bnot exceed(?:ing)?|\bnever exceed"
    r"|\bmax(?:imum)?(?: of)?|\bfaster than"
    r"|\bup to|\bbeneath|<=?|\u2264)"
)
_AT = r"(?:\bto|\bat|\bof|:)"
_LIMIT = re.compile(rf"(?P<under>{_UNDER})\s*{HEDGE}{DURATION}|(?P<at>{_AT})\s*{HEDGE}{DURATION}", re.IGNORECASE)
_SUB = re.compile(rf"\bsub[- ]?{DURATION}|\bsub[- ]?(?P<second>second)\b", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:p\s?(50|90|95|99)|(50|90|95|99)th percentile|(median)|latenc(?:y|ies)|response times?|ttft"
    r"|keep(?:ing)?|must"
    r"|stay(?:s|ing)?|hold|remains?|answers? in)\b",
    re.IGNORECASE,
)
_SPEED = r"(?:latenc(?:y|ies)|response times?|speed|performance|throughput)"
_MAKE = (
    r"(?:improv\w*|cut\w*|reduc\w*|lower\w*|boost\w*|increas\w*|speed\w*(?: up)?|make|better|need|want|get|bring\w*)"
)
_FASTER = (
    r"(?:as fast|faster|quicker|as quick(?:ly)?|the speed|speed-?up|(?:lower|less|better) latency|quicker responses)"
)
_WITHIN = r"(?P<between>[^.?!;]{0,50}?)"
_Read = Callable[[re.Match[str]], float | None]


def _share(match: re.Match[str]) -> float | None:
    """How many times as fast: "30 % faster" takes 70 % of the time."""
    pct = numbers.percent(match)
    return round(1 / (1 - pct / 100), 4) if 0 < pct < 100 else None  # noqa: PLR2004 - a share of the whole


_SPEEDUPS: tuple[tuple[re.Pattern[str], _Read], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"{TIMES}\s*{_FASTER}\b", numbers.percent),
        (rf"\b(?:{_MAKE}\s+)?(?:the |our )?{_SPEED}\b{_WITHIN}\b(?:by|to)?\s*{HEDGE}{TIMES}", numbers.percent),
        (rf"\bspeed\w*\b{_WITHIN}\bby\s+{HEDGE}{TIMES}", numbers.percent),
        (rf"\bimprov(?:e|ed|ing|ement)\b{_WITHIN}\b(?:by|of)\s+{HEDGE}{TIMES}", numbers.percent),
        (r"\btwice as (?:fast|quick(?:ly)?)|\bdouble the speed|\btwice the speed", lambda _: 2.0),
        (
            (
                r"\b(?:halve|half) (?:the |our )?(?:latency|response times?)"
                r"|\b(?:latency|response times?) (?:in half|by half|halve)"
            ),
            lambda _: 2.0,
        ),
        (rf"{PCT}\s*{_FASTER}\b|\blatenc(?:y|ies){_WITHIN}\bby\s+{HEDGE}{PCT}", _share),
        (rf"\bspeed\w*\b{_WITHIN}\bby\s+{HEDGE}{PCT}", _share),
    )
)


def take_speedups(slate: Slate) -> tuple[Speedup, ...]:
    """How many times as fast, 2.0 for "2x faster" and 1 / 0.7 for "30 % faster"; each with its feature."""
    matches: list[Speedup] = []
    for pattern, read in _SPEEDUPS:
        for match in pattern.finditer(slate.text):
            factor = read(match)
            if factor is None or _is_past(slate, match):
                continue
            slate.take_match("speedup", match)
            feature = _between(slate, match) or feature_after(slate, "speedup", match.end())
            feature = feature or feature_before(slate, "speedup", match.start())
            matches.append(Speedup(feature=feature, factor=factor))
    return tuple(matches)


def _between(slate: Slate, match: re.Match[str]) -> str | None:
    if "between" not in match.re.groupindex or match["between"] is None:
        return None
    return feature_before(slate, "speedup", match.end("between"))


def _is_past(slate: Slate, match: re.Match[str]) -> bool:
    return (
        re.search(r"\b(?:did|was|were|is|are|has|have|why|got)\b", slate.before(match.start()), re.IGNORECASE)
        is not None
    )


def take_latency(slate: Slate) -> tuple[LatencyLimit, ...]:
    """Limits such as "keep search under 800 ms", "p99 of chat below 0.8 s", "sub-2 second answers"."""
    limits: list[LatencyLimit] = []
    for match in list(_LIMIT.finditer(slate.text)):
        numbered = [group for group in match.groups()[1:] if group]
        aimed = numbers.is_aimed(slate, match.start())
        if numbers.is_threshold(slate, match.start()) or (match["at"] and not aimed):
            continue
        at = [group for group in numbered if group != match["at"]]
        limits.append(_limit(slate, match, numbers.milliseconds(at[0], at[1])))
    for match in list(_SUB.finditer(slate.text)):
        if not numbers.is_threshold(slate, match.start()):
            ms = numbers.milliseconds("1", "s") if match["second"] else numbers.milliseconds(match[1], match[2])
            limits.append(_limit(slate, match, ms))
    return tuple(limits)


def _limit(slate: Slate, match: re.Match[str], ms: float) -> LatencyLimit:
    slate.take_match("latency", match)
    feature = feature_after(slate, "latency", match.end()) or feature_before(slate, "latency", match.start())
    return LatencyLimit(feature=feature, percentile=_take_cues(slate, match), ms=ms)


def _take_cues(slate: Slate, match: re.Match[str]) -> Percentile:
    """The percentile that the clause names, else the 95th; its words about latency are read."""
    percentile: Percentile = 95
    before, after = slate.before(match.start()), slate.after(match.end())
    for words, start in ((before, match.start() - len(before)), (after, match.end())):
        for cue in _CUE.finditer(words):
            named: dict[str, Percentile] = {"50": 50, "90": 90, "95": 95, "99": 99}
            percentile = 50 if cue[3] else named.get(cue[1] or cue[2] or "", percentile)
            slate.take("latency", start + cue.start(), start + cue.end())
    return percentile

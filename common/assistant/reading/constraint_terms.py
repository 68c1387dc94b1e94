"""Effort, risk, money, quality and time that changes may take, and how many recommendations there are to be."""

import re
from datetime import date

from common.assistant.reading import constraint_numbers as numbers
from common.assistant.reading.constraint_numbers import NUMBER
from common.assistant.reading.slate import Slate
from common.core.vocabulary import Level

_LITTLE_EFFORT = (
    r"\b(?:(?:with |for )?(?:low|little|minimal|minimum|least)[ -](?:amount of )?(?:effort|work))\b"
    r"|\bwithout (?:much|a lot of|any big) (?:effort|work)\b"
    r"|\b(?:only )?(?:quick|easy) (?:wins?|fix(?:es)?)\b(?: only)?|\b(?:only|just) (?:the )?(?:easy|simple"
    r"|small) (?:changes|steps|things|ones)\b"
    r"|\bno engineering (?:work|effort|time)\b|\bno code changes?\b|\bwithout (?:any )?(?:code changes?"
    r"|engineering work)\b"
)
_NO_BIG_EFFORT = (
    r"\bno (?:big|large|major) (?:projects?|changes|efforts?|rewrites?|refactor\w*)\b|\bmedium effort at most\b"
    r"|\bat most medium effort\b|\bnothing (?:too )?(?:big|large|major)\b"
)
_EFFORTS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("low", re.compile(_LITTLE_EFFORT, re.IGNORECASE)),
    ("medium", re.compile(_NO_BIG_EFFORT, re.IGNORECASE)),
)
_EVALUATION = r"(?:an? |any |more )?(?:evals?|evaluations?|evaluating|quality tests?|a/b tests?|testing)"
_NO_EVALUATION = re.compile(
    (
        rf"\b(?:nothing|no changes?|no steps?|not anything) (?:that|which) (?:needs?|requires?|has to be"
        rf"|must be|would need)"
        rf" (?:{_EVALUATION}|evaluated|tested)\b"
        rf"|\b(?:only )?(?:changes|steps|things|what|ones)?\s?(?:that )?(?:does not|do not|doesn['\u2019]?t"
        rf"|don['\u2019]?t) (?:need|require) {_EVALUATION}\b"
        rf"|\bneed(?:s|ing)? no (?:evals?|evaluations?|testing)\b|\bwithout (?:needing |having to do |running "
        rf"|doing )?{_EVALUATION}\b"
        r"|\bno (?:evals?|evaluations?)\b(?! (?:scores?|data|results?))"
        r"|\b(?:only|just) (?:the )?(?:safe|low-?risk|risk-?free|low risk|risk free)(?: (?:changes|steps|ones"
        r"|things|options|measures|savings))?"
        r"|\b(?:safe|low-?risk|risk-?free) (?:changes|steps|ones|things|options) only\b|\bno(?:thing)? risk(?:y"
        r"|s)?(?: changes)?\b"
        r"|\bwithout (?:any )?risks?\b"
    ),
    re.IGNORECASE,
)
_MONEY_WORDS = r"(?:money|budget|spend(?:ing)?|costs?|investments?|cash|funds|expenses?)"
_NO_INVESTMENT = re.compile(
    (
        rf"\b(?:with )?no (?:more|additional|extra|further|new|upfront|up-front|initial) {_MONEY_WORDS}\b"
        r"|\bno (?:up-?front )?investments?\b|\bwithout (?:spending|paying|investing)(?: (?:any|even))?(?: more"
        r"| extra| a cent more)?(?: money)?\b"
        rf"|\bwithout (?:any )?(?:more|extra|additional|further|upfront|new) {_MONEY_WORDS}\b"
        rf"|\bwithout (?:any )?investments?\b"
        rf"|\bat no (?:extra|additional|upfront) {_MONEY_WORDS}\b|\b(?:have|there is"
        rf"|there['\u2019]?s) no (?:more )?(?:money|budget)(?: left)?\b"
        r"|\b(?:can['\u2019]?t|cannot|don['\u2019]?t want to|do not want to|won['\u2019]?t|may not"
        r"|must not) (?:spend|invest|pay)(?: any(?:thing)?)?(?: more"
        r"| extra)?(?: money)?\b(?!\s+(?:more\s+)?than\b|\s*\$?\d)"
    ),
    re.IGNORECASE,
)
_QUALITY_WORDS = r"(?:quality|accuracy|correctness|precision|success rate|quality scores?|scores?)"
_LEAST = (
    r"(?:above|over|at least|at or above|>=?|\u2265|no (?:less|lower|worse) than|not (?:below|under|less than"
    r"|lower than)"
    r"|(?:a )?minimum(?: of)?|better than|at|of at least)"
)
_NOT_BELOW = (
    r"(?:must not|mustn['\u2019]?t|may not|can ?not|can['\u2019]?t|should not|shouldn['\u2019]?t|not|never"
    r"|don['\u2019]?t|without)\b"
    r"[^.?!;]{0,30}?"
)
_SHARE = r"(?:\s*(?:%|percent\b|per cent\b))?"
_QUALITIES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:an? )?{_QUALITY_WORDS}\b(?:[^.?!;,\d]{{0,30}}?)\b{_NOT_BELOW}\b(?:below|under)\s*{NUMBER}{_SHARE}",
        rf"{_NOT_BELOW}\b{_QUALITY_WORDS}\b[^.?!;,\d]{{0,30}}?\b(?:below|under)\s*{NUMBER}{_SHARE}",
        rf"\b(?:an? )?{_QUALITY_WORDS}\b[^.?!;,\d]{{0,30}}?\s{_LEAST}\s*{NUMBER}{_SHARE}",
        rf"\b(?:at least|above|over|minimum)\s*{NUMBER}{_SHARE}\s*(?:of )?{_QUALITY_WORDS}\b",
        rf"\b(?:with|keep\w*|hold\w*|need\w*|at)\s+{NUMBER}{_SHARE}\s*{_QUALITY_WORDS}\b",
    )
)
_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_COUNT = rf"(?:(?P<count>\d{{1,3}})|(?P<word>{'|'.join(_COUNTS)}|an?))"
_SPAN_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DUE = re.compile(
    (
        rf"\b(?:within|in|in under|in less than|in the next|over the next"
        rf"|within the next)\s+{_COUNT}[\s-]+(?P<unit>day|week|month|quarter)s?\b(?! ago"
        r"| of (?:work|effort|engineering))"
        rf"|\b(?:by|before|until|till) (?:next |this |on )?(?P<weekday>{'|'.join(_WEEKDAYS)})\b"
        r"|\b(?:by the end of |by end of |before the end of |within |during |in )?(?:this|the) (?P<this>week"
        r"|month|quarter)\b"
        r"|\b(?:by |before )?(?P<near>today|tomorrow|tonight)\b|\bby (?:the )?(?:end of |next )(?P<next>week"
        r"|month|quarter)\b"
    ),
    re.IGNORECASE,
)
_DOES = re.compile(
    r"\b(?:(?:can|could|should|must|to) (?:we |i |be )?(?:do|change|fix|ship|act|start|implement|roll out|deploy)"
    r"|implement\w*|ship|roll(?:ed|ing)? out|deploy\w*|fix(?:ed)?|done|finish\w*|act|cut|reduce|save|lower|halve|trim"
    r"|improve|quick wins?|actions?|steps?|changes?|live|ready|start(?:ed)?|complete[d]?|plan|doable|deadline|due)\b",
    re.IGNORECASE,
)
_DID = re.compile(
    r"\b(?:did|saved|was|were|spent|spend|cost|went|grew|has|happened|changed|so far|forecast|bill be|pay)\b",
    re.IGNORECASE,
)
_MONTHS = re.compile(
    (
        r"\b(?:over|for|in|after|at|within|next|across|horizons? of|the next)?\s*(?:the )?(?:next )?(?<![\w.,])"
        r"(?P<counts>\d{1,2}(?:[ -]?months?)?(?:(?:\s*,\s*|\s*/\s*|\s+)(?:(?:and|or"
        r"|to)\s+)?\d{1,2}(?:[ -]?months?)?)*)[ -]?"
        r"(?P<unit>months?|years?)\b(?:[ -]horizons?)?(?! ago)"
    ),
    re.IGNORECASE,
)
_AGO = re.compile(r"\b(?:last|past|previous|since|of the first|first)\s*(?:the )?$", re.IGNORECASE)
_OVER_A_YEAR = re.compile(r"\bover (?:an?|one|the next) year\b|\bover the next twelve months\b", re.IGNORECASE)
_HORIZON_WORDS = re.compile(
    r"\b(?:over|for|after|next|across|horizon|months? and|view|case|forecast|project\w*|roi|payback)\b|\d",
    re.IGNORECASE,
)
_YEAR = 12
_MOST_MONTHS = 60
_THING = (
    r"(?:recommendations?|ideas?|suggestions?|savings?|opportunit(?:y|ies)|measures?|changes?|steps?"
    r"|actions?|levers?|options?|quick wins?)"
)
_TOPS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:the )?(?:top|first|best|biggest|largest)\s+{_COUNT}\s+(?:\w+[- ]){{0,2}}?{_THING}\b",
        rf"\b{_COUNT}\s+(?:best|biggest|largest|top|most effective|most important)\s+{_THING}\b",
        (
            rf"\b(?:the )?(?:top|best|biggest|largest)\s+{_COUNT}\b(?=\s+(?:would|will|could|save|bring|give"
            rf"|of (?:them|those|these)))"
        ),
        (
            rf"\b(?:give|show|list|tell|name|suggest|propose|want)(?: me| us)?\s+(?:only "
            rf"|just )?{_COUNT}\s+(?:\w+ )?(?:recommendations?|ideas?|suggestions?|levers?|quick wins?)\b"
        ),
        (
            r"\b(?P<most>at most|no more than|not more than|up to|max(?:imum)?(?: of)?|only|just|fewer than|less than"
            rf"|under)\s+{_COUNT}\s+(?:\w+ )?{_THING}\b"
        ),
    )
)


def take_effort(slate: Slate) -> Level | None:
    """The most that a change may take: "low" of "only quick wins", "medium" of "no big projects"."""
    for level, pattern in _EFFORTS:
        if match := pattern.search(slate.text):
            slate.take_match("max_effort", match)
            return level
    return None


def take_no_evaluation(slate: Slate) -> bool:
    """Whether only what needs no evaluation is wanted."""
    return _says(slate, "no_evaluation", _NO_EVALUATION)


def take_no_investment(slate: Slate) -> bool:
    """Whether nothing may cost before it saves."""
    return _says(slate, "no_investment", _NO_INVESTMENT)


def _says(slate: Slate, name: str, pattern: re.Pattern[str]) -> bool:
    matches = list(pattern.finditer(slate.text))
    for match in matches:
        slate.take_match(name, match)
    return bool(matches)


def take_quality(slate: Slate) -> float | None:
    """The least quality, as it is written: 95 for "95 %", 0.9 for "0.9"."""
    for pattern in _QUALITIES:
        for match in pattern.finditer(slate.text):
            if not numbers.is_threshold(slate, match.start()):
                slate.take_match("quality", match)
                return numbers.percent(match)
    return None


def take_due(slate: Slate, today: date | None) -> int | None:
    """Days until something must be done: 7 for "this week". A weekday without `today` is within a week, guessed."""
    for match in _DUE.finditer(slate.text):
        before = slate.before(match.start(), written=True)
        after = slate.after(match.end(), written=True)
        if not _DOES.search(before + after) or (_DID.search(before) and match["weekday"] is None):
            continue
        slate.take("due_days", *match.span(), certain=match["weekday"] is None or today is not None)
        return _days(match, today)
    return None


def _days(match: re.Match[str], today: date | None) -> int:
    if weekday := match["weekday"]:
        ahead = (_WEEKDAYS.index(weekday.lower()) - today.weekday()) % 7 if today else 7
        return ahead or 7
    if near := match["near"]:
        return 0 if near.lower() != "tomorrow" else 1
    if unit := match["this"] or match["next"]:
        return _SPAN_DAYS[unit.lower()]
    return _count(match) * _SPAN_DAYS[match["unit"].lower()]


def _count(match: re.Match[str]) -> int:
    return int(match["count"]) if match["count"] else _COUNTS.get(match["word"].lower(), 1)


def take_horizons(slate: Slate) -> tuple[int, ...]:
    """Months ahead: (6, 12) for "over 6 and 12 months"; what lies behind is none."""
    months: list[int] = []
    for match in _MONTHS.finditer(slate.text):
        before = slate.before(match.start())
        ahead = _HORIZON_WORDS.search(match.group()[: match.start("counts") - match.start()]) or _HORIZON_WORDS.search(
            before
        )
        listed = [int(number) for number in re.findall(r"\d+", match["counts"])]
        if _AGO.search(before) or not (ahead or len(listed) > 1):
            continue
        times = _YEAR if match["unit"].lower().startswith("year") else 1
        months += [number * times for number in listed if 0 < number * times <= _MOST_MONTHS]
        slate.take_match("horizons", match)
    if not months and (year := _OVER_A_YEAR.search(slate.text)):
        slate.take_match("horizons", year)
        months.append(_YEAR)
    return tuple(dict.fromkeys(months))


def take_top(slate: Slate) -> int | None:
    """How many recommendations; of models or users it is a ranking."""
    for pattern in _TOPS:
        match = pattern.search(slate.text)
        if match and (match["word"] or "").lower() not in ("one", "a", "an"):
            below = re.match(r"fewer|less|under", match.groupdict().get("most") or "", re.IGNORECASE)
            top = _count(match) - (below is not None)
            if top > 0:
                slate.take_match("top", match)
                return top
    return None

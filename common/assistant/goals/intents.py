"""Which kind of question it is, what it asks for, and whether it points back to an earlier answer."""

import re

from common.assistant.goals.goal import Intent, Kind
from common.spend import By, Measure

_SMALLTALK = re.compile(
    r"\W*(?:(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day)|greetings|thanks?(?: you)?(?: (?:so"
    r"|very) much| a lot)?|thx|cheers|bye"
    r"|goodbye|see you|ok(?:ay)?|great|cool|nice|perfect|awesome|got it|sounds good|how are you(?: doing)?(?:"
    r" today)?|how'?s it going|what'?s up"
    r"|who are you|what are you|what can you do(?: for me)?|what do you do|how can you help(?: me)?|can you help(?:"
    r" me)?|help(?: me)?"
    r"|are you (?:a )?(?:bot|human|ai|real)|tell me a joke|there|again|apex|netra|team|everyone|and|that was"
    r" helpful|very helpful|no|yes|please|test(?:ing)?)\W*)+",
    re.IGNORECASE,
)
_INTERNALS = re.compile(
    r"\b(?:your|the) (?:own )?(?:system|hidden|initial|internal|secret|developer|original|full)[ -]?(?:prompt"
    r"|instructions?|messages?|rules|text)"
    r"|\bsystem prompt of yours|\byour (?:prompts?|instructions|guidelines|configuration|api keys?|transcripts?"
    r"|source code|tools? (?:schemas?|definitions?|json))\b"
    r"|\b(?:ignore|disregard|forget) (?:all |any |your |the )*(?:previous|prior|above|earlier)?\s*(?:instructions?"
    r"|prompts?|rules)"
    r"|\brepeat (?:the words|everything|the text|all) above|\b(?:show|print|reveal|give|tell|dump|output) (?:me"
    r" )?(?:your|the) (?:system )?prompt"
    r"|\bwhat (?:were you told|are your instructions|does your prompt)|\b(?:show|print|reveal|dump) (?:me )?(?:the"
    r" )?(?:tool json|system message|api keys?)",
    re.IGNORECASE,
)
_OWN_PROMPT = re.compile(r"\b(?:my|our|their) (?:own )?system[ -]?prompts?", re.IGNORECASE)
_EXPORT = re.compile(
    r"\b(?:which|what) (?:export|file|log|data|report|csv|columns?|format)s?\b[^.?!]*\b(?:need|want|upload|support"
    r"|send|export|give|accept|work)"
    r"|\bhow (?:do|can|should) (?:i|we) (?:export|upload|import|get (?:my|our|the)? ?(?:usage|data|logs?|export)"
    r"|connect|download|bring)"
    r"|\bwhere (?:do|can) (?:i|we) (?:find|get|download)\b|\b(?:do|can) you (?:support|read|import|work with)\b"
    r"|\bexport (?:my|our|the) (?:usage|data|logs?)"
    r"|\bhow (?:do|can) (?:i|we) (?:start|begin|get started)",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    (
        r"\W*(?:what(?:'s| is| are| does| do)|explain|define|describe|how (?:does|do|is|are)|why (?:is|are|do|does)"
        r"|difference between|is it true|tell me about|when (?:is|are|should one))\b"
    ),
    re.IGNORECASE,
)
_OWN = re.compile(
    (
        r"\b(?:my|our|mine|ours|we|us|me|i|the (?:bill|data|log|file|invoice|spend|cost|costs)|this (?:bill|data|log"
        r"|file|spend)|save|these|that|them)\b"
    ),
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_AHEAD = r"(?:next|coming) (?:month|quarter|week|year|\d+ days)"
_WILL_COST = r"\bwill (?:[\w']+ ){1,4}(?:cost|pay|spend|owe)\b"
_MEANT: dict[Intent, str] = {
    "totals": (
        r"\bhow much (?:did|do|have|are|am|was|were|is|does)\b|\btotals?\b|\bwhat did [^.?!]{1,40} cost\b"
        r"|\b(?:did|do|have) (?:i|we) sp(?:en[dt])|\bsp(?:end|ent) (?:so far|on|in)\b|\bmonthly (?:cost|bill|spend)"
        r"|\boverview\b|\bsummar|\banaly[sz]|\b(?:bill|invoice)\b"
        r"|\bwhat (?:did|does|do) (?:i|we|it|this|that) (?:spend|cost|pay)"
        r"|\b(?:costs?|spend(?:ing)?) (?:has |have )?(?:went|gone|grew|grown|rose|risen|increased|jumped|is|are|was)\b"
    ),
    "reduce": (
        r"\b(?:cut|reduc|lower|sav(?:e|ing)|shav|trim|decreas|slash|shrink|cheap|optimi[sz]|wast|recommend|opportunit"
        r"|too expensive|too (?:much|high)|bring (?:\w+ ){0,3}down|spend less|pay less|improv|low.hanging"
        r"|get (?:\w+ ){0,4}(?:under|below)|budget)"
    ),
    "duplicates": (
        r"\bduplicat|\bidentical\b|\bsame (?:prompt|request|question|call)|\bdedup"
        r"|\brepeat(?:ed|ing) (?:prompt|request|question|call)"
    ),
    "batch": r"\bbatch|\bflex\b|\basynchron|\bovernight\b|\bnot urgent",
    "caching": r"\bcach(?:e|es|ed|ing)\b",
    "errors": (
        r"\berrors?\b|\bfail(?:s|ed|ing|ure|ures)?\b|\bretr(?:y|ies|ying)\b|\btime-?outs?\b|\b429s?\b|\brate.limit"
    ),
    "latency": (
        r"\blatenc|\bslow|\bresponse times?\b|\bttft\b|\btime to first|\bfast(?:er|est)?\b|\bquick(?:er)?\b|\bp9[059]\b"
    ),
    "distribution": (
        r"\bdistribut|\bpercentiles?\b|\bp(?:50|90|95|99)\b|\bmedian\b|\btypical\b|\baverage\b|\bper request\b"
        r"|\bmean (?:cost|tokens|input|output|latency|prompt)|\bhow (?:long|large|big) (?:are|is)\b"
        r"|\bhistogram|\bspread\b"
    ),
    "anomaly": (
        r"\banomal|\bspik(?:e|es|ed|ing)\b|\bunusual|\boutliers?\b|\bout of line\b|\bodd (?:day|cost|spend)"
        rf"|\bwhy (?:did|was|were|is|are)\b[^.?!]*\b(?:{_WEEKDAY}|(?:that|this) day\b|{_MONTH}\s+\d|\d{{4}}-\d\d-\d\d)"
        rf"|\bwhat happened (?:on |last )?{_WEEKDAY}"
    ),
    "forecast": (
        rf"\bforecast|\bpredict|\bprojections?\b|\bwill (?:[\w']+ ){{0,4}}{_AHEAD}[^.?!]{{0,20}}\b(?:cost|be|come)\b"
        rf"|{_WILL_COST}[^.?!]*\b{_AHEAD}|\b{_AHEAD}[^.?!]*{_WILL_COST}"
    ),
    "comparison": (
        r"\b(?:was|were|did|has|have|is|are)\b[^.?!]{0,60}\b(?:worth (?:it|the)|pa(?:y|id|ying|ys)? off)"
        r"|\bbefore and after\b"
        r"|\b(?:did|has) (?:the|our|my|that) (?:\w+ )?(?:upgrade|switch|migration|move|rollout)\b"
        r"|\bsince (?:the|our|we) (?:\w+ )?(?:upgrade|switch|chang|migrat|mov|roll)"
    ),
    "headroom": (
        r"\brate.?limits?\b|\brpm\b|\btpm\b|\bheadroom\b|\b(?:requests?|tokens?|calls?) (?:per|a) min(?:ute)?\b"
    ),
    "proven": (
        r"\b(?:have|has|did|are) (?:we|i|you|it|that|they|apex) (?:(?:already|really|actually|ever) )?sav(?:ed?|ing)\b"
        r"|\bsav(?:ed|ings?) (?:so far|until now|up to now|to date|already)\b"
        r"|\b(?:proven|proved|verified|measured|reali[sz]ed) savings?\b|\bsavings? (?:ledger|statement|report)\b"
        r"|\b(?:show|see|list|what (?:are|were)|how (?:are|large are|big are)) (?:me )?(?:my|our) savings\b"
    ),
    "plan": (
        r"\bplan\b|\bsteps?\b|\bhow (?:do|would|should) (?:i|we) (?:implement|roll|start|do)|\bimplement|\broll ?out"
        r"|\baction"
    ),
}
_BY: tuple[tuple[By, str], ...] = (
    ("model", r"models?"),
    ("feature", r"features?|endpoints?|products?|use cases?|apps?|applications?|services?"),
    ("user", r"users?|customers?|teams?|clients?|tenants?|people|person|accounts?"),
    ("day", r"days?|dates?|daily"),
    ("hour", r"hours?|time of day|hourly"),
    ("status", r"status(?:es)?|error types?"),
    ("provider", r"providers?|vendors?"),
)
_MEASURES: tuple[tuple[Measure, str], ...] = (
    ("ttft_ms", r"\bttft\b|\btime to (?:the )?first"),
    ("latency_ms", r"\blatenc|\bslow|\bresponse times?\b|\bfast|\bp9[059]\b(?! (?:tokens|input|output|cost|prompt))"),
    ("output_tokens", r"\boutputs?\b|\bcompletions?\b|\bgenerated\b|\btokens?\b|\banswers?\b"),
    ("input_tokens", r"\binputs?\b|\bprompts?\b|\bcontext\b|\btokens?\b"),
    (
        "cost_usd",
        (
            r"\bcosts? (?:of|per) (?:a |each |every )?(?:request|call)|\bper.request cost|\bcost distribution|\brequest"
            r" costs?\b|\bdistribution of (?:\w+ )?costs?"
        ),
    ),
)
_ABOUT_DATA = {"totals", "breakdown", "distribution", "errors", "duplicates", "proven", "follow_up"}
_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "last": -1, "biggest": 1, "largest": 1, "best": 1, "top": 1,
}  # fmt: skip
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_THING = (
    r"(?:ones?|recommendations?|options?|suggestions?|ideas?|changes?|opportunit(?:y|ies)|steps?|items?"
    r"|measures?|savings?|actions?|of (?:them|those|these))"
)
_ORDINAL = rf"({'|'.join(_ORDINALS)})"
_VERB = r"(?:plan|do|implement|explain|about|with|roll out|skip|apply|start|detail|expand on|and|describe|show me|for)"


def kind_of(question: str, intents: tuple[Intent, ...], *, has_data: bool, limited: bool) -> Kind:
    """Which way the question goes; with data at hand an unclear question is about them."""
    asks = bool(intents) or limited
    if (
        _INTERNALS.search(question)
        and not _OWN_PROMPT.search(question)
        and not limited
        and not set(intents) & {"totals", "breakdown", "reduce"}
    ):
        return "internals"
    if _SMALLTALK.fullmatch(question):
        return "smalltalk"
    if _EXPORT.search(question) and not limited:
        return "export"
    if _GENERAL.match(question) and not _OWN.search(question) and not limited and not set(intents) & _ABOUT_DATA:
        return "general"
    return "spend" if asks or has_data else "general"


def intents_of(text: str) -> tuple[Intent, ...]:
    """What the words ask for, amounts and names aside."""
    return tuple(intent for intent, pattern in _MEANT.items() if re.search(pattern, text, re.IGNORECASE))


def breakdowns_of(text: str) -> tuple[By, ...]:
    """By what the cost is to be split, in the order of the product."""
    found = [by for by, words in _BY if _splits_by(text, words)]
    if not found and re.search(
        (
            r"\bbreak ?(?:it |that |this |them |costs? |spend )?down\b|\bbreakdown\b|\bwhere (?:does|is|did) (?:the |my"
            r" |our )?(?:money|spend|cost)"
        ),
        text,
        re.IGNORECASE,
    ):
        return ("model", "feature")
    trends: list[By] = (
        ["day"]
        if re.search(r"\bover time\b|\btrends?\b|\bper day\b|\bdaily\b|\bspikes?\b", text, re.IGNORECASE)
        else []
    )
    trends += (
        ["hour"] if re.search(r"\bpeak hours?\b|\bhourly\b|\bwhat time\b|\bwhen do we\b", text, re.IGNORECASE) else []
    )
    return tuple(dict.fromkeys([*found, *trends]))


def _splits_by(text: str, words: str) -> bool:
    patterns = (
        rf"\b(?:by|per|each|every|across|split (?:by|per))\s+(?:\w+\s+(?:and|&|,)\s+)?(?:the )?(?:{words})\b",
        rf"\bby \w+,? (?:\w+,? )?(?:and|&|,) (?:{words})\b",
        rf"\b(?:which|what|whose)\s+(?:\w+\s+)?(?:{words})\b",
        rf"\b(?:top|most expensive|costliest|biggest|largest|priciest|cheapest)\s+(?:\d+\s+|\w+\s+)?(?:{words})\b",
    )
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def measures_of(text: str) -> tuple[Measure, ...]:
    """Which measures a question on distributions means; none named: tokens of requests and answers."""
    found = tuple(measure for measure, pattern in _MEASURES if re.search(pattern, text, re.IGNORECASE))
    return found or ("input_tokens", "output_tokens")


def days_of(text: str) -> tuple[str, ...]:
    """Days that are named: "2026-10-29" as it is, "October 29" and "29 Oct" as "10-29"."""
    found = re.findall(r"\b\d{4}-\d{2}-\d{2}\b", text)
    for month, day, year in re.findall(
        rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?", text, re.IGNORECASE
    ):
        found.append(_date(month, day, year))
    for day, month, year in re.findall(
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}\b(?:,?\s+(\d{{4}}))?", text, re.IGNORECASE
    ):
        found.append(_date(month, day, year))
    return tuple(dict.fromkeys(found))


def weekdays_of(text: str) -> tuple[str, ...]:
    """Weekdays that are named, lower case."""
    return tuple(dict.fromkeys(day.lower() for day in re.findall(rf"\b({_WEEKDAY})s?\b", text, re.IGNORECASE)))


def _date(month: str, day: str, year: str) -> str:
    """An ISO date, without the year where none is named."""
    number = _MONTHS.index(month[:3].lower()) + 1
    return f"{year}-{number:02}-{int(day):02}".lstrip("-")


def top_of(text: str) -> int | None:
    """N of "top N" recommendations; of models or users it is a breakdown."""
    found = re.search(
        (
            rf"\b(?:top|first|best|biggest|largest)\s+(\d{{1,2}}|{'|'.join(_NUMBERS)})\b(?!\s*(?:%|percent|days?|hours?"
            r"|weeks?|months?))\s*(\w+)?"
        ),
        text,
        re.IGNORECASE,
    )
    if found is None or (found[1].lower() == "one"):
        return None
    after = (found[2] or "").lower()
    if any(re.fullmatch(words, after, re.IGNORECASE) for _, words in _BY) or after in ("spenders", "consumers"):
        return None
    return int(found[1]) if found[1].isdigit() else _NUMBERS[found[1].lower()]


def positions_of(text: str) -> tuple[int, ...]:
    """Recommendations pointed at: "the first one", "option 2", "plan the second and the third"."""
    found: list[int] = []
    patterns = (
        rf"\b{_ORDINAL}\s+(?:\w+\s+)?{_THING}\b",
        rf"\b{_VERB}\s+(?:the\s+)?{_ORDINAL}\b(?=\s*(?:$|[.?!,;]|and\b|for me|please|in detail|now|too))",
        r"(?:\b(?:option|recommendation|suggestion|opportunity|idea|number|no\.|step) ?#?|#)(\d{1,2})\b(?!\s*%)",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            word = match[1].lower()
            found.append(int(word) if word.isdigit() else _ORDINALS[word])
    return tuple(dict.fromkeys(found))


def refers_back(text: str) -> bool:
    """True if the words make sense only after an earlier answer."""
    return bool(
        re.search(
            r"\b(?:that|those|these|them|it all|this one|the (?:recommendations?|plan|suggestions?|options?|ideas?"
            r"|opportunit(?:y|ies)|savings?)"
            r"|you (?:said|suggested|recommended|proposed|mentioned|found))\b",
            text,
            re.IGNORECASE,
        )
        or re.match(
            r"\W*(?:and|what about|how about|also|then|instead|why|ok(?:ay)?,? (?:and|but|so)|but|so)\b",
            text,
            re.IGNORECASE,
        )
    )

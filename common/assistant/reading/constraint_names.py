"""What may not be used, what alone may be, and what must stay: models, providers, features and kinds of changes."""

import re
from functools import cache
from typing import cast

from common.assistant.question.model import Keep
from common.assistant.reading.features import feature_in
from common.assistant.reading.masks import MODEL, PROVIDER, TARGET, Masked, words_of
from common.assistant.reading.slate import Slate
from common.spend import OpportunityKind

_LIST = (
    rf"(?:{TARGET}(?: models?)?(?:(?:\s*,\s*|\s*/\s*|\s+)(?:(?:and|or|nor)\s+)?(?:any |the |use )?{TARGET}(?:"
    r" models?)?){0,15})"
)
_NOT = (
    r"(?:\bno(?: more)?|\bnot(?: on| with)?|\bwithout|\bavoid(?:ing)?|\bexcept(?: for)?|\bexclud(?:e|es|ing)"
    r"|\bdon['\u2019]?t|\bnever|\bcan['\u2019]?t|\bcannot|\bmust not|\bmay not"
    r"|\bban(?:s|ned)?|\banything but|\bother than|\brul(?:e|ing) out|\bskip(?:ping)?|\bwon['\u2019]?t"
    r"|\bisn['\u2019]?t allowed|\baren['\u2019]?t allowed to|\bleav(?:e|ing) out)"
)
_LINK = (
    r"(?:\s+(?:want(?: to)?|like(?: to)?|allowed|to|be|us(?:e|ing)|any|the|(?:switch(?:ing)?|mov(?:e|ing)) (?:to|onto"
    r"|from)|go(?:ing)?|run(?:ning)?|of|on|for|from|with|models?|by|trust|propose|suggest|recommend|do|think"
    r" about))*\s+"
)
_OUT = r"\s+(?:is|are) (?:not allowed|banned|forbidden|out|off the table|not an option)"
_EXCLUDED = tuple(
    re.compile(pattern, re.IGNORECASE) for pattern in (rf"{_NOT}{_LINK}(?P<list>{_LIST})", rf"(?P<list>{_LIST}){_OUT}")
)
_ONLY = re.compile(
    (
        r"\b(?:stay(?:ing)?|stick(?:ing)?|remain(?:ing)?|keep(?:ing)? (?:it |us |everything )?)\s*(?:on|with|to"
        r"|within"
        rf"|in|at|inside)\s+(?P<stay>{_LIST})"
        rf"|\bkeep(?:ing)? (?:using )?(?P<keep>{PROVIDER})(?! \w+ (?:under|below))|\bonly (?:use |on |with |from "
        rf"|via )?(?P<only>{_LIST})|(?P<alone>{_LIST}) only\b"
    ),
    re.IGNORECASE,
)
_FEATURE = r"(?P<feature>(?<![\w./-])(?:the |our |my )?[\"'`]?[\w./-]{1,60}+(?: [\w-]{1,60}+)?[\"'`]?)"
_KEEP = r"\b(?:keep|leave|retain|stay on|stay with|stick with|stick to)(?:ing)?\s+(?:using |with |on )?"
_STAYS = r"\s+(?:must |should |has to |needs to )?(?:stays?|remains?)(?: as is)?"
_DO_NOT = r"\b(?:do not|don['\u2019]?t|never|without|must not|may not|cannot|can['\u2019]t)"
_AS_IT_IS = r"(?:alone|as (?:it )?is|unchanged|untouched)"
_KEEP_ONE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_KEEP}(?P<model>{MODEL})(?:\s+(?:for|in|on|behind)\s+{_FEATURE})?",
        rf"(?P<model>{MODEL}){_STAYS}(?:\s+(?:for|in|on)\s+{_FEATURE})?",
        rf"\b(?:keep|leave)(?:ing)? {_FEATURE} (?:on|with) (?P<model>{MODEL})",
        rf"{_DO_NOT} (?:touch|chang)(?:e|ing)? {_FEATURE}",
        rf"\b(?:leave|keep|leaving|keeping) {_FEATURE} (?:{_AS_IT_IS}|out\b)",
        rf"{_FEATURE} (?:must|should|has to|needs to) (?:stay|remain) {_AS_IT_IS}",
    )
)
_STOP = re.compile(
    r"\b(?:and|but|while|with|if|when|under|below|at|feature|as|is|please|everything else|or)\b.*", re.IGNORECASE
)
_NO_FEATURE = re.compile(
    r"(?:the |our |my |any)?(?:anything|everything|nothing|it|that|this|them|much|quality|code|latency|prompts?"
    r"|models?"
    r"|providers?|things?|a|results?|answers?|users?|customers?|bill|rest|costs?|speed)?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:how much (?:did|do|does|is|was|were)|how many|what (?:did|does|do|is|was|were)|cost (?:of|per)|list|show"
    r"|which|total|spend by)\b|^\W*(?:the |our |and )?(?:costs?|spend|requests?|tokens?|latency|errors?)\b",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(?:sav(?:e|es|ing|ings)|cut|reduc\w*|lower|cheaper|optimi[sz]\w*|plan|improv\w*|target|faster|recommend\w*"
    r"|suggest\w*|switch\w*|halve|bring|under|below|budget|trim|slash|less|down|should|advi[cs]e|options?)\b",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"\b(?:we|i|they|it)\s+(?:do not|don['\u2019]?t|are not|aren['\u2019]?t|have no|have not|haven['\u2019]?t"
    r"|had no)\s+"
    r"(?:yet\s+)?(?:us(?:e|ing)|have|run(?:ning)?|do(?:ing)?)?\b|\bthere (?:is|was|are|were)\b.{0,12}\bno\b|\bwhy\b"
    r"|\b(?:is|was|are) there no\b",
    re.IGNORECASE,
)


def measures_only(message: str) -> bool:
    """Whether a message asks for figures, so that "without Gemini" is a filter and no constraint."""
    return _ASKS.search(message) is not None and _PLANS.search(message) is None


def take_excluded(slate: Slate, masks: Masked) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(excluded models, excluded providers)."""
    models: list[str] = []
    providers: list[str] = []
    for pattern in _EXCLUDED:
        for match in pattern.finditer(slate.text):
            named, owners = masks.models_in(match["list"]), masks.providers_in(match["list"])
            models += named
            providers += owners
            slate.take("excluded_models" if named else "excluded_providers", *match.span())
    return tuple(dict.fromkeys(models)), tuple(dict.fromkeys(providers))


def take_only(slate: Slate, masks: Masked) -> tuple[str, ...]:
    """The only providers allowed."""
    only = _ONLY.search(slate.text)
    if only is None:
        return ()
    named = masks.providers_in(next(group for group in only.groups() if group))
    if named:
        slate.take_match("only_providers", only)
    return named


def take_kept(slate: Slate, masks: Masked) -> tuple[Keep, ...]:
    """Models and features that must stay; a feature that the data do not have as it is written."""
    kept: list[Keep] = []
    for pattern in _KEEP_ONE:
        for match in pattern.finditer(slate.text):
            named = masks.models_in(match["model"]) if "model" in pattern.groupindex else ()
            feature = _feature(slate, match)
            if named or feature:
                _take_around(slate, match)
                kept.append(Keep(model=named[0] if named else None, feature=feature))
    return tuple(kept)


def _feature(slate: Slate, match: re.Match[str]) -> str | None:
    """Of the words where a feature is named."""
    if match["feature"] is None:
        return None
    words = _STOP.sub("", match["feature"])
    if _NO_FEATURE.fullmatch(words.strip(" \"'`")):
        return None
    start = match.start("feature")
    return feature_in(slate, "keeps", start, start + len(words), from_end=True)


def _take_around(slate: Slate, match: re.Match[str]) -> None:
    """All of a match but the words that are no part of the feature."""
    if match["feature"] is None:
        slate.take_match("keeps", match)
        return
    slate.take("keeps", match.start(), match.start("feature"))
    slate.take("keeps", match.end("feature"), match.end())


@cache
def _kind_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    every = rf"(?:{'|'.join(words_of('kinds').values())})"
    kinds = (
        rf"(?P<list>{every}(?:(?:\s*,\s*|\s+)(?:(?:and|or|nor)\s+)?(?:no )?{every}){{0,9}})(?!-"
        rf"|\s*(?:rates?|tokens?|misses|hits)\b)"
    )
    return tuple(
        (name, re.compile(pattern, re.IGNORECASE))
        for name, pattern in (
            ("excluded_kinds", rf"{_NOT}{_LINK}\b{kinds}\b"),
            ("excluded_kinds", rf"\b{kinds}{_OUT}"),
            (
                "only_kinds",
                rf"\b(?:only|just|nothing but|exclusively|solely)\s+(?:with |by |use |do |via |through )?{kinds}\b",
            ),
            ("only_kinds", rf"\b{kinds} (?:only|alone)\b"),
        )
    )


def take_kinds(slate: Slate) -> tuple[tuple[OpportunityKind, ...], tuple[OpportunityKind, ...]]:
    """(the only kinds wanted, kinds not wanted); "we do not use batch" excludes nothing."""
    named: dict[str, list[str]] = {"only_kinds": [], "excluded_kinds": []}
    for name, pattern in _kind_patterns():
        for match in pattern.finditer(slate.text):
            if not _FACT.search(f"{slate.before(match.start())}{match.group()[:24]}"):
                named[name] += _kinds_in(match["list"])
                slate.take(name, *match.span())
    only, excluded = (cast("list[OpportunityKind]", list(dict.fromkeys(each))) for each in named.values())
    return tuple(only), tuple(excluded)


def _kinds_in(words: str) -> list[str]:
    """Those whose words stand in a list, each as a whole."""
    parts = re.split(r"\s*,\s*|\s+(?:and|or|nor)\s+(?:no )?", words)
    kinds = words_of("kinds").items()
    return [kind for part in parts for kind, means in kinds if re.fullmatch(means, part.strip(), re.IGNORECASE)]

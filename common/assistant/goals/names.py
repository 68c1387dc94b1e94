"""Models and providers in a question: which are excluded, kept, the only ones allowed, or asked about.

Every model and provider of the text is first replaced by one private letter, so that patterns see them as one thing.
"""

import re
from dataclasses import dataclass

from common.assistant.goals.goal import Keep
from common.spend import find_models

PROVIDERS: dict[str, str] = {
    "azure": r"azure(?: open ?ai)?",
    "openai": r"open ?ai|chatgpt|gpt",
    "anthropic": r"anthropic|claude",
    "google": r"google|gemini|vertex(?: ai)?",
    "mistral": r"mistral(?: ai)?",
    "deepseek": r"deepseek",
    "x-ai": r"x\.?ai|grok",
    "cohere": r"cohere",
    "aws": r"aws|amazon|bedrock",
    "groq": r"groq",
    "meta": r"meta|llama",
    "moonshotai": r"moonshot(?: ai)?|kimi",
    "zai": r"z\.?ai",
    "cerebras": r"cerebras",
    "together": r"together(?: ai)",
    "fireworks": r"fireworks(?: ai)?",
    "perplexity": r"perplexity",
}
"""Provider ids of the price list, with the names people use."""

_MODEL_BASE, _PROVIDER_BASE = 0xE100, 0xE200
MODEL, TARGET = "[\ue100-\ue1ff]", "[\ue100-\ue2ff]"
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]*")
_LIST = (
    rf"(?:{TARGET}(?: models?)?(?:(?:\s*,\s*|\s*/\s*|\s+)(?:(?:and|or|nor)\s+)?(?:any |the |use )?{TARGET}(?:"
    r" models?)?)*)"
)
_NOT = (
    r"(?:\bno(?: more)?|\bnot(?: on| with)?|\bwithout|\bavoid(?:ing)?|\bexcept(?: for)?|\bexclud(?:e|es|ing)"
    r"|\bdon'?t|\bnever|\bcan'?t|\bcannot"
    r"|\bban(?:s|ned)?|\banything but|\bother than|\brul(?:e|ing) out|\bskip(?:ping)?|\bwon'?t|\bisn'?t allowed"
    r"|\baren'?t allowed to)"
)
_LINK = (
    r"(?:\s+(?:want(?: to)?|like(?: to)?|allowed|to|be|use|using|any|the|switch(?:ing)?|mov(?:e|ing)|go(?:ing)?"
    r"|run(?:ning)?|of|on|for|from|with|models?|by|trust|touch))*\s+"
)
_ONLY = (
    r"\b(?:stay(?:ing)?|stick(?:ing)?|remain(?:ing)?|keep(?:ing)? (?:it |us |everything )?)\s*(?:on|with|to|within"
    rf"|in|at|inside)\s+(?P<stay>{_LIST})"
    r"|\bkeep(?:ing)? (?:using )?(?P<keep>[\ue200-\ue2ff])(?! \w+ (?:under|below))|\bonly (?:use |on |with |from "
    rf"|via )?(?P<only>{_LIST})|(?P<alone>{_LIST}) only\b"
)
_FEATURE = r"((?:the |our |my )?[\"'`]?[\w./-]+(?: [\w-]+)?[\"'`]?)"
_KEEP = r"\b(?:keep|leave|retain|stay on|stay with|stick with|stick to)(?:ing)?\s+(?:using |with |on )?"
_STAYS = r"\s+(?:must |should |has to |needs to )?(?:stays?|remains?)(?: as is)?"
_KEPT_MODEL = (
    rf"{_KEEP}({MODEL})(?:\s+(?:for|in|on|behind)\s+{_FEATURE})?",
    rf"({MODEL}){_STAYS}(?:\s+(?:for|in|on)\s+{_FEATURE})?",
)
_KEPT_FEATURE = (
    rf"\b(?:do not|don't|never|without) (?:touch|chang)(?:e|ing)? {_FEATURE}"
    rf"|\b(?:leave|keep) {_FEATURE} (?:alone|as (?:it )?is|unchanged|untouched)"
    rf"|\bleaving {_FEATURE} (?:alone|as (?:it )?is|unchanged|untouched|out)"
)
_CUE = (
    r"\b(?:what if|if we|if i|would|will|could|should|switch\w*|mov(?:e|ed|ing)|migrat\w*|replac\w*|swap\w*|instead"
    r"|chang\w* to|downgrad\w*"
    r"|upgrad\w*|go(?:ing)? (?:to|with)|compar\w*|versus|vs|run(?:ning)? (?:everything |it |all )?on|try\w*|use)\b"
)
_STOP = re.compile(
    r"\b(?:and|but|while|with|if|when|under|below|at|the|our|my|feature|as|is|please|everything else)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A text whose models and providers are single letters; `models[i]` stands behind letter i."""

    text: str
    models: tuple[str, ...]

    def models_in(self, part: str) -> tuple[str, ...]:
        """Models behind the letters of a part of the text."""
        found = (self.models[ord(c) - _MODEL_BASE] for c in part if _MODEL_BASE <= ord(c) < _PROVIDER_BASE)
        return tuple(dict.fromkeys(found))

    def providers_in(self, part: str) -> tuple[str, ...]:
        """Providers behind the letters of a part of the text."""
        ids = list(PROVIDERS)
        found = (ids[ord(c) - _PROVIDER_BASE] for c in part if _PROVIDER_BASE <= ord(c) < _PROVIDER_BASE + len(ids))
        return tuple(dict.fromkeys(found))


def name_all(question: str) -> Named:
    """Replace the names of models and providers by letters."""
    models: list[str] = []
    pieces, position = [], 0
    words = list(_WORD.finditer(question))
    index = 0
    while index < len(words):
        name, used = _model_at(question, words, index)
        if name:
            models = models if name in models else [*models, name]
            pieces += [question[position : words[index].start()], chr(_MODEL_BASE + models.index(name))]
            last = words[index + used - 1]
            position = last.end() - (len(last.group()) - len(last.group().rstrip(".,:;/-")))
        index += used
    return Named(_with_providers("".join(pieces) + question[position:]), tuple(models))


def _model_at(text: str, words: list[re.Match[str]], index: int) -> tuple[str | None, int]:
    """The model whose name begins at a word, and how many words it takes."""
    best: tuple[str | None, int] = (None, 1)
    for length in range(1, min(5, len(words) - index) + 1):
        found = find_models(text[words[index].start() : words[index + length - 1].end()])
        if len(found) > 1:
            break
        if (
            found
            and found[0] != best[0]
            and not (best[0] is None and length > 1 and _starts_later(text, words, index, length))
        ):
            best = (found[0], length)
    return best


def _starts_later(text: str, words: list[re.Match[str]], index: int, length: int) -> bool:
    """True when the name needs no first word, and begins at a later one. "Claude" is part of "Claude Haiku 4.5"."""
    found = find_models(text[words[index].start() : words[index + length - 1].end()])
    if found and found[0].startswith(f"{words[index].group().casefold()}-"):
        return False
    return bool(find_models(text[words[index + 1].start() : words[index + length - 1].end()]))


def _with_providers(text: str) -> str:
    for index, pattern in enumerate(PROVIDERS.values()):
        text = re.sub(
            rf"(?<![\w./-])(?:{pattern})(?:'s)?(?![\w/-]|\.\w)", chr(_PROVIDER_BASE + index), text, flags=re.IGNORECASE
        )
    return text


def take_excluded(named: Named) -> tuple[tuple[str, ...], tuple[str, ...], Named]:
    """(excluded models, excluded providers, rest)."""
    models: list[str] = []
    providers: list[str] = []
    text = named.text
    for found in re.finditer(rf"{_NOT}{_LINK}(?P<list>{_LIST})", text.replace("\u2019", "'"), re.IGNORECASE):
        models += named.models_in(found["list"])
        providers += named.providers_in(found["list"])
        text = _blank(text, found)
    for found in re.finditer(
        rf"(?P<list>{_LIST})\s+(?:is|are) (?:not allowed|banned|forbidden|out|off the table|not an option)", text
    ):
        models += named.models_in(found["list"])
        providers += named.providers_in(found["list"])
        text = _blank(text, found)
    return tuple(dict.fromkeys(models)), tuple(dict.fromkeys(providers)), Named(text, named.models)


def take_only(named: Named) -> tuple[tuple[str, ...], tuple[Keep, ...], Named]:
    """(the only providers allowed, models and features to keep, rest)."""
    kept, text = _take_kept(named)
    only = re.search(_ONLY, text, re.IGNORECASE)
    if only is None:
        return (), kept, Named(text, named.models)
    part = next(group for group in only.groups() if group)
    return named.providers_in(part), kept, Named(_blank(text, only), named.models)


def _take_kept(named: Named) -> tuple[tuple[Keep, ...], str]:
    kept: list[Keep] = []
    text = named.text
    for pattern in _KEPT_MODEL:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            kept.append(Keep(model=named.models_in(found[1])[0], feature=_feature(found[2])))
            text = _blank(text, found)
    for found in re.finditer(_KEPT_FEATURE, text, re.IGNORECASE):
        kept.append(Keep(feature=_feature(found[1] or found[2] or found[3])))
        text = _blank(text, found)
    return tuple(kept), text


def _blank(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * len(match.group()) + text[match.end() :]


def what_if_models(named: Named) -> tuple[str, ...]:
    """Models that the question asks to imagine; the one to move away from is none."""
    text = re.sub(
        (
            r"\b(?:from|instead of|rather than|replac\w*|than|away from|swap\w*|currently on|now on)\s+(?:the |our |my"
            rf" )?{MODEL}"
        ),
        " ",
        named.text,
    )
    text = re.sub(
        rf"\b(?:we|i|they)\s+(?:currently |now |only |mostly )?(?:use|run|are using|'re using|are on)\s+{MODEL}",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(rf"\b(?:did|does|do|spent|spend|spending)\b[^.?!]*{MODEL}", " ", text)
    return named.models_in(text) if re.search(_CUE, text, re.IGNORECASE) else ()


def _feature(words: str | None) -> str | None:
    if not words:
        return None
    plain = re.sub(r"[\"'`]", "", words)
    plain = re.sub(r"^(?:the|our|my)\s+", "", plain, flags=re.IGNORECASE)
    return _STOP.sub("", plain).strip() or None

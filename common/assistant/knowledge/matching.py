"""Which entries a text asks for: by the words they share, those that few entries have counting most."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Generic, TypeVar

from common.assistant.knowledge.table import KnownFact, known_facts

_WORD = re.compile(r"[a-z0-9][a-z0-9._/-]*[a-z0-9]|[a-z0-9]")
_IDLE_TEXT = """
    a about ai an and any are as at be between by can cost costs difference do does down explain for from get give have
    how i if in into is it its like llm llms many me mean means model models more most much my need of on or our out
    per please price prices say should so tell than that the their them there they this to up use used using
    versus vs was we what whats when where which who why will with work works would you your
"""
_IDLE = frozenset(_IDLE_TEXT.split())
"""Words that say nothing of what is asked, or nearly every entry has."""
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "openai": ("openai", "gpt", "chatgpt", "o1", "o3"),
    "azure": ("azure", "microsoft"),
    "anthropic": ("anthropic", "claude", "opus", "sonnet", "haiku"),
    "google": ("google", "gemini", "vertex"),
    "aws": ("aws", "bedrock", "amazon", "nova"),
    "mistral": ("mistral",),
    "deepseek": ("deepseek",),
    "groq": ("groq",),
    "x-ai": ("xai", "grok"),
}
"""Words for each provider, beginnings of names of models among them."""
_PHRASE = 3.0
"""What a whole phrase of an entry in the text is worth, against one rare word."""
_LEAST = 1.6
_COMPLETE = 0.999

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Entry]):
    """An entry and how well it fits."""

    entry: Entry
    score: float


def stems(text: str) -> list[str]:
    """Its words, lower case and without endings, those that say nothing left out."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in _IDLE]


def _stem(word: str) -> str:
    word = word.replace("-", "")
    for ending in ("ing", "ies", "es", "s", "ed"):
        if word.endswith(ending) and len(word) - len(ending) > 2:  # noqa: PLR2004 - what is left is still a word
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word  # noqa: PLR2004 - the same


def ranked(text: str, entries: Sequence[Entry], phrases_of: Callable[[Entry], Iterable[str]]) -> list[Ranked[Entry]]:
    """Entries that share words with the text, the best first."""
    asked = stems(text)
    phrases = [[tuple(stems(phrase)) for phrase in phrases_of(entry)] for entry in entries]
    rarity = _rarity(phrases)
    scored = [Ranked(entry, _score(asked, own, rarity)) for entry, own in zip(entries, phrases, strict=True)]
    return sorted((each for each in scored if each.score > 0), key=lambda each: -each.score)


def _rarity(phrases: Iterable[Iterable[tuple[str, ...]]]) -> dict[str, float]:
    """How much a word says: the fewer entries have it, the more."""
    having: Counter[str] = Counter()
    entries = 0
    for own in phrases:
        entries += 1
        having.update({word for phrase in own for word in phrase})
    return {word: log(1 + entries / count) / log(1 + entries) for word, count in having.items()}


def _score(stemmed: Sequence[str], phrases: Sequence[tuple[str, ...]], rarity: Mapping[str, float]) -> float:
    """The best phrase by how much of it is asked for, and a little for each further word."""
    wanted = set(stemmed)
    best = max((_fit(wanted, phrase, rarity) for phrase in phrases if phrase), default=0.0)
    words = {word for phrase in phrases for word in phrase}
    return best + 0.5 * sum(rarity[word] for word in words & wanted)


def _fit(wanted: Collection[str], phrase: tuple[str, ...], rarity: Mapping[str, float]) -> float:
    weight = sum(rarity[word] for word in phrase)
    share = sum(rarity[word] for word in phrase if word in wanted) / weight
    return share * share * (_PHRASE + weight if share > _COMPLETE else weight)


def providers_in(text: str) -> frozenset[str]:
    """The providers that a text names, by their own names or those of their models."""
    words = [word.replace("-", "") for word in _WORD.findall(text.lower())]
    return frozenset(provider for provider, names in PROVIDERS.items() if any(word.startswith(names) for word in words))


def _phrases(fact: KnownFact) -> tuple[str, ...]:
    return (*fact.words, fact.title, fact.id.replace("_", " "))


def facts_for(text: str) -> list[KnownFact]:
    """The facts that a text asks for, the best first; [] where none fits. The id of a fact is that fact.

    One of another provider than those named never comes; without any named, one of no provider comes first.
    """
    facts = known_facts()
    exact = [fact for fact in facts if fact.id == text]
    if exact:
        return exact
    named = providers_in(text)
    fitting = [fact for fact in facts if not (named and fact.provider and fact.provider not in named)]
    found = ranked(text, fitting, _phrases)
    weighed = sorted(found, key=lambda each: -_weighed(each, named))
    best = _weighed(weighed[0], named) if weighed else 0.0
    return [each.entry for each in weighed if _weighed(each, named) >= max(_LEAST, 0.6 * best)]


def _weighed(match: Ranked[KnownFact], providers: frozenset[str]) -> float:
    """A fact of the provider that is asked about goes before a general one, and that before one of any other."""
    if providers:
        return match.score * (1.3 if match.entry.provider else 1.0)
    return match.score * (0.8 if match.entry.provider else 1.0)


def nearest_titles(text: str, most: int = 3) -> list[str]:
    """Titles of what is held nearest to a text; where nothing is near, of the broadest entries."""
    near = [each.entry.title for each in ranked(text, known_facts(), _phrases)[:most]]
    broad = {fact.about: fact.title for fact in reversed(known_facts()) if fact.provider is None}
    return near if len(near) == most else [broad["cache"], broad["batch"], broad["limits"]][:most]

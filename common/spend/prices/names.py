"""From the names that logs and people use to priced models: prefixes, regions, dates, spaces."""

import re
from collections.abc import Iterator
from functools import lru_cache

from common.spend.prices.engine import (
    Model,
    current_models,
    match_anywhere,
    match_model,
    match_provider,
    match_sound_model,
    model_of,
)
from common.spend.prices.written_names import is_fast, is_of_size, rewritten, with_folder

_COMPACT_DATE = re.compile(r"-(20\d\d)(\d\d)(\d\d)(?=$|[-:])")
_BEDROCK = re.compile(r"^(?:[a-z-]{2,6}\.)?(anthropic|meta|mistral|cohere|deepseek|openai)\.(.+?)(?:-v\d+)?(?::\d+)?$")
_FOLDERS = re.compile("/|::")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]*")
_SIZES = frozenset(
    [
        "mini",
        "nano",
        "pro",
        "flash",
        "lite",
        "turbo",
        "haiku",
        "sonnet",
        "opus",
        "chat",
        "reasoner",
        "instruct",
        "preview",
        "large",
        "medium",
        "small",
        "latest",
        "codex",
        "max",
        "fast",
        "sol",
        "luna",
        "terra",
        "astra",
        "fable",
        "mythos",
        "argon",
    ]
)
_PLAIN = re.compile(r"(?![a-z]+\.)[a-z][a-z0-9.-]*[a-z0-9]")
_LONGEST_NAME = 5  # words, as in "gemini 2.5 flash lite preview"


def _spellings(name: str) -> list[str]:
    """The name as written, then without wrappings: folders, regions, versions, `@` and compact dates."""
    lowered = name.strip().lower()
    plain = _FOLDERS.split(lowered)[-1].removeprefix("databricks-")
    found = [lowered, plain]
    if bedrock := _BEDROCK.match(plain):
        found.append(bedrock[2])
    found.append(found[-1].replace("@", "-"))
    found.append(_COMPACT_DATE.sub(r"-\1-\2-\3", found[-1]))
    return list(dict.fromkeys(found))


COPILOT = "github copilot credits"
"""A seller of models for credits of its own: their tokens have no price, and what they cost elsewhere says nothing."""


@lru_cache(maxsize=4096)
def resolve(provider: str | None, name: str) -> Model | None:
    """The priced model behind a provider (None: not known) and a model name; None: no price is known."""
    name = with_folder(name.strip())
    names = () if provider == COPILOT else (name, *rewritten(name))
    candidates = (model for each in names for model in _candidates(provider, each))
    found = next((model for model in candidates if is_of_size(provider, name, model.id)), None)
    return None if found and is_fast(name) and "fast" not in found.id else found


def _candidates(provider: str | None, name: str) -> Iterator[Model]:
    owner = match_provider(provider) if provider else None
    folder, *inside = _FOLDERS.split(name)
    owners = [owner, match_provider(folder) if inside else None, None]
    for candidate in dict.fromkeys(owners):
        for spelling in _spellings(name):
            model = match_model(candidate, spelling)
            if model:
                yield model
        model = model_of(candidate, name) if candidate else None
        if model:
            yield model
    yield from filter(None, map(match_anywhere, _spellings(name)[:2]))


@lru_cache(maxsize=4096)
def resolve_sound(provider: str | None, name: str) -> Model | None:
    """As `resolve`, of models for sound and images: a request has a price only where it tells their tokens apart."""
    named = match_provider(provider) if provider else None
    owners = [owner for owner in (named, "openai", "google") if owner]
    found = (match_sound_model(owner, spelling) for owner in dict.fromkeys(owners) for spelling in _spellings(name))
    return next((model for model in found if model), None)


def find_by_name(name: str) -> Model | None:
    """The model that a person means: at its maker, else at the first seller."""
    return resolve(None, name)


def known_model(name: str) -> str | None:
    """Canonical name of a priced model ("models/gemini-2.5-pro" is gemini-2.5-pro); None when no price is known."""
    model = find_by_name(name) if name.strip() else None
    return model.id if model else None


def model_label(provider: str, model: str) -> str:
    """A model in an id: its provider is named when it is not the one that made it ("groq/openai/gpt-oss-120b")."""
    known = find_by_name(model)
    return model if known is not None and known.provider == provider else f"{provider}/{model}"


def labelled_model(label: str) -> Model | None:
    """The model of a label, or of a column named like one; None when no price is known."""
    found = find_by_name(label)
    host, _, name = label.partition("/")
    if name and match_provider(host) and (found is None or found.id != label):  # some ids begin with a provider's name
        return resolve(host, name) or found
    return found


def priced_models() -> list[str]:
    """Names that people may give a model: canonical, current, without those of one cloud or fine-tune, sorted."""
    names = {name for name in current_models() if _PLAIN.fullmatch(name)}
    return sorted(name for name in names if known_model(name))


def find_models(text: str) -> list[str]:
    """Canonical names of the models that a text mentions, also with spaces ("GPT 4o mini"), in order, each once."""
    words = [word.rstrip(".,:;/-") for word in _WORD.findall(text)]
    found: dict[str, None] = {}
    index = 0
    while index < len(words):
        name, used = _model_at(words, index)
        if name:
            found[name] = None
        index += used
    return list(found)


def _model_at(words: list[str], index: int) -> tuple[str | None, int]:
    """The longest model name that begins at a word, and how many words it takes."""
    best: tuple[str | None, int] = (None, 1)
    for length in range(1, min(_LONGEST_NAME, len(words) - index) + 1):
        if length > 1 and not _continues(words[index + length - 1]):
            break
        name = "-".join(words[index : index + length])
        if any(c.isdigit() for c in name) and any(c.isalpha() for c in name) and (known := known_model(name)):
            best = (known, length)
    return best


def _continues(word: str) -> bool:
    return word.lower() in _SIZES or (word[0].isdigit() and len(word) <= len("4.5o+"))

"""Models and providers of a text as private letters, as long as their names, so that patterns see each as one thing."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from common.spend import find_models

_FILE = Path(__file__).with_name("constraint_words.toml")
_MODEL_BASE, _PROVIDER_BASE = 0xE100, 0xE200
MODEL, PROVIDER, TARGET = "[\ue100-\ue1ff]++", "[\ue200-\ue2ff]++", "[\ue100-\ue2ff]++"
_MOST_MODELS = 255
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]*")
_DIGIT = re.compile(r"\d")
_LONGEST_NAME = 5  # words, as in "gemini 2.5 flash lite preview"


@cache
def words_of(table: str) -> Mapping[str, str]:
    """Patterns of a table of the file of words, by what they mean."""
    content: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return content[table]


@cache
def _provider_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(rf"(?<![\w./-])(?:{pattern})(?:'s)?(?![\w/-]|\.\w)", re.IGNORECASE)
        for pattern in words_of("providers").values()
    )


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with letters for names; `models[i]` stands behind letter i, by its canonical name."""

    text: str
    models: tuple[str, ...]

    def models_in(self, part: str) -> tuple[str, ...]:
        """Models behind the letters of a part of the text."""
        match = (self.models[ord(char) - _MODEL_BASE] for char in part if _MODEL_BASE <= ord(char) < _PROVIDER_BASE)
        return tuple(dict.fromkeys(match))

    def providers_in(self, part: str) -> tuple[str, ...]:
        """Provider ids behind the letters of a part of the text."""
        ids = tuple(words_of("providers"))
        places = (ord(char) - _PROVIDER_BASE for char in part)
        return tuple(dict.fromkeys(ids[place] for place in places if 0 <= place < len(ids)))


def masked(text: str) -> Masked:
    """Private letters that stand in the text itself are blanked."""
    text = re.sub("[\ue100-\ue2ff]", " ", text)
    models: list[str] = []
    chars = list(text)
    words = list(_WORD.finditer(text)) if find_models(text) else []
    index = 0
    while index < len(words):
        name, used = _model_at(words, index)
        if name and (name in models or len(models) < _MOST_MODELS):
            models = models if name in models else [*models, name]
            last = words[index + used - 1]
            end = last.start() + len(last.group().rstrip(".,:;/-"))
            start = words[index].start()
            chars[start:end] = chr(_MODEL_BASE + models.index(name)) * (end - start)
        index += used
    return Masked(_with_providers("".join(chars)), tuple(models))


def _with_providers(text: str) -> str:
    for index, pattern in enumerate(_provider_patterns()):
        char = chr(_PROVIDER_BASE + index)
        text = pattern.sub(lambda match, char=char: char * len(match.group()), text)  # type: ignore[misc]
    return text


def _model_at(words: list[re.Match[str]], index: int) -> tuple[str | None, int]:
    """The model whose name begins at a word, and how many words it takes."""
    best: tuple[str | None, int] = (None, 1)
    most = min(_LONGEST_NAME, len(words) - index)
    whole = _models_of(words, index, most)
    begun = any(name.startswith(words[index].group().casefold()[:2]) for name in whole)
    if not whole or not (begun or _models_of(words, index + 1, most - 1) != whole):
        return best
    for length in range(1, most + 1):
        match = _models_of(words, index, length)
        if len(match) > 1:
            break
        later = best[0] is None and length > 1 and _starts_later(words, index, length, match)
        if match and match[0] != best[0] and not later:
            best = (match[0], length)
    return best


def _models_of(words: list[re.Match[str]], index: int, length: int) -> list[str]:
    if length < 1:
        return []
    text = words[index].string[words[index].start() : words[index + length - 1].end()]
    return find_models(text) if _DIGIT.search(text) else []


def _starts_later(words: list[re.Match[str]], index: int, length: int, match: list[str]) -> bool:
    """True when the name needs no first word, and begins at a later one. "Claude" is part of "Claude Haiku 4.5"."""
    if match and match[0].startswith(f"{words[index].group().casefold()}-"):
        return False
    return bool(_models_of(words, index + 1, length - 1))

"""The language of a message: that with most of its small words."""

import unicodedata
from collections.abc import Sequence
from itertools import islice

from common.assistant.question.model import Language
from common.assistant.reading.lexicon import languages, lexicon
from common.assistant.reading.tokens import Token, tokenise

_LOOKED_AT = 200
_READ: dict[str, Language] = {"en": "en", "de": "de", "fr": "fr", "es": "es"}


def language_of(message: str) -> tuple[Language, str]:
    """(the language, the one whose words it is read with: English where there are none of its own)."""
    tokens = tuple(islice(tokenise(message[: _LOOKED_AT * 10]), _LOOKED_AT))
    if _is_other_script(tokens):
        return "other", "en"
    counts = {name: _known(name, tokens) for name in languages()}
    best = max(counts, key=lambda name: (counts[name], name == "en"))
    return _READ[best], best


def _known(language: str, tokens: Sequence[Token]) -> float:
    """How many of the words are small words of a language, and how many are words of its phrases."""
    words = lexicon(language)
    known = (2.0 if token.norm in words.function else 1.0 if token.norm in words.phrases else 0.0 for token in tokens)
    return sum(known)


def _is_other_script(tokens: Sequence[Token]) -> bool:
    letters = [char for token in tokens for char in token.text if char.isalpha()]
    foreign = sum(1 for char in letters if not unicodedata.name(char, "").startswith("LATIN"))
    return foreign > len(letters) / 2

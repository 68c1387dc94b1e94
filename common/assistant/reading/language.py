"""The language of a message: that with most of its small words, else that of its letters."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from common.assistant.question.model import Language
from common.assistant.reading.gloss import GLOSSED, gloss
from common.assistant.reading.lexicon import lexicon
from common.assistant.reading.tokens import Token, tokenise

_FILE = Path(__file__).with_name("languages.toml")
_LOOKED_AT = 200
_SMALL, _WORD, _CHAR, _NOT_ENGLISH = 2.0, 1.0, 0.5, 1.0
_READ: Mapping[str, Language] = {"en": "en", "de": "de", "fr": "fr", "es": "es"}
_NAME = re.compile(r"[`\"\u201c\u201e\u00ab][^`\"\u201d\u201c\u00bb]*[`\"\u201d\u201c\u00bb]|\S*[\d_@/]\S*")
"""What is rather a name of the data than a word."""


def language_of(message: str) -> Language:
    """The language, "other" for one that is not read."""
    return _READ.get(code_of(message), "other")


def code_of(message: str) -> str:
    """ISO 639-1 of a language that is known, "" of one that is not; English where nothing tells."""
    plain = _NAME.sub(" ", message[: _LOOKED_AT * 10])
    tokens = tuple(islice(tokenise(plain), _LOOKED_AT))
    script = _script(plain)
    if script is not None:
        return script
    scores = {code: _score(code, tokens, plain) for code in (*_READ, *_other_words())}
    best = max(scores, key=lambda code: (scores[code], code == "en", code in _READ))
    return best if scores[best] else "en"


def own_line(message: str) -> str:
    """One line in the message's own language that it cannot be read without a model; "" where that is not known."""
    lines: dict[str, str] = _table()["lines"]
    return lines.get(code_of(message), "")


@cache
def _table() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return content


@cache
def _other_words() -> Mapping[str, frozenset[str]]:
    """Small words of languages that are recognised, but not read."""
    return {code: frozenset(words.split()) for code, words in _table()["words"].items()}


@cache
def _small_words(code: str) -> frozenset[str]:
    """Of a language that is read."""
    return frozenset(_table()["read"][code].split())


def _score(code: str, tokens: Sequence[Token], text: str) -> float:
    chars = _table()["letters"].get(code, "")
    score = _CHAR * sum(1 for char in set(text.casefold()) if char in chars)
    return score + sum(_weight(code, token.norm) for token in tokens)


def _weight(code: str, norm: str) -> float:
    """A word of a language tells more where English does not have it."""
    small = norm in (_small_words(code) if code in _READ else _other_words()[code])
    known = _SMALL if small else _WORD if code in _READ and _is_word(code, norm) else 0.0
    is_english = code == "en" or norm in _small_words("en") or _is_word("en", norm)
    return known if not known or is_english else known + _NOT_ENGLISH


def _is_word(code: str, norm: str) -> bool:
    """Whether a language has a word in one of its phrases; words that are the same in English tell nothing."""
    return norm in _words_of_phrases(code)


@cache
def _words_of_phrases(code: str) -> frozenset[str]:
    if code == "en":
        return frozenset(lexicon("en").words)
    own = next(each for each in GLOSSED if each == code)
    return frozenset(word for wordings in gloss(own).phrases.values() for each in wordings for word in each.words)


def _script(text: str) -> str | None:
    """The language of letters that are mostly not Latin; "" where none of the known ones has them."""
    chars = [char for char in text if char.isalpha()]
    names = [unicodedata.name(char, "").split(" ")[0] for char in chars]
    foreign = [name for name in names if name != "LATIN"]
    if len(foreign) <= len(chars) / 2:
        return None
    if "HIRAGANA" in foreign or "KATAKANA" in foreign:
        return "ja"
    scripts = _table()["scripts"]
    return scripts.get(max(sorted(set(foreign)), key=foreign.count), "")

"""A message as words with their places: normalised, numbers read, and what stands between them kept."""

import re
import unicodedata
from dataclasses import dataclass

_ATOM = re.compile(
    r"!=|<>|\u2260|(?<![-=])[<>]=?|[\u2264\u2265]|(?<!\S)[!-](?=\s?[^\W\d_])|#(?=\w*\d)\w{4,}|o['\u2019]clock|\d+(?:[.,]\d+)*(?:k|m|bn|x)?(?![^\W_])|[^\W_]+(?:['\u2019\u02bc][^\W_]{1,2}(?![^\W_]))?|[$\u20ac\u00a3%]",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_BY_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_EITHER = re.compile(r"[1-9]\d{0,2}\.\d{3}")
"""A thousand or one, as the writer has it: no number is made of it."""
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_COMMA = re.compile(r"\d+,\d+")
_SIGNS = {"\u2260": "!=", "<>": "!=", "!": "!=", "\u2264": "<=", "\u2265": ">="}
MINUS = "-"
_SUFFIX = re.compile(r"([\d.,]+)(k|m|bn)", re.IGNORECASE)
_TIMES = {"k": 1e3, "m": 1e6, "bn": 1e9}
_QUOTES = {'"': '"', "`": "`", "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb", "\u2018": "\u2019"}
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc")
_POSSESSIVE = re.compile(r"['\u2019\u02bc]s$", re.IGNORECASE)
_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign. `gap` is what stands before it; `norm` is lower case, without accents and apostrophes."""

    text: str
    norm: str
    start: int
    end: int
    gap: str
    number: float | None = None
    quoted: int = 0
    """Which pair of quotation marks it stands in, from 1 on; 0: none."""

    @property
    def is_glued(self) -> bool:
        """Whether no white space stands before it, as in the second half of "support-agent"."""
        return self.gap in ("", "-", "_", "/", ".", ":", "@", "+")


def tokenise(message: str, *, decimal_comma: bool = False) -> tuple[Token, ...]:
    """All words of a message in order; `decimal_comma`: "1.234,5" is a number, as in German, French and Spanish."""
    quoted = _quoted(message)
    tokens: list[Token] = []
    end = place = 0
    for found in _ATOM.finditer(message):
        while place < len(quoted) and quoted[place][1] <= found.start():
            place += 1
        inside = place < len(quoted) and quoted[place][0] <= found.start()
        text = found[0]
        tokens.append(
            Token(
                text,
                normalised(text),
                found.start(),
                found.end(),
                message[end : found.start()],
                number_of(text, decimal_comma=decimal_comma),
                place + 1 if inside else 0,
            )
        )
        end = found.end()
    return tuple(tokens)


def normalised(word: str) -> str:
    """Lower case, without accents, apostrophes and the possessive s; numbers without separators of thousands."""
    if word in _SIGNS:
        return _SIGNS[word]
    if word[:1].isdigit():
        return word.replace(",", "").casefold() if _GROUPED.fullmatch(word) else word.casefold()
    bare = _POSSESSIVE.sub("", word).translate(_APOSTROPHES).casefold()
    return bare if bare.isascii() else _without_accents(bare)


def _without_accents(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


def number_of(text: str, *, decimal_comma: bool = False) -> float | None:
    """The number that a word is, also "1.5k" and "2M"; None for every other word."""
    if not text[:1].isdigit() or len(text) > _LONGEST_NUMBER:
        return None
    suffix = _SUFFIX.fullmatch(text)
    digits, times = (suffix[1], _TIMES[suffix[2].casefold()]) if suffix else (text, 1.0)
    if decimal_comma and _GROUPED_BY_POINTS.fullmatch(digits):
        return float(digits.replace(".", "").replace(",", ".")) * times
    if _GROUPED.fullmatch(digits) and not (decimal_comma and digits.count(",") == 1):
        return float(digits.replace(",", "")) * times
    if _EITHER.fullmatch(digits):
        return None
    if _PLAIN.fullmatch(digits):
        return float(digits) * times
    return float(digits.replace(",", ".")) * times if _COMMA.fullmatch(digits) else None


def _quoted(message: str) -> list[tuple[int, int]]:
    """Where quoted words stand, without their marks."""
    spans: list[tuple[int, int]] = []
    start, closing = 0, ""
    for place, char in enumerate(message):
        if closing:
            if char == closing:
                spans.append((start, place))
                closing = ""
            elif char == "\n":
                closing = ""
        elif char in _QUOTES:
            start, closing = place + 1, _QUOTES[char]
    return spans

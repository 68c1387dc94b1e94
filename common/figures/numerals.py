"""Numbers written as words: "fifty percent", "twenty-two million tokens", "half of your bill", "twice as much"."""

import re
from collections.abc import Iterator

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: index for index, word in enumerate(_ONES.split())} | {
    word: 20 + 10 * index for index, word in enumerate(_TENS.split())
}
_MULTIPLES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORD = "|".join([*sorted(_VALUES, key=len, reverse=True), *_MULTIPLES])
PHRASE = re.compile(
    (
        rf"(?<!per )(?<!\d )\b(?:(?:an?|half an?) (?=(?:{'|'.join(_MULTIPLES)})\b))?(?:{_WORD})(?:(?:[ -]| and"
        rf" )(?:{_WORD}))*\b"
    ),
    re.IGNORECASE,
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_OF = r"(?= (?:of|off|the|your|my|our|as|less|cheaper|lower|more)\b|[ -]price\b)"
_BY = r"(?:(?<=by )|(?<=in )|(?<=save )|(?<=saves )|(?<=cut ))"
_PART = r"(?:(?:an?|one|two|three|four)[ -])?(?:half|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?)"
_FRACTION = re.compile(
    rf"\b(?:{_BY}{_PART}\b|(?<!first )(?<!second )(?<!other ){_PART}\b{_OF}|(?P<halve>halv(?:e[sd]?|ing)))\b",
    re.IGNORECASE,
)
_GLYPHS = {
    "\u00bd": 50.0,
    "\u00bc": 25.0,
    "\u00be": 75.0,
    "\u2153": 100 / 3,
    "\u2154": 200 / 3,
    "\u2155": 20.0,
    "\u215b": 12.5,
}
_TIMES = re.compile(
    r"\b(?:(?P<two>twice (?:as|the)|doubl(?:e[sd]?|ing)|two-?fold)|(?P<three>tripl(?:e[sd]?|ing)|three times"
    r"|three-?fold)"
    r"|(?P<ten>ten-?fold|ten times))\b",
    re.IGNORECASE,
)


def word_value(phrase: str) -> float:
    """The value of a phrase: "twenty-two million" is 22000000, "half a million" is 500000."""
    total = current = 0.0
    half = phrase.lower().startswith("half")
    for word in re.findall(r"[a-z]+", phrase.lower()):
        if word in _VALUES:
            current += _VALUES[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in _MULTIPLES:
            total, current = total + (current or 1) * _MULTIPLES[word], 0.0
    return (total + current) / (2 if half else 1)


def find_fractions(text: str) -> Iterator[tuple[int, int, float]]:
    """(start, end, percent) of every fraction that `text` states in words."""
    for match in _FRACTION.finditer(text):
        yield match.start(), match.end(), 50.0 if match["halve"] else _percent(match.group())
    for index, char in enumerate(text):
        if char in _GLYPHS:
            yield index, index + 1, _GLYPHS[char]


def _percent(phrase: str) -> float:
    words = re.findall(r"[a-z]+", phrase.lower())
    part = words[-1] if words[-1] in _PARTS else words[-1].rstrip("s")
    return 100.0 * (_VALUES.get(words[0], 1) if len(words) > 1 else 1) / _PARTS[part]


def find_multiples(text: str) -> Iterator[tuple[int, int, float]]:
    """(start, end, factor) of "twice as", "doubles", "tenfold"."""
    for match in _TIMES.finditer(text):
        yield match.start(), match.end(), {"two": 2.0, "three": 3.0, "ten": 10.0}[match.lastgroup or "two"]

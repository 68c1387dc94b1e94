"""Words that claim an order, a direction, a cause or a safety: they need a finding, not only a figure."""

import re

_CLAIMS: dict[str, str] = {
    "most": ("most highest largest biggest dearest costliest priciest greatest top maximum peak slowest worst longest"),
    "least": "least lowest smallest cheapest minimum fastest best shortest fewest",
    "up": (
        r"rose rises? risen rising grew grows? grown growing increas\w+ climb\w* jump\w* up dearer higher doubled"
        r" tripled surg\w+ spik\w+ slower worse(?:ned)?"
    ),
    "down": (
        r"fell falls? fallen falling dropp?\w* decreas\w+ declin\w+ shr[aiu]nk\w* down lower(?:ed)? cheaper halved"
        r" faster better improv\w+"
    ),
    "cause": (
        r"because due[_]to owing[_]to caus\w+ drove driven thanks[_]to result therefore led[_]to explain\w* reason"
    ),
    "safe": (
        r"safe(?:ly)? risk.free no[_]risks? without[_](?:any[_])?risk guarantee\w* harmless no[_]loss same[_]quality"
        r" keeps?[_](?:the[_])?quality certain(?:ly)? proven proves? no[_]evaluation"
    ),
    "always": "always never every[_]single none[_]of",
}
"""Patterns of words, apart by spaces; `[_]` is a space in one."""
_PATTERNS = {
    name: re.compile(rf"\b(?:{'|'.join(words.split()).replace('[_]', ' ')})\b", re.IGNORECASE)
    for name, words in _CLAIMS.items()
}


def claims_in(text: str) -> frozenset[str]:
    """The kinds of claims that a sentence makes."""
    return frozenset(name for name, pattern in _PATTERNS.items() if pattern.search(text))

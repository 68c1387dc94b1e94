"""The sentences of a line."""

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])[*_)\"']*\s+(?=[A-Z0-9*_`\"'(\[${])")


def sentences(text: str) -> list[str]:
    """The sentences of one line; a point inside a number ends none."""
    return [part for part in _SENTENCE_END.split(text) if part.strip()]

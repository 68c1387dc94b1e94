"""Names of the customer's data are other people's text: the one function that puts one into a sentence."""

import unicodedata

MOST_CHARACTERS = 60
_BIDI = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}


def shown_name(name: str) -> str:
    """A name as a sentence or a table has it: in code marks, on one line, at most 60 characters.

    White space and control characters become one space, changes of direction are dropped, and a backtick, which would
    end the code marks, becomes an apostrophe. "" becomes "(empty)".
    """
    text = plain_name(name)
    return f"`{text}`"


def plain_name(name: str) -> str:
    """The same without the marks, for where nothing is read as Markdown: labels, cells, choices."""
    kept = "".join(" " if _is_blank(char) else char for char in name if not _is_direction(char))
    text = " ".join(kept.replace("`", "\u2019").split()) or "(empty)"
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}\u2026"


def _is_blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs", "Cn", "Co")


def _is_direction(char: str) -> bool:
    return unicodedata.bidirectional(char) in _BIDI or unicodedata.category(char) == "Cf"

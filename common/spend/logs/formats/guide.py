"""How a customer gets an export.

What the exports hold was checked on 2026-11-22 against the vendors' schemas; their menus may have been renamed since.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One provider's or tool's best export. All but `words` is shown to customers."""

    name: str
    words: tuple[str, ...]
    """By which a question names it, in lower case."""
    best: str
    """The export, after "From {name} you need"."""
    steps: tuple[str, ...]
    """In order, a sentence each."""
    note: str
    """What can be computed from it, and what cannot."""

"""No model reads a user's name: each that stands in a message becomes `user 1`, `user 2`, and comes back afterwards."""

import re

from common.spend.semantics import DimensionName
from common.spend.semantics.catalogue import Catalogue

_SHORTEST = 3
"""Characters below which a name is no name, but perhaps a word."""


class UserMasks:
    """The masks of the users that a message names."""

    def __init__(self, catalogue: Catalogue | None, message: str) -> None:
        users = () if catalogue is None else _users(catalogue)
        named = sorted({user for user in users if _pattern(user).search(message)}, key=lambda user: (-len(user), user))
        self._masks = {user: f"user {number}" for number, user in enumerate(named, start=1)}
        self.masked_question = self.masked(message)

    def masked(self, text: str) -> str:
        """With masks for names."""
        for user, mask in self._masks.items():
            text = _pattern(user).sub(mask, text)
        return text

    def lifted(self, text: str) -> str:
        """With names for masks."""
        for user, mask in self._masks.items():
            text = re.sub(rf"\b{mask}\b", lambda _, name=user: name, text)  # type: ignore[misc]
        return text


def _users(catalogue: Catalogue) -> tuple[str, ...]:
    values = (each.values for each in catalogue.dimensions if each.name == DimensionName.USER)
    return tuple(name for names in values for name in names if len(name) >= _SHORTEST)


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)

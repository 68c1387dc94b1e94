"""No model reads a user's name: each in a message becomes `person 1`, `person 2`, and comes back afterwards."""

import re
from collections.abc import Iterable

from common.spend.semantics import DimensionName
from common.spend.semantics.catalogue import Catalogue

_SHORTEST = 3
"""Characters below which a name is no name, but perhaps a word."""


class UserMasks:
    """The masks of the users that a message names."""

    def __init__(self, catalogue: Catalogue | None, message: str) -> None:
        users = () if catalogue is None else _users(catalogue)
        folded = message.casefold()
        present = {user for user in users if user.casefold() in folded and _any_of([user]).search(message)}
        named = sorted(present, key=lambda user: (-len(user), user))
        self._masks = {user.casefold(): f"person {number}" for number, user in enumerate(named, start=1)}
        self._names = {f"person {number}": user for number, user in enumerate(named, start=1)}
        self.masked_question = self.masked(message)

    def masked(self, text: str) -> str:
        """With masks for names."""
        return _any_of(self._masks).sub(lambda match: self._masks[match[0].casefold()], text) if self._masks else text

    def lifted(self, text: str) -> str:
        """With names for masks."""
        return _any_of(self._names).sub(lambda match: self._names[match[0].casefold()], text) if self._names else text


def _users(catalogue: Catalogue) -> tuple[str, ...]:
    values = (each.values for each in catalogue.dimensions if each.name == DimensionName.USER)
    return tuple(name for names in values for name in names if len(name) >= _SHORTEST)


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)

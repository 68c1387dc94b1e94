"""Bounded sets of names that merge exactly: the `limit` names with the smallest hashes are kept, the rest is "other".

Which names stay does not depend on order or on cuts: a name among the smallest of the whole is among the smallest of
every part that it occurs in.
"""

from functools import lru_cache
from hashlib import blake2b

OTHER = "(other)"


@lru_cache(maxsize=65_536)
def hash64(text: str) -> int:
    """A stable 64-bit hash."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Names:
    """The kept names of one dimension. `add` says what a name is counted under, and which name it drove out."""

    __slots__ = ("kept", "limit", "worst")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.kept: set[str] = set()
        self.worst = ""
        """The kept name that goes next."""

    def add(self, name: str) -> tuple[str, str | None]:
        """(the name to count under, the name that must now be counted under OTHER or None)."""
        if name in self.kept or name == OTHER:
            return name, None
        if len(self.kept) < self.limit:
            self._keep(name)
            return name, None
        if hash64(name) >= hash64(self.worst):
            return OTHER, None
        evicted = self.worst
        self.kept.remove(evicted)
        self.worst = max(self.kept, key=hash64, default="")
        self._keep(name)
        return name, evicted

    def _keep(self, name: str) -> None:
        self.kept.add(name)
        if not self.worst or hash64(name) > hash64(self.worst):
            self.worst = name

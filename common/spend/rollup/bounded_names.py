"""Bounded sets of names that merge exactly: the `limit` names with the smallest hashes are kept, the rest is "other".

Which names stay does not depend on order or on cuts: a name among the smallest of the whole is among the smallest of
every part that it occurs in.
"""

from functools import lru_cache
from hashlib import blake2b

OTHER = "(other)"
ALL = 1 << 64
"""Above every hash."""


@lru_cache(maxsize=65_536)
def hash64(text: str) -> int:
    """A stable 64-bit hash."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class BoundedNames:
    """The kept names of one dimension: up to twice `limit` until `settle`, so that few names are ever taken back."""

    __slots__ = ("_bar", "kept", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.kept: set[str] = set()
        self._bar = ALL
        """Names with this hash or a larger one are none of the smallest."""

    def add(self, name: str) -> str:
        """The name to count under."""
        if name in self.kept or name == OTHER:
            return name
        if hash64(name) >= self._bar:
            return OTHER
        self.kept.add(name)
        return name

    @property
    def crowded(self) -> bool:
        """Whether it is time to settle."""
        return len(self.kept) > 2 * self.limit

    @property
    def last(self) -> int:
        """The hash above which no name can stay."""
        return ALL if len(self.kept) < self.limit else max(map(hash64, self.kept))

    def settle(self) -> set[str]:
        """Keep no more than `limit`; returns the names that must be counted under OTHER from now on."""
        if len(self.kept) <= self.limit:
            return set()
        ordered = sorted(self.kept, key=hash64)
        self._bar = hash64(ordered[self.limit])
        self.kept = {name for name in ordered if hash64(name) < self._bar}
        return set(ordered) - self.kept

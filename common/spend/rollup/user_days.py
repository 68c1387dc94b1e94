"""Lines by user and UTC day, bounded: of the users with the smallest hashes, as many as have room; the rest together.

The bound is on lines, users times the days on which each was seen: 50,000 are all days of 550 users over three months,
or of 1,600 users over one. All others of a day are in that day's line of "(other)". Which users have lines of their
own does not depend on order or cuts, as in common/spend/rollup/bounded_names.py.
"""

from collections.abc import Collection, Iterator
from typing import Any

from common.spend.rollup.bounded_names import ALL, OTHER, hash64
from common.spend.rollup.cells import bump

MOST_LINES = 50_000
_WIDTH = 7
"""A day and the counters of its line, as records have them."""


class UserDays:
    """`lines` by user (None: untagged) and day as an ordinal; up to twice MOST_LINES until `settle`."""

    def __init__(self) -> None:
        self.lines: dict[str | None, dict[int, list[int]]] = {}
        self.bar = ALL
        """Users with this hash or a larger one have no lines of their own."""
        self._count = 0

    def add(self, user: str | None, day: int, line: Collection[int]) -> None:
        """Count a line."""
        if user is not None and user != OTHER and self.bar != ALL and hash64(user) >= self.bar:
            user = OTHER
        days = self.lines.setdefault(user, {})
        self._count -= len(days)
        bump(days, day, line)
        self._count += len(days)
        if self._count > 2 * MOST_LINES:
            self.settle()

    def settle(self) -> None:
        """Keep no more than MOST_LINES of single users."""
        named = sorted((user for user in self.lines if user not in (None, OTHER)), key=lambda user: hash64(str(user)))
        kept = 0
        for user in named:
            kept += len(self.lines[user])
            if kept > MOST_LINES:
                self.lower_bar(hash64(str(user)))
                break

    def lower_bar(self, bar: int) -> None:
        """Adopt the bound of a merged part."""
        if bar < self.bar:
            self.bar = bar
            self.fold([user for user in self.lines if user not in (None, OTHER) and hash64(str(user)) >= bar])

    def fold(self, users: Collection[str | None]) -> None:
        """Count these users under OTHER."""
        for user in users:
            days = self.lines.pop(user, {})
            self._count -= len(days)
            for day, line in days.items():
                self.add(OTHER, day, line)

    def records(self, last: int) -> Iterator[list[Any]]:
        """JSON-ready lists in a canonical order; no name that is kept anywhere has a larger hash than `last`."""
        if self.bar <= last:
            yield ["b", self.bar]
        for user, days in sorted(self.lines.items(), key=lambda item: repr(item[0])):
            yield ["v", user, *(count for day in sorted(days) for count in (day, *days[day]))]

    def merge(self, user: str | None, flat: list[int]) -> None:
        """Add a record's lines: day, counters, day, counters ...; of a user that is new all at once."""
        places = range(0, len(flat), _WIDTH)
        if user in self.lines or (user is not None and hash64(user) >= self.bar):
            for place in places:
                self.add(user, flat[place], flat[place + 1 : place + _WIDTH])
            return
        self.lines[user] = {flat[place]: flat[place + 1 : place + _WIDTH] for place in places}
        self._count += len(self.lines[user])
        if self._count > 2 * MOST_LINES:
            self.settle()

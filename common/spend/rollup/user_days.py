"""Lines by user and UTC day, bounded: of the users with the smallest hashes, as many as have room; the rest together.

The bound is on lines, users times the days on which each was seen: 50,000 are all days of 550 users over three months,
or of 1,600 users over one. All others of a day are in that day's line of "(other)".
"""

from collections.abc import Iterator
from typing import Any

from common.spend.rollup.bounded_times import BoundedTimes
from common.spend.rollup.cells import bump

MOST_LINES = 50_000
_WIDTH = 7
"""A day and the counters of its line, as records have them."""


class UserDays(BoundedTimes[list[int]]):
    """By user (None: untagged) and day as an ordinal."""

    def __init__(self) -> None:
        super().__init__(MOST_LINES)

    def add_counts(self, times: dict[int, list[int]], time: int, counts: list[int]) -> None:
        """Add a line."""
        bump(times, time, counts)

    def records(self, last: int) -> Iterator[list[Any]]:
        """JSON-ready lists in a canonical order; no name that is kept anywhere has a larger hash than `last`."""
        if self.cuts(last):
            yield ["b", self.bar]
        for user, days in sorted(self.lines.items(), key=lambda item: repr(item[0])):
            yield ["v", user, *(count for day in sorted(days) for count in (day, *days[day]))]

    def merge(self, user: str | None, flat: list[int]) -> None:
        """Add a record's lines: day, counters, day, counters ..."""
        days = self.times_of(user)
        before = len(days)
        for place in range(0, len(flat), _WIDTH):
            bump(days, flat[place], flat[place + 1 : place + _WIDTH])
        self.grown(len(days) - before)

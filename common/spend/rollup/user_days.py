"""Lines by user and UTC day, bounded: of the users with the smallest hashes, as many as have room; the rest together.

The bound is on lines. All others of a day are in that day's line of "(other)".
"""

from collections.abc import Iterator
from typing import Any

from common.spend.rollup.bounded_times import BoundedTimes
from common.spend.rollup.cells import bump

_WIDTH = 7
"""A day and the counters of its line, as records have them."""


class UserDays(BoundedTimes[list[int]]):
    """By user (None: untagged) and day as an ordinal."""

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
            day, line = flat[place], flat[place + 1 : place + _WIDTH]
            if day in days:
                bump(days, day, line)
            else:
                days[day] = line
        self.grown(len(days) - before)

"""Lines by user and UTC day, bounded: of the users with the smallest hashes, as many as have room; the rest together.

The bound is on lines. All others of a day are in that day's line of "(other)".
"""

from collections.abc import Iterator
from typing import Any

from common.spend.rollup.bounded_times import BoundedTimes
from common.spend.rollup.cells import LINE_WIDTH, bump

_WIDTH = 1 + LINE_WIDTH
"""A day and the counters of its line."""


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
            columns = zip(*((day, *days[day]) for day in sorted(days)), strict=True)
            yield ["w", user, *map(list, columns)]

    def merge(self, user: str | None, days: list[int], *counters: list[int]) -> None:
        """Add a record's lines, as columns."""
        present = self.times_of(user)
        before = len(present)
        for day, *line in zip(days, *counters, strict=True):
            if day in present:
                bump(present, day, line)
            else:
                present[day] = line
        self.grown(len(present) - before)


def columns_of(flat: list[int]) -> list[list[int]]:
    """From day, counters, day, counters ..., as records of kind "v" have them, which are not written any more."""
    return [flat[place::_WIDTH] for place in range(_WIDTH)]

"""Requests and tokens by minute, of the latest days: what a limit per minute is held against.

Which days are the latest does not depend on order or cuts, so the busiest minute is exact, however rollups are merged.
Sums of hours or days have no minute.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from common.spend.rollup.cells import MinuteKey
from common.spend.rollup.name_table import NameTable
from common.spend.rollup.part_counter import PartCounter

DAY_MINUTES = 1_440
MINUTE_N, MINUTE_INPUT, MINUTE_OUTPUT, MINUTE_UNPRICED = range(4)
"""Places in the counters of a minute."""
_WIDTH = 4
Line = tuple[int, ...]
"""The counters of a minute with at least one request."""


class Minutes(PartCounter):
    """By day as an ordinal, and minute of the day."""

    KINDS = "ay"
    """Days, and the first one that is held."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._first = 0
        self._days: dict[int, array[int]] = {}
        """The counters of each minute, one after the other."""

    def add(self, day: int, minute: int, counts: Iterable[int]) -> None:
        """Count in a minute of a day."""
        counters = self._days.get(day) or self._new(day)
        if counters is not None:
            for place, count in enumerate(counts, minute * _WIDTH):
                counters[place] += count

    def _new(self, day: int) -> array[int] | None:
        if day < self._first:
            return None
        counters = self._days[day] = array("q", bytes(8 * _WIDTH * DAY_MINUTES))
        if len(self._days) > 2 * self._most:
            self._settle()
        return counters

    def _settle(self) -> None:
        if len(self._days) > self._most:
            self._begin(sorted(self._days)[-self._most])

    def _begin(self, first: int) -> None:
        if first > self._first:
            self._first = first
            self._days = {day: counters for day, counters in self._days.items() if day >= first}

    @property
    def first_day(self) -> int:
        """The first day that is held, 0: all of them are."""
        self._settle()
        return self._first

    def by_day(self) -> dict[int, tuple[int, int]]:
        """Requests and tokens."""
        self._settle()
        return {
            day: (
                sum(counters[MINUTE_N::_WIDTH]),
                sum(counters[MINUTE_INPUT::_WIDTH] + counters[MINUTE_OUTPUT::_WIDTH]),
            )
            for day, counters in self._days.items()
        }

    def by_key(self) -> dict[MinuteKey, Line]:
        """All minutes with a request."""
        self._settle()
        return {MinuteKey(day, minute): line for day in self._days for minute, line in self._lines(day)}

    def _lines(self, day: int) -> Iterator[tuple[int, Line]]:
        counters = self._days[day]
        columns = (counters[place::_WIDTH] for place in range(_WIDTH))
        for minute, (count, *rest) in enumerate(zip(*columns, strict=True)):
            if count:
                yield minute, (count, *rest)

    def merge(self, record: list[Any], names: NameTable) -> None:  # noqa: ARG002 - it has no names
        """Minutes of a day come as columns, each as its distance from the one before."""
        if record[0] == "y":
            self._begin(record[1])
            return
        counters = self._days.get(record[1]) or self._new(record[1])
        if counters is not None:
            at = 0
            for step, count, incoming, outgoing, unpriced in zip(*record[2 : 3 + _WIDTH], strict=True):
                at += step * _WIDTH
                counters[at] += count
                counters[at + 1] += incoming
                counters[at + 2] += outgoing
                counters[at + 3] += unpriced

    def evict(self, dimension: str, evicted: Collection[str]) -> None:
        """It has no names."""

    def records(self, names: NameTable) -> Iterator[list[Any]]:  # noqa: ARG002 - it has no names
        """The first day that is held if some are not, then days in order."""
        self._settle()
        if self._first:
            yield ["y", self._first]
        for day in sorted(self._days):
            minutes, lines = zip(*self._lines(day), strict=True)
            steps = list(map(int.__sub__, minutes, (0, *minutes)))
            yield ["a", day, steps, *map(list, zip(*lines, strict=True))]

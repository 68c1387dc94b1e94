"""Lines by owner, time and group, bounded by owners as common/spend/rollup/bounded_times.py says.

The bound is on times of owners, whatever groups they have in them: how many these are depends on which names of groups
are folded into "(other)", and so on the order of rows.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.bounded_times import BoundedTimes
from common.spend.rollup.cells import LINE_WIDTH, bump, move
from common.spend.rollup.name_table import NameTable
from common.spend.rollup.part_counter import PartCounter

Group = tuple[str | None, ...]
"""Names by `GROUPED_BY`."""


class GroupedTimes(BoundedTimes[dict[Group, list[int]]], PartCounter):
    """By owner (None: untagged), time, and group. Of the two kinds of its records the second one is of the bound."""

    OWNER: ClassVar[str]
    """The dimension of the owners."""
    GROUPED_BY: ClassVar[tuple[str, ...]]
    """Those of the names of a group."""

    @staticmethod
    @abstractmethod
    def local(owner: str | None, group: Group, names: NameTable) -> tuple[str | None, Group]:
        """Both as they are counted here."""

    def add_counts(self, times: dict[int, dict[Group, list[int]]], time: int, counts: dict[Group, list[int]]) -> None:
        """Add lines by group."""
        present = times.setdefault(time, {})
        for group, line in counts.items():
            bump(present, group, line)

    def evict(self, dimension: str, evicted: Collection[str]) -> None:
        """Count names that have no room under OTHER."""
        if dimension == self.OWNER:
            self.fold(evicted)
        elif dimension in self.GROUPED_BY:
            self._rename(dimension, evicted)

    def _rename(self, dimension: str, evicted: Collection[str]) -> None:
        place = self.GROUPED_BY.index(dimension)

        def renamed(group: Group) -> Group | None:
            return (*group[:place], OTHER, *group[place + 1 :]) if group[place] in evicted else None

        for times in self.lines.values():
            for groups in times.values():
                move(groups, renamed)

    def flat(self) -> Iterator[tuple[str | None, int, Group, list[int]]]:
        """(owner, time, group, line) of each."""
        for owner, times in self.lines.items():
            for time, groups in times.items():
                for group, line in groups.items():
                    yield owner, time, group, line

    def records(self, names: NameTable) -> Iterator[list[Any]]:
        """The bound, then columns of lines by owner and group."""
        of_lines, of_bound = tuple(self.KINDS)
        self.settle()
        if self.cuts(names.names[self.OWNER].last):
            yield [of_bound, self.bar]
        for owner, times in sorted(self.lines.items(), key=lambda item: repr(item[0])):
            by_group: dict[Group, list[tuple[int, ...]]] = {}
            for time in sorted(times):
                for group, line in times[time].items():
                    by_group.setdefault(group, []).append((time, *line))
            for group in sorted(by_group, key=repr):
                yield [of_lines, owner, *group, *map(list, zip(*by_group[group], strict=True))]

    def merge(self, record: list[Any], names: NameTable) -> None:
        """Lines come as columns: they take two thirds of the room of lines."""
        if record[0] == self.KINDS[1]:
            self.lower_bar(record[1])
            return
        columns = 2 + len(self.GROUPED_BY)
        owner, group = self.local(record[1], tuple(record[2:columns]), names)
        self._merge_lines(owner, group, *record[columns : columns + 1 + LINE_WIDTH])

    def _merge_lines(self, owner: str | None, group: Group, times: list[int], *counters: list[int]) -> None:
        present = self.times_of(owner)
        before = len(present)
        for time, *line in zip(times, *counters, strict=True):
            groups = present.get(time)
            if groups is None:
                present[time] = {group: line}
            elif group in groups:
                bump(groups, group, line)
            else:
                groups[group] = line
        self.grown(len(present) - before)

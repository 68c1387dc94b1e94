"""The counters of a rollup with their bounds, and how they become records and come back. They know no prices."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.cells import CellKey, SketchKey, bump, move
from common.spend.rollup.duplicates import DuplicateCounter
from common.spend.rollup.name_table import Naming
from common.spend.rollup.row_facts import micros, moment_of
from common.spend.rollup.sketch import Sketch
from common.spend.rollup.sketches import Measured
from common.spend.rollup.user_days import UserDays

_PLACES = {"provider": 1, "model": 2, "feature": 3, "status": 4}
"""Of names in a cell's key; in a sketch's the first three are the same."""


class Tallies:
    """Cells by day, provider, model, feature, status, tier and size; lines by hour, user, and user and day; sketches;
    duplicates.

    More names may be out than the bounds allow until someone looks: taking them back one by one would be slow.
    """

    def __init__(self) -> None:
        self._naming = Naming()
        self._cells: dict[CellKey, list[int]] = {}
        self.hours: dict[tuple[int, int], list[int]] = {}
        self._users: dict[str | None, list[int]] = {}
        self._user_days = UserDays()
        self._shapes: dict[tuple[str | None, int], list[int]] = {}
        self.other_money: dict[str, list[int]] = {}
        """Costs that are not in USD, by currency: [10^-12 of its unit, rows]."""
        self._measured = Measured()
        self._duplicates = DuplicateCounter()
        self.has: set[str] = set()
        self.first: datetime | None = None
        self.last: datetime | None = None

    @property
    def cells(self) -> dict[CellKey, list[int]]:
        """Counters, see common/spend/rollup/cells.py."""
        self._settle()
        return self._cells

    @property
    def users(self) -> dict[str | None, list[int]]:
        """Lines by user; None: not told."""
        self._settle()
        return self._users

    @property
    def user_days(self) -> dict[str | None, dict[int, list[int]]]:
        """Lines by user and day, of as many users as there is room for; shards of before 2026-12 have none."""
        self._settle()
        self._user_days.settle()
        return self._user_days.lines

    @property
    def shapes(self) -> dict[tuple[str | None, int], list[int]]:
        """Requests by feature and hour of the UTC day."""
        self._settle()
        return self._shapes

    @property
    def duplicates(self) -> DuplicateCounter:
        """Equal prompts of a day."""
        self._settle()
        return self._duplicates

    @property
    def sketches(self) -> dict[SketchKey, Sketch]:
        """Sizes and latencies of single requests, never of their sums.

        Sizes are of all requests, costs of priced ones, latencies of those that went well.
        """
        self._settle()
        return self._measured.sketches()

    def _settle(self) -> None:
        """Take back names beyond the bounds."""
        if not self._naming.settled():
            self._evict()

    def _evict(self) -> None:
        for dimension, gone in self._naming.settle().items():
            if dimension == "user":
                move(self._users, dict.fromkeys(gone, OTHER).get)
                self._user_days.fold(gone)
            else:
                self._evict_from_cells(_PLACES[dimension], gone)

    def _evict_from_cells(self, place: int, gone: set[str]) -> None:
        def renamed(key: Any) -> Any:
            return (*key[:place], OTHER, *key[place + 1 :]) if key[place] in gone else None

        move(self._cells, renamed)
        self._duplicates.rename(renamed)
        if place == _PLACES["feature"]:
            move(self._shapes, lambda shape: (OTHER, shape[1]) if shape[0] in gone else None)
        if place != _PLACES["status"]:
            self._measured.rename(renamed)

    def records(self) -> Iterator[list[Any]]:
        """The rollup as JSON-ready lists in a canonical order: equal rollups have equal records."""
        self._settle()
        times = [moment and micros(moment) for moment in (self.first, self.last)]
        yield ["m", *times, sorted(self.has), self._duplicates.threshold_now()]
        for name, names in self._naming.names.items():
            yield ["n", name, sorted(names.kept)]
        for key, counts in sorted(self._cells.items(), key=_by_text):
            yield ["c", *key, *counts]
        for hour, line in sorted(self.hours.items()):
            yield ["h", *hour, *line]
        for user, line in sorted(self._users.items(), key=_by_text):
            yield ["u", user, *line]
        for shape, counts in sorted(self._shapes.items(), key=_by_text):
            yield ["f", *shape, *counts]
        for currency, counts in sorted(self.other_money.items()):
            yield ["o", currency, *counts]
        self._user_days.settle()
        yield from self._user_days.records(self._naming.names["user"].last)
        for where, sketch in sorted(self.sketches.items(), key=_by_text):
            yield ["s", *where, sketch.as_list()]
        yield from self._duplicates.records()

    def merge_records(self, records: Iterable[list[Any]]) -> None:
        """Add what records tell, in any order."""
        for record in records:
            self._merge_record(record)
            if self._naming.crowded:
                self._evict()

    def _merge_record(self, record: list[Any]) -> None:
        kind, naming = record[0], self._naming
        if kind == "m":
            self._merge_meta(record)
        elif kind == "n":
            for name in record[2]:
                naming.name(record[1], name)
        elif kind == "c":
            bump(self._cells, naming.known(record[1:8]), record[8:])
        elif kind == "h":
            bump(self.hours, (record[1], record[2]), record[3:])
        elif kind == "f":
            bump(self._shapes, (naming.name("feature", record[1]), record[2]), record[3:])
        elif kind == "o":
            bump(self.other_money, record[1], record[2:])
        elif kind == "s":
            key = naming.known([0, *record[2:5], "ok", "standard", 0])
            self._measured.merge((record[1], key[1], key[2], key[3]), Sketch.from_list(record[5]))
        elif kind in ("d", "r"):
            self._duplicates.merge(record, naming.known)
        else:
            self._merge_users(record)

    def _merge_users(self, record: list[Any]) -> None:
        if record[0] == "u":
            bump(self._users, self._naming.name("user", record[1]), record[2:])
        elif record[0] == "v":
            self._user_days.merge(self._naming.name("user", record[1]), record[2:])
        else:
            self._user_days.lower_bar(record[1])

    def _merge_meta(self, record: list[Any]) -> None:
        first, last = moment_of(record[1]), moment_of(record[2])
        self.first = min((t for t in (self.first, first) if t), default=None)
        self.last = max((t for t in (self.last, last) if t), default=None)
        self.has.update(record[3])
        self._duplicates.lower_threshold(record[4])


def _by_text(item: tuple[Any, Any]) -> str:
    return repr(item[0])

"""The counters of a rollup with their bounds, to records and back. They know no prices."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from common.spend.model import Unanswerable
from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.cells import (
    CELL_WIDTH,
    LINE_N,
    LINE_WIDTH,
    NO_HOUR,
    CellKey,
    ChargeKey,
    DaySketchKey,
    HourKey,
    ShapeKey,
    SketchKey,
    TrafficKey,
    UserFeatureKey,
    bump,
    move,
    text_of,
)
from common.spend.rollup.charges import Charges
from common.spend.rollup.duplicates import DuplicateCounter, Repeats
from common.spend.rollup.limits import LIMITS, RollupLimits
from common.spend.rollup.minutes import Minutes
from common.spend.rollup.name_table import NameTable
from common.spend.rollup.part_counter import PartCounter
from common.spend.rollup.parts import ALL_PARTS, PART_OF, Part, PartNotLoadedError, not_counted
from common.spend.rollup.prompts import Prompts
from common.spend.rollup.row_facts import micros, moment_of
from common.spend.rollup.sketch import Sketch
from common.spend.rollup.sketches import SizeSketches
from common.spend.rollup.traffic import Traffic, hour_at
from common.spend.rollup.user_days import UserDays, columns_of
from common.spend.rollup.user_features import UserFeatures

_Key = TypeVar("_Key", CellKey, SketchKey, ShapeKey)
_AnyKey = TypeVar("_AnyKey")
_Value = TypeVar("_Value")


class RollupCounters:
    """Cells by day, provider, model, feature, status, tier and size; lines by hour, user, and user and day; sketches;
    duplicates.

    Names may exceed their bounds until somebody reads the counters: to evict them one by one would be slow.
    Reading a counter whose part is not among `parts` raises PartNotLoadedError, or Unanswerable if it was never
    counted.
    """

    def __init__(self, loaded: Collection[Part] = ALL_PARTS, limits: RollupLimits = LIMITS) -> None:
        self.limits = limits
        self.loaded = frozenset(loaded) | {Part.NAMES}
        """The parts that were asked for; of rows that are counted here, all."""
        self.counted = ALL_PARTS
        """The parts that whoever wrote the merged rollups knew: those that each of them has."""
        self.withheld: Mapping[Part, str] = {}
        """Why a part of these rows cannot be told from that of all rows, see common/spend/semantics/narrowing.py."""
        self._sources = 0
        """Rollups that were merged into this one."""
        self._names = NameTable(limits.names)
        self._cells: dict[CellKey, list[int]] = {}
        self._hours: dict[HourKey, list[int]] = {}
        self._users: dict[str | None, list[int]] = {}
        self._user_days = UserDays(limits.user_days)
        self._shapes: dict[ShapeKey, list[int]] = {}
        self._traffic = Traffic(limits.feature_hours)
        self._fresh: dict[TrafficKey, list[int]] = {}
        """Lines of rows that are in the hours, the shapes and the traffic only after `_spread_fresh`."""
        self._sizes = SizeSketches(limits.feature_days)
        self._user_features = UserFeatures(limits.user_feature_days)
        self._prompts = Prompts(limits.prompts)
        self._minutes = Minutes(limits.minute_days)
        self._charges = Charges()
        self._fine: tuple[PartCounter, ...] = (
            self._charges, self._traffic, self._user_features, self._sizes.by_day, self._prompts, self._minutes,
        )  # fmt: skip
        """Counters that know their own records."""
        self._of_kind = {kind: counter for counter in self._fine for kind in counter.KINDS}
        self._fresh_users: dict[UserFeatureKey, list[int]] = {}
        """As `_fresh`, of all that is by user."""
        self.other_money: dict[str, list[int]] = {}
        """Costs that are not in USD, by currency: [10^-12 of its unit, rows]."""
        self._duplicates = DuplicateCounter()
        self.has: set[str] = set()
        self.first: datetime | None = None
        self.last: datetime | None = None

    @property
    def parts(self) -> frozenset[Part]:
        """What can be read: a part of some of the rows would pass for one of all."""
        there = (self.loaded & self.counted) - self.withheld.keys()
        if Part.REPEATS not in there or (Part.DUPLICATES not in there and self._sources > 1):
            there -= {Part.REPEATS, Part.DUPLICATES}
        return there

    def tells(self, part: Part) -> bool:
        """Whether a part can be read. Raises PartNotLoadedError if it was not loaded."""
        if part not in self.loaded:
            raise PartNotLoadedError([part])
        return part in self.counted and part not in self.withheld

    def _require(self, *parts: Part) -> None:
        if absent := set(parts) - self.loaded:
            raise PartNotLoadedError(absent)
        for part in parts:
            if part in self.withheld:
                raise Unanswerable(self.withheld[part])
            if part not in self.counted:
                raise Unanswerable(not_counted([part]))

    @property
    def cells(self) -> dict[CellKey, list[int]]:
        """Counters, see common/spend/rollup/cells.py."""
        self._require(Part.CELLS)
        self._settle()
        return self._cells

    @property
    def charges(self) -> dict[ChargeKey, list[int]]:
        """What is billed beside plain text tokens."""
        self._require(Part.CHARGES)
        self._settle()
        return self._charges.lines

    @property
    def hours(self) -> dict[HourKey, list[int]]:
        """Lines by hour of each day."""
        self._require(Part.HOURS)
        self._spread_fresh()
        return self._hours

    @property
    def users(self) -> dict[str | None, list[int]]:
        """Lines by user; None: untagged."""
        self._require(Part.USERS)
        self._settle()
        return self._users

    @property
    def user_days(self) -> dict[str | None, dict[int, list[int]]]:
        """Lines by user and day, of as many users as have room; shards written before 2026-12 have none."""
        self._require(Part.USERS)
        self._settle()
        self._user_days.settle()
        return self._user_days.lines

    @property
    def shapes(self) -> dict[ShapeKey, list[int]]:
        """Requests by feature and hour of the UTC day."""
        self._require(Part.HOURS)
        self._settle()
        return self._shapes

    @property
    def traffic(self) -> dict[TrafficKey, list[int]]:
        """Lines by hour, provider, model and feature, of as many features as have room; built at each reading."""
        self._require(Part.TRAFFIC)
        self._settle()
        self._traffic.settle()
        return self._traffic.by_key()

    @property
    def user_features(self) -> dict[UserFeatureKey, list[int]]:
        """Lines by user, day and feature, of as many users as have room; built at each reading."""
        self._require(Part.USER_FEATURES)
        self._settle()
        self._user_features.settle()
        return self._user_features.by_key()

    @property
    def minutes(self) -> Minutes:
        """Requests and tokens by minute, of the latest days."""
        self._require(Part.MINUTES)
        return self._minutes

    @property
    def prompts(self) -> Prompts:
        """Equal prompts of all days."""
        self._require(Part.PROMPTS)
        self._settle()
        return self._prompts

    @property
    def duplicates(self) -> DuplicateCounter:
        """Equal prompts of a day."""
        self._require(Part.DUPLICATES, Part.REPEATS)
        self._settle()
        return self._duplicates

    @property
    def repeats(self) -> Repeats:
        """What repeats a prompt of the day. What repeats across rollups is found only by the firsts of each."""
        self._require(Part.REPEATS, *((Part.DUPLICATES,) if self._sources > 1 else ()))
        self._settle()
        return self._duplicates

    @property
    def sketches(self) -> dict[SketchKey, Sketch]:
        """Sizes and latencies of single requests, never of their sums.

        Sizes are of all requests, costs of priced ones, latencies of those that went well.
        """
        self._require(Part.SKETCHES)
        self._settle()
        return self._sizes.sketches()

    @property
    def day_sketches(self) -> dict[DaySketchKey, list[int]]:
        """Times by day, each as `Sketch.as_list` has it; built at each reading.

        Of a feature whose hash is not below `day_sketch_bar` they are under OTHER.
        """
        self._require(Part.DAY_SKETCHES)
        self._settle()
        self._sizes.by_day.settle()
        return self._sizes.by_day.by_key()

    @property
    def day_sketch_bar(self) -> int:
        """See `day_sketches`."""
        self._require(Part.DAY_SKETCHES)
        self._settle()
        self._sizes.by_day.settle()
        return self._sizes.by_day.bar

    @property
    def user_feature_bar(self) -> int:
        """The hash from which on users have no room by feature: more rows never raise it."""
        self._user_features.settle()
        return self._user_features.bar

    def settle(self) -> None:
        """Bring all counters within their bounds: until something is added, reading changes nothing, in any thread."""
        self._settle()
        for counter in (self._user_days, self._traffic, self._user_features, self._sizes.by_day):
            counter.settle()
        self._sizes.sketches()
        self._duplicates.threshold_now()

    def _settle(self) -> None:
        """Take back names beyond the bounds."""
        self._spread_fresh()
        if not self._names.settled():
            self._evict()

    def _spread_fresh(self) -> None:
        """Count lines of rows in all that is by hour or user: each row once for all would be slower than each line."""
        self._sizes.flush()
        fresh, self._fresh = self._fresh, {}
        for key, line in fresh.items():
            bump(self._hours, HourKey(key.day, key.hour), line)
            if line[LINE_N] and key.hour != NO_HOUR:
                bump(self._shapes, ShapeKey(key.feature, key.hour), line[:1])
            self._traffic.add(key.feature, hour_at(key.day, key.hour), {(key.provider, key.model): line})
        fresh_users, self._fresh_users = self._fresh_users, {}
        for (user, day, feature), line in fresh_users.items():
            bump(self._users, user, line)
            self._user_days.add(user, day, line)
            self._user_features.add(user, day, {(feature,): line})

    def _evict(self) -> None:
        self._spread_fresh()
        for dimension, evicted in self._names.settle().items():
            if dimension == "user":
                self._evict_users(evicted)
            else:
                self._evict_from_cells(dimension, evicted)
            for counter in self._fine:
                counter.evict(dimension, evicted)

    def _evict_users(self, evicted: set[str]) -> None:
        move(self._users, lambda user: OTHER if user in evicted else None)
        self._user_days.fold(evicted)

    def _evict_from_cells(self, dimension: str, evicted: set[str]) -> None:
        """`dimension`: a field of cells' keys that has names."""
        other: dict[str, Any] = {dimension: OTHER}

        def renamed(key: _Key) -> _Key | None:
            return key._replace(**other) if getattr(key, dimension) in evicted else None

        move(self._cells, renamed)
        self._duplicates.rename(renamed)
        if dimension == "feature":
            move(self._shapes, renamed)
        if dimension != "status":
            self._sizes.rename(renamed)

    def records(self) -> Iterator[list[Any]]:
        """What can be read, as JSON-ready lists in a canonical order: equal rollups have equal records."""
        self._settle()
        yield ["p", *(part for part in Part if part in self.parts)]
        yield from (record for record in self._records() if PART_OF[record[0]] in self.parts)

    def _records(self) -> Iterator[list[Any]]:
        times = [moment and micros(moment) for moment in (self.first, self.last)]
        yield ["m", *times, sorted(self.has), self._duplicates.threshold_now()]
        for dimension, names in self._names.names.items():
            yield ["n", dimension, sorted(names.kept)]
        for key, counts in _in_order(self._cells):
            yield ["c", *key, *counts]
        for hour, line in sorted(self._hours.items()):
            yield ["h", *hour, *line]
        for user, line in _in_order(self._users):
            yield ["u", user, *line]
        for shape, counts in _in_order(self._shapes):
            yield ["f", *shape, *counts]
        for currency, counts in sorted(self.other_money.items()):
            yield ["o", currency, *counts]
        self._user_days.settle()
        yield from self._user_days.records(self._names.names["user"].last)
        for counter in self._fine:
            yield from counter.records(self._names)
        for measured, sketch in _in_order(self._sizes.sketches()):
            yield ["s", *measured, sketch.as_list()]
        yield from self._duplicates.records()

    def merge_records(self, records: Iterable[list[Any]]) -> None:
        """Add records, in any order; those of an unknown kind are skipped."""
        for record in records:
            self._merge_record(record)
            if self._names.crowded:
                self._evict()

    def _merge_record(self, record: list[Any]) -> None:
        kind, names = record[0], self._names
        if kind == "c":
            bump(self._cells, names.local_key(record[1:8]), record[8 : 8 + CELL_WIDTH])
        elif kind == "h":
            bump(self._hours, HourKey(record[1], record[2]), record[3 : 3 + LINE_WIDTH])
        elif kind == "f":
            bump(self._shapes, ShapeKey(names.name("feature", record[1]), record[2]), record[3:4])
        elif kind == "s":
            group = names.local_group(*record[2:5])
            self._sizes.merge(SketchKey(record[1], *group), Sketch.from_list(record[5]))
        elif kind in ("d", "r"):
            self._duplicates.merge(record, names.local_key)
        elif kind in self._of_kind:
            self._of_kind[kind].merge(record, names)
        elif kind in ("u", "w", "v", "b"):
            self._merge_users(record)
        else:
            self._merge_names(record)

    def _merge_users(self, record: list[Any]) -> None:
        if record[0] == "u":
            bump(self._users, self._names.name("user", record[1]), record[2 : 2 + LINE_WIDTH])
        elif record[0] == "w":
            self._user_days.merge(self._names.name("user", record[1]), *record[2 : 3 + LINE_WIDTH])
        elif record[0] == "v":
            self._user_days.merge(self._names.name("user", record[1]), *columns_of(record[2:]))
        else:
            self._user_days.lower_bar(record[1])

    def _merge_names(self, record: list[Any]) -> None:
        if record[0] == "m":
            self._merge_meta(record)
        elif record[0] == "n" and record[1] in self._names.names:
            for name in record[2]:
                self._names.name(record[1], name)
        elif record[0] == "o":
            bump(self.other_money, record[1], record[2:4])
        elif record[0] == "p":
            self._sources += 1
            self.counted = self.counted.intersection(record[1:])

    def _merge_meta(self, record: list[Any]) -> None:
        first, last = moment_of(record[1]), moment_of(record[2])
        self.first = min((t for t in (self.first, first) if t), default=None)
        self.last = max((t for t in (self.last, last) if t), default=None)
        self.has.update(record[3])
        self._duplicates.lower_threshold(record[4])


def _in_order(counters: Mapping[_AnyKey, _Value]) -> list[tuple[_AnyKey, _Value]]:
    """By the text of the keys, as names may be None."""
    return sorted(counters.items(), key=lambda item: text_of(item[0]))

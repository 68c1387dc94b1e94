"""Sums of many blocks, held as columns until they are worth turning into the records of a rollup."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from common.spend.logs.columnar.keys import EPOCH_DAY, HOURS, USER_DAY, unpacked
from common.spend.logs.columnar.labels import OTHER_NAME, Labels
from common.spend.logs.columnar.merged_counts import LINE, MergedCounts
from common.spend.logs.columnar.owners import bar_of, beyond
from common.spend.logs.columnar.spread import sketches
from common.spend.logs.columnar.sums import Sums
from common.spend.model import BUCKETS, Measure
from common.spend.prices.engine import size_starts
from common.spend.rollup.bounded_names import ALL
from common.spend.rollup.limits import RollupLimits
from common.spend.rollup.minutes import DAY_MINUTES
from common.spend.rollup.traffic import DAY_HOURS

_MOST_HELD = 24 * 1024 * 1024
"""Bytes of sums."""
_CELL = ("used", "feature", "status", "tier", "floor")


class Pending:
    """What was counted and is in no rollup yet."""

    def __init__(self, limits: RollupLimits) -> None:
        self._limits = limits
        self._cells: list[pl.DataFrame] = []
        self._minutes = MergedCounts()
        self._users = MergedCounts()
        self._bins: dict[Measure, MergedCounts] = {}

    def add(self, sums: Sums) -> None:
        """Those of one more block."""
        self._cells.append(sums.cells)
        self._minutes.add(sums.minutes)
        self._users.add(sums.users)
        for measure, bins in sums.bins.items():
            self._bins.setdefault(measure, MergedCounts()).add(bins)

    @property
    def many(self) -> bool:
        """Whether they should be counted in a rollup, so that memory stays bounded."""
        held = sum(int(cells.estimated_size()) for cells in self._cells)
        by_key = (self._minutes, self._users, *self._bins.values())
        return held + sum(counts.size for counts in by_key) > _MOST_HELD

    def records(self, labels: Labels) -> Iterator[list[Any]]:
        """As `Rollup.records` has them; without times and names."""
        if not self._cells:
            return
        cells = pl.concat(self._cells, how="diagonal").with_columns(day=pl.col("hour") // HOURS)
        yield from _cells(cells, labels)
        for hour, *line in cells.group_by("hour").agg(pl.col(LINE).sum()).iter_rows():
            yield ["h", hour // HOURS + EPOCH_DAY, hour % HOURS, *line]
        by_hour = cells.group_by("feature", hour=pl.col("hour") % HOURS).agg(pl.col("n").sum())
        for feature, hour, n in by_hour.iter_rows():
            yield ["f", labels.features.values[feature], hour, n]
        yield from _traffic(cells, labels)
        yield from _minutes(self._minutes.merged(), self._limits.minute_days)
        yield from _users(self._users.merged(), labels, self._limits)
        for measure, bins in self._bins.items():
            yield from sketches(measure, cells, bins.merged(), labels)


def _cells(cells: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    zero = pl.lit(0, pl.Int64())
    buckets = [pl.col(bucket) if bucket in cells.columns else zero.alias(bucket) for bucket in BUCKETS]
    costs = [pl.col(name) if name in cells.columns else zero.alias(name) for name in ("reported", "reported_known")]
    without = pl.when(pl.col("unpriced") > 0).then(pl.col("incoming") + pl.col("outgoing")).otherwise(0)
    counters: list[str | pl.Expr] = ["n", *buckets, "cost", "unpriced", *costs, without.alias("unpriced_tokens")]
    sums = cells.select("day", *_CELL, *counters).group_by("day", *_CELL).agg(pl.all().sum())
    for day, used, feature, status, tier, floor, n, *rest in sums.iter_rows():
        *tokens, cost, unpriced, reported, reports, unpriced_tokens = rest
        key = [day + EPOCH_DAY, *labels.group(used, feature), labels.statuses.values[status]]
        counts = [n, *tokens, 0, 0, 0, cost, unpriced, reported, reports, 0, unpriced_tokens, *(0,) * 7]
        yield ["c", *key, labels.tiers.values[tier], size_starts()[floor], *counts]


def _traffic(cells: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    at = ((pl.col("hour") // HOURS + EPOCH_DAY) * DAY_HOURS + pl.col("hour") % HOURS + 1).alias("at")
    lines = cells.group_by("used", "feature", "hour").agg(pl.col(LINE).sum())
    for used, feature, *columns in lines.group_by("used", "feature").agg(at, *LINE).iter_rows():
        provider, model, name = labels.group(used, feature)
        yield ["t", name, provider, model, *columns]


def _minutes(sums: pl.DataFrame, most: int) -> Iterator[list[Any]]:
    """Of the latest days."""
    ordered = sums.sort("key").with_columns(day=pl.col("key") // DAY_MINUTES, minute=pl.col("key") % DAY_MINUTES)
    days = ordered["day"].unique().sort()
    if len(days) > most:
        ordered = ordered.filter(pl.col("day") >= days[-most])
        yield ["y", days[-most] + EPOCH_DAY]
    steps = pl.col("minute") - pl.col("minute").shift(1, fill_value=0)
    by_day = ordered.group_by("day").agg(steps, "n", "incoming", "outgoing", "unpriced")
    for day, *columns in by_day.iter_rows():
        yield ["a", day + EPOCH_DAY, *columns]


def _users(sums: pl.DataFrame, labels: Labels, limits: RollupLimits) -> Iterator[list[Any]]:
    lines = sums.select(*unpacked("key", USER_DAY), *LINE).with_columns(pl.col("day") + EPOCH_DAY)
    for user, *line in lines.group_by("user").agg(pl.col(LINE).sum()).iter_rows():
        yield ["u", labels.users.values[user], *line]
    bar = bar_of(sums, labels, limits.user_days)
    yield ["b", bar]
    if bar != ALL:
        user = pl.when(beyond(bar, labels)).then(OTHER_NAME).otherwise("user").alias("user")
        lines = lines.with_columns(user).group_by("user", "day").agg(pl.col(LINE).sum())
    for user, *columns in lines.group_by("user").agg("day", *LINE).iter_rows():
        yield ["w", labels.user(user), *columns]

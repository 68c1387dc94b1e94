"""Sums of many blocks, held as columns until they are worth turning into the records of a rollup."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import polars as pl

from common.spend.logs.columnar.keys import BIN, EPOCH_DAY, HOURS, OTHER_NAME, USER_DAY, USER_FEATURE, unpacked
from common.spend.logs.columnar.labels import Labels
from common.spend.logs.columnar.sums import MEASURES, Sums
from common.spend.model import BUCKETS, Measure
from common.spend.prices.engine import size_starts
from common.spend.rollup.bounded_names import ALL, OTHER
from common.spend.rollup.traffic import DAY_HOURS

_MOST = 400_000
"""Rows of sums that are held, some 80 MB."""
_LINE = ("n", "incoming", "outgoing", "cost", "failed", "unpriced")
_CELL = ("used", "feature", "status", "tier", "floor")
_COLUMNS: dict[Measure, str] = {measure: column for column, measure in MEASURES.items()}


class MergedCounts:
    """Frames with a `key`, merged when there are many."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._rows = self._whole = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Count a block's."""
        self._frames.append(frame)
        self._rows += frame.height
        if self._rows > 2 * self._whole + _MOST // 4:
            self._frames = [self.merged()]
            self._rows = self._whole = self._frames[0].height

    @property
    def rows(self) -> int:
        """How many are held."""
        return self._rows

    def merged(self) -> pl.DataFrame:
        """All in one, each key once."""
        return pl.concat(self._frames).group_by("key").agg(pl.all().sum())


class Pending:
    """What was counted and is in no rollup yet."""

    def __init__(self) -> None:
        self._cells: list[pl.DataFrame] = []
        self._users = MergedCounts()
        self._user_features = MergedCounts()
        self._user_bar = ALL
        self._bins: dict[Measure, MergedCounts] = {}

    def add(self, sums: Sums) -> None:
        """Those of one more block."""
        self._cells.append(sums.cells)
        self._users.add(sums.users)
        self._user_features.add(sums.user_features)
        self._user_bar = min(self._user_bar, sums.user_bar)
        for measure, bins in sums.bins.items():
            self._bins.setdefault(measure, MergedCounts()).add(bins)

    @property
    def many(self) -> bool:
        """Whether they should be counted in a rollup, so that memory stays bounded."""
        held = sum(cells.height for cells in self._cells)
        return held + sum(counts.rows for counts in (self._users, self._user_features, *self._bins.values())) > _MOST

    def records(self, labels: Labels) -> Iterator[list[Any]]:
        """As `Rollup.records` has them; without times and names."""
        if not self._cells:
            return
        cells = pl.concat(self._cells, how="diagonal").with_columns(day=pl.col("hour") // HOURS)
        yield from _cells(cells, labels)
        for hour, *line in cells.group_by("hour").agg(pl.col(_LINE).sum()).iter_rows():
            yield ["h", hour // HOURS + EPOCH_DAY, hour % HOURS, *line]
        by_hour = cells.group_by("feature", hour=pl.col("hour") % HOURS).agg(pl.col("n").sum())
        for feature, hour, n in by_hour.iter_rows():
            yield ["f", labels.features.values[feature], hour, n]
        yield from _traffic(cells, labels)
        yield from _users(self._users.merged(), labels)
        yield ["i", self._user_bar]
        yield from _user_features(self._user_features.merged(), labels)
        for measure, bins in self._bins.items():
            yield from _sketches(measure, cells, bins.merged(), labels)


def _cells(cells: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    zero = pl.lit(0, pl.Int64())
    buckets = [pl.col(bucket) if bucket in cells.columns else zero.alias(bucket) for bucket in BUCKETS]
    costs = [pl.col(name) if name in cells.columns else zero.alias(name) for name in ("reported", "reported_known")]
    without = pl.when(pl.col("unpriced") > 0).then(pl.col("incoming") + pl.col("outgoing")).otherwise(0)
    counters: list[str | pl.Expr] = ["n", *buckets, "cost", "unpriced", *costs, without.alias("unpriced_tokens")]
    sums = cells.select("day", *_CELL, *counters).group_by("day", *_CELL).agg(pl.all().sum())
    for day, used, feature, status, tier, floor, n, *rest in sums.iter_rows():
        *tokens, cost, unpriced, reported, reports, unpriced_tokens = rest
        key = [day + EPOCH_DAY, *_sketch_key(used, feature, labels), labels.statuses.values[status]]
        counts = [n, *tokens, 0, 0, 0, cost, unpriced, reported, reports, 0, unpriced_tokens, *(0,) * 7]
        yield ["c", *key, labels.tiers.values[tier], size_starts()[floor], *counts]


def _traffic(cells: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    at = ((pl.col("hour") // HOURS + EPOCH_DAY) * DAY_HOURS + pl.col("hour") % HOURS + 1).alias("at")
    lines = cells.group_by("used", "feature", "hour").agg(pl.col(_LINE).sum())
    for used, feature, *columns in lines.group_by("used", "feature").agg(at, *_LINE).iter_rows():
        provider, model, name = _sketch_key(used, feature, labels)
        yield ["t", name, provider, model, *columns]


def _users(sums: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    lines = sums.with_columns(unpacked("key", USER_DAY)).with_columns(pl.col("day") + EPOCH_DAY)
    for user, *line in lines.group_by("user").agg(pl.col(_LINE).sum()).iter_rows():
        yield ["u", labels.users.values[user], *line]
    by_user = lines.group_by("user").agg("day", *_LINE)
    for user, *columns in by_user.iter_rows():
        yield ["v", labels.users.values[user], *chain.from_iterable(zip(*columns, strict=True))]


def _user_features(sums: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    lines = sums.with_columns(unpacked("key", USER_FEATURE)).with_columns(pl.col("day") + EPOCH_DAY)
    for user, feature, *columns in lines.group_by("user", "feature").agg("day", *_LINE).iter_rows():
        name = OTHER if user == OTHER_NAME else labels.users.values[user]
        yield ["e", name, labels.features.values[feature], *columns]


def _sketches(measure: Measure, cells: pl.DataFrame, bins: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    column = _COLUMNS[measure]
    sizes = cells.group_by("used", "feature").agg(pl.col(column).sum(), pl.col(f"{column}_most").max())
    ordered = bins.sort("key").with_columns(unpacked("key", BIN))
    counted = ordered.group_by("used", "feature").agg("bin", "n", count=pl.col("n").sum())
    for used, feature, places, counts, n, total, most in counted.join(sizes, on=["used", "feature"]).iter_rows():
        flat = [0] * (2 * len(places))
        flat[0::2] = map(int.__sub__, places, [1, *places])
        flat[1::2] = counts
        yield ["s", measure, *_sketch_key(used, feature, labels), [n, total, most, *flat]]


def _sketch_key(used: int, feature: int, labels: Labels) -> tuple[str, str, str | None]:
    """(provider, model, feature)."""
    model = labels.used[used]
    if model is None:
        raise LookupError("a row without a model was counted")
    return model.provider, model.model, labels.features.values[feature]

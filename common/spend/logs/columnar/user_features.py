"""Sums by user, day and feature of many blocks, held until their names are given up: most users of a large file have no
room, and what is known of that at its end need not be counted before.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from common.spend.logs.columnar.keys import (
    EPOCH_DAY,
    FEATURE_DAY,
    HOURS,
    USER_DAY,
    USER_FEATURE,
    Parts,
    packed,
    unpacked,
)
from common.spend.logs.columnar.labels import OTHER_NAME, Labels
from common.spend.logs.columnar.merged_counts import LINE, MergedCounts
from common.spend.logs.columnar.owners import bar_of, beyond
from common.spend.logs.columnar.sums import Sums
from common.spend.rollup.bounded_names import ALL


class UserFeatureSums:
    """`most`: days of users that have room; `bar`: the hash from which on they have none, as counted before."""

    def __init__(self, most: int, bar: int) -> None:
        self.bar = bar
        self._most = most
        self._days = MergedCounts()
        """By user and day, of those that may have room."""
        self._lines = MergedCounts()
        self._all = MergedCounts()
        """By feature and day, of all users."""

    def add(self, sums: Sums, labels: Labels) -> None:
        """Those of one more block."""
        at = pl.col("hour") // HOURS
        by_feature = sums.cells.with_columns(pl.col("feature").cast(pl.Int64()), day=at)
        self._all.add(by_feature.group_by(packed(FEATURE_DAY).alias("key")).agg(pl.col(LINE).sum()))
        self.bar = min(self.bar, sums.user_bar)
        self._days.add(sums.users if self.bar == ALL else _within(self.bar, sums.users, USER_DAY, labels))
        self._lines.add(sums.user_features)
        if self._days.rows > self._most + self._most // 2:
            self._restrict(labels)

    def _restrict(self, labels: Labels) -> None:
        self.bar = min(self.bar, bar_of(self._days.merged(), labels, self._most))
        if self.bar != ALL:
            self._days.restrict(lambda days: _within(self.bar, days, USER_DAY, labels))
            self._lines.restrict(lambda lines: _within(self.bar, lines, USER_FEATURE, labels))

    def records(self, labels: Labels) -> Iterator[list[Any]]:
        """As `Rollup.records` has them."""
        if not self._all.rows:
            return
        self._restrict(labels)
        yield ["i", self.bar]
        lines = self._lines.merged().select(*unpacked("key", USER_FEATURE), *LINE)
        held = lines.select("feature", "day", -pl.col(LINE))
        every = self._all.merged().select(*unpacked("key", FEATURE_DAY), *LINE)
        others = pl.concat([every, held]).group_by("feature", "day").agg(pl.col(LINE).sum()).filter(pl.col("n") > 0)
        shown = pl.concat([lines, others.select(pl.lit(OTHER_NAME, pl.Int64()).alias("user"), pl.all())])
        shown = shown.with_columns(pl.col("day") + EPOCH_DAY)
        for user, feature, *columns in shown.group_by("user", "feature").agg("day", *LINE).iter_rows():
            yield ["e", labels.user(user), labels.features.values[feature], *columns]


def _within(bar: int, sums: pl.DataFrame, parts: Parts, labels: Labels) -> pl.DataFrame:
    """Of users that have room."""
    user = unpacked("key", parts)[0]
    return sums.with_columns(user).filter(~beyond(bar, labels)).drop("user")

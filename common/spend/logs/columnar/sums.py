"""Sums of a block's rows, grouped once as finely as any counter of a rollup needs them."""

from dataclasses import dataclass

import polars as pl

from common.spend.logs.columnar.bins import place_of
from common.spend.logs.columnar.keys import (
    BIN,
    DAY_BIN,
    HOUR_S,
    HOURS,
    MINUTE_S,
    USER_DAY,
    USER_FEATURE,
    cell_parts,
    fits,
    has_room,
    packed,
    unpacked,
)
from common.spend.logs.columnar.labels import Labels
from common.spend.logs.columnar.owners import bar_of, beyond
from common.spend.model import BUCKETS, Measure
from common.spend.rollup.bounded_names import ALL
from common.spend.rollup.day_sketches import TIMES

MEASURES: dict[str, Measure] = {
    "incoming": "input_tokens",
    "outgoing": "output_tokens",
    "cost": "cost_usd",
    "latency_us": "latency_ms",
    "ttft_us": "ttft_ms",
}
"""By column."""
KNOWN, MOST = "{}_known", "{}_most"
"""Of a measure: how many rows have it, and the largest value."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one block. `cells` is by hour since 1970 and the parts of a cell; the others have a `key`."""

    cells: pl.DataFrame
    minutes: pl.DataFrame
    """By minute since 1970."""
    users: pl.DataFrame
    user_features: pl.DataFrame
    user_bar: int
    """The hash from which on users are not in it."""
    bins: dict[Measure, pl.DataFrame]


def sums_of(rows: pl.DataFrame, labels: Labels, most: int, bar: int = ALL) -> Sums | None:
    """`rows`: seconds, floor and the numbers of their names; buckets, incoming, outgoing, failed; cost and reported
    (pico-USD), latency_us and ttft_us of what went well, each null where it is not known. `most`: days of users that
    are split by feature; `bar`: from earlier blocks. None: too many to group.
    """
    hours = rows["seconds"] // HOUR_S
    first: int = hours.min()  # type: ignore[assignment]  # of whole numbers, at least one
    last: int = hours.max()  # type: ignore[assignment]  # as above
    parts = cell_parts(last - first + 1, labels)
    if not fits(parts) or not has_room(DAY_BIN, labels):
        return None
    lazy = rows.lazy().with_columns(hour=hours - first, day=hours // HOURS)
    columns = [column for column in MEASURES if column in rows.columns]
    keyed = lazy.with_columns(cell=packed(parts), key=packed(USER_DAY))
    cells, minutes, users, *bins = pl.collect_all(
        [
            keyed.group_by("cell").agg(*_counters(rows, columns)),
            lazy.group_by(key=pl.col("seconds") // MINUTE_S).agg(*of_minutes()),
            keyed.group_by("key").agg(*line()),
            *(_bins(lazy, column) for column in columns),
        ]
    )
    cells = cells.with_columns(unpacked("cell", parts)).with_columns(pl.col("hour") + first).drop("cell")
    bar = min(bar, bar_of(users, labels, most))
    within = lazy if bar == ALL else lazy.filter(~beyond(bar, labels))
    by_feature = within.group_by(packed(USER_FEATURE).alias("key")).agg(*line())
    by_measure = dict(zip(map(MEASURES.__getitem__, columns), bins, strict=True))
    return Sums(cells, minutes, users, by_feature.collect(), bar, by_measure)


def of_minutes() -> list[pl.Expr]:
    """In the order of common/spend/rollup/minutes.py's MINUTE_N ..."""
    count, *_, unpriced = line()
    return [count, pl.col("incoming", "outgoing").sum(), unpriced]


def line() -> list[pl.Expr]:
    """In the order of common/spend/rollup/cells.py's LINE_N ..."""
    return [
        pl.len().cast(pl.Int64()).alias("n"),
        pl.col("incoming", "outgoing", "cost").sum(),
        pl.col("failed").cast(pl.Int64()).sum(),
        pl.col("cost").null_count().cast(pl.Int64()).alias("unpriced"),
    ]


def _counters(rows: pl.DataFrame, measures: list[str]) -> list[pl.Expr]:
    summed = [name for name in (*BUCKETS, "reported", "latency_us", "ttft_us") if name in rows.columns]
    nulls = [name for name in ("reported", "latency_us", "ttft_us") if name in rows.columns]
    return [
        *line(),
        pl.col(summed).sum(),
        pl.col(nulls).count().cast(pl.Int64()).name.suffix("_known"),
        pl.col(measures).max().name.suffix("_most"),
    ]


def _bins(lazy: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """Counts by bin."""
    placed = lazy.filter(pl.col(column).is_not_null()).with_columns(place_of(pl.col(column)).alias("bin"))
    parts = DAY_BIN if MEASURES[column] in TIMES else BIN
    return placed.group_by(packed(parts).alias("key")).agg(pl.len().cast(pl.Int64()).alias("n"))

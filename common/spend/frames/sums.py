"""Sums of a block's columns, grouped as a rollup groups its counters."""

from dataclasses import dataclass

import polars as pl

from common.spend.model import BUCKETS, Measure
from common.spend.sketch import FIRSTS

BINS = len(FIRSTS) + 1
_MEASURES: tuple[tuple[Measure, str], ...] = (
    ("input_tokens", "incoming"),
    ("output_tokens", "outgoing"),
    ("cost_usd", "cost"),
    ("latency_ms", "latency_us"),
    ("ttft_ms", "ttft_us"),
)
_LINE = (
    pl.len().alias("n"),
    pl.col("incoming", "outgoing", "cost").sum(),
    pl.col("failed").sum(),
    pl.col("cost").null_count().alias("unpriced"),
)
"""In the order of common/spend/cells.py's LINE_N ..."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Frames of sums; the first column of each is its key."""

    cells: pl.DataFrame
    hours: pl.DataFrame
    users: pl.DataFrame
    shapes: pl.DataFrame
    bins: dict[Measure, pl.DataFrame]
    sizes: dict[Measure, pl.DataFrame]


def sums_of(rows: pl.DataFrame) -> Sums:
    """`rows`: the keys cell, hour, user, shape and group; buckets, incoming, outgoing, failed; cost and reported
    (pico-USD), latency_us and ttft_us of what went well, each null where it is not known.
    """
    lazy = rows.lazy()
    measures = [(measure, column) for measure, column in _MEASURES if column in rows.columns]
    names = [measure for measure, _ in measures]
    found = pl.collect_all(
        [
            _cells(lazy),
            lazy.group_by("hour").agg(*_LINE),
            lazy.group_by("user").agg(*_LINE),
            lazy.group_by("shape").agg(pl.len().alias("n")),
            *(_bins(lazy, column) for _, column in measures),
            *(_sizes(lazy, column) for _, column in measures),
        ]
    )
    bins, sizes = found[4 : 4 + len(names)], found[4 + len(names) :]
    cells, hours, users, shapes = found[:4]
    return Sums(cells, hours, users, shapes, dict(zip(names, bins, strict=True)), dict(zip(names, sizes, strict=True)))


def _cells(lazy: pl.LazyFrame) -> pl.LazyFrame:
    unpriced = pl.col("cost").is_null()
    return lazy.group_by("cell").agg(
        pl.len().alias("n"),
        *(pl.col(bucket).sum() for bucket in BUCKETS),
        pl.col("cost").sum(),
        unpriced.sum().alias("unpriced"),
        pl.col("reported").sum(),
        pl.col("reported").count().alias("told"),
        (pl.col("incoming") + pl.col("outgoing")).filter(unpriced).sum().alias("unpriced_tokens"),
    )


def _sizes(lazy: pl.LazyFrame, column: str) -> pl.LazyFrame:
    value = pl.col(column)
    counted = lazy.group_by("group").agg(value.count().alias("n"), value.sum().alias("sum"), value.max().alias("max"))
    return counted.filter(pl.col("n") > 0)


def _bins(lazy: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """Counts by bin: one more than common/spend/sketch.py's."""
    value = pl.col(column)
    place = pl.lit(pl.Series(FIRSTS)).search_sorted(value, side="right")
    key = (pl.col("group") * BINS + place).alias("bin")
    return lazy.filter(value.is_not_null()).group_by(key).agg(pl.len().alias("n"))

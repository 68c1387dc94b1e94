"""Blocks of CSV lines to rollups, whole columns at a time."""

from datetime import datetime
from typing import Literal

import polars as pl

from common.spend.duplicates import ALL
from common.spend.frames.buckets import with_buckets
from common.spend.frames.hashes import hashes_of, shares
from common.spend.frames.keys import Keys
from common.spend.frames.labels import Labels, labels_of
from common.spend.frames.merging import records_of
from common.spend.frames.parsing import BlockParser
from common.spend.frames.pricing import with_cost
from common.spend.frames.sums import sums_of
from common.spend.frames.times import micros_of
from common.spend.importing import values as v
from common.spend.importing.columns import FIELDS
from common.spend.importing.layout import Layout
from common.spend.overlap.tally import Tally
from common.spend.prices.engine import PICO
from common.spend.told import micros

_SECOND = 1_000_000
_CACHE = ("cache_read", "cache_write_5m", "cache_write_1h")
_COUNTED = frozenset(
    {
        "ts", "model", "provider", "input", "uncached", "output", "cached", "write", "write_5m", "write_1h",
        "reasoning", "cost", "latency", "ttft", "status", "user", "feature", "tags", "tier",
    }
)  # fmt: skip
"""Of the rest some need what was read before, and some come with sums of requests only."""


class FrameCounter:
    """Counts what it can of each block and says which lines it left out; holds nothing of any row."""

    def __init__(self, layout: Layout) -> None:
        self._parser = BlockParser(layout)
        self._reading = layout.reading

    @staticmethod
    def fits(layout: Layout) -> bool:
        """Whether files of this layout can be counted so."""
        present = {field for field, place in zip(FIELDS, layout.places, strict=True) if place >= 0}
        return layout.kind == "csv" and layout.reading.grain == "request" and present <= _COUNTED

    def count(self, block: bytes, tally: Tally) -> list[int] | None:
        """Count whole lines: the numbers (from 0) of those left out; None when none was counted."""
        frame = self._parser.parse(block)
        labels = None if frame is None else labels_of(frame, self._reading)
        if frame is None or labels is None:
            return None
        rows = self._rows(frame, labels)
        left_out = rows["odd"].arg_true().to_list()
        good = rows.filter(~pl.col("odd")) if left_out else rows
        if good.height:
            keys = Keys(labels)
            priced = with_cost(good, labels, tally.rollups[0]).with_columns(keys.columns())
            for rollup, part in shares(priced, tally):
                rollup.merge_records([self._meta(part, keys), *records_of(sums_of(part), keys)])
            tally.added(good.height, hashes_of(good, labels) if tally.hashed else None)
        return left_out

    def _rows(self, frame: pl.DataFrame, labels: Labels) -> pl.DataFrame:
        moments = micros_of(frame["ts"]).alias("micros")
        rows = with_buckets(frame, self._reading).with_columns(
            labels.names.codes.alias("name"),
            labels.models.codes.alias("model"),
            labels.features.codes.alias("feature"),
            labels.users.codes.alias("user"),
            labels.statuses.codes.alias("status"),
            labels.tiers.codes.alias("tier"),
            moments,
            (moments // _SECOND).alias("seconds"),
            incoming=pl.sum_horizontal("in_uncached", "cache_read", "cache_write_5m", "cache_write_1h"),
            outgoing=pl.col("out_visible") + pl.col("out_reasoning"),
        )
        well = pl.col("status").is_in([place for place, word in enumerate(labels.statuses.values) if word == "ok"])
        nameless = pl.col("model").is_in([place for place, used in enumerate(labels.models.values) if used is None])
        reported = pl.col("cost") if "cost" in frame.columns else pl.lit(None, pl.Float64())
        billed = (pl.col("incoming") + pl.col("outgoing") == 0) & (reported > 0)
        return rows.with_columns(
            *self._micros(frame, well),
            failed=~well,
            reported=(reported * PICO).round().cast(pl.Int64(), strict=False),
            odd=pl.col("odd") | pl.col("seconds").is_null() | nameless | billed.fill_null(value=False),
        ).drop("cost", strict=False)

    def _micros(self, frame: pl.DataFrame, well: pl.Expr) -> list[pl.Expr]:
        scales = {"latency": self._reading.latency_scale, "ttft": self._reading.ttft_scale}
        told = {
            field: (pl.col(field) * scale * 1000).round() for field, scale in scales.items() if field in frame.columns
        }
        return [
            pl.when(well).then(micros).cast(pl.Int64(), strict=False).alias(f"{field}_us")
            for field, micros in told.items()
        ]

    @staticmethod
    def _meta(rows: pl.DataFrame, keys: Keys) -> list[object]:
        """The record of times and of what the rows tell."""
        has = {
            "latency": _any(rows, "latency"),
            "ttft": _any(rows, "ttft"),
            "feature": keys.tells_feature(rows["feature"]),
            "user": keys.tells_user(rows["user"]),
            "reported_cost": _any(rows, "reported"),
            "status": bool(rows["failed"].any()),
            "cache": bool(rows.select(pl.max_horizontal(pl.col(*_CACHE).max())).item()),
        }
        told = sorted(name for name, tells in has.items() if tells)
        return ["m", micros(_moment(rows, "min")), micros(_moment(rows, "max")), told, ALL]


def _any(rows: pl.DataFrame, column: str) -> bool:
    return column in rows.columns and rows[column].null_count() < rows.height


def _moment(rows: pl.DataFrame, end: Literal["min", "max"]) -> datetime:
    """The first or last time, with all its decimals."""
    seconds = rows["seconds"]
    texts = rows["ts"].filter(seconds == (seconds.min() if end == "min" else seconds.max())).unique()
    times = [v.moment(text) for text in texts]
    return min(times) if end == "min" else max(times)

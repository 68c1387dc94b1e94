"""Blocks of CSV lines to rollups, whole columns at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from common.spend.logs.columnar.block_parser import BlockParser
from common.spend.logs.columnar.buckets import with_buckets, without_refusals
from common.spend.logs.columnar.costs import with_cost
from common.spend.logs.columnar.hashes import hashes_of, shares
from common.spend.logs.columnar.json_blocks import JsonBlockParser
from common.spend.logs.columnar.labels import Labels
from common.spend.logs.columnar.pending import Pending
from common.spend.logs.columnar.sides import sides_of
from common.spend.logs.columnar.sums import sums_of
from common.spend.logs.columnar.times import micros_of
from common.spend.logs.columnar.user_features import UserFeatureSums
from common.spend.logs.detect.layout import Layout
from common.spend.logs.fields import values as v
from common.spend.logs.fields.columns import FieldName
from common.spend.logs.fields.statuses import is_flag, is_refused
from common.spend.logs.overlap.tally import OverlapTally
from common.spend.prices.engine import PICO
from common.spend.rollup.duplicates import ALL
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.row_facts import micros
from common.spend.rollup.shards import collection_paused

_SECOND = 1_000_000
_CACHE = ("cache_read", "cache_write_5m", "cache_write_1h")
_COUNTED: frozenset[FieldName] = frozenset(
    {
        "ts", "model", "provider", "input", "uncached", "output", "cached", "write", "write_5m", "write_1h",
        "reasoning", "total", "cost", "latency", "ttft", "status", "user", "feature", "tags", "tier",
    }
)  # fmt: skip
"""The others depend on earlier rows, or come with sums of requests only."""
_READ: frozenset[FieldName] = frozenset(
    {"input", "uncached", "output", "cached", "write", "write_5m", "write_1h", "reasoning", "total", "cost"}
)
"""What the buckets and the reported cost were read from: not needed beyond that."""


@dataclass(slots=True)
class _Waiting:
    """What was counted of a rollup's rows and is not in it yet."""

    rollup: Rollup
    pending: Pending
    user_features: UserFeatureSums


class FrameCounter:
    """Counts what it can of each block and says which lines it left out; holds sums until `flush`, nothing of a row."""

    def __init__(self, layout: Layout) -> None:
        self._parser = BlockParser(layout) if layout.kind == "csv" else JsonBlockParser(layout, _COUNTED)
        self._reading = layout.reading
        self._labels = Labels(layout.reading)
        self._pending: dict[int, _Waiting] = {}

    @staticmethod
    def fits(layout: Layout) -> bool:
        """Whether files of this layout can be counted so."""
        plain = layout.kind == "csv" or (layout.kind == "jsonl" and not layout.mapping)
        reading = layout.reading
        one_each = not layout.format and reading.grain == "request" and not reading.cost_currency
        counts = not is_flag(reading.names.get("cached", ""))
        return plain and one_each and counts and reading.names.keys() <= _COUNTED

    def count(self, block: bytes, tally: OverlapTally) -> tuple[int, list[int]] | None:
        """Count whole lines: how many, and the numbers (from 0) of those left out; None when none was counted.

        Some of it may be in the rollups only after `flush`.
        """
        counted = self._counted(block, tally)
        if counted is None or self._labels.full:
            self.flush()
            self._labels = Labels(self._reading)
        elif any(held.pending.many for held in self._pending.values()):
            self._flush_pending()
        return counted

    def flush(self) -> None:
        """Put the pending sums into the rollups."""
        self._flush_pending()
        with collection_paused():
            for held in self._pending.values():
                held.rollup.merge_records(held.user_features.records(self._labels))
        self._pending.clear()

    def _flush_pending(self) -> None:
        with collection_paused():
            for held in self._pending.values():
                held.rollup.merge_records(held.pending.records(self._labels))
                held.pending = Pending(held.rollup.limits)

    def _counted(self, block: bytes, tally: OverlapTally) -> tuple[int, list[int]] | None:
        frame = self._parser.parse(block, self._labels.types)
        numbered = None if frame is None else self._labels.numbered(frame)
        if numbered is None:
            return None
        rows = self._rows(numbered)
        left_out = rows["odd"].arg_true().to_list()
        good = rows.filter(~pl.col("odd")) if left_out else rows
        if good.height and not self._add(good, tally):
            return None
        return rows.height, left_out

    def _add(self, rows: pl.DataFrame, tally: OverlapTally) -> bool:
        """Whether they could be counted."""
        priced = with_cost(rows, self._labels, tally.rollups[0])
        most = tally.rollups[0].limits.user_feature_days
        parts = [
            (rollup, part, sums_of(part, self._labels, most, self._waiting_of(rollup).user_features.bar))
            for rollup, part in shares(priced, tally)
        ]
        if any(sums is None for _, _, sums in parts):
            return False
        for rollup, part, sums in parts:
            if sums is not None:
                held = self._waiting_of(rollup)
                held.pending.add(sums)
                held.user_features.add(sums, self._labels)
                rollup.merge_records([self._meta(part)])
        tally.add_counted(rows.height, hashes_of(rows, self._labels) if tally.hashed else None)
        return True

    def _waiting_of(self, rollup: Rollup) -> _Waiting:
        held = self._pending.get(id(rollup))
        if held is None:
            most = rollup.limits.user_feature_days
            held = _Waiting(rollup, Pending(rollup.limits), UserFeatureSums(most, rollup.user_feature_bar))
            self._pending[id(rollup)] = held
        return held

    def _rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        have = set(frame.columns)
        statuses = self._labels.statuses
        well = _where(pl.col("status"), [statuses.values.get(number) == "ok" for number in range(statuses.width)])
        nameless = _where(pl.col("used"), [used is None for used in self._labels.used])
        refused = _where(pl.col("status"), [_refused(statuses.values.get(number)) for number in range(statuses.width)])
        micros = micros_of(frame["ts"])
        times = [micros.alias("micros"), (micros // _SECOND).alias("seconds")]
        rows = with_buckets(
            frame.lazy().with_columns(*times, failed=~well), have, sides_of(self._labels, self._reading)
        )
        rows = without_refusals(rows, refused, have)
        odd = [pl.col("odd"), pl.col("seconds").is_null(), nameless]
        if "cost" in have:
            billed = (pl.col("incoming") + pl.col("outgoing") == 0) & (pl.col("cost") > 0)
            unpaid = pl.col("failed") & (pl.col("incoming") + pl.col("outgoing") > 0) & (pl.col("cost") == 0)
            odd += [billed.fill_null(value=False), unpaid.fill_null(value=False)]
            rows = rows.with_columns(reported=(pl.col("cost") * PICO).round().cast(pl.Int64(), strict=False))
        rows = rows.with_columns(*self._micros(have), odd=pl.any_horizontal(odd))
        return rows.drop(_READ & have).collect()

    def _micros(self, have: set[str]) -> list[pl.Expr]:
        scales = {"latency": self._reading.latency_scale, "ttft": self._reading.ttft_scale}
        times = {field: (pl.col(field) * scale * 1000).round() for field, scale in scales.items() if field in have}
        return [
            pl.when("failed").then(None).otherwise(micros.cast(pl.Int64(), strict=False)).alias(f"{field}_us")
            for field, micros in times.items()
        ]

    def _meta(self, rows: pl.DataFrame) -> list[object]:
        """The record of the times and of the fields that the rows have."""
        has = {
            "latency": _any(rows, "latency"),
            "ttft": _any(rows, "ttft"),
            "feature": self._labels.features.names_any(rows["feature"]),
            "user": self._labels.users.names_any(rows["user"]),
            "reported_cost": _any(rows, "reported"),
            "status": bool(rows["failed"].any()),
            "cache": any(rows[bucket].max() for bucket in _CACHE if bucket in rows.columns),
        }
        present = sorted(name for name, any_row in has.items() if any_row)
        return ["m", micros(_moment(rows, "min")), micros(_moment(rows, "max")), present, ALL]


def _where(number: pl.Expr, true: list[bool]) -> pl.Expr:
    """Whether the list has True at a number."""
    return pl.lit(pl.Series(true, dtype=pl.Boolean())).gather(number)


def _refused(state: str | None) -> bool:
    return state is not None and is_refused(state)


def _any(rows: pl.DataFrame, column: str) -> bool:
    return column in rows.columns and rows[column].null_count() < rows.height


def _moment(rows: pl.DataFrame, end: Literal["min", "max"]) -> datetime:
    """The first or last time, with all its decimals."""
    seconds = rows["seconds"]
    texts = rows["ts"].filter(seconds == (seconds.min() if end == "min" else seconds.max())).unique()
    times = [v.moment(text) for text in texts]
    return min(times) if end == "min" else max(times)

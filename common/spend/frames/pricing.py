"""The cost of each row, pico-USD: rates are looked up once per model, day, tier and size."""

import polars as pl

from common.spend.frames.keys import EPOCH_DAY
from common.spend.frames.labels import Labels
from common.spend.model import BUCKETS
from common.spend.prices.engine import Rates, size_starts
from common.spend.rollup import Rollup

_MINUTES, _TIERS = 1_440, 4


def with_cost(rows: pl.DataFrame, labels: Labels, rollup: Rollup) -> pl.DataFrame:
    """`rows` (model, tier, seconds, incoming, failed, buckets) with `floor`, the place of the highest tier start below
    the input, and `cost`, null without a price. A failed request without tokens costs nothing at any price.
    """
    rows = rows.with_columns(floor=_floor(rows["incoming"].max()))  # type: ignore[arg-type]  # a column of whole numbers
    hourly = [used is not None and used.priced is not None and used.priced.hourly for used in labels.models.values]
    keys = rows.select(key=_key(len(labels.models.values), hourly))
    table = _table(keys["key"].unique().to_list(), labels, rollup)
    rated = keys.join(table, on="key", how="left", maintain_order="left")
    used = [bucket for bucket in BUCKETS if rows[bucket].max()]
    cost = sum((rows[bucket] * rated[bucket] for bucket in used), start=rated[BUCKETS[0]] * 0)
    nothing = rows["failed"] & (rows["incoming"] + rows["outgoing"] == 0)
    return rows.with_columns(cost=cost).with_columns(
        cost=pl.when(nothing & pl.col("cost").is_null()).then(0).otherwise(pl.col("cost"))
    )


def _floor(largest: int) -> pl.Expr:
    starts = [start for start in size_starts()[1:] if start < largest]
    above = [(pl.col("incoming") > start).cast(pl.Int64()) for start in starts]
    return pl.sum_horizontal(above) if above else pl.lit(0, pl.Int64())


def _key(models: int, hourly: list[bool]) -> pl.Expr:
    seconds = pl.col("seconds")
    used = (seconds // 86_400 * models + pl.col("model")) * _TIERS + pl.col("tier")
    key = used * len(size_starts()) + pl.col("floor")
    if not any(hourly):
        return key * _MINUTES
    by_minute = pl.col("model").is_in([place for place, each in enumerate(hourly) if each])
    return key * _MINUTES + pl.when(by_minute).then(seconds // 60 % _MINUTES).otherwise(0)


def _table(keys: list[int], labels: Labels, rollup: Rollup) -> pl.DataFrame:
    rates = [_rates(key, labels, rollup) for key in keys]
    columns = {
        bucket: pl.Series(bucket, [found and found[place] for found in rates], dtype=pl.Int64())
        for place, bucket in enumerate(BUCKETS)
    }
    return pl.DataFrame({"key": pl.Series(keys, dtype=pl.Int64()), **columns})


def _rates(key: int, labels: Labels, rollup: Rollup) -> Rates | None:
    key, minute = divmod(key, _MINUTES)
    key, floor = divmod(key, len(size_starts()))
    key, tier = divmod(key, _TIERS)
    day, model = divmod(key, len(labels.models.values))
    used = labels.models.values[model]
    if used is None:
        return None
    key_of_cell = (
        day + EPOCH_DAY,
        used.provider,
        used.model,
        None,
        "ok",
        labels.tiers.values[tier],
        size_starts()[floor],
    )
    return rollup.rates_of(key_of_cell, used.priced, minute)

"""The cost of each row, pico-USD: rates are looked up once per model, day, tier and size."""

from collections.abc import Sequence
from functools import reduce
from operator import add

import polars as pl

from common.spend.logs.columnar.keys import EPOCH_DAY
from common.spend.logs.columnar.labels import Labels
from common.spend.model import BUCKETS
from common.spend.prices.engine import Rates, size_starts
from common.spend.rollup.cells import CellKey
from common.spend.rollup.rollup import Rollup

_MINUTES, _DAY_S = 1_440, 86_400


def with_cost(rows: pl.DataFrame, labels: Labels, rollup: Rollup) -> pl.DataFrame:
    """`rows` (used, tier, seconds, incoming, outgoing, failed, buckets) with `floor`, the place of the highest tier
    start below the input, and `cost`, null without a price. What failed, or cost 0 by the file, costs nothing
    at any price without tokens.
    """
    rows = rows.with_columns(floor=_floor(rows["incoming"].max()))  # type: ignore[arg-type]  # a column of whole numbers
    keys = rows.select(_key(labels)).to_series()
    different = keys.unique().sort()
    place = different.search_sorted(keys)
    rates = [_rates(key, labels, rollup) for key in different.to_list()]
    buckets = [bucket for bucket in BUCKETS if bucket in rows.columns]
    cost = reduce(add, (pl.col(bucket) * _rate(bucket, rates, place) for bucket in buckets))
    nothing = pl.col("failed") & (pl.col("incoming") + pl.col("outgoing") == 0)
    if "reported" in rows.columns:
        free = (pl.col("reported") == 0).fill_null(value=False)
        nothing = (pl.col("failed") | free) & (pl.col("incoming") + pl.col("outgoing") == 0)
    return rows.with_columns(cost=pl.when(nothing).then(pl.coalesce(cost, 0)).otherwise(cost))


def _floor(largest: int) -> pl.Expr:
    starts = [start for start in size_starts()[1:] if start < largest]
    above = [(pl.col("incoming") > start).cast(pl.Int64()) for start in starts]
    return pl.sum_horizontal(above) if above else pl.lit(0, pl.Int64())


def _key(labels: Labels) -> pl.Expr:
    seconds = pl.col("seconds")
    served = (seconds // _DAY_S * len(labels.used) + pl.col("used")) * labels.tiers.width + pl.col("tier")
    key = (served * len(size_starts()) + pl.col("floor")) * _MINUTES
    hourly = [number for number, used in enumerate(labels.used) if used and used.priced and used.priced.hourly]
    if not hourly:
        return key
    return key + pl.when(pl.col("used").is_in(hourly)).then(seconds // 60 % _MINUTES).otherwise(0)


def _rate(bucket: str, rates: Sequence[Rates | None], place: pl.Series) -> pl.Expr:
    """The rate of each row's tokens in a bucket; `place`: of a row's rates."""
    column = pl.Series([found and found[BUCKETS.index(bucket)] for found in rates], dtype=pl.Int64())
    return pl.lit(column.gather(place))


def _rates(key: int, labels: Labels, rollup: Rollup) -> Rates | None:
    key, minute = divmod(key, _MINUTES)
    key, floor = divmod(key, len(size_starts()))
    key, tier = divmod(key, labels.tiers.width)
    day, number = divmod(key, len(labels.used))
    used = labels.used[number]
    if used is None:
        return None
    served, above = labels.tiers.values[tier], size_starts()[floor]
    cell = CellKey(day + EPOCH_DAY, used.provider, used.model, None, "ok", served, above)
    return rollup.rates_of(cell, used.priced, minute)

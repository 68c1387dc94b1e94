"""Counts by bin to the records of sketches, of all days and, of times, by day."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from common.spend.logs.columnar.bins import BINS
from common.spend.logs.columnar.keys import BIN, DAY_BIN, EPOCH_DAY, packed, unpacked
from common.spend.logs.columnar.labels import Labels
from common.spend.logs.columnar.sums import MEASURES
from common.spend.model import Measure
from common.spend.rollup.day_sketches import TIMES

_COLUMNS: dict[Measure, str] = {measure: column for column, measure in MEASURES.items()}


def sketches(measure: Measure, cells: pl.DataFrame, bins: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    """`cells`: with `day` since 1970; `bins`: by DAY_BIN of times, else by BIN."""
    if measure in TIMES:
        bins = bins.sort("key")
        yield from _by_day(measure, cells, bins, labels)
        bins = bins.select(*unpacked("key", DAY_BIN), "n").group_by(packed(BIN).alias("key")).agg(pl.col("n").sum())
    for used, feature, steps, counts, n, total, most in _counted(measure, cells, bins.sort("key"), BIN):
        flat = [0] * (2 * len(steps))
        flat[0::2] = steps
        flat[1::2] = counts
        yield ["s", measure, *labels.group(used, feature), [n, total, most, *flat]]


def _by_day(measure: Measure, cells: pl.DataFrame, bins: pl.DataFrame, labels: Labels) -> Iterator[list[Any]]:
    for used, feature, day, steps, counts, _, total, most in _counted(measure, cells, bins, DAY_BIN):
        provider, model, name = labels.group(used, feature)
        yield ["k", name, measure, provider, model, [day + EPOCH_DAY], [total], [most], [steps], [counts]]


def _counted(
    measure: Measure, cells: pl.DataFrame, bins: pl.DataFrame, parts: list[tuple[str, int]]
) -> Iterator[tuple[Any, ...]]:
    """(parts but the bin, steps from bin to bin, counts of each, count, total, largest); `bins` are in order.

    The first step is from that of zero, which has the first place.
    """
    column, key = _COLUMNS[measure], pl.col("key")
    owner, place = key // BINS, key % BINS
    first = (owner != owner.shift(1)).fill_null(value=True)
    steps = pl.when(first).then(place - 1).otherwise(key - key.shift(1))
    counted = bins.select(owner=owner, steps=steps, n="n").group_by("owner").agg("steps", "n", count=pl.col("n").sum())
    by = [name for name, _ in parts[:-1]]
    sizes = cells.group_by(by).agg(pl.col(column).sum(), pl.col(f"{column}_most").max())
    named = counted.select(*unpacked("owner", parts[:-1]), "steps", "n", "count")
    return named.join(sizes, on=by).iter_rows()

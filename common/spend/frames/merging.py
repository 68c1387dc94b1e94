"""Sums of a block to the records of a rollup: its merge is the one way in."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import polars as pl

from common.spend.frames.keys import Keys
from common.spend.frames.sums import BINS, Sums
from common.spend.model import Measure


def records_of(sums: Sums, keys: Keys) -> Iterator[list[Any]]:
    """As `Rollup.records` has them; without times and names."""
    for cell, n, *tokens, cost, unpriced, reported, told, unpriced_tokens in sums.cells.iter_rows():
        counts = [n, *tokens, 0, 0, 0, cost, unpriced, reported, told, 0, unpriced_tokens, *(0,) * 7]
        yield ["c", *keys.cell(cell), *counts]
    for hour, *line in sums.hours.iter_rows():
        yield ["h", *keys.hour(hour), *line]
    for user, *line in sums.users.iter_rows():
        yield ["u", keys.user(user), *line]
    for shape, n in sums.shapes.iter_rows():
        yield ["f", *keys.shape(shape), n]
    for measure, sizes in sums.sizes.items():
        yield from _sketches(measure, sizes, sums.bins[measure], keys)


def _sketches(measure: Measure, sizes: pl.DataFrame, bins: pl.DataFrame, keys: Keys) -> Iterator[list[Any]]:
    counts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key, n in bins.sort("bin").iter_rows():
        group, place = divmod(key, BINS)
        counts[group].append((place - 1, n))
    for group, n, total, most in sizes.iter_rows():
        flat, previous = [n, total, most], 0
        for place, count in counts[group]:
            flat += [place - previous, count]
            previous = place
        yield ["s", measure, *keys.group(group), flat]

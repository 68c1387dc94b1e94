"""The keys of counters as one number each, and back: polars groups by one column much faster than by several."""

import polars as pl

from common.spend.logs.columnar.bins import BINS
from common.spend.logs.columnar.labels import Labels
from common.spend.prices.engine import size_starts

EPOCH_DAY = 719_163
"""1970-01-01 as an ordinal."""
MINUTE_S, HOUR_S, HOURS = 60, 3600, 24
_DAYS = 1 << 17
"""More days than a time can have."""
_FEATURES = 1 << 20
"""More numbers of names than a file's labels have."""
_LARGEST = 1 << 62

Parts = list[tuple[str, int]]
"""Columns and how many values each can have, the last one varying fastest."""


def packed(parts: Parts) -> pl.Expr:
    """One number for the values of several columns, each of them below its count."""
    key = pl.col(parts[0][0]).cast(pl.Int64())
    for name, count in parts[1:]:
        key = key * count + pl.col(name)
    return key


def unpacked(key: str, parts: Parts) -> list[pl.Expr]:
    """The columns again."""
    rest, found = pl.col(key), list[pl.Expr]()
    for name, count in reversed(parts[1:]):
        found.append((rest % count).alias(name))
        rest = rest // count
    return [rest.alias(parts[0][0]), *reversed(found)]


def fits(parts: Parts) -> bool:
    """Whether one number has room for all."""
    room = 1
    for _, count in parts:
        room *= count
    return room < _LARGEST


def has_room(parts: Parts, labels: Labels) -> bool:
    """Whether the numbers of all names are below their counts."""
    widths = {"used": len(labels.used), "feature": labels.features.width}
    return all(widths.get(name, 0) <= count for name, count in parts)


def cell_parts(hours: int, labels: Labels) -> Parts:
    """Of the finest sums: by hour, counted from the first one of the block, and all that a cell is by."""
    return [
        ("hour", hours),
        ("used", len(labels.used)),
        ("feature", labels.features.width),
        ("status", labels.statuses.width),
        ("tier", labels.tiers.width),
        ("floor", len(size_starts())),
    ]


USER_DAY: Parts = [("user", _FEATURES), ("day", _DAYS)]
"""The same for every block, as the next ones."""
USER_FEATURE: Parts = [("user", _FEATURES), ("feature", _FEATURES), ("day", _DAYS)]
FEATURE_DAY: Parts = [("feature", _FEATURES), ("day", _DAYS)]
DAY_BIN: Parts = [("used", 200_000), ("feature", 100_000), ("day", 47_500), ("bin", BINS)]
"""Of times, by day: up to 2099, and less numbers of names than the others have room for."""
BIN: Parts = [("used", _FEATURES), ("feature", _FEATURES), ("bin", BINS)]

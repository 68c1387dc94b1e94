"""Users that have no room by day or by feature: told before they are counted, as most of a large file have none.

A block alone shows it: whoever has no room in it has none in the whole, see common/spend/rollup/bounded_times.py.
"""

from collections.abc import Iterator
from functools import lru_cache

import polars as pl

from common.spend.logs.columnar.keys import USER_DAY, unpacked
from common.spend.logs.columnar.labels import Labels
from common.spend.rollup.bounded_names import ALL, OTHER, hash64

_hash = lru_cache(maxsize=1 << 17)(hash64)
"""Asked for with each block."""


def bar_of(users: pl.DataFrame, labels: Labels, most: int) -> int:
    """The hash from which on users have no room, ALL: there is room; `users`: sums by user and day."""
    if users.height > most:
        used = 0
        for bar, count in sorted((_hash(name), count) for name, count in _days_of(users, labels)):
            used += count
            if used > most:
                return bar
    return ALL


def _days_of(users: pl.DataFrame, labels: Labels) -> Iterator[tuple[str, int]]:
    """Of each user that has a name; two texts may be one name."""
    names = labels.users.values
    days = users.select(unpacked("key", USER_DAY))
    first = {name: number for number, name in reversed(names.items())}
    if len(first) < len(names):
        same = pl.Series([first[names.get(number)] for number in range(labels.users.width)], dtype=pl.UInt32())
        days = days.select(pl.lit(same).gather("user").alias("user"), "day").unique()
    for user, count in days.group_by("user").len().iter_rows():
        name = names[user]
        if name is not None and name != OTHER:
            yield name, count


def beyond(bar: int, labels: Labels) -> pl.Expr:
    """Whether a row's `user` has no room."""
    names = labels.users.listed()
    without = [name is not None and name != OTHER and _hash(name) >= bar for name in names]
    return pl.lit(pl.Series(without, dtype=pl.Boolean())).gather(pl.col("user"))

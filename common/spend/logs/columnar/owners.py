"""Users that have no room among those by feature: folded before they are counted, as most of a large file are.

A block alone shows it: whoever has no room in it has none in the whole, see common/spend/rollup/bounded_times.py.
"""

import polars as pl

from common.spend.logs.columnar.keys import OTHER_NAME, USER_DAY, unpacked
from common.spend.logs.columnar.labels import Labels
from common.spend.rollup.bounded_names import ALL, OTHER, hash64


def bar_of(users: pl.DataFrame, labels: Labels, most: int) -> int:
    """The hash from which on users have no room, ALL: there is room; `users`: sums by user and day."""
    if users.height > most:
        names = labels.users.values
        first = {name: number for number, name in reversed(names.items())}  # two texts may be one name
        same = pl.Series([first[names.get(number)] for number in range(labels.users.width)], dtype=pl.UInt32())
        days = users.select(unpacked("key", USER_DAY)).select(pl.lit(same).gather("user").alias("user"), "day").unique()
        counts = ((names[user], count) for user, count in days.group_by("user").len().iter_rows())
        used = 0
        for bar, count in sorted((hash64(name), count) for name, count in counts if name and name != OTHER):
            used += count
            if used > most:
                return bar
    return ALL


def folded(bar: int, labels: Labels) -> pl.Expr:
    """The column `user`, with OTHER_NAME in place of those without room."""
    if bar == ALL:
        return pl.col("user")
    without = [number for number, name in labels.users.values.items() if name and hash64(name) >= bar]
    return pl.when(pl.col("user").is_in(without)).then(OTHER_NAME).otherwise(pl.col("user")).alias("user")

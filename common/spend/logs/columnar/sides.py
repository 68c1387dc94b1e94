"""What comes on top of the whole: the rules of common/spend/logs/rows/sides.py, for whole columns."""

from typing import NamedTuple

import polars as pl

from common.spend.logs.columnar.labels import Labels
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.rows.sides import presumed


class RowColumns(NamedTuple):
    """`Counts`, as columns."""

    incoming: pl.Expr
    outgoing: pl.Expr
    cached: pl.Expr
    reasoning: pl.Expr
    total: pl.Expr


class SideColumns(NamedTuple):
    """What `presumed` and `loose_totals` say of each row (rows/sides.py)."""

    cached_outside: pl.Expr
    reasoning_outside: pl.Expr
    loose: pl.Expr


def sides_of(labels: Labels, reading: ColumnReading) -> SideColumns:
    """By the maker of each row's model."""
    makers = [used.maker if used else "" for used in labels.used]
    sides = [presumed(reading, maker) for maker in makers]
    return SideColumns(
        _by_model([side.cached_outside for side in sides]),
        _by_model([side.reasoning_outside for side in sides]),
        _by_model([maker in reading.loose_totals for maker in makers]),
    )


def _by_model(values: list[bool]) -> pl.Expr:
    return pl.lit(pl.Series(values, dtype=pl.Boolean())).gather(pl.col("used"))


def settled(row: RowColumns, otherwise: SideColumns) -> tuple[pl.Expr, pl.Expr]:
    """(cached tokens on top of the input, reasoning on top of the output) of each row."""
    beyond, both = row.total - row.incoming - row.outgoing, row.cached + row.reasoning
    cached, reasoning = _shown(beyond, row.cached, row.reasoning, both), _shown(beyond, row.reasoning, row.cached, both)
    believed = pl.when(otherwise.loose & ~cached).then(None).otherwise(cached)
    return (
        (row.cached > row.incoming) | pl.coalesce(believed, otherwise.cached_outside),
        (row.reasoning > row.outgoing) | pl.coalesce(reasoning, otherwise.reasoning_outside),
    )


def _shown(beyond: pl.Expr, part: pl.Expr, other: pl.Expr, both: pl.Expr) -> pl.Expr:
    outside, inside = (beyond == part) | (beyond == both), (beyond == 0) | (beyond == other)
    return pl.when(outside != inside).then(outside).otherwise(None)

"""Token columns to the six disjoint buckets: the rules of common/spend/logs/rows/build_row.py, for whole columns."""

from functools import reduce
from operator import add

import polars as pl

from common.spend.logs.columnar.sides import RowColumns, SideColumns, settled
from common.spend.logs.fields.columns import FieldName
from common.spend.logs.fields.values import MAX_TOKENS
from common.spend.model import BUCKETS

_COUNTS: tuple[FieldName, ...] = ("input", "uncached", "output", "cached", "write", "write_5m", "write_1h", "reasoning")
_REALS: dict[FieldName, float] = {"cost": 1e6, "latency": 1e12, "ttft": 1e12}
"""And the most that the sums of a block have room for."""


def with_buckets(frame: pl.LazyFrame, have: set[str], sides: SideColumns) -> pl.LazyFrame:
    """The frame with a column per bucket that the columns it has can fill, and `incoming` and `outgoing`, their sums.

    Rows that break a rule are `odd`.
    """
    number = _numbers(have)
    apart = _apart(have, number)
    cached = reduce(add, apart.values()) if apart else pl.lit(0, pl.Int64())
    known = pl.col("uncached").is_not_null() if "uncached" in have else pl.lit(False)  # noqa: FBT003 - of a column
    incoming = pl.when(known).then(number["uncached"] + cached).otherwise(number["input"])
    thoughts = {"out_reasoning": number["reasoning"]} if "reasoning" in have else {}
    row = RowColumns(
        incoming,
        number["output"],
        cached,
        number["reasoning"],
        pl.col("total") if "total" in have else pl.lit(None, pl.Int64()),
    )
    on_top, thought_on_top = settled(row, sides)
    uncached = pl.when(on_top & ~known).then(incoming).otherwise(incoming - cached) if apart else incoming
    visible = number["output"] - pl.when(thought_on_top).then(0).otherwise(number["reasoning"])
    return (
        frame.with_columns(
            in_uncached=uncached, **apart, out_visible=visible if thoughts else number["output"], **thoughts
        )
        .with_columns(
            incoming=reduce(add, map(pl.col, ("in_uncached", *apart))),
            outgoing=reduce(add, map(pl.col, ("out_visible", *thoughts))),
        )
        .with_columns(odd=pl.any_horizontal("odd", *_broken(have)))
    )


def without_refusals(frame: pl.LazyFrame, refused: pl.Expr, have: set[str]) -> pl.LazyFrame:
    """Of refused requests that none billed, no tokens, as `is_refusal` has it row by row."""
    unpaid = refused & (pl.col("outgoing") == 0)
    if "cost" in have:
        unpaid &= pl.col("cost").fill_null(0) == 0
    counted = [name for name in (*BUCKETS, "incoming", "outgoing") if name in frame.collect_schema().names()]
    nothing = (pl.col("failed") & unpaid).fill_null(value=False)
    return frame.with_columns(pl.when(nothing).then(0).otherwise(pl.col(name)).alias(name) for name in counted)


def _numbers(have: set[str]) -> dict[FieldName, pl.Expr]:
    """By field, its tokens; 0 where a cell is empty or the file has no such column."""
    return {name: pl.col(name).fill_null(0) if name in have else pl.lit(0, pl.Int64()) for name in _COUNTS}


def _apart(have: set[str], number: dict[FieldName, pl.Expr]) -> dict[str, pl.Expr]:
    """By bucket, the tokens read from or written to a cache."""
    apart = {"cache_read": number["cached"]} if "cached" in have else {}
    if have & {"write", "write_5m"}:
        apart["cache_write_5m"] = pl.max_horizontal(number["write_5m"], number["write"] - number["write_1h"])
    return apart | ({"cache_write_1h": number["write_1h"]} if "write_1h" in have else {})


def _broken(have: set[str]) -> list[pl.Expr]:
    """What makes a row one that the row reader must judge: it is rejected, or counts as failed."""
    broken = [~pl.col(name).is_between(0, MAX_TOKENS) for name in _COUNTS if name in have]
    broken += [~pl.col(name).is_between(0, most) for name, most in _REALS.items() if name in have]
    broken += [pl.col("in_uncached") < 0, pl.col("out_visible") < 0]
    if "output" in have:
        broken.append(pl.col("output").is_null())
    required = [pl.col(name).is_null() for name in ("input", "uncached") if name in have]
    return [condition.fill_null(value=False) for condition in (*broken, pl.all_horizontal(required))]

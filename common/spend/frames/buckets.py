"""Token columns to the six disjoint buckets: the rules of common/spend/importing/rows.py, for whole columns."""

import polars as pl

from common.spend.importing.rows import Reading
from common.spend.importing.values import MAX_TOKENS

_COUNTS = ("input", "uncached", "output", "cached", "write", "write_5m", "write_1h", "reasoning")
_REALS = {"cost": 1e6, "latency": 1e12, "ttft": 1e12}
"""And the most that the sums of a block have room for."""


def with_buckets(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """The frame with a column per bucket; rows that break a rule are `odd`."""
    have = set(frame.columns)
    zero = pl.lit(0, pl.Int64())
    number = {name: pl.col(name).fill_null(0) if name in have else zero for name in _COUNTS}
    short = pl.max_horizontal(number["write_5m"], number["write"] - number["write_1h"])
    apart = number["cached"] + short + number["write_1h"]
    incoming = number["input"] if reading.cached_outside else number["input"] - apart
    uncached = pl.coalesce(pl.col("uncached"), incoming) if "uncached" in have else incoming
    visible = number["output"] if reading.reasoning_outside else number["output"] - number["reasoning"]
    return frame.with_columns(
        in_uncached=uncached,
        cache_read=number["cached"],
        cache_write_5m=short,
        cache_write_1h=number["write_1h"],
        out_visible=visible,
        out_reasoning=number["reasoning"],
        odd=pl.any_horizontal("odd", *_broken(have, uncached, visible)),
    )


def _broken(have: set[str], uncached: pl.Expr, visible: pl.Expr) -> list[pl.Expr]:
    """What makes a row one that the row reader must judge: it is rejected, or counts as failed."""
    broken = [(pl.col(name) < 0) | (pl.col(name) > MAX_TOKENS) for name in _COUNTS if name in have]
    broken += [~pl.col(name).is_between(0, most) for name, most in _REALS.items() if name in have]
    broken += [uncached < 0, visible < 0]
    if "output" in have:
        broken.append(pl.col("output").is_null())
    required = [pl.col(name).is_null() for name in ("input", "uncached") if name in have]
    return [condition.fill_null(value=False) for condition in (*broken, pl.all_horizontal(required))]

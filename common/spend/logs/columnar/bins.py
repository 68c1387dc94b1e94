"""The bin of each value of a column, as common/spend/rollup/sketch.py has it."""

import math

import polars as pl

from common.spend.rollup.sketch import ACCURACY, FIRSTS

BINS = len(FIRSTS) + 1
"""One more than there: zero has the first place here."""
_PER_BIN = math.log((1 + ACCURACY) / (1 - ACCURACY))
_UNSURE = 1e-6
"""Far more bins than a logarithm is wrong by, far fewer than lie between two whole numbers and the start of a bin."""
_FIRSTS = pl.Series(FIRSTS, dtype=pl.Int64())


def place_of(value: pl.Expr) -> pl.Expr:
    """The place among BINS of whole numbers >= 0.

    The logarithm gives the bin or, next to its start, the one before; the exact start of the next one decides.
    """
    near = value.clip(lower_bound=1).log() * (1 / _PER_BIN) + (1 - _UNSURE)
    before = near.cast(pl.UInt32()).clip(upper_bound=len(FIRSTS) - 1)
    return before + (pl.lit(_FIRSTS).gather(before) <= value).cast(pl.UInt32())

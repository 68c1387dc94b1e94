"""The row hashes of a block, as common/spend/logs/overlap/row_hash.py has them row by row, and its rows by part."""

from collections.abc import Iterator, Sequence

import polars as pl

from common.spend.logs.columnar.labels import Labels
from common.spend.logs.overlap.row_hash import KEYS, LABELS, MISSING, NUMBERS, label_hash
from common.spend.logs.overlap.tally import OverlapTally
from common.spend.model import BUCKETS
from common.spend.rollup.rollup import Rollup

_SIGN, _WHOLE = 1 << 63, 1 << 64


def hashes_of(rows: pl.DataFrame, labels: Labels) -> pl.Series:
    """`rows`: micros, buckets, reported, latency_us and ttft_us, and the places of labels. Products wrap around."""
    have = set(rows.columns)
    missing = pl.lit(MISSING, pl.Int64())
    absent = {name: pl.lit(0 if name in BUCKETS else MISSING, pl.Int64()) for name in NUMBERS}
    numbers = (
        (pl.col(name).fill_null(missing) if name in have else absent[name]) * pl.lit(_signed(key), pl.Int64())
        for name, key in zip(NUMBERS, KEYS, strict=True)
    )
    coded = (labels.models, labels.users, labels.features, labels.statuses, labels.tiers)
    columns = ("name", "user", "feature", "status", "tier")
    names = (_label(*each) for each in zip(LABELS, columns, (one.listed() for one in coded), strict=True))
    whole = rows.select(hash=pl.sum_horizontal(*numbers, *names))
    return whole["hash"].reinterpret(signed=False)


def _label(field: str, column: str, values: Sequence[str | None]) -> pl.Expr:
    hashes = pl.Series([_signed(label_hash(field, name)) for name in values], dtype=pl.Int64())
    return pl.lit(hashes).gather(pl.col(column))


def _signed(number: int) -> int:
    return number - _WHOLE if number >= _SIGN else number


def shares(rows: pl.DataFrame, tally: OverlapTally) -> Iterator[tuple[Rollup, pl.DataFrame]]:
    """The rows of each part with the rollup that they belong to."""
    codes = tally.codes_of(rows.height)
    if not codes:
        yield tally.rollups[0], rows
        return
    column = pl.Series(list(codes), dtype=pl.UInt8())
    for code in column.unique():
        yield tally.rollups[code], rows.filter(column == code)

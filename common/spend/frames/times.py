"""Times as texts or numbers to microseconds since 1970, UTC."""

import polars as pl

_TEXTS = (
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f%:z",
    "%Y-%m-%d %H:%M:%S%.f%:z",
    "%Y-%m-%d %H:%M:%S%.f UTC",
)
_LENGTHS = {10: 1_000_000, 13: 1_000, 16: 1}
"""Digits of a whole number and how many microseconds its unit has; of times between 2001 and 2286."""
_PREVIEW = 200
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


def micros_of(column: pl.Series) -> pl.Series:
    """Microseconds since 1970 by row; null where the time has another form than most."""
    preview = column.head(_PREVIEW).drop_nulls()
    if preview.is_empty():
        return pl.Series(column.name, [None], pl.Int64()).extend_constant(None, len(column) - 1)
    texts = max(_TEXTS, key=lambda form: _texts(preview, form).is_not_null().sum())
    if _texts(preview, texts).is_not_null().any():
        return _texts(column, texts)
    return _numbers(column, len(preview[0]))


def _texts(column: pl.Series, form: str) -> pl.Series:
    zoned = form.endswith("%:z")
    times = column.str.to_datetime(form, time_unit="us", strict=False, time_zone="UTC" if zoned else None)
    year = times.dt.year()
    plain = (year >= _FIRST_YEAR) & (year < _LAST_YEAR)
    return times.dt.epoch("us").set(~plain.fill_null(value=False), None)


def _numbers(column: pl.Series, digits: int) -> pl.Series:
    unit = _LENGTHS.get(digits)
    numbers = column.cast(pl.Int64(), strict=False)
    if unit is None:
        return numbers.set(pl.repeat(value=True, n=len(column), eager=True, dtype=pl.Boolean()), None)
    other = (column.str.len_bytes() != digits).fill_null(value=True)
    return (numbers * unit).set(other, None)

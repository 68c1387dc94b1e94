"""Times of whole columns: what a format would take for digits and is none makes a row one for the row reader."""

import polars as pl
import pytest

from common.spend.logs.columnar.times import micros_of

_GOOD = "2026-10-01T00:00:00.000Z"
_MICROS = 1_790_812_800_000_000


@pytest.mark.parametrize(
    "text",
    [
        "2026-10- 1T00:00:00.000Z",
        "2026-10-\t1T00:00:00.000Z",
        "2026-1-1T  00:00:00.000Z",
        "+2026-10-1T00:00:00.000Z",
        "2026-10-\xa01T0:00:00.000Z",
        "2026-10-01T00:00:0.0000Z",
        "2100-10-01T00:00:00.000Z",
        "1969-10-01T00:00:00.000Z",
    ],
)
def test_a_time_as_long_as_the_others_without_all_its_digits_is_none(text: str) -> None:
    assert micros_of(pl.Series([_GOOD] * 300 + [text])).to_list()[-2:] == [_MICROS, None]


def test_empty_cells_beside_times_of_one_form_stay_empty() -> None:
    assert micros_of(pl.Series([_GOOD, None, _GOOD])).to_list() == [_MICROS, None, _MICROS]

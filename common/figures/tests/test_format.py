"""How numbers are written, and that what is written is found again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contract.answer import Unit
from common.figures.format import figure, span
from common.figures.mentions import find_mentions

UNITS: tuple[Unit, ...] = ("usd", "pct", "tokens", "ms", "requests", "count")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (96.791325, "usd", "96.79 USD"),
        (1234567.891, "usd", "1,234,567.89 USD"),
        (0.004998, "usd", "0.005 USD"),
        (0, "usd", "0.00 USD"),
        (12.34, "pct", "12.3 %"),
        (30, "pct", "30 %"),
        (0.0421, "pct", "0.042 %"),
        (1154.7, "tokens", "1,155 tokens"),
        (1, "tokens", "1 token"),
        (820.2, "ms", "820 ms"),
        (19366, "requests", "19,366 requests"),
        (3, "count", "3"),
        (1.43, "count", "1.43"),
    ],
)
def test_figures_have_one_style(value: float, unit: Unit, text: str) -> None:
    assert figure(value, unit) == text


@settings(max_examples=300, deadline=None)
@given(st.floats(min_value=1e-9, max_value=1e12), st.sampled_from(UNITS))
def test_every_figure_written_is_found_again_within_its_tolerance(value: float, unit: Unit) -> None:
    mentions = find_mentions(f"It is {figure(value, unit)}.")
    assert len(mentions) == 1
    reading = mentions[0].readings[0]
    assert reading.unit in (unit, None)
    assert abs(reading.value - value) <= reading.tolerance * (1 + 1e-9)


@pytest.mark.parametrize(
    ("days", "text"),
    [(0.0405, "58.3 minutes"), (29.93, "29.9 days"), (0.5, "12 hours"), (1.0, "24 hours"), (0.0, "0 seconds")],
)
def test_a_span_is_written_in_its_largest_fitting_unit(days: float, text: str) -> None:
    assert span(days) == text

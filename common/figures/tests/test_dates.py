"""Days in sentences."""

from common.figures.dates import day_said, days_said
from common.figures.mentions import find_mentions


def test_a_range_of_one_day_is_that_day_and_a_year_is_said_once() -> None:
    assert days_said("2026-11-03", "2026-11-03") == day_said("2026-11-03") == "3 November 2026"
    assert days_said("2026-11-01", "2026-11-30") == "1 November to 30 November 2026"
    assert days_said("2025-12-30", "2026-01-02") == "30 December 2025 to 2 January 2026"


def test_days_state_no_number() -> None:
    assert not find_mentions(f"It ran from {days_said('2025-12-30', '2026-01-02')}.")

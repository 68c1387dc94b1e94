"""Days in words: "Tuesday 3 November 2026", "14 to 20 November 2026", "28 October to 3 November 2026"."""

from datetime import date

from common.figures import dates
from common.spend.semantics.periods import DayRange


def days_said(days: DayRange) -> str:
    """A range of UTC days: a single one with its weekday, and a month that both ends share once."""
    first, last = date.fromordinal(days.first), date.fromordinal(days.last)
    end = dates.day_said(last.isoformat())
    if first == last:
        return f"{first:%A} {end}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {end}"
    return dates.days_said(first.isoformat(), last.isoformat())


def on_days(days: DayRange) -> str:
    """The same with its preposition: "on Tuesday 3 November 2026", "from 14 to 20 November 2026"."""
    return f"{'on' if days.days == 1 else 'from'} {days_said(days)}"

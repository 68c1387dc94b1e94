"""Days in words: "Tuesday 3 November 2026", "14 to 20 November 2026", "28 October to 3 November 2026"."""

from datetime import date

from common.spend.semantics.periods import DayRange


def days_said(days: DayRange) -> str:
    """A range of UTC days as people write it; month and year stand once where both ends share them."""
    first, last = date.fromordinal(days.first), date.fromordinal(days.last)
    if first == last:
        return f"{first:%A} {_day(first)}"
    if first.year != last.year:
        return f"{_day(first)} to {_day(last)}"
    begun = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{begun} to {_day(last)}"


def on_days(days: DayRange) -> str:
    """The same with its preposition: "on Tuesday 3 November 2026", "from 14 to 20 November 2026"."""
    return f"{'on' if days.days == 1 else 'from'} {days_said(days)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"

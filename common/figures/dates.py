"""Days in a sentence: "3 November 2026", "1 November to 30 November 2026"."""

from datetime import date


def day_said(day: str) -> str:
    """A day (ISO) as people write it."""
    at = date.fromisoformat(day)
    return f"{at.day} {at:%B %Y}"


def days_said(first: str, last: str) -> str:
    """A range of days (ISO, both included); the year once where it is one."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start == end:
        return day_said(first)
    begun = f"{start.day} {start:%B}" if start.year == end.year else day_said(first)
    return f"{begun} to {day_said(last)}"

"""Days and ranges of days, as the calendar has them, near those of the data."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from common.spend.semantics import Period, PeriodName

MONTHS = 12
_QUARTER = 3
_CENTURY = 2000
_SHORT_YEAR = 100


def between(first: date, last: date) -> Period:
    """Both days included; in either order."""
    return Period(name=PeriodName.BETWEEN, first=min(first, last), last=max(first, last))


def day_of(year: int, month: int, day: int) -> date | None:
    """None for a day that no calendar has."""
    full = year + _CENTURY if year < _SHORT_YEAR else year
    try:
        return date(full, month, day)
    except ValueError:
        return None


def nearest_day(month: int, day: int, first: date, last: date) -> date | None:
    """Of a day without its year: the one that lies in the data, or nearest to them; the later of two such."""
    years = range(last.year + 1, first.year - 2, -1)
    days = [found for year in years if (found := day_of(year, month, day))]
    return min(days, key=lambda each: distance(each, first, last), default=None)


def nearest_month(month: int, first: date, last: date) -> int:
    """The year of a month that is named without one."""
    years = range(last.year + 1, first.year - 2, -1)
    return min(years, key=lambda year: min(distance(each, first, last) for each in month_ends(year, month)))


def distance(day: date, first: date, last: date) -> int:
    """How many days it lies outside of a range; 0 in it."""
    return max((first - day).days, (day - last).days, 0)


def month_ends(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def months(year: int, first: int, count: int) -> Period:
    """So many whole months from one on."""
    index = year * MONTHS + first - 1 + count - 1
    return between(date(year, first, 1), month_ends(index // MONTHS, index % MONTHS + 1)[1])


def months_back(day: date, count: int) -> date:
    """The first of so many trailing months that end with a day."""
    index = day.year * MONTHS + day.month - 1 - count
    year, month = index // MONTHS, index % MONTHS + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=1)


def last_weekday(weekdays: Iterable[int], last: date) -> date:
    """The latest day up to `last` that is one of these weekdays (0: Monday)."""
    wanted = set(weekdays)
    return next(day for back in range(7) if (day := last - timedelta(days=back)).weekday() in wanted)


def quarter_of(day: date) -> int:
    """From 1 to 4."""
    return (day.month - 1) // _QUARTER + 1


def quarter(year: int, number: int) -> Period:
    """A quarter of the calendar; 0 is the last one of the year before."""
    shifted = year * 4 + number - 1
    return months(shifted // 4, shifted % 4 * _QUARTER + 1, _QUARTER)


def spelled(day: date) -> str:
    """As a sentence has it: "Tuesday, 24 November 2026"."""
    return f"{day:%A}, {day.day} {day:%B %Y}"

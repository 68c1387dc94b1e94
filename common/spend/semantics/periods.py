"""What each word for a period means: whole UTC days, counted back from the last day of the data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MOST_DAYS = 4000
_WEEK = 7


class PeriodName(StrEnum):
    """The periods of queries by their names; see PERIODS."""

    LAST_DAYS = "last_days"
    LAST_WEEK = "last_week"
    WEEK_BEFORE = "week_before"
    THIS_WEEK = "this_week"
    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    BETWEEN = "between"
    PREVIOUS = "previous"


def _day(value: object) -> object:
    """Text as JSON has it; a number is no day."""
    return date.fromisoformat(value) if isinstance(value, str) else value


_Day: TypeAlias = Annotated[date, BeforeValidator(_day)]


class Period(BaseModel):
    """A period as it is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: PeriodName = Field(strict=False)
    days: int | None = Field(None, ge=1, le=MOST_DAYS)
    """Of `last_days`."""
    first: _Day | None = None
    """Of `between`, included; None: from the first day of the data."""
    last: _Day | None = None
    """Of `between`, included; None: up to the last day of the data."""

    @model_validator(mode="after")
    def _fits_its_name(self) -> Self:
        if (self.days is not None) != (self.name == PeriodName.LAST_DAYS):
            raise ValueError("days belong to last_days, and to no other period")
        if (self.first or self.last) and self.name != PeriodName.BETWEEN:
            raise ValueError("first and last belong to between, and to no other period")
        if self.name == PeriodName.BETWEEN and not (self.first or self.last):
            raise ValueError("between needs a first or a last day")
        if self.first and self.last and self.first > self.last:
            raise ValueError("the first day is after the last one")
        return self


def last_days(days: int) -> Period:
    """The last days of the data."""
    return Period(name=PeriodName.LAST_DAYS, days=days)


@dataclass(frozen=True, slots=True)
class DayRange:
    """UTC days as ordinals, both included."""

    first: int
    last: int

    @property
    def days(self) -> int:
        """How many."""
        return self.last - self.first + 1

    @property
    def before(self) -> "DayRange":
        """As many days, just before it."""
        return DayRange(self.first - self.days, self.first - 1)

    def within(self, other: "DayRange") -> "DayRange | None":
        """The part that lies in another range."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return DayRange(first, last) if first <= last else None

    def __str__(self) -> str:
        """As people read it."""
        first, last = (date.fromordinal(day).isoformat() for day in (self.first, self.last))
        return first if first == last else f"{first} to {last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSpec:
    """What is declared of a period."""

    title: str
    means: str
    range_of: Callable[[Period, DayRange, DayRange], DayRange]
    """By the period, the days of the data, and those of the period that it is compared with."""
    synonyms: tuple[str, ...] = ()


def _back(skipped: int, days: int) -> Callable[[Period, DayRange, DayRange], DayRange]:
    return lambda _, data, __: DayRange(data.last - skipped - days + 1, data.last - skipped)


def _last_days(period: Period, data: DayRange, _: DayRange) -> DayRange:
    return DayRange(data.last - (period.days or 1) + 1, data.last)


def _this_week(_: Period, data: DayRange, __: DayRange) -> DayRange:
    return DayRange(data.last - date.fromordinal(data.last).weekday(), data.last)


def _this_month(_: Period, data: DayRange, __: DayRange) -> DayRange:
    return DayRange(date.fromordinal(data.last).replace(day=1).toordinal(), data.last)


def _last_month(_: Period, data: DayRange, __: DayRange) -> DayRange:
    end = date.fromordinal(data.last).replace(day=1) - timedelta(days=1)
    return DayRange(end.replace(day=1).toordinal(), end.toordinal())


def _between(period: Period, data: DayRange, _: DayRange) -> DayRange:
    first = period.first.toordinal() if period.first else min(data.first, (period.last or date.max).toordinal())
    last = period.last.toordinal() if period.last else max(data.last, first)
    return DayRange(first, last)


PERIODS: Mapping[PeriodName, PeriodSpec] = {
    PeriodName.LAST_DAYS: PeriodSpec(
        title="last N days", means="the N days up to the last day of the data", range_of=_last_days
    ),
    PeriodName.LAST_WEEK: PeriodSpec(
        title="last week",
        means="the 7 days up to the last day of the data",
        range_of=_back(0, _WEEK),
        synonyms=("past week", "last 7 days"),
    ),
    PeriodName.WEEK_BEFORE: PeriodSpec(
        title="the week before",
        means="the 7 days before last week",
        range_of=_back(_WEEK, _WEEK),
        synonyms=("previous week", "week before last"),
    ),
    PeriodName.THIS_WEEK: PeriodSpec(
        title="this week",
        means="Monday to the last day of the data",
        range_of=_this_week,
        synonyms=("current week", "week to date"),
    ),
    PeriodName.TODAY: PeriodSpec(title="today", means="the last day of the data", range_of=_back(0, 1)),
    PeriodName.YESTERDAY: PeriodSpec(title="yesterday", means="the last day of the data", range_of=_back(0, 1)),
    PeriodName.THIS_MONTH: PeriodSpec(
        title="this month",
        means="the calendar month of the last day of the data, up to it",
        range_of=_this_month,
        synonyms=("current month", "month to date"),
    ),
    PeriodName.LAST_MONTH: PeriodSpec(
        title="last month",
        means="the calendar month before that of the last day of the data",
        range_of=_last_month,
        synonyms=("previous month",),
    ),
    PeriodName.BETWEEN: PeriodSpec(
        title="from ... to ...", means="these days, both included", range_of=_between, synonyms=("since", "until")
    ),
    PeriodName.PREVIOUS: PeriodSpec(
        title="the time before",
        means="as many days, just before the period; only to compare with",
        range_of=lambda _, __, base: base.before,
        synonyms=("before", "prior period"),
    ),
}


def range_of(period: Period | None, data: DayRange, base: DayRange | None = None) -> DayRange:
    """The days that a period means, not yet cut to the data; None: all of them. `base`: what PREVIOUS is before."""
    return data if period is None else PERIODS[period.name].range_of(period, data, base or data)

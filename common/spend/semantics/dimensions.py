"""The dimensions: what lines are grouped and filtered by; each is one entry of DIMENSIONS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal

from common.spend.model import SERVICE_TIERS
from common.spend.rollup.cells import NO_HOUR, MinuteKey
from common.spend.semantics.needs import Need

UNTAGGED = "(untagged)"
"""The name of rows that lack what they are grouped by."""
WHOLE_DAY = "(whole day)"
"""The hour of rows that are the sum of a day."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Field(StrEnum):
    """A field of the keys of a rollup's lines."""

    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    FEATURE = "feature"
    PROVIDER = "provider"
    MODEL = "model"
    STATUS = "status"
    TIER = "tier"
    USER = "user"


class DimensionName(StrEnum):
    """The dimensions of queries by their names; see DIMENSIONS."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    WEEKDAY = "weekday"
    HOUR = "hour"
    MINUTE = "minute"
    FEATURE = "feature"
    PROVIDER = "provider"
    MODEL = "model"
    STATUS = "status"
    TIER = "tier"
    USER = "user"


Kind = Literal["list", "name", "time"]
"""A closed list of values, names of the data, or moments of the calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionSpec:
    """What is declared of a dimension."""

    title: str
    plural: str
    field: Field
    """What of a line it is taken from."""
    kind: Kind
    name_of: Callable[[Any], str]
    """The value of a line by its field."""
    values: tuple[str, ...] = ()
    """Of a closed list, in order."""
    need: Need | None = None
    """What data must have for it."""
    synonyms: tuple[str, ...] = ()
    missing: str | None = None
    """What a missing value is called; None: none is missing."""

    @property
    def is_calendar(self) -> bool:
        """Whether each value happens once: two periods share none."""
        return self.kind == "time" and not self.values


@lru_cache(maxsize=4096)
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


@lru_cache(maxsize=4096)
def _week(ordinal: int) -> str:
    day = date.fromordinal(ordinal)
    return (day - timedelta(days=day.weekday())).isoformat()


def _month(ordinal: int) -> str:
    return _day(ordinal)[:7]


def _weekday(ordinal: int) -> str:
    return WEEKDAYS[(ordinal - 1) % len(WEEKDAYS)]  # ordinal 1 is a Monday


def _hour(hour: int) -> str:
    return WHOLE_DAY if hour == NO_HOUR else f"{hour:02}"


def _minute(key: MinuteKey) -> str:
    return f"{_day(key.day)}T{key.minute // 60:02}:{key.minute % 60:02}"


def _name(name: str | None) -> str:
    return UNTAGGED if name is None else name


DIMENSIONS: Mapping[DimensionName, DimensionSpec] = {
    DimensionName.DAY: DimensionSpec(
        title="day (UTC)",
        plural="days",
        field=Field.DAY,
        kind="time",
        name_of=_day,
        synonyms=("date", "daily", "per day"),
    ),
    DimensionName.WEEK: DimensionSpec(
        title="week, by its Monday",
        plural="weeks",
        field=Field.DAY,
        kind="time",
        name_of=_week,
        synonyms=("weekly", "per week"),
    ),
    DimensionName.MONTH: DimensionSpec(
        title="month",
        plural="months",
        field=Field.DAY,
        kind="time",
        name_of=_month,
        synonyms=("monthly", "per month"),
    ),
    DimensionName.WEEKDAY: DimensionSpec(
        title="weekday (UTC)",
        plural="weekdays",
        field=Field.DAY,
        kind="time",
        name_of=_weekday,
        values=WEEKDAYS,
        synonyms=("day of the week", "day of week"),
    ),
    DimensionName.HOUR: DimensionSpec(
        title="hour of the day (UTC)",
        plural="hours",
        field=Field.HOUR,
        kind="time",
        name_of=_hour,
        values=(WHOLE_DAY, *(f"{hour:02}" for hour in range(24))),
        synonyms=("hour of day", "time of day", "hourly"),
        missing=WHOLE_DAY,
    ),
    DimensionName.MINUTE: DimensionSpec(
        title="minute (UTC)",
        plural="minutes",
        field=Field.MINUTE,
        kind="time",
        name_of=_minute,
        synonyms=("per minute", "busiest minute", "peak minute", "rpm", "tpm"),
    ),
    DimensionName.FEATURE: DimensionSpec(
        title="feature",
        plural="features",
        field=Field.FEATURE,
        kind="name",
        name_of=_name,
        need=Need.FEATURE,
        synonyms=("use case", "route", "endpoint", "app", "application", "workflow", "service"),
        missing=UNTAGGED,
    ),
    DimensionName.PROVIDER: DimensionSpec(
        title="provider",
        plural="providers",
        field=Field.PROVIDER,
        kind="name",
        name_of=_name,
        synonyms=("vendor", "company", "seller"),
    ),
    DimensionName.MODEL: DimensionSpec(
        title="model",
        plural="models",
        field=Field.MODEL,
        kind="name",
        name_of=_name,
        synonyms=("llm", "language model"),
    ),
    DimensionName.STATUS: DimensionSpec(
        title="status",
        plural="statuses",
        field=Field.STATUS,
        kind="name",
        name_of=_name,
        need=Need.STATUS,
        synonyms=("error kind", "outcome", "result"),
    ),
    DimensionName.TIER: DimensionSpec(
        title="service tier",
        plural="service tiers",
        field=Field.TIER,
        kind="list",
        name_of=_name,
        values=SERVICE_TIERS,
        synonyms=("processing tier", "batch or not"),
    ),
    DimensionName.USER: DimensionSpec(
        title="user",
        plural="users",
        field=Field.USER,
        kind="name",
        name_of=_name,
        need=Need.USER,
        synonyms=("customer", "account", "end user", "who"),
        missing=UNTAGGED,
    ),
}


def order_of(dimension: DimensionName, name: str) -> tuple[int, str]:
    """By which values stand in order: closed lists in theirs, all others by text."""
    values = DIMENSIONS[dimension].values
    return (values.index(name) if name in values else len(values), name)

"""Cost by day as one row of numbers: whole days, without holes, and what the weekday and the trend lead to expect."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median

from common.spend.measures.statistic import spread_in, theil_sen
from common.spend.measures.totals import NEEDS
from common.spend.model import Unanswerable
from common.spend.prices.engine import PICO
from common.spend.rollup.cells import COST
from common.spend.rollup.rollup import Rollup

WEEK = 7
TREND_DAYS, WEEKDAY_DAYS = 14, 21
"""Days from which a trend, and a level of each weekday, are fitted; with fewer, weekends differ from workdays only."""
_SATURDAY = 5
IDLE = 0.05
"""Of the usual level: weekdays below it say nothing about level and trend."""
_STILL = 0.05
"""Of the level: the least spread that is assumed, so that steady costs do not make every cent odd."""
ODD = 3.5
"""Robust standard deviations from which a value is odd (Iglewicz and Hoaglin 1993)."""
LEAST_SHARE = 0.2
"""Of the level of all days: a smaller difference is nobody's concern, however steady the other days are."""


@dataclass(frozen=True, slots=True)
class Fit:
    """USD that a day is expected to cost: a line over the days, times a factor of the weekday."""

    first: int
    """The first day, as an ordinal."""
    usd: tuple[float, ...]
    """Cost by day from `first` on."""
    centre: float
    level: float
    """USD at `centre`, for a weekday of factor 1."""
    slope: float
    """USD per day."""
    factors: tuple[float, ...]
    """By weekday, Monday first."""
    noise: float
    """Robust standard deviation (USD) of the days, as those of factor 1."""

    def line(self, day: float) -> float:
        """Level and trend on a day, never below zero."""
        return max(self.level + self.slope * (day - self.centre), 0.0)

    def factor(self, day: int) -> float:
        """Of the day's weekday."""
        return self.factors[_weekday(day)]

    def expected(self, day: int) -> float:
        """USD."""
        return self.line(day) * self.factor(day)

    @property
    def days(self) -> range:
        """All days, as ordinals."""
        return range(self.first, self.first + len(self.usd))

    def score(self, day: int) -> float:
        """How many robust standard deviations the day's cost is above what is expected of it."""
        scale = self.noise * max(self.factor(day), IDLE)
        return (self.usd[day - self.first] - self.expected(day)) / scale if scale else 0.0

    def odd(self) -> tuple[int, ...]:
        """Days out of line by an amount that matters, as ordinals."""
        least = LEAST_SHARE * self.level
        return tuple(
            day
            for day in self.days
            if abs(self.score(day)) > ODD and abs(self.usd[day - self.first] - self.expected(day)) >= least
        )


def whole_days(rollup: Rollup) -> list[int]:
    """Days with requests as ordinals, in order, without a first or last day that the data cut.

    A first day counts as cut when it begins later than every other day, a last one when it ends earlier.
    """
    hours: dict[int, list[int]] = defaultdict(list)
    for day, hour in rollup.hours:
        hours[day].append(hour)
    days = sorted(hours)
    inner = days[1:-1]
    if not inner:
        return days
    begins_late = min(hours[days[0]]) > max(min(hours[day]) for day in inner)
    ends_early = max(hours[days[-1]]) < min(max(hours[day]) for day in inner)
    return days[1 if begins_late else 0 : -1 if ends_early else None]


def stretches(rollup: Rollup, extra: Mapping[int, int] | None = None) -> list[tuple[int, tuple[float, ...]]]:
    """(first day, USD by day) of each stretch of whole days; more than a week without requests ends one.

    Days without requests inside a stretch cost 0. `extra`: what days are to count on top, in units of COST. Raises
    Unanswerable without a priced request.
    """
    cost: dict[int, int] = defaultdict(int, extra or {})
    for key, cell in rollup.cells.items():
        cost[key.day] += cell[COST]
    if not any(cost.values()):
        raise Unanswerable(f"The data have {NEEDS['cost_usd']}.")
    runs: list[list[int]] = []
    for day in _used_days(rollup):
        if runs and day - runs[-1][-1] <= WEEK + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [(run[0], tuple(cost.get(day, 0) / PICO for day in range(run[0], run[-1] + 1))) for run in runs]


def _used_days(rollup: Rollup) -> list[int]:
    """Whole days with requests. What stopped before the data ended has days without cost at its end.

    Raises Unanswerable where it stopped more than a week before.
    """
    if rollup.entire is rollup or rollup.last is None:
        return whole_days(rollup)
    entire = [day for day in whole_days(rollup.entire) if day <= rollup.last.toordinal()]
    days = sorted({key.day for key in rollup.cells} & set(entire))
    if days and entire[-1] - days[-1] > WEEK:
        raise Unanswerable(f"There is no such request since {iso(days[-1])}, so nothing is forecast of it.")
    return [*days, *(entire[-1:] if days else [])]


def fit(first: int, usd: tuple[float, ...]) -> Fit:
    """A line whose slope is that between days of the same weekday (Hirsch and Slack 1982), and weekday factors.

    Neither takes the other for its own: the slope looks across whole weeks only, the factors at days without trend.
    """
    days = range(first, first + len(usd))
    plain = _points(days, usd, _factors(days, usd))
    centre, level, slope = _line(plain, len(usd))
    flat = tuple(
        cost * level / line if (line := level + slope * (day - centre)) > IDLE * level else cost
        for day, cost in zip(days, usd, strict=True)
    )
    factors = _factors(days, flat)
    points = _points(days, usd, factors)
    centre, level, slope = _line(points, len(usd))
    off: dict[int, list[float]] = defaultdict(list)
    for x, y in points:
        off[group_of(int(x), len(usd))].append(y - slope * (x - centre))
    return Fit(first, usd, centre, level, slope, factors, max(spread_in(off.values()), _STILL * level))


def parameters(length: int) -> int:
    """How many parameters a fit to `length` days has: level, slope, and the weekday factors that are free."""
    if length >= WEEKDAY_DAYS:
        return 1 + WEEK
    return 3 if length >= TREND_DAYS else 2


def _points(days: range, usd: tuple[float, ...], factors: tuple[float, ...]) -> list[tuple[float, float]]:
    """Days without their weekday factor; idle weekdays say nothing."""
    found = zip(days, usd, strict=True)
    return [(float(day), cost / factors[_weekday(day)]) for day, cost in found if factors[_weekday(day)] >= IDLE]


def _line(points: list[tuple[float, float]], length: int) -> tuple[float, float, float]:
    """(centre, level there, slope) through the middle of the points."""
    alike: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for x, y in points:
        alike[_weekday(int(x))].append((x, y))
    slope = theil_sen(alike.values()) if length >= TREND_DAYS else 0.0
    centre = fmean(x for x, _ in points)
    return centre, median(y - slope * (x - centre) for x, y in points), slope


def _factors(days: range, usd: tuple[float, ...]) -> tuple[float, ...]:
    """What a weekday costs against the median of all; below three weeks, workdays against weekends."""
    usual = median(usd)
    if not usual:
        return (1.0,) * WEEK
    groups: dict[int, list[float]] = defaultdict(list)
    for day, cost in zip(days, usd, strict=True):
        groups[group_of(day, len(usd))].append(cost)
    of_group = {group: median(costs) / usual for group, costs in groups.items()}
    return tuple(of_group.get(group_of(1 + weekday, len(usd)), 1.0) for weekday in range(WEEK))


def group_of(day: int, length: int) -> int:
    """Days of the same group are alike: the weekday, or in fewer than three weeks whether it is a weekend."""
    return _weekday(day) if length >= WEEKDAY_DAYS else int(_weekday(day) >= _SATURDAY)


def _weekday(day: int) -> int:
    return (day + 6) % WEEK  # ordinal 1 is a Monday


def iso(day: int) -> str:
    """An ordinal as an ISO date."""
    return date.fromordinal(day).isoformat()

"""What the next 30 days will cost, with an 80 % interval, from cost by day alone.

The line is Theil and Sen's through days without their weekday factor. The interval is that of a sum of predictions by
a line: noise of each day, and the uncertainty of level and slope, widened where neighbouring days are alike.

Where a feature changed its model for good, its earlier requests count at what one costs since. Days out of line are
left out; where they run up to the last day they may be a new level, so what that level would cost is a second figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from common.spend.measures.levels import LevelChange, added_cost, level_changes
from common.spend.measures.series import IDLE, TREND_DAYS, WEEK, WEEKDAY_DAYS, Fit, fit, iso, parameters, stretches
from common.spend.measures.statistic import autocorrelation, student_t
from common.spend.model import Unanswerable
from common.spend.prices.engine import PICO
from common.spend.rollup.rollup import Rollup

DAYS = 30
_USED_DAYS = 91
"""Older days say little about the next month."""
_SHARE = 0.8
_LOOSE = 1.5
"""Variance of the slope between days of the same weekday, against least squares' without weekdays; see its test."""
_MOST_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class UsdRange:
    """USD in 30 days; in 4 of 5 cases between low and high, if days continue as they were."""

    usd: float
    low_usd: float
    high_usd: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The 30 days after the data. Priced requests only, at the list prices of their days."""

    expected: UsdRange
    """The trend of the days goes on, where there is one."""
    steady: UsdRange
    """Without any trend: usage stays what it is at the end of the data."""
    growth_pct: float | None
    grown: UsdRange | None
    """`steady`, grown by `growth_pct` as given; None when none was given."""
    starts: str
    """ISO date of the first day forecast."""
    days_used: int
    trend_pct: float | None
    """Change of a day's cost over 30 days as the line has it; None below two weeks."""
    weekdays: bool
    """True if each weekday has its own level; else workdays and weekends do."""
    odd_days: tuple[str, ...]
    """Days out of line, which the forecast leaves out."""
    odd_usd: float
    """What they cost above what was expected of them."""
    levels: tuple[LevelChange, ...]
    """Changes of model in these days; the days before count at the cost of a request since."""
    past_share: float
    """Of what these days cost at the models since: what they did cost."""
    last_days: tuple[str, ...]
    """Those of `odd_days` that run up to the last day, all above or all below what was expected."""
    stays_usd: float | None
    """`steady`, if the level of `last_days` stays: by as many times as they were above what was expected of them."""


def forecast(rollup: Rollup, growth_pct: float | None = None) -> Forecast:
    """`growth_pct`: by how much usage is assumed to grow at once, above -100; it replaces the trend.

    Raises Unanswerable below 7 whole days, ValueError for a growth of -100 or less.
    """
    if growth_pct is not None and growth_pct <= -100:  # noqa: PLR2004 - percent
        raise ValueError(f"usage cannot grow by {growth_pct} %")
    levels = level_changes(rollup)
    added = added_cost(rollup, levels)
    found = _fitted(rollup, added)
    odd = found.odd() if len(found.usd) >= TREND_DAYS else ()
    trend = len(found.usd) >= TREND_DAYS
    steady = _range(found, odd, trend=False)
    last = _last_run(found, odd)
    factor = None if growth_pct is None else 1 + growth_pct / 100
    return Forecast(
        expected=_range(found, odd, trend=trend),
        steady=steady,
        growth_pct=growth_pct,
        grown=UsdRange(steady.usd * factor, steady.low_usd * factor, steady.high_usd * factor) if factor else None,
        starts=iso(found.days.stop),
        days_used=len(found.usd),
        trend_pct=_trend_pct(found) if trend else None,
        weekdays=len(found.usd) >= WEEKDAY_DAYS,
        odd_days=tuple(iso(day) for day in odd),
        odd_usd=sum(found.usd[day - found.first] - found.expected(day) for day in odd),
        levels=tuple(level for level in levels if found.days.start < level.at),
        past_share=1 - sum(added.get(day, 0) for day in found.days) / PICO / (sum(found.usd) or 1.0),
        last_days=tuple(map(iso, last)),
        stays_usd=steady.usd * _times(found, last) if last else None,
    )


def _last_run(fitted: Fit, odd: tuple[int, ...]) -> tuple[int, ...]:
    """Idle weekdays between them say nothing."""
    run: list[int] = []
    for day in reversed(fitted.days):
        if fitted.factor(day) < IDLE or not fitted.expected(day):
            continue
        if day not in odd or (run and (fitted.score(day) > 0) != (fitted.score(run[0]) > 0)):
            break
        run.append(day)
    return tuple(reversed(run))


def _times(fitted: Fit, days: tuple[int, ...]) -> float:
    """How many times what was expected of them days cost."""
    return sum(fitted.usd[day - fitted.first] for day in days) / sum(map(fitted.expected, days))


def _fitted(rollup: Rollup, extra: Mapping[int, int]) -> Fit:
    first, usd = next(reversed(stretches(rollup, extra)), (0, ()))
    if len(usd) < WEEK:
        raise Unanswerable(
            f"A forecast needs at least {WEEK} whole days in a row, and the data end with {len(usd)}. Upload "
            "an export of two weeks or more; from two weeks on a trend is seen, from three on each weekday."
        )
    cut = max(len(usd) - _USED_DAYS, 0)
    return fit(first + cut, usd[cut:])


def _range(fitted: Fit, odd: tuple[int, ...], *, trend: bool) -> UsdRange:
    """The sum of 30 days and its interval, Student's t; costs are never below zero."""
    ahead = range(fitted.days.stop, fitted.days.stop + DAYS)
    weights = [fitted.factor(day) for day in ahead]
    at = [float(day) if trend else float(ahead.start - 1) for day in ahead]
    days = [day for day in fitted.days if day not in odd and fitted.factor(day) >= IDLE]
    off = [fitted.usd[day - fitted.first] / fitted.factor(day) - fitted.line(day) for day in days]
    shift = _weighted_mean(off, [fitted.factor(day) for day in days])
    usd = sum(w * max(fitted.line(day) + shift, 0.0) for w, day in zip(weights, at, strict=True))
    off = [value - shift for value in off]
    degrees = max(len(off) - parameters(len(fitted.usd)), 2)
    variance = sum(value * value for value in off) / degrees * _widened(off)
    lever = sum(weights) ** 2 / len(off)
    if len(fitted.usd) >= TREND_DAYS:
        reach = sum(w * (day - fitted.centre) for w, day in zip(weights, at, strict=True))
        lever += _LOOSE * reach**2 / sum((day - fitted.centre) ** 2 for day in days)
    half = student_t((1 + _SHARE) / 2, degrees) * (variance * (sum(w * w for w in weights) + lever)) ** 0.5
    return UsdRange(usd, max(usd - half, 0.0), usd + half)


def _weighted_mean(off: list[float], weights: list[float]) -> float:
    """From the line through medians to the mean, which a sum of days needs."""
    return sum(w * value for w, value in zip(weights, off, strict=True)) / sum(weights)


def _widened(off: list[float]) -> float:
    """How much more a sum varies when neighbouring days are alike (a first-order autoregression)."""
    alike = min(max(autocorrelation(off), 0.0), _MOST_ALIKE)
    return (1 + alike) / (1 - alike)


def _trend_pct(fitted: Fit) -> float:
    """Over 30 days, of the level in the middle of the data."""
    level = fitted.level or fmean(fitted.usd)
    return 100 * fitted.slope * DAYS / level if level else 0.0

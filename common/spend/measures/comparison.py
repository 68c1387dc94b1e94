"""Before and after a change: what a request and a thousand tokens cost, at the same volume and mix of features.

The interval is Welch's, on the delete-one-day pseudo-values of each side (Tukey's jackknife): whole days are what
varies, so requests of one day may depend on each other. A side of a single day is taken to vary as the other side's
days do, more if it has fewer requests than they: the prediction interval for one more observation (G. J. Hahn, Journal
of the American Statistical Association 64 (1969), 878-888). With one day on each side nothing shows how days vary, and
ASSUMED_SPREAD is taken. Few days give a wide interval, and at most a likely verdict.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log
from statistics import NormalDist, variance
from typing import Literal, NamedTuple, TypeVar

from common.spend.measures.effects import Effects, summed_effects
from common.spend.measures.statistic import student_t
from common.spend.measures.totals import CELL_KEYS
from common.spend.rollup.cells import CellKey
from common.spend.rollup.priced_requests import NO_SPEND, Spend, spend_by
from common.spend.rollup.rollup import Rollup

CostVerdict = Literal["better", "worse", "likely better", "likely worse", "no difference shown", "too little data"]
Unit = Literal["request", "1k tokens"]
LEAST_REQUESTS = 20
"""On each side, of features that both have: for an interval."""
SURE_DAYS, SURE_REQUESTS = 5, 100
"""The same, for a verdict that is more than likely."""
ASSUMED_SPREAD = 0.35
"""Standard deviation of the logarithm of a day's cost per request, where no day can be held against another: the
largest of the features of the project's sample, which have 0.04 to 0.35.
"""
_SHARE = 0.95
_NOTHING = 1e-9
"""A logarithm of a ratio below it is rounding."""
_THOUSAND = 1_000


class FeatureModel(NamedTuple):
    """The requests of a feature to a model."""

    feature: str
    model: str


@dataclass(frozen=True, slots=True)
class Period:
    """Some days with requests, first to last (ISO dates), by feature and model."""

    first: str
    last: str
    days: tuple[dict[FeatureModel, Spend], ...]


@dataclass(frozen=True, slots=True)
class UnitCostChange:
    """USD per unit before and after. `keys` () is everything; None where a side has no priced request of them."""

    keys: tuple[str, ...]
    unit: Unit
    before_usd: float | None
    after_usd: float | None
    change_pct: float | None
    low_pct: float | None
    """95 % interval of the change, with `high_pct`; None with too little data."""
    high_pct: float | None
    verdict: CostVerdict
    """Of cost only: "better" is cheaper."""


@dataclass(frozen=True, slots=True)
class PeriodComparison:
    """`request` and `tokens` compare features that both sides have, each with the requests or tokens it has after."""

    before: Period
    after: Period
    request: UnitCostChange
    tokens: UnitCostChange
    by_feature: tuple[UnitCostChange, ...]
    """Per request, the most expensive after the change first."""
    by_model: tuple[UnitCostChange, ...]
    """Per request, for each feature and model; the most expensive after the change first."""
    effects: Effects
    """Of the mean day after against the mean day before (USD), by feature: volume, size, price and mix."""
    saved_usd: float | None
    """In the days after: the same requests at the previous cost per request, less what they cost; None with too
    little data.
    """
    words: str
    """The verdict in a sentence without figures."""


_WORDS: dict[CostVerdict, str] = {
    "better": "A request costs less after the change, and more than chance days explain.",
    "worse": "A request costs more after the change, and more than chance days explain.",
    "likely better": "A request costs less after the change, likely not by chance; the days are too few to be sure.",
    "likely worse": "A request costs more after the change, likely not by chance; the days are too few to be sure.",
    "no difference shown": "The cost of a request differs no more than days differ anyway, so no effect is shown.",
    "too little data": f"Each side needs at least {LEAST_REQUESTS} priced requests of the same features: upload an "
    "export that covers more days before and after the change.",
}


def period_of(rollup: Rollup, first: str | None = None, last: str | None = None) -> Period:
    """The days from first to last (ISO, both included), or all. Raises ValueError when none has a request."""
    start = date.fromisoformat(first).toordinal() if first else 0
    end = date.fromisoformat(last).toordinal() if last else date.max.toordinal()
    cells: dict[int, list[tuple[CellKey, list[int]]]] = {}
    for key, cell in rollup.cells.items():
        if start <= key.day <= end:
            cells.setdefault(key.day, []).append((key, cell))
    if not cells:
        raise ValueError(f"no request from {first or 'the beginning'} to {last or 'the end'} of the data")
    feature, model = CELL_KEYS["feature"], CELL_KEYS["model"]
    days = tuple(spend_by(cells[day], lambda key: FeatureModel(feature(key), model(key))) for day in sorted(cells))
    return Period(date.fromordinal(min(cells)).isoformat(), date.fromordinal(max(cells)).isoformat(), days)


def compare(before: Period, after: Period) -> PeriodComparison:
    """Never raises for few data: the verdict says so."""
    old, new = _by_feature(before), _by_feature(after)
    request = _change((), "request", old, new)
    return PeriodComparison(
        before=before,
        after=after,
        request=request,
        tokens=_change((), "1k tokens", old, new),
        by_feature=_each(old, new, lambda feature: (feature,)),
        by_model=_each(before.days, after.days, lambda group: group),
        effects=summed_effects(_mean_day(old), _mean_day(new)),
        saved_usd=None if request.verdict == "too little data" else _saved(_all_days(old), _all_days(new)),
        words=_WORDS[request.verdict],
    )


_Key = TypeVar("_Key", bound=Hashable)
_Days = Sequence[Mapping[_Key, Spend]]
_Counts = tuple[list[float], list[float]]
"""Requests of each day, before and after."""


def _by_feature(period: Period) -> list[dict[str, Spend]]:
    days: list[dict[str, Spend]] = []
    for day in period.days:
        features: dict[str, Spend] = {}
        for (feature, _), spend in day.items():
            features[feature] = features.get(feature, NO_SPEND) + spend
        days.append(features)
    return days


def _all_days(days: _Days[_Key]) -> dict[_Key, Spend]:
    whole: dict[_Key, Spend] = {}
    for day in days:
        for key, spend in day.items():
            whole[key] = whole.get(key, NO_SPEND) + spend
    return whole


def _mean_day(days: _Days[_Key]) -> dict[_Key, Spend]:
    return {key: spend.scaled(1 / len(days)) for key, spend in _all_days(days).items()}


def _saved(before: Mapping[_Key, Spend], after: Mapping[_Key, Spend]) -> float:
    """USD that the requests after would have cost more at each feature's previous cost per request."""
    both = [(before[key], spend) for key, spend in after.items() if key in before and before[key].requests]
    return sum(new.requests * old.usd / old.requests - new.usd for old, new in both)


def _each(
    before: _Days[_Key], after: _Days[_Key], names: Callable[[_Key], tuple[str, ...]]
) -> tuple[UnitCostChange, ...]:
    keys = dict.fromkeys(key for day in (*before, *after) for key in day)
    found = [_change(names(key), "request", _only(before, key), _only(after, key)) for key in keys]
    return tuple(sorted(found, key=lambda change: (-(change.after_usd or 0.0), change.keys)))


def _only(days: _Days[_Key], key: _Key) -> list[dict[_Key, Spend]]:
    return [{key: day[key]} for day in days if key in day]


def _units(spend: Spend, unit: Unit) -> float:
    return spend.requests if unit == "request" else spend.tokens / _THOUSAND


def _change(keys: tuple[str, ...], unit: Unit, before: _Days[_Key], after: _Days[_Key]) -> UnitCostChange:
    """The ratio of costs per unit; before is weighted by the units that each key has after."""
    old, new = _all_days(before), _all_days(after)
    weights = {key: _units(spend, unit) for key, spend in new.items() if _units(spend, unit)}
    weights = {key: weight for key, weight in weights.items() if _units(old.get(key, NO_SPEND), unit)}
    then, now = _mean_cost(old, old, weights, unit), _mean_cost(new, new, weights, unit)
    if not (then and now):
        return UnitCostChange(keys, unit, then, now, None, None, None, "too little data")
    pct = 100 * (now / then - 1)
    counts = _requests(before, weights), _requests(after, weights)
    if min(map(sum, counts)) < LEAST_REQUESTS:
        return UnitCostChange(keys, unit, then, now, pct, None, None, "too little data")
    values = _pseudo_values(before, weights, unit), _pseudo_values(after, weights, unit)
    low, high = _interval(values, counts, log(now / then))
    return UnitCostChange(
        keys, unit, then, now, pct, 100 * (exp(low) - 1), 100 * (exp(high) - 1), _verdict(low, high, counts)
    )


def _verdict(low: float, high: float, counts: _Counts) -> CostVerdict:
    sure = all(len(side) >= SURE_DAYS and sum(side) >= SURE_REQUESTS for side in counts)
    if high < -_NOTHING:
        return "better" if sure else "likely better"
    if low > _NOTHING:
        return "worse" if sure else "likely worse"
    return "no difference shown"


def _requests(days: _Days[_Key], keys: Mapping[_Key, float]) -> list[float]:
    """Of each day that has any of some keys."""
    used = [day for day in days if any(key in keys for key in day)]
    return [sum(spend.requests for key, spend in day.items() if key in keys) for day in used]


def _mean_cost(
    part: Mapping[_Key, Spend], fallback: Mapping[_Key, Spend], weights: Mapping[_Key, float], unit: Unit
) -> float | None:
    """USD per unit at the mix of `weights`; a key that `part` lacks costs what it does in the whole."""
    if not weights:
        return None
    cost = 0.0
    for key, weight in weights.items():
        spend = part[key] if _units(part.get(key, NO_SPEND), unit) > 0 else fallback[key]
        cost += weight * spend.usd / _units(spend, unit)
    return cost / sum(weights.values())


def _pseudo_values(days: _Days[_Key], weights: Mapping[_Key, float], unit: Unit) -> list[float]:
    """Of the logarithm of the cost per unit, one for each day: what the day adds to it (Tukey 1958)."""
    used = [day for day in days if any(key in weights for key in day)]
    whole = _all_days(used)
    mean = log(_mean_cost(whole, whole, weights, unit) or 1.0)
    values = []
    for day in used:
        rest = {key: whole[key] + day.get(key, NO_SPEND).scaled(-1) for key in weights}
        values.append(len(used) * mean - (len(used) - 1) * log(_mean_cost(rest, whole, weights, unit) or 1.0))
    return values


def _interval(values: tuple[list[float], list[float]], counts: _Counts, difference: float) -> tuple[float, float]:
    """Around a difference of means, by the pseudo-values and requests of each side's days."""
    days = [len(side) for side in values]
    if max(days) == 1:
        half = NormalDist().inv_cdf((1 + _SHARE) / 2) * ASSUMED_SPREAD * 2**0.5
        return difference - half, difference + half
    known = [variance(side) if len(side) > 1 else None for side in values]
    other = next(spread for spread in reversed(known) if spread is not None)
    fewer = max(sum(side) / len(side) for side in counts)
    spreads = [
        other * max(1.0, fewer / count[0]) if spread is None else spread
        for spread, count in zip(known, counts, strict=True)
    ]
    one, two = (spread / count for spread, count in zip(spreads, days, strict=True))
    if not one + two:
        return difference, difference
    if min(days) == 1:
        degrees: float = max(days) - 1
    else:
        degrees = (one + two) ** 2 / (one**2 / (days[0] - 1) + two**2 / (days[1] - 1))
    half = student_t((1 + _SHARE) / 2, degrees) * (one + two) ** 0.5
    return difference - half, difference + half

"""Days and hours whose cost is out of line, and why: what moved, by more or larger requests or costlier tokens."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Literal

from common.spend.measures.effects import Effects, effects_of, summed_effects
from common.spend.measures.series import LEAST_SHARE, TREND_DAYS, Fit, fit, group_of, iso, stretches
from common.spend.measures.statistic import spread
from common.spend.measures.totals import CELL_KEYS
from common.spend.measures.users import user_spend, users_by_day
from common.spend.model import Unanswerable
from common.spend.rollup.cells import CellKey, HourKey
from common.spend.rollup.priced_requests import NO_SPEND, Spend, spend_by, spend_of_line
from common.spend.rollup.rollup import Rollup

_BLOCK_DAYS = 91
"""Days judged together: over longer times a straight line describes no cost."""
_ODD_HOUR, _ALIKE = 6.0, 7
"""Hours are many and uneven: they must be further out than days, and held against the same hour of at least a week."""
_Dimension = Literal["feature", "model", "status", "user"]
_OF_CELLS: tuple[_Dimension, ...] = ("feature", "model", "status")


@dataclass(frozen=True, slots=True)
class Mover:
    """The feature, model, status or user that moved the cost of a day most, in the direction in which the day moved."""

    by: _Dimension
    key: str
    usd: float
    usual_usd: float
    effects: Effects


@dataclass(frozen=True, slots=True)
class OddDay:
    """A UTC day against what its weekday and the trend of the days around it lead to expect.

    `effects` add up to `usd - usual_usd`; they are computed for each feature by itself.
    """

    day: str
    usd: float
    usual_usd: float
    score: float
    """Robust standard deviations above what is usual."""
    odd: bool
    requests: float
    """Priced ones, as `usual_requests`."""
    usual_requests: float
    effects: Effects
    movers: tuple[Mover, ...]
    """One for each dimension that the data have."""


@dataclass(frozen=True, slots=True)
class OddHour:
    """An hour that is far above the same hour of the other workdays or weekend days. `effects` add up as for a day."""

    day: str
    hour: int
    """Of the UTC day."""
    usd: float
    usual_usd: float
    score: float
    effects: Effects


@dataclass(frozen=True, slots=True)
class Anomalies:
    """Days by how far their cost is off (USD, largest first), hours likewise; `days_judged` were examined."""

    days: tuple[OddDay, ...]
    hours: tuple[OddHour, ...]
    days_judged: int


def anomalies(rollup: Rollup, least_usd: float = 1.0) -> Anomalies:
    """Days and hours that are off by at least `least_usd`. Raises Unanswerable with fewer than 14 whole days."""
    blocks = _blocks(rollup)
    sums = _sums(rollup)
    days = [_explained(sums, block, day) for block in blocks for day in block.odd()]
    hours = [hour for block in blocks for hour in _odd_hours(rollup, block, least_usd)]
    return Anomalies(
        days=tuple(sorted((d for d in days if abs(d.usd - d.usual_usd) >= least_usd), key=_difference)),
        hours=tuple(sorted(hours, key=_difference)),
        days_judged=sum(len(block.usd) for block in blocks),
    )


def explain_day(rollup: Rollup, day: str) -> OddDay:
    """Any day (ISO) against what is usual, odd or not.

    Raises KeyError when it has no request or is cut by the end of the data, Unanswerable with too few days around it.
    """
    at = date.fromisoformat(day).toordinal()
    block = next((block for block in _blocks(rollup) if at in block.days), None)
    sums = _sums(rollup)
    if block is None or at not in sums.cells:
        raise KeyError(f"{day} is no whole day of the data")
    return _explained(sums, block, at)


def _difference(odd: OddDay | OddHour) -> tuple[float, str]:
    return -abs(odd.usd - odd.usual_usd), odd.day


def _blocks(rollup: Rollup) -> list[Fit]:
    """The days in blocks of at most 91 that are judged together, at least two weeks each."""
    found = []
    for first, usd in stretches(rollup):
        count = -(-len(usd) // _BLOCK_DAYS)
        cuts = [len(usd) * number // count for number in range(count + 1)]
        found += [fit(first + a, usd[a:b]) for a, b in pairwise(cuts) if b - a >= TREND_DAYS]
    if not found:
        raise Unanswerable(
            f"Which days are out of line can be told from {TREND_DAYS} whole days on, and the data have fewer. Upload "
            "an export of a longer time; four weeks let weekdays be compared with their like."
        )
    return found


_SpendByKey = dict[str, Spend]


@dataclass(frozen=True, slots=True)
class _Sums:
    """Cells by day, and lines by user and day; none of users where they are not known by day."""

    cells: dict[int, list[tuple[CellKey, list[int]]]]
    users: dict[str, dict[int, list[int]]]

    def spend(self, days: list[int], by: _Dimension) -> _SpendByKey:
        """Of some days together, by key."""
        if by == "user":
            return user_spend(self.users, days)
        return spend_by((item for day in days for item in self.cells.get(day, ())), CELL_KEYS[by])


def _sums(rollup: Rollup) -> _Sums:
    cells: dict[int, list[tuple[CellKey, list[int]]]] = defaultdict(list)
    for key, cell in rollup.cells.items():
        cells[key.day].append((key, cell))
    try:
        users = users_by_day(rollup)
    except Unanswerable:
        users = {}
    return _Sums(dict(cells), users)


def _explained(sums: _Sums, block: Fit, day: int) -> OddDay:
    usd, usual = block.usd[day - block.first], block.expected(day)
    like = _alike(block, day)
    dimensions = (*_OF_CELLS, "user") if sums.users else _OF_CELLS
    by = {name: _against(sums, like, day, usual, name) for name in dimensions}
    now, before = by["feature"]
    return OddDay(
        day=iso(day),
        usd=usd,
        usual_usd=usual,
        score=block.score(day),
        odd=day in block.odd(),
        requests=sum(spend.requests for spend in now.values()),
        usual_requests=sum(spend.requests for spend in before.values()),
        effects=summed_effects(before, now) if before else Effects(usd - usual, 0.0, 0.0),
        movers=tuple(_movers(by, up=usd >= usual)),
    )


def _alike(block: Fit, day: int) -> list[int]:
    """The other days that the day is held against: of its weekday, or all workdays or weekend days; none odd."""
    odd = set(block.odd())
    group = group_of(day, len(block.usd))
    like = [other for other in block.days if other not in odd and other != day]
    return [other for other in like if group_of(other, len(block.usd)) == group] or like


def _against(
    sums: _Sums, like: list[int], day: int, usual_usd: float, by: _Dimension
) -> tuple[_SpendByKey, _SpendByKey]:
    """(the day, a usual day) by key: the mix of the days alike, scaled to the cost expected of the day."""
    before = sums.spend(like, by)
    whole = sum(spend.usd for spend in before.values())
    usual = {key: spend.scaled(usual_usd / whole) for key, spend in before.items()} if whole else {}
    return sums.spend([day], by), usual


def _movers(by: dict[_Dimension, tuple[_SpendByKey, _SpendByKey]], *, up: bool) -> Iterator[Mover]:
    """Without dimensions that have one key only, which explain nothing, and without requests that went well."""
    for name, (now, before) in by.items():
        if len({*now, *before}) > 1:
            mover = _mover(name, now, before, up=up)
            if mover.key != "ok":
                yield mover


def _mover(by: _Dimension, now: _SpendByKey, before: _SpendByKey, *, up: bool) -> Mover:
    def moved(key: str) -> float:
        difference = now.get(key, NO_SPEND).usd - before.get(key, NO_SPEND).usd
        return difference if up else -difference

    key = max(sorted({*now, *before}), key=moved)
    after, usual = now.get(key, NO_SPEND), before.get(key, NO_SPEND)
    return Mover(by, key, after.usd, usual.usd, effects_of(usual, after))


def _odd_hours(rollup: Rollup, block: Fit, least_usd: float) -> Iterator[OddHour]:
    """Hours far above the median of the same hour on all workdays, or on all weekend days, of the block."""
    for weekend in (0, 1):
        days = [day for day in block.days if group_of(day, 0) == weekend]
        for hour in range(24):
            if len(days) >= _ALIKE:
                at = {day: _spend_of_hour(rollup, day, hour) for day in days}
                yield from _odd_among(at, hour, max(least_usd, LEAST_SHARE * block.level))


def _odd_among(at: dict[int, Spend], hour: int, least_usd: float) -> Iterator[OddHour]:
    """Of the same hour on days that are alike; the excess must be one that would matter for a whole day."""
    costs = [spend.usd for spend in at.values()]
    usual = median(costs)
    noise = max(spread(costs), LEAST_SHARE * usual, least_usd / _ODD_HOUR)
    for day, spend in at.items():
        more = spend.usd - usual
        if more > _ODD_HOUR * noise:
            whole = sum((other for of, other in at.items() if of != day), NO_SPEND)
            before = whole.scaled(usual / whole.usd) if whole.usd else NO_SPEND
            yield OddHour(iso(day), hour, spend.usd, before.usd, more / noise, effects_of(before, spend))


def _spend_of_hour(rollup: Rollup, day: int, hour: int) -> Spend:
    line = rollup.hours.get(HourKey(day, hour))
    return spend_of_line(line) if line else NO_SPEND

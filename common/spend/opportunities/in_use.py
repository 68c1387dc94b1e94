"""Which traffic is in use now: savings are only on what will go on, so plans leave out what stopped.

The traffic of a feature to a model stopped when there is no request of it any more, although

- the feature went on: on its days since, at least MOVED requests would have been of the model, by its share on the same
  weekdays from its first day to its last (0 on weekdays that only other models had, until then; of all its days where
  the feature had none). That holds for logs of two days as for long ones; what has a few requests a week takes as much
  longer to be missed, and a model that is used on weekends only is missed on weekends only; or
- it is silent for more than a week, and for more than twice its longest pause before. So a feature of some weekdays is
  in use between them, and what was sent once, more than a week ago, is not.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from common.spend.model import LeftOut
from common.spend.opportunities.workload import Workload
from common.spend.rollup.cells import N, RequestGroup
from common.spend.rollup.rollup import Rollup

MOVED = 20
"""By chance alone, 20 requests that are expected fail to appear once in 10^8; requests in bursts need the margin."""
_WEEK = 7
_Days = dict[int, int]
"""Requests by day (ordinal)."""


def split(rollup: Rollup, workload: Workload) -> tuple[Workload, tuple[LeftOut, ...]]:
    """The workload that is in use, and what is left out of it, the most expensive first."""
    groups: dict[RequestGroup, _Days] = defaultdict(lambda: defaultdict(int))
    features: dict[str | None, _Days] = defaultdict(lambda: defaultdict(int))
    for key, cell in rollup.cells.items():
        groups[key.group][key.day] += cell[N]
        features[key.feature][key.day] += cell[N]
    last = max((day for days in features.values() for day in days), default=0)
    ended = {
        group: reason
        for group in {key.group for key in workload}
        if (reason := _stopped(group, groups[group], features[group.feature], last))
    }
    lines = [_left_out(workload, group, groups[group], reason) for group, reason in ended.items()]
    used = {key: slot for key, slot in workload.items() if key.group not in ended}
    return used, tuple(sorted(lines, key=lambda line: (-line.cost_usd, repr(line))))


def _stopped(group: RequestGroup, used: _Days, feature: _Days, last: int) -> str:
    """Why the traffic is not in use, in words; "" when it is."""
    end = max(used)
    if end == last:
        return ""
    since = {day: count for day, count in feature.items() if day > end}
    name = "the feature" if group.feature is None else group.feature
    if _missed(used, feature, since) >= MOVED:
        return f"no request since {_iso(end)}, while {name} had {sum(since.values()):,} on other models"
    days = sorted(used)
    pause = max((after - before for before, after in pairwise(days)), default=0)
    return f"no request since {_iso(end)}" if last - end > max(_WEEK, 2 * pause) else ""


def _missed(used: _Days, feature: _Days, since: Mapping[int, int]) -> float:
    """Requests that would have been on the model in the days `since`, by its share while it was used."""
    span = [day for day in feature if min(used) <= day <= max(used)]
    own: dict[int, int] = defaultdict(int)
    whole: dict[int, int] = defaultdict(int)
    for day in span:
        own[day % _WEEK] += used.get(day, 0)
        whole[day % _WEEK] += feature[day]
    shares = {day % _WEEK: 0.0 for day in feature if day < min(used)}
    shares |= {weekday: own[weekday] / count for weekday, count in whole.items() if count}
    overall = sum(own.values()) / sum(whole.values()) if sum(whole.values()) else 0.0
    return sum(count * shares.get(day % _WEEK, overall) for day, count in since.items())


def _left_out(workload: Workload, group: RequestGroup, used: _Days, reason: str) -> LeftOut:
    slots = [(key, slot) for key, slot in workload.items() if key.group == group]
    return LeftOut(
        feature=group.feature,
        provider=group.provider,
        model=group.model,
        last_day=_iso(max(used)),
        requests=round(sum(slot.requests for _, slot in slots)),
        cost_usd=sum(slot.cost_usd(key.price.floor) for key, slot in slots),
        reason=reason,
    )


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()

"""When a feature changed its model for good: where a comparison of before and after has its cut."""

from collections import defaultdict
from dataclasses import dataclass

from common.spend.measures.series import WEEK, iso
from common.spend.measures.totals import CELL_KEYS
from common.spend.rollup.cells import N
from common.spend.rollup.rollup import Rollup

_FOR_GOOD = 0.8
"""Share of the requests on each side that the old and the new model must have."""
_LEAST_REQUESTS = 20
"""On each side: a few requests on another model are a trial."""


@dataclass(frozen=True, slots=True)
class ModelChange:
    """From `day` (ISO date) on a feature has most requests on another model than before."""

    day: str
    feature: str
    """UNTAGGED in data without features."""
    before: str
    after: str
    requests: int
    """Of the feature, on all days."""


def model_changes(rollup: Rollup) -> list[ModelChange]:
    """The clearest change of each feature that has one, the feature with most requests first.

    A model must have 80 % of the requests before and another one 80 % after, at least 20 requests over a day or more
    each; and the other one must not have had most of them a week before the cut, as a model that serves weekends has.
    """
    counts: dict[str, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for key, cell in rollup.cells.items():
        if cell[N]:
            counts[CELL_KEYS["feature"](key)][key.day][key.model] += cell[N]
    found = [change for feature, by_day in counts.items() if (change := _clearest(feature, by_day))]
    return sorted(found, key=lambda change: (-change.requests, change.feature))


def _clearest(feature: str, by_day: dict[int, dict[str, int]]) -> ModelChange | None:
    """The cut at which the shares of the old model before and of the new one after are largest together."""
    days = sorted(by_day)
    best: tuple[float, ModelChange] | None = None
    for place in range(1, len(days)):
        if min(_requests(by_day, days[:place]), _requests(by_day, days[place:])) < _LEAST_REQUESTS:
            continue
        (old, old_share), (new, new_share) = _most(by_day, days[:place]), _most(by_day, days[place:])
        clear = old_share + new_share
        if old == new or min(old_share, new_share) < _FOR_GOOD or _weekly(by_day, days[place], new):
            continue
        if best is None or clear > best[0]:
            requests = sum(count for models in by_day.values() for count in models.values())
            best = clear, ModelChange(iso(days[place]), feature, old, new, requests)
    return best[1] if best else None


def _requests(by_day: dict[int, dict[str, int]], days: list[int]) -> int:
    return sum(count for day in days for count in by_day[day].values())


def _weekly(by_day: dict[int, dict[str, int]], day: int, model: str) -> bool:
    """True when a model had most requests a week before a day, too."""
    earlier = by_day.get(day - WEEK, {})
    return 2 * earlier.get(model, 0) > sum(earlier.values())


def _most(by_day: dict[int, dict[str, int]], days: list[int]) -> tuple[str, float]:
    """(the model with most requests on some days, its share of them)."""
    sums: dict[str, int] = defaultdict(int)
    for day in days:
        for model, count in by_day[day].items():
            sums[model] += count
    most = max(sorted(sums), key=lambda model: sums[model])
    return most, sums[most] / sum(sums.values())

"""When a feature changed its model for good: where a comparison of before and after has its cut."""

from collections import defaultdict
from dataclasses import dataclass

from common.spend.measures.comparison import LEAST_DAYS
from common.spend.measures.series import iso, whole_days
from common.spend.measures.totals import CELL_KEYS
from common.spend.rollup.cells import N
from common.spend.rollup.rollup import Rollup

_FOR_GOOD = 0.8
"""Share of the requests on each side that the old and the new model must have."""


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

    A model must have 80 % of the requests before and another one 80 % after, over at least 5 days each.
    """
    counts: dict[str, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    days = set(whole_days(rollup))
    for key, cell in rollup.cells.items():
        if key.day in days:
            counts[CELL_KEYS["feature"](key)][key.day][key.model] += cell[N]
    found = [change for feature, by_day in counts.items() if (change := _clearest(feature, by_day))]
    return sorted(found, key=lambda change: (-change.requests, change.feature))


def _clearest(feature: str, by_day: dict[int, dict[str, int]]) -> ModelChange | None:
    """The cut at which the shares of the old model before and of the new one after are largest together."""
    days = sorted(by_day)
    best: tuple[float, ModelChange] | None = None
    for place in range(LEAST_DAYS, len(days) - LEAST_DAYS + 1):
        (old, old_share), (new, new_share) = _most(by_day, days[:place]), _most(by_day, days[place:])
        clear = old_share + new_share
        if old != new and min(old_share, new_share) >= _FOR_GOOD and (best is None or clear > best[0]):
            requests = sum(count for models in by_day.values() for count in models.values())
            best = clear, ModelChange(iso(days[place]), feature, old, new, requests)
    return best[1] if best else None


def _most(by_day: dict[int, dict[str, int]], days: list[int]) -> tuple[str, float]:
    """(the model with most requests on some days, its share of them)."""
    sums: dict[str, int] = defaultdict(int)
    for day in days:
        for model, count in by_day[day].items():
            sums[model] += count
    most = max(sorted(sums), key=lambda model: sums[model])
    return most, sums[most] / sum(sums.values())

"""The customer's own scores before and after a change: the difference of the means of each feature, with an interval.

The interval is Welch's on single scores (see `means_interval`). The two sides did not answer the same requests.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from common.spend.measures.totals import CELL_KEYS
from common.spend.quality.evaluation import MIN_SCORES
from common.spend.quality.intervals import Moments, means_interval
from common.spend.rollup.cells import QUALITY, QUALITY_N, QUALITY_SQUARES, SCORE, CellKey
from common.spend.rollup.rollup import Rollup


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Mean scores of a feature, on the customer's own scale; higher is taken as better."""

    feature: str
    before: float
    after: float
    counts: tuple[int, int]
    """Scores on each side."""
    low: float
    """95 % interval of `after - before`, with `high`."""
    high: float
    verdict: Literal["better", "worse", "no difference shown", "too few scores"]
    """With fewer than MIN_SCORES on a side it is never better or worse."""


def score_changes(rollup: Rollup, day: str) -> tuple[ScoreChange, ...]:
    """Of features with two scores or more before `day` (ISO date) and from it on, the most scores after it first."""
    at = date.fromisoformat(day).toordinal()
    sides = [[pair for pair in rollup.cells.items() if (pair[0].day >= at) == late] for late in (False, True)]
    before, after = map(_by_feature, sides)
    both = [name for name, new in after.items() if name in before and min(new.count, before[name].count) > 1]
    found = [_change(name, before[name], after[name]) for name in both]
    return tuple(sorted(found, key=lambda change: (-change.counts[1], change.feature)))


def _by_feature(cells: Iterable[tuple[CellKey, list[int]]]) -> dict[str, Moments]:
    """Every score, of failed requests, too; features without one are left out."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for key, cell in cells:
        if cell[QUALITY_N]:
            of_feature = sums[CELL_KEYS["feature"](key)]
            for place, count in enumerate((cell[QUALITY_N], cell[QUALITY], cell[QUALITY_SQUARES])):
                of_feature[place] += count
    return {feature: _moments(*counts) for feature, counts in sums.items()}


def _moments(count: int, total: int, squares: int) -> Moments:
    spread = (count * squares - total * total) / (count * (count - 1)) / SCORE**2 if count > 1 else 0.0
    return Moments(count, total / count / SCORE, spread)


def _change(feature: str, old: Moments, new: Moments) -> ScoreChange:
    low, high = means_interval(old, new)
    verdict: Literal["better", "worse", "no difference shown", "too few scores"] = "no difference shown"
    if min(old.count, new.count) < MIN_SCORES:
        verdict = "too few scores"
    elif low > 0 or high < 0:
        verdict = "better" if low > 0 else "worse"
    return ScoreChange(feature, old.mean, new.mean, (old.count, new.count), low, high, verdict)

"""The customer's own scores in the rows: two models compared on the same feature."""

from collections import defaultdict
from dataclasses import dataclass

from common.spend.prices.engine import Model
from common.spend.prices.names import resolve
from common.spend.prices.same_model import same_model_key
from common.spend.quality.evaluation import MIN_SCORES, TOLERANCE, QualityComparison, verdict_of
from common.spend.quality.intervals import Moments, means_interval
from common.spend.rollup.cells import QUALITY, QUALITY_N, QUALITY_SQUARES, SCORE
from common.spend.rollup.rollup import Rollup

_Sums = list[int]
"""Scores, their sum and the sum of their squares, in millionths."""


@dataclass(frozen=True, slots=True)
class Scores:
    """By feature, provider who billed it, and model. Higher is better, on whatever scale it is."""

    sums: dict[tuple[str | None, str, Model], _Sums]

    def compare(
        self, feature: str | None, before: Model, after: Model, providers: tuple[str, str] | None = None
    ) -> QualityComparison | None:
        """Of one feature; `providers`: only what these served, else the model wherever it ran. None: too few scores.

        Both served the feature, but not the same requests: a fair comparison where they were shared out by chance.
        """
        one = self._moments(feature, before, providers[0] if providers else None)
        two = self._moments(feature, after, providers[1] if providers else None)
        if one.count < MIN_SCORES or two.count < MIN_SCORES:
            return None
        interval, margin = means_interval(one, two), TOLERANCE * one.variance**0.5
        return QualityComparison(
            before=one.mean,
            after=two.mean,
            counts=(one.count, two.count),
            interval=interval,
            margin=margin,
            verdict=verdict_of(interval, margin),
        )

    def candidates(self, feature: str | None) -> tuple[Model, ...]:
        """Models that have scores on a feature."""
        return tuple(dict.fromkeys(model for scored, _, model in self.sums if scored == feature))

    def _moments(self, feature: str | None, model: Model, provider: str | None) -> Moments:
        key = same_model_key(model)
        found = [
            sums
            for (scored, seller, other), sums in self.sums.items()
            if scored == feature and provider in (None, seller) and same_model_key(other) == key
        ]
        count, total, squares = (sum(column) for column in zip(*found, strict=True)) if found else (0, 0, 0)
        if count < MIN_SCORES:
            return Moments(count, 0.0, 0.0)
        exact = count * squares - total * total
        return Moments(count, total / count / SCORE, exact / (count * (count - 1)) / SCORE**2)


def scores_of(rollup: Rollup) -> Scores:
    """Every score of a rollup's rows, failed requests included: a score given is a score."""
    sums: dict[tuple[str | None, str, Model], _Sums] = defaultdict(lambda: [0, 0, 0])
    if "quality" in rollup.has:
        for key, cell in rollup.cells.items():
            model = resolve(key.provider, key.model) if cell[QUALITY_N] else None
            if model is not None:
                total = sums[key.feature, key.provider, model]
                for place, count in enumerate((cell[QUALITY_N], cell[QUALITY], cell[QUALITY_SQUARES])):
                    total[place] += count
    return Scores(dict(sums))

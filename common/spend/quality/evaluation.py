"""Evaluations: prompts that several models answered and somebody judged, and how two of the models compare on them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Literal

from common.spend.prices.engine import Model
from common.spend.prices.same_model import same_model_key
from common.spend.quality.intervals import Interval, mean_interval, moments, pairs_interval

Verdict = Literal["supports", "against", "open"]
MARGIN = 0.02
"""Two points in a hundred: by how much less a candidate may be right and still count as not worse."""
TOLERANCE = 0.1
"""The same for scores on a scale of the customer's own, in standard deviations of the present model's scores."""
MIN_SCORES = 30
"""Below, the mean of scores on any scale says nothing."""
_MOST_PAIRS = 100_000
_ONES = frozenset((0.0, 1.0))
_DOUBLINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityComparison:
    """A candidate against the present model. `interval` (95 %) is of the mean's difference, candidate less present."""

    before: float
    """Mean score of the present model; of right and wrong the share that is right."""
    after: float
    counts: tuple[int, int]
    """Scores of the present model, and of the candidate; equal for pairs."""
    interval: Interval
    margin: float
    verdict: Verdict
    table: tuple[int, int, int, int] | None = None
    """Pairs of right and wrong: both right, only the present model, only the candidate, neither; None for scores."""
    more: int | None = None
    """Pairs still needed if they continue to split like this; None: settled, or no sample would settle it."""
    tally: "PreferenceCounts | None" = None
    """Of a replay, which has no scores: `after` is its win rate, a tie half a win, and `before` the rest."""
    any_feature: bool = False
    """The evaluation does not say which feature its prompts are of, so they apply to every one."""


@dataclass(frozen=True, slots=True)
class PreferenceCounts:
    """Answers to the same requests, compared blind: how often the candidate's was better, equal or worse."""

    wins: int = 0
    ties: int = 0
    losses: int = 0
    contradictions: int = 0
    """Ties of pairs whose two orders had different winners."""

    @property
    def pairs(self) -> int:
        """Requests that were judged."""
        return self.wins + self.ties + self.losses

    def __add__(self, other: "PreferenceCounts") -> "PreferenceCounts":
        return PreferenceCounts(
            self.wins + other.wins,
            self.ties + other.ties,
            self.losses + other.losses,
            self.contradictions + other.contradictions,
        )


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """A sample of the customer's requests, answered by a candidate and judged against the present model's answers."""

    before: Model
    after: Model
    feature: str | None
    """None: applies to every feature."""
    tally: PreferenceCounts

    def concerns(self, before: Model, after: Model, feature: str | None, *, exact: bool) -> bool:
        """True when it covers this swap; `exact`: at exactly these providers."""
        own, asked_for = (self.before, self.after), (before, after)
        same = own == asked_for if exact else [*map(same_model_key, own)] == [*map(same_model_key, asked_for)]
        return same and self.tally.pairs > 0 and (self.feature is None or feature is None or self.feature == feature)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One file. A row has its feature (None: every one) and a score by model, None where there is none."""

    name: str
    models: tuple[Model, ...]
    rows: tuple[tuple[str | None, tuple[float | None, ...]], ...] = field(repr=False)

    def pairs(self, before: Model, after: Model, feature: str | None, *, exact: bool) -> list[tuple[float, float]]:
        """Scores of the prompts that both answered; those of another feature are left out.

        `exact`: at exactly these providers; else a model is the same wherever it ran.
        """
        places = [self._place(model, exact=exact) for model in (before, after)]
        if places[0] is None or places[1] is None or places[0] == places[1]:
            return []
        one, two = places[0], places[1]
        found = (scores for named, scores in self.rows if named is None or feature is None or named == feature)
        return [(a, b) for scores in found if (a := scores[one]) is not None and (b := scores[two]) is not None]

    @property
    def tells_features(self) -> bool:
        """True when some prompt says what it belongs to."""
        return any(feature is not None for feature, _ in self.rows)

    def _place(self, model: Model, *, exact: bool) -> int | None:
        if model in self.models:
            return self.models.index(model)
        key = None if exact else same_model_key(model)
        return next((place for place, other in enumerate(self.models) if same_model_key(other) == key), None)


@dataclass(frozen=True, slots=True)
class Evaluations:
    """All that a customer has; each is compared on its own, as their scales may differ."""

    files: tuple[Evaluation, ...] = ()
    replays: tuple[ReplayResult, ...] = ()

    def compare(
        self, before: Model, after: Model, feature: str | None, *, exact: bool = False
    ) -> tuple[QualityComparison, ...]:
        """One comparison for each evaluation that has both models, the most pairs first."""
        scored = (
            (compare_pairs(pairs), file.tells_features)
            for file in self.files
            if (pairs := file.pairs(before, after, feature, exact=exact))
        )
        replayed = (
            (compare_tally(found.tally), found.feature is not None)
            for found in self.replays
            if found.concerns(before, after, feature, exact=exact)
        )
        comparisons = [
            replace(found, any_feature=feature is not None and not features) for found, features in (*scored, *replayed)
        ]
        return tuple(sorted(comparisons, key=lambda each: -each.counts[0]))

    def candidates(self) -> tuple[Model, ...]:
        """Every model that some evaluation has."""
        scored = (model for file in self.files for model in file.models)
        return tuple(dict.fromkeys((*scored, *(found.after for found in self.replays))))


NO_EVALUATIONS = Evaluations()


def verdict_of(interval: Interval, margin: float) -> Verdict:
    """Against when the candidate is worse for sure, however little; else for it when it is not worse by the margin.

    A loss that is sure but smaller than the margin counts as against: nobody but the customer can accept it.
    """
    low, high = interval
    if high < 0:
        return "against"
    return "supports" if low > -margin else "open"


def compare_pairs(pairs: Sequence[tuple[float, float]]) -> QualityComparison:
    """At least one pair of scores (present model, candidate): right and wrong are 1 and 0, anything else a scale."""
    if all(score in _ONES for pair in pairs for score in pair):
        return _of_right_and_wrong(pairs)
    return _of_scores(pairs)


def compare_tally(tally: PreferenceCounts) -> QualityComparison:
    """A replay with at least one pair; the difference is the share of wins less that of losses."""
    interval = pairs_interval(tally.wins, tally.losses, tally.pairs)
    verdict, win_rate = verdict_of(interval, MARGIN), (1 + (tally.wins - tally.losses) / tally.pairs) / 2
    return QualityComparison(
        before=1 - win_rate,
        after=win_rate,
        counts=(tally.pairs, tally.pairs),
        interval=interval,
        margin=MARGIN,
        verdict=verdict,
        tally=tally,
        more=pairs_needed(tally.wins, tally.losses, tally.pairs) if verdict == "open" else None,
    )


def _of_right_and_wrong(pairs: Sequence[tuple[float, float]]) -> QualityComparison:
    both, only_before, only_after = (pairs.count(kind) for kind in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0)))
    count = len(pairs)
    interval = pairs_interval(only_after, only_before, count)
    verdict = verdict_of(interval, MARGIN)
    return QualityComparison(
        before=(both + only_before) / count,
        after=(both + only_after) / count,
        counts=(count, count),
        interval=interval,
        margin=MARGIN,
        verdict=verdict,
        table=(both, only_before, only_after, count - both - only_before - only_after),
        more=pairs_needed(only_after, only_before, count) if verdict == "open" else None,
    )


def pairs_needed(better: float, worse: float, pairs: float) -> int | None:
    """How many more pairs settle it, if they split as these did; None: not even 100,000 in all would."""

    def is_open(times: float) -> bool:
        return verdict_of(pairs_interval(better * times, worse * times, pairs * times), MARGIN) == "open"

    few, many = 1.0, _MOST_PAIRS / pairs
    if is_open(many):
        return None
    for _ in range(_DOUBLINGS):
        middle = (few + many) / 2
        few, many = (middle, many) if is_open(middle) else (few, middle)
    return ceil(pairs * (many - 1) - 1e-6)


def _of_scores(pairs: Sequence[tuple[float, float]]) -> QualityComparison:
    count = len(pairs)
    before, after = moments([a for a, _ in pairs]), moments([b for _, b in pairs])
    margin = TOLERANCE * before.variance**0.5
    everything = [score for pair in pairs for score in pair]
    reach = max(everything) - min(everything)
    interval = (-reach, reach)
    if count >= MIN_SCORES:
        rare = reach * pairs_interval(0, 0, count)[1]
        low, high = mean_interval(moments([b - a for a, b in pairs]))
        middle = after.mean - before.mean
        interval = min(low, middle - rare), max(high, middle + rare)
    return QualityComparison(
        before=before.mean,
        after=after.mean,
        counts=(count, count),
        interval=interval,
        margin=margin,
        verdict=verdict_of(interval, margin),
        more=MIN_SCORES - count if count < MIN_SCORES else None,
    )

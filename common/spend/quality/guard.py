"""The guard: from evidence to a verdict on a swap, with the words for it.

Sources, strongest first: evaluations on the customer's own requests, the customer's own scores in the rows, public
results. Either of the customer's own that speaks against a swap settles it. Only they can make a swap safe; a public
result can at most keep it from being called so.
"""

from dataclasses import dataclass

from common.core.vocabulary import Level
from common.spend.model import Quality
from common.spend.quality.evaluation import PreferenceCounts, QualityComparison
from common.spend.quality.intervals import Interval, shares_interval

_WORDS = {"supports": "supports it", "against": "speaks against it", "open": "leaves it open"}
_SEVERAL = {"supports": "support it", "against": "speak against it", "open": "leave it open"}
NO_EVIDENCE = "No evaluation on your own requests: it needs one before it can be called safe."


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicResult:
    """Published shares (%) of `trials` tasks that either model solves, and who says so."""

    before: float
    after: float
    trials: int
    source: str

    @property
    def interval(self) -> Interval:
        """95 %, of the difference of the shares (0..1)."""
        solved = [(round(share / 100 * self.trials), self.trials) for share in (self.before, self.after)]
        return shares_interval(solved[0], solved[1])

    @property
    def worse(self) -> bool:
        """True when the candidate solves fewer for sure."""
        return self.interval[1] < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityEvidence:
    """All that is known of a swap. The names are those of the present model, the candidate and the feature."""

    before: str
    after: str
    feature: str
    evaluations: tuple[QualityComparison, ...] = ()
    """By file, the most pairs first."""
    scores: QualityComparison | None = None
    public: PublicResult | None = None

    @property
    def own(self) -> bool:
        """True when the customer has any of both."""
        return bool(self.evaluations) or self.scores is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`risk`: what the evidence makes of the quality risk; None: it says nothing of it."""

    quality: Quality
    risk: Level | None
    told: str
    more: int | None = None
    """Pairs that an evaluation still lacks, see `QualityComparison`."""


def judged(evidence: QualityEvidence) -> Judgement:
    """What may be said of a swap."""
    told = " ".join(_sentences(evidence))
    sources = [*evidence.evaluations, *([evidence.scores] if evidence.scores else [])]
    if any(source.verdict == "against" for source in sources):
        return Judgement(quality="against", risk="high", told=told)
    worse = evidence.public is not None and evidence.public.worse
    if evidence.evaluations:
        first = evidence.evaluations[0]
        if first.verdict == "supports":
            return Judgement(quality="safe", risk="low", told=told)
        return Judgement(quality="needs_evaluation", risk="high" if worse else None, told=told, more=first.more)
    if evidence.scores is not None and evidence.scores.verdict == "supports" and not worse:
        return Judgement(quality="safe", risk="medium", told=told)
    return Judgement(quality="needs_evaluation", risk="high" if worse else None, told=f"{told} {NO_EVIDENCE}".strip())


def _sentences(evidence: QualityEvidence) -> list[str]:
    told = [_of_evaluation(each, evidence) for each in evidence.evaluations]
    told += [_of_scores(evidence.scores, evidence)] if evidence.scores else []
    told += [_of_public(evidence.public, evidence)] if evidence.public else []
    return told


def _of_evaluation(found: QualityComparison, evidence: QualityEvidence) -> str:
    if found.tally is not None:
        return _of_replay(found, found.tally, evidence)
    head = f"Your evaluation {_WORDS[found.verdict]}: of {found.counts[0]:,} prompts that both answered"
    if found.table is None:
        means = f"{evidence.before} scores {found.before:.3g} and {evidence.after} {found.after:.3g} on average"
        return f"{head}, {means}. {_difference(found)}.{_lacking(found)}"
    _, one, two, _ = found.table
    shares = f"{evidence.before} has {100 * found.before:.1f} % right and {evidence.after} {100 * found.after:.1f} %"
    alone = f"{one:,} are right with {evidence.before} only, {two:,} with {evidence.after} only"
    return f"{head}, {shares}. {alone[0].upper()}{alone[1:]}; {_points(found.interval, found)}.{_lacking(found)}"


def _of_replay(found: QualityComparison, tally: PreferenceCounts, evidence: QualityEvidence) -> str:
    low, high = (50 * (1 + end) for end in found.interval)
    even = f"; {tally.contradictions:,} of the ties depended on the order" if tally.contradictions else ""
    told = (
        f"Your replay {_WORDS[found.verdict]}: of {tally.pairs:,} requests that {evidence.after} answered, too, a judge"
        f" who saw no names preferred its answer {tally.wins:,} times, that of {evidence.before}"
        f" {tally.losses:,} times, and neither {tally.ties:,} times{even}."
    )
    rate = f" Its win rate is {100 * found.after:.1f} % (95 % interval {low:.1f} to {high:.1f}, ties half)"
    return f"{told}{rate}, and down to {50 * (1 - found.margin):g} % would count as not worse.{_lacking(found)}"


def _points(interval: Interval, found: QualityComparison) -> str:
    low, high = (100 * end for end in interval)
    difference = 100 * (found.after - found.before)
    told = f"the difference is {difference:+.1f} points (95 % interval {low:+.1f} to {high:+.1f})"
    return f"{told}, and up to {100 * found.margin:g} points less would count as not worse"


def _difference(found: QualityComparison) -> str:
    low, high = found.interval
    told = f"The difference is {found.after - found.before:+.3g} (95 % interval {low:+.3g} to {high:+.3g})"
    return f"{told}, and up to {found.margin:.2g} less, a tenth of the scores' spread, would count as not worse"


def _lacking(found: QualityComparison) -> str:
    told = " The evaluation names no features: its prompts are taken as a sample of each." if found.any_feature else ""
    if found.verdict != "open":
        return told
    if found.more is None:
        return f"{told} No sample of a size that can be had would settle it."
    return f"{told} About {found.more:,} more prompts would settle it."


def _of_scores(found: QualityComparison, evidence: QualityEvidence) -> str:
    one, two = found.counts
    return (
        f"Your own scores of {evidence.feature} {_SEVERAL[found.verdict]}: on average {found.before:.3g} with"
        f" {evidence.before} ({one:,} scores) and {found.after:.3g} with {evidence.after} ({two:,})."
        f" {_difference(found)}; higher is taken as better, and the two did not answer the same requests."
    )


def _of_public(found: PublicResult, evidence: QualityEvidence) -> str:
    low, high = (100 * end for end in found.interval)
    interval = f"a difference of {found.after - found.before:+.1f} points (95 % interval {low:+.1f} to {high:+.1f})"
    verdict = " It speaks against it for such work." if found.worse else ""
    return (
        f"On a public coding benchmark {evidence.after} solves {found.after} %, {evidence.before} {found.before} %."
        f" That is {interval} on {found.source}, which says little about other work.{verdict}"
    )

"""The guard: from evidence to a verdict on a swap, with the words for it.

Sources, strongest first: evaluations on the customer's own requests, the customer's own scores in the rows, public
results. Either of the customer's own that speaks against a swap settles it. Only they can make a swap safe; a public
result can at most prevent that verdict.
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
    """`risk`: the quality risk by the evidence; None: it does not say."""

    quality: Quality
    risk: Level | None
    evidence: str
    more: int | None = None
    """Pairs that an evaluation still lacks, see `QualityComparison`."""


def judged(evidence: QualityEvidence) -> Judgement:
    """What may be said of a swap."""
    text = " ".join(_sentences(evidence))
    sources = [*evidence.evaluations, *([evidence.scores] if evidence.scores else [])]
    if any(source.verdict == "against" for source in sources):
        return Judgement(quality="against", risk="high", evidence=text)
    worse = evidence.public is not None and evidence.public.worse
    if evidence.evaluations:
        first = evidence.evaluations[0]
        if first.verdict == "supports":
            return Judgement(quality="safe", risk="low", evidence=text)
        return Judgement(quality="needs_evaluation", risk="high" if worse else None, evidence=text, more=first.more)
    if evidence.scores is not None and evidence.scores.verdict == "supports" and not worse:
        return Judgement(quality="safe", risk="medium", evidence=text)
    return Judgement(
        quality="needs_evaluation",
        risk="high" if worse else None,
        evidence=f"{text} {NO_EVIDENCE}".strip(),
    )


def _sentences(evidence: QualityEvidence) -> list[str]:
    sentences = [_of_evaluation(each, evidence) for each in evidence.evaluations]
    sentences += [_of_scores(evidence.scores, evidence)] if evidence.scores else []
    sentences += [_of_public(evidence.public, evidence)] if evidence.public else []
    return sentences


def _of_evaluation(result: QualityComparison, evidence: QualityEvidence) -> str:
    if result.tally is not None:
        return _of_replay(result, result.tally, evidence)
    head = f"Your evaluation {_WORDS[result.verdict]}: of {result.counts[0]:,} prompts that both answered"
    if result.table is None:
        means = f"{evidence.before} scores {result.before:.3g} and {evidence.after} {result.after:.3g} on average"
        return f"{head}, {means}. {_difference(result)}.{_lacking(result)}"
    _, one, two, _ = result.table
    shares = f"{evidence.before} has {100 * result.before:.1f} % right and {evidence.after} {100 * result.after:.1f} %"
    alone = f"{one:,} are right with {evidence.before} only, {two:,} with {evidence.after} only"
    return f"{head}, {shares}. {alone[0].upper()}{alone[1:]}; {_points(result.interval, result)}.{_lacking(result)}"


def _of_replay(result: QualityComparison, tally: PreferenceCounts, evidence: QualityEvidence) -> str:
    low, high = (50 * (1 + end) for end in result.interval)
    even = f"; {tally.contradictions:,} of the ties depended on the order" if tally.contradictions else ""
    text = (
        f"Your replay {_WORDS[result.verdict]}: of {tally.pairs:,} requests that {evidence.after} answered, too, a"
        f" judge who saw no names preferred its answer {tally.wins:,} times, that of {evidence.before}"
        f" {tally.losses:,} times, and neither {tally.ties:,} times{even}."
    )
    rate = f" Its win rate is {100 * result.after:.1f} % (95 % interval {low:.1f} to {high:.1f}, ties half)"
    return f"{text}{rate}, and down to {50 * (1 - result.margin):g} % would count as not worse.{_lacking(result)}"


def _points(interval: Interval, result: QualityComparison) -> str:
    low, high = (100 * end for end in interval)
    difference = 100 * (result.after - result.before)
    text = f"the difference is {difference:+.1f} points (95 % interval {low:+.1f} to {high:+.1f})"
    return f"{text}, and up to {100 * result.margin:g} points less would count as not worse"


def _difference(result: QualityComparison) -> str:
    low, high = result.interval
    text = f"The difference is {result.after - result.before:+.3g} (95 % interval {low:+.3g} to {high:+.3g})"
    return f"{text}, and up to {result.margin:.2g} less, a tenth of the scores' spread, would count as not worse"


def _lacking(result: QualityComparison) -> str:
    text = " The evaluation names no features: its prompts are taken as a sample of each." if result.any_feature else ""
    if result.verdict != "open":
        return text
    if result.more is None:
        return f"{text} No sample of a size that can be had would settle it."
    return f"{text} About {result.more:,} more prompts would settle it."


def _of_scores(result: QualityComparison, evidence: QualityEvidence) -> str:
    one, two = result.counts
    return (
        f"Your own scores of {evidence.feature} {_SEVERAL[result.verdict]}: on average {result.before:.3g} with"
        f" {evidence.before} ({one:,} scores) and {result.after:.3g} with {evidence.after} ({two:,})."
        f" {_difference(result)}; higher is taken as better, and the two did not answer the same requests."
    )


def _of_public(result: PublicResult, evidence: QualityEvidence) -> str:
    low, high = (100 * end for end in result.interval)
    interval = f"a difference of {result.after - result.before:+.1f} points (95 % interval {low:+.1f} to {high:+.1f})"
    verdict = " It speaks against it for such work." if result.worse else ""
    return (
        f"On a public coding benchmark {evidence.after} solves {result.after} %, {evidence.before} {result.before} %."
        f" That is {interval} on {result.source}, which says little about other work.{verdict}"
    )

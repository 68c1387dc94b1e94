"""Right-sizing: for each feature and model, cheaper models for its requests, and what evidence says of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from common.core.vocabulary import Level
from common.spend.model import Unavailable
from common.spend.opportunities import swap_texts
from common.spend.opportunities.answer_lengths import AnswerLengths
from common.spend.opportunities.capability import CAPABILITIES, Capability, capability_of, public_result
from common.spend.opportunities.finding import Case, Finding, Weights, extent_of, label, latency_limit
from common.spend.opportunities.swaps import LatencyRisk, allowed, fits, measured_latency, no_latency, same_provider
from common.spend.opportunities.workload import Action
from common.spend.prices.engine import Model
from common.spend.prices.names import resolve
from common.spend.prices.same_model import same_model_key
from common.spend.quality.guard import Judgement, QualityEvidence, judged
from common.spend.rollup.cells import RequestGroup

MIN_CHEAPER = 0.05
"""A swap must make its requests at least this much cheaper."""
_LOWEST_STEP = -2
"""Levels of capability that a proposed model may be below the present one, where nothing else is known of the two."""
_ALTERNATIVES = 10
_FEW_ALTERNATIVES = 3
_SMALL_SHARE = 2.0
"""Percent of the bill below which a group gets few alternatives."""


@dataclass(frozen=True, slots=True)
class _Swap:
    """A group's requests on another model. A capability is None where it is not known."""

    group: RequestGroup
    to: Model
    now: Capability | None
    then: Capability | None
    judgement: Judgement
    own: bool
    """The customer has evidence on the two."""
    lengths: AnswerLengths

    @property
    def same(self) -> bool:
        return same_provider(self.group, self.to)

    @property
    def new_thinking(self) -> bool:
        return self.then is not None and self.then.thinks and not (self.now is not None and self.now.thinks)

    @property
    def step(self) -> int:
        """How many levels up it goes; far down when one is not known."""
        return self.then.level - self.now.level if self.now and self.then else _LOWEST_STEP - 1


def find_swaps(case: Case) -> Iterator[Finding]:
    """For each group of requests, what evidence decides, the best alternatives by risk, then the cheapest."""
    for group in sorted({key.group for key in case.workload}, key=repr):
        found = [f for swap in _swaps(case, group) if (f := _finding(case, swap)) is not None]
        found.sort(key=lambda finding: -finding.opportunity.savings_usd)
        yield from _chosen(case, found, group)


def swaps_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    unknown = sorted({key.group.model for key in case.workload if _capability_of_group(key.group) is None})
    if unknown:
        reason = f"The capability of {', '.join(unknown)} is not known, so no cheaper model can be judged against it."
        return Unavailable("right_sizing", reason, "Score a cheaper model on the same requests.")
    reason = "No cheaper model of comparable capability is left within your limits."
    return Unavailable("right_sizing", reason, "Allow more models, or log the latency of others.")


class _RiskProfile(NamedTuple):
    """Of swaps with the same profile, one is enough; `moves`: to another provider."""

    risk: int
    quality_risk: Level
    latency_risk: Level
    moves: bool


def _chosen(case: Case, findings: list[Finding], group: RequestGroup) -> list[Finding]:
    """The decided ones, the cheapest of each risk with low risks first, then more of the same provider."""
    decided = [finding for finding in findings if finding.opportunity.quality != "needs_evaluation"]
    waiting = [finding for finding in findings if finding.opportunity.quality == "needs_evaluation"]
    best: dict[_RiskProfile, Finding] = {}
    for finding in waiting:
        item = finding.opportunity
        same = same_provider(group, finding.action.to)
        best.setdefault(_RiskProfile(finding.risk, item.quality_risk, item.latency_risk, not same), finding)
    rest = [f for f in waiting if f not in best.values() and same_provider(group, f.action.to)]
    few = all(case.share(f.opportunity.savings_usd) < _SMALL_SHARE for f in findings)
    ordered = [best[key] for key in sorted(best, key=lambda profile: (profile.risk, profile.moves))]
    return [*decided, *[*ordered, *rest][: _FEW_ALTERNATIVES if few else _ALTERNATIVES]]


def _capability_of_group(group: RequestGroup) -> Capability | None:
    model = resolve(group.provider, group.model)
    return capability_of(model) if model else None


def _swaps(case: Case, group: RequestGroup) -> Iterator[_Swap]:
    """Other models within the limits: those on offer, and those that the customer has evidence on."""
    present = resolve(group.provider, group.model)
    if present is None:
        return
    for to in _candidates(case, group, present):
        now, then = capability_of(present), capability_of(to)
        evidence = QualityEvidence(
            before=group.model,
            after=to.id,
            feature=label(group.feature),
            evaluations=case.evaluations.compare(present, to, group.feature),
            scores=case.scores.compare(group.feature, present, to),
            public=public_result(now, then),
        )
        lengths = case.answers.lengths(group, present, to)
        swap = _Swap(group, to, now, then, judged(evidence), evidence.own, lengths)
        if swap.own or (swap.now is not None and swap.step >= _LOWEST_STEP):
            yield swap


def _candidates(case: Case, group: RequestGroup, present: Model) -> list[Model]:
    """One entry for each other model; the offered one where there is one."""
    offered = (resolve(*place) for place, capability in CAPABILITIES.items() if capability.offered)
    known = (*offered, *case.evaluations.candidates(), *case.scores.candidates(group.feature))
    found: dict[str, Model] = {}
    for model in known:
        if model is not None and not model.deprecated and allowed(case.limits, model):
            found.setdefault(same_model_key(model), model)
    found.pop(same_model_key(present), None)
    return list(found.values())


def _finding(case: Case, swap: _Swap) -> Finding | None:
    group, to = swap.group, swap.to
    latency = _latency(case, swap) if fits(case, group, to) else None
    if latency is None:
        return None
    action = Action("right_sizing", group.feature, group, to, output=swap.lengths.output)
    savings = case.savings(action)
    slots = case.slots(action)
    spent = sum(slot.cost_usd(key.price.floor) for key, slot in slots.items())
    if savings < MIN_CHEAPER * spent or not case.worth(savings):
        return None
    change = swap_texts.ModelSwap(
        group=group,
        to=to,
        judgement=swap.judgement,
        latency=latency.evidence,
        lengths=swap.lengths.basis,
        cheaper_pct=100 * savings / spent,
        same_provider=swap.same,
        thinks=swap.then is not None and swap.then.thinks,
        text_only=swap.then is not None and swap.then.text_only,
        scored=swap.now is not None and swap.now.score is not None and swap.then is not None and bool(swap.then.score),
    )
    return case.finding(
        action,
        savings,
        weights=_weights(swap, latency.level),
        advice=swap_texts.advice(change),
        about=extent_of(slots.values()),
        from_model=group.model,
    )


def _latency(case: Case, swap: _Swap) -> LatencyRisk | None:
    """Of the feature; None when its limit rules the model out."""
    limit = latency_limit(case.limits, swap.group.feature)
    measured = measured_latency(case, swap.group, swap.to)
    if measured is not None:
        return None if limit is not None and measured.p95_ms > limit else measured.risk
    smaller = swap.same and None not in (swap.now, swap.then) and swap.step <= 0 and not swap.new_thinking
    if limit is not None and not smaller:
        return None
    risk: Level = "high" if swap.new_thinking else "low" if limit is None and swap.same else "medium"
    return LatencyRisk(risk, no_latency(case, swap.group, swap.to))


def _weights(swap: _Swap, latency_risk: Level) -> Weights:
    return Weights(
        effort="low" if swap.same else "medium",
        quality=swap.judgement.quality,
        quality_risk=swap.judgement.risk or _expected_risk(swap),
        latency_risk=latency_risk,
        confidence=_confidence(swap),
    )


def _confidence(swap: _Swap) -> Level:
    """In the saving: high only where the customer's own answers tell their length."""
    if swap.lengths.own:
        return "high" if swap.same else "medium"
    return "low" if swap.new_thinking else "medium"


def _expected_risk(swap: _Swap) -> Level:
    """Without evidence: by the order of capability."""
    if swap.step < 0:
        return "high"
    return "low" if swap.step > 1 and swap.same else "medium"

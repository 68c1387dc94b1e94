"""Provider choice: the same model where the price list has it cheaper. The requests may move to one place only."""

from collections.abc import Iterator

from common.spend.model import Unavailable
from common.spend.opportunities import snippets
from common.spend.opportunities.capability import capability_of
from common.spend.opportunities.finding import (
    Advice,
    Case,
    Finding,
    Weights,
    extent_of,
    label,
    latency_limit,
)
from common.spend.opportunities.right_sizing import MIN_CHEAPER
from common.spend.opportunities.swap_texts import condition, evaluation_steps, gates
from common.spend.opportunities.swaps import LatencyRisk, allowed, fits, measured_latency, no_latency
from common.spend.opportunities.workload import Action
from common.spend.prices.engine import Model
from common.spend.prices.names import resolve
from common.spend.prices.same_model import has_open_weights, same_model_key, sold_elsewhere
from common.spend.quality.guard import Judgement, QualityEvidence, judged
from common.spend.rollup.cells import RequestGroup

_ALTERNATIVES = 3


def find_providers(case: Case) -> Iterator[Finding]:
    """For each group of requests, the providers that sell its model for less, the cheapest first."""
    for group in sorted({key.group for key in case.workload}, key=repr):
        found = [f for to in _elsewhere(group) if (f := _finding(case, group, to)) is not None]
        found.sort(key=lambda finding: -finding.opportunity.savings_usd)
        decided = [finding for finding in found if finding.opportunity.quality == "against"]
        yield from [*[finding for finding in found if finding not in decided][:_ALTERNATIVES], *decided]


def providers_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    groups = {key.group for key in case.workload}
    if any(_elsewhere(group) for group in groups):
        reason = "No provider within your limits sells the models you use for clearly less than you pay now."
        return Unavailable("provider_choice", reason, "")
    reason = "The price list knows no other provider for any of the models you use."
    return Unavailable("provider_choice", reason, "")


def _elsewhere(group: RequestGroup) -> tuple[Model, ...]:
    model = resolve(group.provider, group.model)
    return tuple(other for other in sold_elsewhere(model) if other.provider != group.provider) if model else ()


def _finding(case: Case, group: RequestGroup, to: Model) -> Finding | None:
    latency = _latency(case, group, to) if allowed(case.limits, to) and fits(case, group, to) else None
    if latency is None:
        return None
    action = Action("provider_choice", group.feature, group, to)
    slots, savings = case.slots(action), case.savings(action)
    spent = sum(slot.cost_usd(key.price.floor) for key, slot in slots.items())
    if savings < MIN_CHEAPER * spent or not case.worth(savings):
        return None
    judgement = _judgement(case, group, to)
    quality = judgement.quality if judgement else None
    risk = judgement.risk if judgement else None
    weights = Weights(
        effort="medium",
        quality=quality,
        quality_risk=risk or ("medium" if judgement else "low"),
        latency_risk=latency.level,
        confidence="medium",
    )
    return case.finding(
        action,
        savings,
        weights=weights,
        advice=_advice(group, to, judgement, latency.evidence, 100 * savings / spent),
        about=extent_of(slots.values()),
        from_model=group.model,
    )


def _latency(case: Case, group: RequestGroup, to: Model) -> LatencyRisk | None:
    """None when the feature's limit is not known to be kept."""
    limit = latency_limit(case.limits, group.feature)
    measured = measured_latency(case, group, to)
    if measured is not None:
        return None if limit is not None and measured.p95_ms > limit else measured.risk
    return None if limit is not None else LatencyRisk("medium", no_latency(case, group, to))


def _judgement(case: Case, group: RequestGroup, to: Model) -> Judgement | None:
    """None where the vendor itself serves the same model: answers do not depend on who bills them."""
    present = resolve(group.provider, group.model)
    if present is None or not has_open_weights(to):
        return None
    return judged(
        QualityEvidence(
            before=f"{group.model} at {group.provider}",
            after=f"{to.id} at {to.provider}",
            feature=label(group.feature),
            evaluations=case.evaluations.compare(present, to, group.feature, exact=True),
            scores=case.scores.compare(group.feature, present, to, (group.provider, to.provider)),
        )
    )


def _advice(group: RequestGroup, to: Model, judgement: Judgement | None, latency: str, cheaper_pct: float) -> Advice:
    feature, capability = label(group.feature), capability_of(to)
    return Advice(
        title=f"Send {feature} ({same_model_key(to)}) to {to.provider} instead of {group.provider}",
        method=f"The same model, requests and token counts, priced per request at {group.provider} and at "
        f"{to.provider} (there {to.id}), cached and long-context rates included; these requests become "
        f"{cheaper_pct:.1f} % cheaper.",
        assumptions=(
            *([condition(judgement)] if judgement else []),
            gates(to, text_only=capability is not None and capability.text_only),
            f"{to.provider} gives you the rate limits, regions and data terms that you need.",
        ),
        evidence=f"{_identity(to, judgement)} {latency}",
        steps=_steps(group, to, judgement),
        verify=f"Compare cost per request, failures and p95 latency of {feature} 7 days before and after; the cost "
        f"must fall by about {cheaper_pct:.0f} %.",
        rollback=f"Send the requests to {group.provider} again; keep its key until the comparison is done.",
        snippet=snippets.swap(to.provider, to.id, f"{group.model} at {group.provider}", thinks=False),
    )


def _identity(to: Model, judgement: Judgement | None) -> str:
    if judgement is None:
        return f"{to.provider} serves the vendor's own {same_model_key(to)}, as {to.id}: it is the same model."
    same = f"Both serve the same open weights, but each may have quantised them for speed ({to.provider}: {to.id})."
    return f"{judgement.evidence} {same}" if judgement.quality != "needs_evaluation" else f"{same} {judgement.evidence}"


def _steps(group: RequestGroup, to: Model, judgement: Judgement | None) -> tuple[str, ...]:
    feature = label(group.feature)
    if judgement is not None and judgement.quality == "against":
        return (f"Leave {feature} at {group.provider}.", "Ask other providers for their precision, and evaluate them.")
    account = f"Get an account and rate limits at {to.provider}, and check its regions and data terms."
    last = f"Send 10 % of {feature} to {to.provider} for two days, then all."
    if judgement is None or judgement.quality == "safe":
        return account, last
    sample, *rest = evaluation_steps(group, f"{to.id} at {to.provider}", judgement.more)
    return (sample, account, *rest, last)

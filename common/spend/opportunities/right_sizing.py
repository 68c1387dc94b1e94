"""Right-sizing: for each feature and model, cheaper models that can take its requests, with the risk told."""

from collections.abc import Iterator

from common.spend.analysis import percentile_of
from common.spend.model import Level, Limits, Measure
from common.spend.opportunities import snippets
from common.spend.opportunities.capability import CAPABILITIES, Capability
from common.spend.opportunities.finding import (
    Advice,
    Case,
    Finding,
    Weights,
    counted,
    label,
    latency_limit,
    price_assumption,
    same_model,
)
from common.spend.opportunities.workload import Action, Group
from common.spend.prices.engine import Model, match_provider
from common.spend.prices.names import resolve
from common.spend.sketch import Sketch

MIN_CHEAPER = 0.05
"""A swap must make its requests at least this much cheaper."""
_LOWEST_STEP = -2
"""Levels of capability that a proposed model may be below the present one."""
_ALTERNATIVES = 10
_FEW_ALTERNATIVES = 3
_SMALL_SHARE = 2.0
"""Percent of the bill below which a group gets few alternatives."""
_HOSTS = {"azure": "openai", "aws": "anthropic"}
"""Who serves another maker's models at the same interface: a swap there stays with the provider."""


def find_swaps(case: Case) -> Iterator[Finding]:
    """For each group of requests, the best alternatives by risk, then the cheapest of the same provider."""
    for group in sorted({key.group for key in case.workload}, key=repr):
        found = [f for to in _candidates(case.limits, group) if (f := _swap(case, group, to)) is not None]
        found.sort(key=lambda finding: -finding.opportunity.savings_usd)
        yield from _chosen(case, found, group)


def unplaced(case: Case) -> list[str]:
    """Models in use whose capability is not known, so that no swap can be judged."""
    return sorted({key.group.model for key in case.workload if _known(key.group) is None})


def _chosen(case: Case, found: list[Finding], group: Group) -> list[Finding]:
    """The cheapest of each risk, the mild ones first, then more of the same provider."""
    best: dict[tuple[int, str, str, bool], Finding] = {}
    for finding in found:
        item = finding.opportunity
        same = _same_provider(group, finding.action.to)
        best.setdefault((finding.risk, item.quality_risk, item.latency_risk, not same), finding)
    rest = [f for f in found if f not in best.values() and _same_provider(group, f.action.to)]
    few = all(case.share(f.opportunity.savings_usd) < _SMALL_SHARE for f in found)
    ordered = [best[key] for key in sorted(best, key=lambda key: (key[0], key[3]))]
    return [*ordered, *rest][: _FEW_ALTERNATIVES if few else _ALTERNATIVES]


def _known(group: Group) -> Capability | None:
    model = resolve(group.provider, group.model)
    return CAPABILITIES.get((model.provider, model.id)) if model else None


def _same_provider(group: Group, to: Model | None) -> bool:
    return to is not None and to.provider in (group.provider, _HOSTS.get(group.provider))


def _candidates(limits: Limits, group: Group) -> Iterator[Model]:
    barred = {match_provider(name) or name.strip().lower() for name in limits.excluded_providers}
    for (provider, name), capability in CAPABILITIES.items():
        model = resolve(provider, name) if capability.offered else None
        if model is None or model.deprecated or name == group.model or provider in barred:
            continue
        if not any(same_model(excluded, provider, name) for excluded in limits.excluded_models):
            yield model


def _swap(case: Case, group: Group, to: Model) -> Finding | None:
    now, then = _known(group), CAPABILITIES[to.provider, to.id]
    if now is None or then.level - now.level < _LOWEST_STEP or not _fits(case, group, to):
        return None
    latency = _latency(case, group, to, (now, then))
    action = Action("right_sizing", group.feature, group, to)
    savings = case.savings(action)
    spent = sum(slot.cost_usd(key.floor) for key, slot in case.slots(action).items())
    if latency is None or savings < MIN_CHEAPER * spent or not case.worth(savings):
        return None
    weights = _weights(group, to, (now, then), latency[0])
    advice = _advice(group, to, (now, then), latency[1], 100 * savings / spent)
    return case.finding(
        action,
        savings,
        weights=weights,
        advice=advice,
        about=counted(case.slots(action).values()),
        from_model=group.model,
    )


def _fits(case: Case, group: Group, to: Model) -> bool:
    """True when the largest request of the group fits into the model's window; sums tell no sizes, and pass."""
    where = (group.provider, group.model, group.feature)
    sizes: tuple[Measure, Measure] = ("input_tokens", "output_tokens")
    sketches = (case.rollup.sketches.get((measure, *where)) for measure in sizes)
    largest = sum(sketch.maximum for sketch in sketches if sketch)
    return to.window is None or largest <= to.window


def _p95(case: Case, provider: str, model: str, feature: str | None) -> float | None:
    """Measured in the customer's data: of the model for this feature, else for all; None without a measurement."""
    found = {
        key[3]: sketch for key, sketch in case.rollup.sketches.items() if key[:3] == ("latency_ms", provider, model)
    }
    sketch = found.get(feature) or (Sketch.union(found.values()) if found else None)
    return percentile_of(sketch, "latency_ms", 0.95) if sketch and sketch.count else None


def _latency(case: Case, group: Group, to: Model, levels: tuple[Capability, Capability]) -> tuple[Level, str] | None:
    """(risk, evidence) for the feature's latency; None when its limit rules the model out."""
    now, then = levels
    limit = latency_limit(case.limits, group.feature)
    before = _p95(case, group.provider, group.model, group.feature)
    measured = _p95(case, to.provider, to.id, group.feature)
    if measured is not None:
        if limit is not None and measured > limit:
            return None
        told = f"Your own data have p95 {measured:,.0f} ms for {to.id}"
        told += f", {before:,.0f} ms for {group.model}." if before is not None else "."
        slower = before is not None and measured > before
        return ("medium" if slower else "low"), told
    smaller = _same_provider(group, to) and then.level <= now.level and (now.thinks or not then.thinks)
    if limit is not None and not smaller:
        return None
    risk: Level = "medium"
    if then.thinks and not now.thinks:
        risk = "high"
    elif limit is None and _same_provider(group, to):
        risk = "low"
    return risk, f"Your data have no latency of {to.id}."


def _quality(now: Capability, then: Capability, *, same_provider: bool) -> Level:
    step = then.level - now.level
    if step < 0:
        return "high"
    return "low" if step > 1 and same_provider else "medium"


def _weights(group: Group, to: Model, levels: tuple[Capability, Capability], latency_risk: Level) -> Weights:
    same, new_thinking = _same_provider(group, to), _new_thinking(levels)
    return Weights(
        effort="low" if same else "medium",
        quality="needs_evaluation",
        quality_risk=_quality(*levels, same_provider=same),
        latency_risk=latency_risk,
        confidence="low" if new_thinking else "high" if same else "medium",
    )


def _new_thinking(levels: tuple[Capability, Capability]) -> bool:
    return levels[1].thinks and not levels[0].thinks


def _advice(group: Group, to: Model, levels: tuple[Capability, Capability], latency: str, cheaper_pct: float) -> Advice:
    feature, same = label(group.feature), _same_provider(group, to)
    return Advice(
        title=f"Move {feature} from {group.model} to {to.id}",
        method=f"The same requests and token counts, priced per request for {group.model} and for {to.id}, cached and "
        f"long-context rates included; these requests become {cheaper_pct:.1f} % cheaper.",
        assumptions=_assumptions(to, same=same, new_thinking=_new_thinking(levels)),
        evidence=_evidence(group, to, levels, latency),
        steps=_steps(group, to, same=same),
        verify=f"Compare cost per request, p95 latency and your quality score{_of(group.feature)} 7 days before and "
        f"after; the cost must fall by about {cheaper_pct:.0f} %.",
        rollback=f"Set the model name back to {group.model}; nothing else has changed.",
        snippet=snippets.swap(to.provider, to.id, group.model, thinks=levels[1].thinks),
    )


def _assumptions(to: Model, *, same: bool, new_thinking: bool) -> tuple[str, ...]:
    told = [
        "It is advisable only after an evaluation on your own requests; the first steps are that evaluation.",
        price_assumption(),
        "Answers keep their length.",
    ]
    if not same:
        told.append(f"{to.provider} counts tokens with another tokenizer; counts can differ by 10 to 20 %.")
    if new_thinking:
        told.append(f"{to.id} also bills thinking tokens, which are not in this figure; set its effort to minimal.")
    return tuple(told)


def _evidence(group: Group, to: Model, levels: tuple[Capability, Capability], latency: str) -> str:
    now, then = levels
    scores = f"No public score of both models is known here; {to.id} is placed by its provider's line."
    if now.score is not None and then.score is not None:
        scores = (
            f"On a public coding benchmark {to.id} solves {then.score} %, {group.model} {now.score} %. "
            "It is aider's polyglot benchmark, and says little about other work."
        )
    return f"{scores} {latency} No evaluation on your own requests: it needs one before it can be called safe."


def _of(feature: str | None) -> str:
    return "" if feature is None else f" of {feature}"


def _steps(group: Group, to: Model, *, same: bool) -> tuple[str, ...]:
    told = [
        f"Take 200 logged requests{_of(group.feature)} with their answers, the longest ones among them.",
        f"Run them on {to.id} and score both sides blind, by your own rubric or a stronger model as the judge.",
        f"Go on only if {to.id} is not worse on at least 95 % of them.",
        f"Send 10 % of {label(group.feature)} to {to.id} for two days, then all.",
    ]
    if not same:
        told.insert(0, f"Get an account and rate limits at {to.provider}, and check its data terms.")
    return tuple(told)

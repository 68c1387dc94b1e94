"""Plans: opportunities composed so that no dollar is saved twice, against a target and within limits.

Steps take effect in the order of KIND_ORDER, and are ranked by what they add so. The savings of a step are what it adds
to those ranked before it, so that the first n steps of a plan save the sum of their savings. Of alternatives (swaps of
the same requests) a plan takes one.
"""

from collections.abc import Iterable
from dataclasses import replace

from common.spend.model import Limits, Plan, PlanStep
from common.spend.opportunities import case_of, find_all
from common.spend.opportunities.finding import Case, Finding, unrefuted
from common.spend.opportunities.workload import KIND_ORDER, after, cost_usd
from common.spend.prices.engine import prices_as_of
from common.spend.quality.evaluation import NO_EVALUATIONS, Evaluations
from common.spend.rollup import Rollup

_MIN_DAYS = 7
_MONTH_DAYS = 30
_SECONDS_OF_DAY = 86_400
_MEDIUM = 1
_RANKINGS = 3
"""What a step adds depends on those before it, so the order by what they add settles in a few rounds."""
_ENOUGH = 1e-9
"""USD by which a target may be missed through rounding."""


def combined_plan(
    rollup: Rollup,
    limits: Limits,
    target_pct: float | None = None,
    select: tuple[str, ...] | None = None,
    top: int | None = None,
    *,
    evaluations: Evaluations = NO_EVALUATIONS,
) -> Plan:
    """A plan from the opportunities within the limits: the ids in `select`, or the `top` largest advisable, or all.

    With a target, the least risky set that reaches it (by risk, then effort); when none does, everything, and
    `target_met` is False. Without one, what was selected, else what is advisable: everything of low and medium risk (of
    any risk when there is nothing else), of alternatives the one with the least effort. Raises KeyError for an id that
    is no opportunity of these data. What evidence speaks against is in no plan, unless it is in `select`.
    """
    case = case_of(rollup, limits, evaluations=evaluations)
    findings = _eligible(find_all(case)[0], select, top)
    best = _best(case, findings)
    best_pct = case.share(_savings(case, best))
    if target_pct is not None:
        chosen = _reach(case, findings, best, target_pct)
    else:
        chosen = _advisable(findings) if select is None else _one_of_each(findings)
    met = target_pct is None or case.share(_savings(case, chosen)) + _ENOUGH >= target_pct
    binding = None if met else _binding(case, best_pct, select, top)
    return _plan(case, chosen, target_pct=target_pct, met=met, best_pct=best_pct, binding=binding)


def _eligible(findings: list[Finding], select: tuple[str, ...] | None, top: int | None) -> list[Finding]:
    if select is not None:
        known = {finding.opportunity.id: finding for finding in findings}
        missing = [name for name in select if name not in known]
        if missing:
            raise KeyError(f"no such opportunity in these data and limits: {', '.join(missing)}")
        findings = [known[name] for name in select]
    else:
        findings = unrefuted(findings)
    return findings if top is None else _advisable(findings)[:top]


def _advisable(findings: list[Finding]) -> list[Finding]:
    """One of each set of alternatives, by savings: low or medium risk, then the least effort, then the most savings."""
    mild = [finding for finding in findings if finding.risk <= _MEDIUM] or findings
    by_effort = sorted(mild, key=lambda f: (f.effort, -f.opportunity.savings_usd))
    return sorted(_one_of_each(by_effort), key=lambda f: -f.opportunity.savings_usd)


def _one_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """The first of each set of alternatives."""
    first: dict[object, Finding] = {}
    for finding in findings:
        first.setdefault(finding.choice, finding)
    return list(first.values())


def _savings(case: Case, findings: Iterable[Finding]) -> float:
    return case.baseline_usd - cost_usd(after(case.workload, [finding.action for finding in findings]))


def _best(case: Case, findings: list[Finding]) -> list[Finding]:
    """The set that saves most. Groups do not affect one another, so the best alternative of each is the best of all."""
    chosen: list[Finding] = []
    certain = [finding for finding in findings if finding.action.to is None]
    for group in dict.fromkeys(finding.action.group for finding in findings if finding.action.to is not None):
        mine = {key: slot for key, slot in case.workload.items() if key.group == group}
        actions = [finding.action for finding in certain]
        options = [finding for finding in findings if finding.action.to is not None and finding.action.group == group]
        chosen.append(min(options, key=lambda option: cost_usd(after(mine, [*actions, option.action]))))
    return [*certain, *chosen]


def _reach(case: Case, findings: list[Finding], best: list[Finding], target_pct: float) -> list[Finding]:
    """The least risky set that reaches the target; `best` when no set grown by risk and effort does."""
    chosen: dict[object, Finding] = {}
    for finding in sorted(findings, key=lambda f: (f.risk, f.effort, -f.opportunity.savings_usd)):
        before = chosen.get(finding.choice)
        if before is not None and before.opportunity.savings_usd >= finding.opportunity.savings_usd:
            continue
        chosen[finding.choice] = finding
        if case.share(_savings(case, chosen.values())) + _ENOUGH >= target_pct:
            return _trimmed(case, list(chosen.values()), target_pct)
    return best


def _trimmed(case: Case, chosen: list[Finding], target_pct: float) -> list[Finding]:
    """Without the steps that the target does not need, the riskiest and smallest first."""
    for finding in sorted(chosen, key=lambda f: (-f.risk, -f.effort, f.opportunity.savings_usd)):
        rest = [kept for kept in chosen if kept is not finding]
        if case.share(_savings(case, rest)) + _ENOUGH >= target_pct:
            chosen = rest
    return chosen


def _binding(case: Case, best_pct: float, select: tuple[str, ...] | None, top: int | None) -> str:
    """The limit without which most more could be saved; the data themselves when no limit costs anything."""
    limits = case.limits
    if select is not None or top is not None:
        return "the plan holds only the opportunities that were asked for"
    loosened = {
        f"the excluded models ({', '.join(limits.excluded_models)})": replace(limits, excluded_models=()),
        f"the excluded providers ({', '.join(limits.excluded_providers)})": replace(limits, excluded_providers=()),
        "only these kinds are allowed: " + ", ".join(limits.kinds or ()): replace(limits, kinds=None),
    }
    for feature in limits.latency_ms:
        others = {name: limit for name, limit in limits.latency_ms.items() if name != feature}
        told = "all requests" if feature == "*" else feature
        loosened[f"the latency limit on {told}"] = replace(limits, latency_ms=others)
    gains = {name: _best_pct(case, looser) - best_pct for name, looser in loosened.items() if looser != limits}
    most = max(gains, key=lambda name: gains[name], default=None)
    if most is None or gains[most] <= _ENOUGH:
        return "the data: all opportunities found in them together give no more"
    return most


def _best_pct(strict: Case, limits: Limits) -> float:
    case = case_of(strict.rollup, limits, strict.book, evaluations=strict.evaluations)
    return case.share(_savings(case, _best(case, unrefuted(find_all(case)[0]))))


def _plan(
    case: Case, chosen: list[Finding], *, target_pct: float | None, met: bool, best_pct: float, binding: str | None
) -> Plan:
    growth = 1 + case.limits.growth_pct / 100
    steps = _steps(case, chosen, growth)
    savings = sum(step.savings_usd for step in steps)
    baseline = case.baseline_usd * growth
    first, last = case.rollup.first, case.rollup.last
    days = (last - first).total_seconds() / _SECONDS_OF_DAY if first and last else 0.0
    return Plan(
        baseline_usd=baseline,
        steps=steps,
        savings_usd=savings,
        savings_pct=100 * savings / baseline if baseline else 0.0,
        after_usd=baseline - savings,
        target_pct=target_pct,
        target_met=met,
        best_savings_pct=best_pct,
        binding=binding,
        growth_pct=case.limits.growth_pct,
        monthly_factor=_MONTH_DAYS / days if days >= _MIN_DAYS else None,
        prices_as_of=prices_as_of(),
    )


def _steps(case: Case, chosen: list[Finding], growth: float) -> tuple[PlanStep, ...]:
    """By what each adds in the order of effect, with what it adds in the order of rank; who adds nothing is left out.

    Where a step would add nothing at its rank, the order of effect is the rank.
    """
    in_effect = sorted(chosen, key=lambda f: (KIND_ORDER.index(f.action.kind), -f.opportunity.savings_usd))
    useful = [pair for pair in _added(case, in_effect) if pair[1] > _ENOUGH]
    by_rank = useful
    for _ in range(_RANKINGS):
        by_rank = _added(case, [finding for finding, _ in sorted(by_rank, key=lambda pair: -pair[1])])
    steps = by_rank if all(added > _ENOUGH for _, added in by_rank) else useful
    return tuple(PlanStep(finding.opportunity, added * growth) for finding, added in steps)


def _added(case: Case, findings: list[Finding]) -> list[tuple[Finding, float]]:
    """What each finding adds to the savings of those before it (USD)."""
    saved = [_savings(case, findings[:count]) for count in range(len(findings) + 1)]
    return [(finding, saved[i + 1] - saved[i]) for i, finding in enumerate(findings)]

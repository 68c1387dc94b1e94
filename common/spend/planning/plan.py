"""Plans: opportunities composed so that no dollar is saved twice, against a target and within limits.

Steps take effect in the order of KIND_ORDER, and are ranked by what they add in that order. The savings of a step are
what it adds to those ranked before it, so that the first n steps of a plan save the sum of their savings. Of
alternatives (swaps of the same requests) a plan takes one.
"""

from common.spend.model import Limits, Plan
from common.spend.opportunities.finding import Finding
from common.spend.opportunities.slots import Side
from common.spend.opportunities.workload import after, cost_usd
from common.spend.planning.binding_limit import binding_limit
from common.spend.planning.space import PlanRequest, PlanSpace
from common.spend.planning.steps import steps_in_rank
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.quality.evaluation import NO_EVALUATIONS, Evaluations
from common.spend.rollup.rollup import Rollup

_MIN_DAYS = 7
_SIDES: tuple[Side, Side] = ("low", "high")
_MONTH_DAYS = 30
_SECONDS_OF_DAY = 86_400


def combined_plan(
    rollup: Rollup,
    limits: Limits,
    target_pct: float | None = None,
    *,
    select: tuple[str, ...] | None = None,
    top: int | None = None,
    without: tuple[str, ...] = (),
    book: PriceBook = LIST_PRICES,
    evaluations: Evaluations = NO_EVALUATIONS,
) -> Plan:
    """A plan from the opportunities within the limits, of which `without` names ids that it must not take; or from
    those of the ids in `select`; or from the `top` largest advisable ones.

    With a target, the plan of least burden that reaches it: the fewest high-risk steps, then the fewest medium-risk
    ones, then the least effort, then the fewest steps, then the largest savings. No other plan within the limits is
    better by these. When none reaches it, the plan that saves most, and `target_met` is False. Without a target, what
    was selected, else what is advisable: everything of low and medium risk (of any risk when there is nothing else),
    of alternatives the one with the least effort. A feature that must become faster becomes so where the latencies in
    the data prove it, and else does not become slower as far as they show. What evidence speaks against is in no
    plan, unless it is in `select`. Raises KeyError for an id in `select` that is no opportunity of these data.
    """
    space = PlanSpace(rollup, PlanRequest(limits, book, evaluations, select, top, without))
    chosen = space.advised() if target_pct is None else space.reach(target_pct)
    met = chosen is not None
    steps = space.best() if chosen is None else chosen
    return _plan(space, steps, target_pct=target_pct, binding=None if met else binding_limit(rollup, space))


def _plan(space: PlanSpace, chosen: list[Finding], *, target_pct: float | None, binding: str | None) -> Plan:
    limits, case = space.request.limits, space.case
    growth = 1 + limits.growth_pct / 100
    steps = steps_in_rank(case, chosen, growth)
    savings = sum(step.savings_usd for step in steps)
    baseline = case.baseline_usd * growth
    kept = {step.opportunity.id for step in steps}
    actions = [finding.action for finding in chosen if finding.opportunity.id in kept]
    used = cost_usd(case.workload)
    low, high = (used - cost_usd(after(case.workload, actions, side)) for side in _SIDES)
    first, last = case.rollup.first, case.rollup.last
    days = (last - first).total_seconds() / _SECONDS_OF_DAY if first and last else 0.0
    return Plan(
        baseline_usd=baseline,
        today_usd=case.baseline_usd,
        steps=steps,
        savings_usd=savings,
        savings_pct=100 * savings / baseline if baseline else 0.0,
        after_usd=baseline - savings,
        target_pct=target_pct,
        target_met=binding is None,
        best_savings_pct=space.best_pct,
        binding=binding,
        growth_pct=limits.growth_pct,
        monthly_factor=_MONTH_DAYS / days if days >= _MIN_DAYS else None,
        prices_as_of=case.priced_on,
        speeds=space.speeds(chosen),
        low_usd=min(low * growth, savings),
        high_usd=max(high * growth, savings),
        left_out=case.left_out,
        base=case.base,
    )

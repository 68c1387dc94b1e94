"""The plan for a part of a question: what it is made of, within what the customer wants, against their target."""

from dataclasses import dataclass, replace

from common.assistant.context import ToolContext
from common.assistant.question.model import Constraints
from common.assistant.tools.limits import features_of, limits_of
from common.assistant.tools.target import Target, target_of
from common.assistant.tools.tool_results import names_of
from common.assistant.tools.weighing import Refusal, all_found, allowed, refusal, refused
from common.spend import (
    Limits,
    Opportunity,
    OpportunityReport,
    Plan,
    Rollup,
    Unavailable,
    breakdown,
    combined_plan,
    totals,
)
from common.spend.opportunities.audits import SharedStart, shared_starts
from common.spend.quality import Evaluations

_ONLY_POINTED_AT = "only the changes you point at are counted"
_LEAST_PCT = 10.0
"""Of the bill: a smaller line that no change touches is not worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untouched:
    """The largest line of the bill that no change of the plan touches: `why` to follow a colon."""

    feature: str
    cost_usd: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan and what has to be said with it. `left_out` counts changes by why the customer does not want them."""

    plan: Plan
    target: Target
    ended: tuple[str, ...]
    """Titles of what was pointed at and is no saving any more."""
    left_out: dict[Refusal, int]
    untouched: Untouched | None
    spent_usd: float
    """What the rows cost when they came, at the list prices of their days."""
    names: tuple[str, ...]
    """Names of the data that texts of the library may carry."""
    features: tuple[str, ...]
    has: frozenset[str]
    unavailable: tuple[Unavailable, ...]
    """Kinds without any saving, and why."""
    starts: tuple[SharedStart, ...]
    """Where only caching is asked about: what sizes of requests alone suggest, which is no saving yet."""
    to_confirm: Opportunity | None
    """The largest change that is possible only if the customer says so."""


async def planned(context: ToolContext) -> Planned:
    """The plan for the part of a context, over what is allowed, or exactly what was pointed at.

    Raises ToolError without usable data.
    """
    evaluations = await context.workspace.evaluations()
    pointed = tuple((item.id, item.title) for item in context.selected)
    return await context.once(_planned, context.part.constraints, pointed, evaluations)


async def planned_ids(context: ToolContext) -> tuple[str, ...]:
    """The ids of the changes that `combined_plan` will hold, the largest first."""
    return tuple(step.opportunity.id for step in (await planned(context)).plan.steps)


def is_unpriced(plan: Plan) -> bool:
    """True where no request has a price, so that no saving is known."""
    return plan.base is not None and plan.base.usd is None and bool(plan.base.unpriced_requests)


def _planned(
    rollup: Rollup, constraints: Constraints, pointed: tuple[tuple[str, str], ...], evaluations: Evaluations
) -> Planned:
    limits, target = limits_of(rollup, constraints), target_of(rollup, constraints)
    report = all_found(rollup, limits, evaluations)
    wanted = allowed(report, constraints).opportunities
    ids = {item.id for item in wanted}
    select = tuple(name for name, _ in pointed if name in ids)
    if pointed:
        plan = _against(combined_plan(rollup, limits, select=select, evaluations=evaluations), target)
    else:
        without = refused(report, constraints)
        plan = combined_plan(rollup, limits, target.pct, top=constraints.top, without=without, evaluations=evaluations)
    return Planned(
        plan=plan,
        target=target,
        ended=tuple(title for name, title in pointed if name not in ids),
        left_out={} if pointed else _left_out(report, constraints),
        untouched=None if pointed else _untouched(rollup, plan, report, constraints, evaluations),
        spent_usd=totals(rollup).cost_usd,
        names=names_of(rollup),
        features=features_of(rollup),
        has=frozenset(rollup.has),
        unavailable=report.unavailable,
        starts=shared_starts(rollup) if constraints.only_kinds == ("prompt_caching",) and not pointed else (),
        to_confirm=None if pointed else next((each for each in wanted if each.needs_confirmation), None),
    )


def _against(plan: Plan, target: Target) -> Plan:
    """Changes that were pointed at are all taken, then compared with the target."""
    if target.pct is None:
        return plan
    met = plan.savings_pct >= target.pct
    return replace(plan, target_pct=target.pct, target_met=met, binding=None if met else _ONLY_POINTED_AT)


def _left_out(report: OpportunityReport, constraints: Constraints) -> dict[Refusal, int]:
    """Changes by why they are left out; alternatives of the same requests count once."""
    places: dict[Refusal, set[tuple[str | None, str | None]]] = {}
    for item in report.opportunities:
        if (reason := refusal(item, constraints)) is not None:
            places.setdefault(reason, set()).add((item.feature, item.from_model))
    return {reason: len(groups) for reason, groups in places.items()}


def _untouched(
    rollup: Rollup, plan: Plan, report: OpportunityReport, constraints: Constraints, evaluations: Evaluations
) -> Untouched | None:
    """None where a change touches the feature that costs most, or the data name none."""
    if "feature" not in rollup.has or not plan.steps:
        return None
    largest = breakdown(rollup, "feature")[0]
    touched = any(step.opportunity.feature in (None, largest.key) for step in plan.steps)
    if touched or largest.cost_usd is None or (largest.cost_pct or 0.0) < _LEAST_PCT:
        return None
    why = _why(_about(report, largest.key), constraints) or _why_at_all(rollup, largest.key, evaluations)
    if plan.target_pct is not None and plan.target_met and _is_wanted(_about(report, largest.key), constraints):
        why = "the target is met without it"
    return Untouched(feature=largest.key, cost_usd=largest.cost_usd, why=why)


def _about(report: OpportunityReport, feature: str) -> list[Opportunity]:
    return [item for item in report.opportunities if item.feature == feature]


def _is_wanted(items: list[Opportunity], constraints: Constraints) -> bool:
    return any(refusal(item, constraints) is None and item.quality != "against" for item in items)


def _why(items: list[Opportunity], constraints: Constraints) -> str:
    """Of changes within the limits, the first reason that holds; "" without any."""
    reasons = {refusal(item, constraints) for item in items}
    words: dict[Refusal, str] = {
        "keeps": "you want it left as it is",
        "evaluation": "what was found for it needs an evaluation first",
        "quality": "nothing shows that its answers stay good enough",
        "effort": "what was found for it takes more effort than you allow",
        "speed": "what was found for it makes answers come later",
    }
    if _is_wanted(items, constraints):
        confirmed = all(item.needs_confirmation for item in items)
        requested = "whether nobody waits for its answers is yours to confirm"
        return requested if confirmed else "what was found for it carries too high a risk to advise"
    if None in reasons:
        return "evidence speaks against what was found for it"
    return next((text for reason, text in words.items() if reason in reasons), "")


def _why_at_all(rollup: Rollup, feature: str, evaluations: Evaluations) -> str:
    """Whether the customer's limits rule everything out, or nothing was found."""
    anything = _about(all_found(rollup, Limits(), evaluations), feature)
    return "your limits rule out what was found for it" if anything else "nothing was found that makes it cheaper"

"""`combined_plan` and `action_plan`: what to do in which order, what it brings together, how to check and undo it."""

from dataclasses import replace

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal, Money
from common.assistant.goals.limits import fitted_limits
from common.assistant.tool import Arguments, Tool
from common.assistant.tools import plan_texts, speed_texts
from common.assistant.tools.opportunities import allowed_opportunities, untouchable, weighed
from common.contract.answer import FigureListBlock, Recommendation
from common.figures.format import figure, stated_facts
from common.runs.ids import recommendation_id
from common.runs.step import ToolError, ToolResult
from common.spend import Limits, Opportunity, OpportunityReport, Plan, PlanStep, Rollup, combined_plan, totals
from common.spend.quality import Evaluations

_DAYS_OF = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
_WEEK_DAYS = 7
_NOTICEABLE = 0.005


class PlanArguments(Arguments):
    """Which recommendation to detail."""

    opportunity_id: str = Field(description="The id of the opportunity, as find_opportunities gives it.")


async def make_plan(context: ToolContext, _: Arguments) -> ToolResult:
    """The changes that add up, the largest first, against the target."""
    limits = await context.once(fitted_limits, context.goal)
    target, note = await context.compute(_target_pct, context.goal)
    plan, missing = await context.compute(_plan, context, limits, target, await context.workspace.evaluations())
    note += [*await context.compute(_repriced, plan), *missing]
    headline_sentences = plan_texts.headline(plan, context.goal, pointed=bool(context.selected))
    headline = [*headline_sentences, *speed_texts.speed_summary(plan)]
    data = _data(plan, context.goal)
    data["headline"] = [
        *headline,
        *note,
        *plan_texts.bounded(plan),
        *plan_texts.left_out(plan),
        *plan_texts.projected(plan),
    ]
    texts = ("headline", "steps", "rest", "speed", "touched", "grown")
    return ToolResult(
        summary=" ".join(headline[:2]) if plan.target_pct is not None else headline[0],
        findings=[text.replace("**", "") for name in texts for text in data[name]],
        facts=[
            *plan_texts.plan_facts(plan),
            *(fact for step in plan.steps for fact in plan_texts.step_facts(step, plan)),
            *speed_texts.speed_facts(plan),
            *stated_facts("note", [*note, plan.binding or ""]),
        ],
        data=data,
        blocks=[_tiles(plan), *_recommendations(plan, context.dataset_ids)],
    )


async def detail(context: ToolContext, arguments: PlanArguments) -> ToolResult:
    """One recommendation in full: steps, effort, risk, how to verify, how to undo."""
    limits = await context.once(fitted_limits, context.goal)
    evaluations = await context.workspace.evaluations()
    report: OpportunityReport = await context.once(allowed_opportunities, context.goal, limits, evaluations)
    item = next((item for item in report.opportunities if item.id == arguments.opportunity_id), None)
    if item is None:
        known = ", ".join(item.id for item in report.opportunities[:10]) or "none"
        raise ToolError(f"There is no saving with the id {arguments.opportunity_id} in these data. Known: {known}.")
    parts = _parts(item)
    stated = [item.title, item.method, item.evidence, item.snippet]
    first, *rest = (text for name in ("about", "steps", "verify", "rollback", "assumed") for text in parts[name])
    findings = [f"{item.title.rstrip('.')}: {first[0].lower()}{first[1:]}", *rest]
    return ToolResult(
        summary=f"Plan for: {item.title.rstrip('.')}.",
        findings=findings,
        facts=stated_facts(f"stated with {item.title}", [*findings, *stated]),
        data={"id": item.id, "title": item.title, **parts, "names": [item.feature] if item.feature else []},
    )


def _parts(item: Opportunity) -> dict[str, list[str]]:
    """The parts of a plan for one change, each a list of sentences; the snippet as a block of code."""
    about = f"{weighed(item)}, confidence in the figure {item.confidence}"
    return {
        "about": [f"{about[0].upper()}{about[1:]}.", plan_texts.ended(item.evidence)],
        "steps": [plan_texts.ended(step) for step in item.steps],
        "verify": [f"To verify: {plan_texts.ended(item.verify)}"],
        "rollback": [f"To roll back: {plan_texts.ended(item.rollback)}"],
        "assumed": [plan_texts.ended(text) for text in item.assumptions],
        "snippet": [f"```\n{item.snippet}\n```"] if item.snippet else [],
    }


def planned_ids(rollup: Rollup, context: ToolContext, evaluations: Evaluations) -> list[str]:
    """The changes that `combined_plan` will hold, in its order."""
    plan, _ = _plan(
        rollup, context, fitted_limits(rollup, context.goal), _target_pct(rollup, context.goal)[0], evaluations
    )
    return [step.opportunity.id for step in plan.steps]


def _plan(
    rollup: Rollup, context: ToolContext, limits: Limits, target: float | None, evaluations: Evaluations
) -> tuple[Plan, list[str]]:
    """The plan over what is allowed, or exactly what was pointed at; what was pointed at and is gone is said."""
    if not context.selected:
        untouched = untouchable(rollup, context.goal, limits, evaluations)
        plan = combined_plan(rollup, limits, target, top=context.goal.top, without=untouched, evaluations=evaluations)
        return plan, []
    allowed = {item.id for item in allowed_opportunities(rollup, context.goal, limits, evaluations).opportunities}
    missing = [
        f"No longer a saving within your limits: {item.title}." for item in context.selected if item.id not in allowed
    ]
    selected = tuple(item.id for item in context.selected if item.id in allowed)
    plan = combined_plan(rollup, limits, select=selected, evaluations=evaluations)
    return _against_target(plan, target), missing


def _against_target(plan: Plan, target: float | None) -> Plan:
    """Changes that were pointed at are all taken, then compared with the target."""
    if target is None:
        return plan
    met = plan.savings_pct >= target
    binding = None if met else "only the changes you point at are counted"
    return replace(plan, target_pct=target, target_met=met, binding=binding)


def _target_pct(rollup: Rollup, goal: Goal) -> tuple[float | None, list[str]]:
    """The target in percent of the bill; an amount per month needs a week of data to compare with."""
    money = goal.save or goal.budget
    if goal.target_pct is not None or money is None:
        return goal.target_pct, []
    total = totals(rollup)
    cost = _cost_per(money, total.cost_usd, total.days)
    if cost is None:
        return None, [
            "The data cover less than a week, too short to compare with an amount per " + str(money.period) + "."
        ]
    if cost <= 0:
        return None, []
    share = money.usd / cost if goal.save else 1 - money.usd / cost
    return max(100 * share, 0.0), [f"Your aim is {figure(max(100 * share, 0.0), 'pct')} of {figure(cost, 'usd')}."]


def _repriced(rollup: Rollup, plan: Plan) -> list[str]:
    """Prices may have changed since the requests were made; savings refer to today's."""
    now, then = plan.today_usd, totals(rollup).cost_usd
    if abs(now - then) <= _NOTICEABLE * max(now, then):
        return []
    return [
        f"At today's list price these requests cost {figure(now, 'usd')} instead of {figure(then, 'usd')}.",
        "Savings are counted from today's price.",
    ]


def _cost_per(money: Money, cost: float, days: float) -> float | None:
    if money.period is None:
        return cost
    return cost / days * _DAYS_OF[money.period] if days >= _WEEK_DAYS else None


def _data(plan: Plan, goal: Goal) -> dict[str, list[str]]:
    return {
        "ids": [step.opportunity.id for step in plan.steps],
        "steps": [plan_texts.step_sentence(step, plan) for step in plan_texts.steps_in_text(plan)],
        "rest": plan_texts.rest_sentence(plan),
        "offer": plan_texts.offer(plan),
        "grown": plan_texts.grown(plan),
        "touched": plan_texts.touched(plan, goal),
        "speed": speed_texts.speed_sentences(plan),
        "names": sorted({*_features(plan)}),
    }


def _features(plan: Plan) -> list[str]:
    named = [step.opportunity.feature for step in plan.steps] + [speed.feature for speed in plan.speeds]
    return [name for name in named if name is not None]


def _tiles(plan: Plan) -> FigureListBlock:
    shown = ("savings of the plan", "share saved by the plan", "cost after the plan", "target")
    return FigureListBlock(
        title="What the plan brings", facts=[fact for fact in plan_texts.plan_facts(plan) if fact.name in shown]
    )


def _recommendations(plan: Plan, dataset_ids: tuple[str, ...]) -> list[Recommendation]:
    return [_recommendation(step, rank, plan, dataset_ids) for rank, step in enumerate(plan.steps, start=1)]


def _recommendation(step: PlanStep, rank: int, plan: Plan, dataset_ids: tuple[str, ...]) -> Recommendation:
    item = step.opportunity
    return Recommendation(
        id=item.id,
        rank=rank,
        kind=item.kind,
        title=item.title,
        savings_usd=step.savings_usd,
        savings_pct=100 * step.savings_usd / plan.baseline_usd if plan.baseline_usd else 0.0,
        effort=item.effort,
        risk=item.risk,
        confidence=item.confidence,
        method=item.method,
        assumptions=list(item.assumptions),
        steps=list(item.steps),
        verify=item.verify,
        rollback=item.rollback,
        snippet=item.snippet,
        stored_id=recommendation_id(dataset_ids, item.id),
        feature=item.feature,
        from_model=item.from_model,
        provider=item.provider,
        to_model=item.to_model,
        to_provider=item.to_provider,
        requests=item.requests,
        input_tokens=item.input_tokens,
    )


COMBINED_PLAN = Tool(
    "combined_plan",
    "The savings as one plan in order, without double counting, against the customer's target.",
    Arguments,
    make_plan,
)
ACTION_PLAN = Tool(
    "action_plan",
    "One recommendation in detail: steps, effort, risk, how to verify it and how to undo it.",
    PlanArguments,
    detail,
)

"""`combined_plan` and `action_plan`: what to do in which order, what it brings together, how to check and undo it."""

from dataclasses import replace

from pydantic import Field

from common.runs.answer import Fact, FigureListBlock, Recommendation
from common.runs.step import ToolError, ToolResult
from common.spend import Limits, OpportunityReport, Plan, PlanStep, Rollup, combined_plan, totals
from common.tools.figures import figure, plural, stated_facts
from common.tools.goal import Goal, Money
from common.tools.limits import fitted_limits
from common.tools.savings import allowed_opportunities
from common.tools.tool import Arguments, Tool
from common.tools.workspace import Desk

_DAYS_OF = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
_WEEK_DAYS = 7
_NOTICEABLE = 0.005
_RISKS = ("low", "medium", "high")


class PlanArguments(Arguments):
    """Which recommendation to detail."""

    opportunity_id: str = Field(description="The id of the opportunity, as find_opportunities gives it.")


async def make_plan(desk: Desk, _: Arguments) -> ToolResult:
    """The steps that add up, after one another, against the target."""
    limits = await desk.compute(fitted_limits, desk.goal)
    target, note = await desk.compute(_target_pct, desk.goal)
    plan, gone = await desk.compute(_plan, desk, limits, target)
    note += await desk.compute(_repriced, plan)
    steps = [_step_sentence(step, first=index == 0) for index, step in enumerate(plan.steps)]
    findings = [_together(plan, desk), *_against_target(plan, desk.goal), *note, *gone, *steps, *_projected(plan)]
    return ToolResult(
        summary=" ".join(findings[:2]) if plan.target_pct is not None else findings[0],
        findings=findings,
        facts=[
            *_plan_facts(plan),
            *(fact for step in plan.steps for fact in _step_facts(step)),
            *stated_facts("note", [*note, plan.binding or ""]),
        ],
        data=_data(plan, steps),
        blocks=[_tiles(plan), *_recommendations(plan)],
    )


async def detail(desk: Desk, arguments: PlanArguments) -> ToolResult:
    """One recommendation in full: steps, effort, risk, how to verify, how to undo."""
    limits = await desk.compute(fitted_limits, desk.goal)
    report: OpportunityReport = await desk.compute(allowed_opportunities, desk.goal, limits)
    item = next((item for item in report.opportunities if item.id == arguments.opportunity_id), None)
    if item is None:
        known = ", ".join(item.id for item in report.opportunities[:10]) or "none"
        raise ToolError(f"There is no saving with the id {arguments.opportunity_id} in these data. Known: {known}.")
    texts = [*item.steps, item.verify, item.rollback, *item.assumptions, item.method, item.title, item.evidence]
    return ToolResult(
        summary=f"Plan for: {item.title.rstrip('.')}.",
        findings=[
            (
                f"{item.title.rstrip('.')}: effort {item.effort}, quality risk {item.quality_risk}, latency risk"
                f" {item.latency_risk},"
                f" confidence {item.confidence}."
            ),
            f"Evidence for {item.title.rstrip('.')}: {_sentence(item.evidence)}",
            *(f"Do: {_sentence(step)}" for step in item.steps),
            f"Verify: {_sentence(item.verify)}",
            f"Undo: {_sentence(item.rollback)}",
            *(f"Assumed: {_sentence(text)}" for text in item.assumptions),
        ],
        facts=stated_facts(f"stated with {item.title}", texts),
        data={
            "id": item.id,
            "title": item.title,
            "snippet": item.snippet,
            "names": [item.feature] if item.feature else [],
        },
    )


def planned_ids(rollup: Rollup, desk: Desk) -> list[str]:
    """The changes that `combined_plan` will hold, in its order."""
    plan, _ = _plan(rollup, desk, fitted_limits(rollup, desk.goal), _target_pct(rollup, desk.goal)[0])
    return [step.opportunity.id for step in plan.steps]


def _plan(rollup: Rollup, desk: Desk, limits: Limits, target: float | None) -> tuple[Plan, list[str]]:
    """The plan over what is allowed, or exactly what was pointed at; what was pointed at and is gone is said."""
    report = allowed_opportunities(rollup, desk.goal, limits)
    allowed = tuple(item.id for item in report.opportunities)
    if desk.selected:
        gone = [
            f"No longer a saving within your limits: {item.title}." for item in desk.selected if item.id not in allowed
        ]
        plan = combined_plan(rollup, limits, select=tuple(item.id for item in desk.selected if item.id in allowed))
        return _measured(plan, target), gone
    if not desk.goal.kept:
        return combined_plan(rollup, limits, target, top=desk.goal.top), []
    top = desk.goal.top or (len(allowed) if target is None else None)
    plan = combined_plan(rollup, limits, target, select=allowed, top=top)
    return replace(plan, binding="what you want to keep as it is") if plan.binding else plan, []


def _measured(plan: Plan, target: float | None) -> Plan:
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
    now, then = plan.baseline_usd / (1 + plan.growth_pct / 100), totals(rollup).cost_usd
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


def _together(plan: Plan, desk: Desk) -> str:
    if not plan.steps:
        return "No saving fits within your limits, so there is nothing to plan."
    number = len(plan.steps)
    which, verb = f"A plan of {'one change' if number == 1 else plural(number, 'change')}", "saves"
    if desk.selected:
        which, verb = (
            ("The change you point at", "saves") if number == 1 else ("The changes you point at", "save together")
        )
    return (
        f"{which} {verb} {figure(plan.savings_usd, 'usd')} ({figure(plan.savings_pct, 'pct')}) of"
        f" {figure(plan.baseline_usd, 'usd')}{_grown(plan)} and leaves {figure(plan.after_usd, 'usd')} for the"
        " range of the data."
    )


def _grown(plan: Plan) -> str:
    return f" (with {figure(plan.growth_pct, 'pct')} growth)" if plan.growth_pct else ""


def _against_target(plan: Plan, goal: Goal) -> list[str]:
    if plan.target_pct is None:
        return []
    target = figure(plan.target_pct, "pct")
    if plan.target_met:
        return [f"That meets your target of {target}."]
    binding = f" What binds: {_sentence(plan.binding)}" if plan.binding else ""
    limit = (
        " within your limits"
        if goal.latency or goal.excluded_models or goal.excluded_providers or goal.only_providers or goal.kept
        else ""
    )
    return [
        (
            f"Your target of {target} is not reachable with what the data show: at most"
            f" {figure(plan.best_savings_pct, 'pct')}{limit}.{binding}"
        )
    ]


def _projected(plan: Plan) -> list[str]:
    if plan.monthly_factor is None or not plan.steps:
        return []
    return [f"Projected to 30 days, that is {figure(plan.savings_usd * plan.monthly_factor, 'usd')} saved."]


def _step_sentence(step: PlanStep, *, first: bool) -> str:
    item = step.opportunity
    order = "" if first else " after the changes before it"
    return (
        f"{item.title.rstrip('.')}: saves {figure(step.savings_usd, 'usd')}{order}"
        f" (effort {item.effort}, quality risk {item.quality_risk}, latency risk {item.latency_risk}, confidence"
        f" {item.confidence})."
    )


def _sentence(text: str) -> str:
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."


def _plan_facts(plan: Plan) -> list[Fact]:
    facts = [
        Fact(name="savings of the plan", value=plan.savings_usd, unit="usd"),
        Fact(name="share saved by the plan", value=plan.savings_pct, unit="pct"),
        Fact(name="cost before the plan", value=plan.baseline_usd, unit="usd"),
        Fact(name="cost after the plan", value=plan.after_usd, unit="usd"),
        Fact(name="most that can be saved", value=plan.best_savings_pct, unit="pct"),
        Fact(name="changes in the plan", value=len(plan.steps), unit="count"),
    ]
    if plan.target_pct is not None:
        facts.append(Fact(name="target", value=plan.target_pct, unit="pct"))
    if plan.growth_pct:
        facts.append(Fact(name="growth of usage", value=plan.growth_pct, unit="pct"))
    if plan.monthly_factor is not None:
        saved = plan.savings_usd * plan.monthly_factor
        facts.append(Fact(name="projected savings of 30 days", value=saved, unit="usd"))
        facts += stated_facts("length of the projection", ["30 days"])
    return facts


def _step_facts(step: PlanStep) -> list[Fact]:
    item = step.opportunity
    return [
        Fact(name=f"savings of {item.title} in the plan", value=step.savings_usd, unit="usd"),
        Fact(name=f"savings of {item.title} on its own", value=item.savings_usd, unit="usd"),
        *stated_facts(f"stated with {item.title}", (item.title, item.evidence)),
    ]


def _data(plan: Plan, steps: list[str]) -> dict[str, object]:
    return {
        "ids": [step.opportunity.id for step in plan.steps],
        "titles": [step.opportunity.title for step in plan.steps],
        "steps": steps,
        "target_met": plan.target_met,
        "target_pct": plan.target_pct,
        "savings_usd": plan.savings_usd,
        "names": [step.opportunity.feature for step in plan.steps if step.opportunity.feature],
    }


def _tiles(plan: Plan) -> FigureListBlock:
    shown = ("savings of the plan", "share saved by the plan", "cost after the plan", "target")
    return FigureListBlock(
        title="What the plan brings", facts=[fact for fact in _plan_facts(plan) if fact.name in shown]
    )


def _recommendations(plan: Plan) -> list[Recommendation]:
    return [_recommendation(step, rank, plan) for rank, step in enumerate(plan.steps, start=1)]


def _recommendation(step: PlanStep, rank: int, plan: Plan) -> Recommendation:
    item = step.opportunity
    return Recommendation(
        id=item.id,
        rank=rank,
        kind=item.kind,
        title=item.title,
        savings_usd=step.savings_usd,
        savings_pct=100 * step.savings_usd / plan.baseline_usd if plan.baseline_usd else 0.0,
        effort=item.effort,
        risk=max(item.quality_risk, item.latency_risk, key=_RISKS.index),
        confidence=item.confidence,
        method=item.method,
        assumptions=list(item.assumptions),
        steps=list(item.steps),
        verify=item.verify,
        rollback=item.rollback,
        snippet=item.snippet,
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

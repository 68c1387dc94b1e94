"""What is said of a plan: its headline, its largest changes, the offer to see it, what it leaves alone."""

from collections.abc import Sequence

from common.assistant.goals.goal import Goal
from common.assistant.goals.limits import same_name
from common.assistant.tools.opportunities import needs_evaluation, refuted, saves, uncertain, weighed
from common.assistant.tools.spend import like_a_month
from common.contract.answer import Fact
from common.figures.format import figure, plural, span_fact, stated_facts
from common.spend import Plan, PlanStep

LARGEST = 3
"""How many changes the text describes; a single further one is described, too, rather than counted."""
_MONTH_DAYS = 30


def headline(plan: Plan, goal: Goal, *, pointed: bool) -> list[str]:
    """What the plan saves, whether that meets the target, and what of it is not certain."""
    met = _against_target(plan, goal, pointed=pointed)
    return [_together(plan, pointed=pointed), *met, *_against_today(plan), *_uncertain(plan)]


def steps_in_text(plan: Plan) -> list[PlanStep]:
    """The steps that the text tells."""
    return list(plan.steps) if len(plan.steps) <= LARGEST + 1 else list(plan.steps[:LARGEST])


def step_sentence(step: PlanStep, plan: Plan) -> str:
    """One change: what it saves after those before it, effort, risk, and why."""
    item = step.opportunity
    saved = saves(item, step.savings_usd, _pct(step.savings_usd, plan))
    return f"**{item.title.rstrip('.')}** {saved}; {weighed(item)}. {first_sentence(item.evidence)}"


def rest_sentence(plan: Plan) -> list[str]:
    """How many changes the text leaves to the recommendations."""
    rest = plan.steps[len(steps_in_text(plan)) :]
    if not rest:
        return []
    saved = figure(sum(step.savings_usd for step in rest), "usd")
    return [f"{plural(len(rest), 'smaller change')}, {saved} together, stand in the recommendations."]


def offer(plan: Plan) -> list[str]:
    """One sentence to somebody who did not ask for savings."""
    if not plan.steps:
        return []
    later = _later(plan)
    part = "" if all(uncertain(step.opportunity) for step in plan.steps) else f" {figure(later, 'usd')} of it"
    condition = f",{part} only after an evaluation on your own requests" if later else ""
    saved = f"{figure(plan.savings_usd, 'usd')} ({figure(plan.savings_pct, 'pct')})"
    return [f'{_subject(plan)} could save {saved}{condition}: say "show me the plan".']


def grown(plan: Plan) -> list[str]:
    """What the bill comes to with the growth that is expected."""
    if not plan.growth_pct:
        return []
    bill = figure(plan.baseline_usd, "usd")
    return [f"With {figure(plan.growth_pct, 'pct')} growth the same usage costs {bill} at today's prices."]


def touched(plan: Plan, goal: Goal) -> list[str]:
    """Whether the plan changes the features that have a limit."""
    changed = {step.opportunity.feature for step in plan.steps}
    return [
        f"No change of this plan touches {limit.feature}, so its response times stay as they are."
        for limit in goal.latency
        if limit.feature and not any(name is None or same_name(limit.feature, name) for name in changed)
    ]


def bounded(plan: Plan) -> list[str]:
    """Between what the savings lie, where the data tell no more."""
    if not plan.is_bounded:
        return []
    low, high = figure(plan.low_usd, "usd"), figure(plan.high_usd, "usd")
    return [f"It may be {low} to {high}: {plan.why_bounded}."]


def left_out(plan: Plan) -> list[str]:
    """What of the bill is not in use any more, as no change can save on it."""
    if not plan.left_out:
        return []
    first, *others = plan.left_out
    rest = f" and {figure(sum(line.cost_usd for line in others), 'usd')} more" if others else ""
    where = f"{first.feature} on {first.model}" if first.feature else first.model
    return [
        f"Not counted, as it is not in use any more: {figure(first.cost_usd, 'usd')} of {where} ({first.reason}){rest}."
    ]


def projected(plan: Plan) -> list[str]:
    """The savings of a month, where the data span clearly more or less than one."""
    if plan.monthly_factor is None or not plan.steps or like_a_month(_MONTH_DAYS / plan.monthly_factor):
        return []
    return [f"Projected to 30 days, that is {figure(plan.savings_usd * plan.monthly_factor, 'usd')} saved."]


def plan_facts(plan: Plan) -> list[Fact]:
    """Every figure of the plan as a whole; none where no request has a price."""
    if plan.base is not None and plan.base.usd is None and plan.base.unpriced_requests:
        return []
    rest = plan.steps[len(steps_in_text(plan)) :]
    facts = [
        Fact(name="savings of the plan", value=plan.savings_usd, unit="usd"),
        Fact(name="share saved by the plan", value=plan.savings_pct, unit="pct"),
        Fact(name="cost before the plan", value=plan.baseline_usd, unit="usd"),
        Fact(name="cost after the plan", value=plan.after_usd, unit="usd"),
        Fact(name="most that can be saved", value=plan.best_savings_pct, unit="pct"),
        Fact(name="changes in the plan", value=len(plan.steps), unit="count"),
        Fact(name="savings that need an evaluation", value=_later(plan), unit="usd"),
        Fact(name="smaller changes", value=len(rest), unit="count"),
        Fact(name="savings of the smaller changes", value=sum(step.savings_usd for step in rest), unit="usd"),
    ]
    facts += stated_facts("what is not in use any more", left_out(plan))
    if plan.is_bounded:
        facts.append(Fact(name="least savings of the plan", value=plan.low_usd, unit="usd"))
        facts.append(Fact(name="most savings of the plan", value=plan.high_usd, unit="usd"))
    if plan.target_pct is not None:
        facts.append(Fact(name="target", value=plan.target_pct, unit="pct"))
    if plan.growth_pct:
        facts.append(Fact(name="growth of usage", value=plan.growth_pct, unit="pct"))
        facts.append(Fact(name="cost today", value=plan.today_usd, unit="usd"))
    if plan.growth_pct and plan.today_usd:
        facts.append(Fact(name="change against today's cost", value=_change_pct(plan), unit="pct"))
        facts.append(Fact(name="distance from today's cost", value=abs(_change_pct(plan)), unit="pct"))
    if plan.monthly_factor is not None:
        saved = plan.savings_usd * plan.monthly_factor
        facts.append(Fact(name="projected savings of 30 days", value=saved, unit="usd"))
        facts.append(span_fact("length of the projection", _MONTH_DAYS))
    return facts


def step_facts(step: PlanStep, plan: Plan) -> list[Fact]:
    """Every figure of one change."""
    item = step.opportunity
    return [
        Fact(name=f"savings of {item.title} in the plan", value=step.savings_usd, unit="usd"),
        Fact(name=f"share saved by {item.title} in the plan", value=_pct(step.savings_usd, plan), unit="pct"),
        Fact(name=f"savings of {item.title} on its own", value=item.savings_usd, unit="usd"),
        *stated_facts(f"stated with {item.title}", (item.title, item.evidence)),
    ]


def first_sentence(text: str) -> str:
    """Up to the first point that ends a sentence."""
    return ended(text.partition(". ")[0])


def ended(text: str) -> str:
    """With a point at its end."""
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."


def _later(plan: Plan) -> float:
    """What of the savings is not known to keep the quality (USD)."""
    return sum(step.savings_usd for step in plan.steps if uncertain(step.opportunity))


def _pct(usd: float, plan: Plan) -> float:
    return 100 * usd / plan.baseline_usd if plan.baseline_usd else 0.0


def _together(plan: Plan, *, pointed: bool) -> str:
    if not plan.steps:
        return "No saving fits within your limits, so there is nothing to plan."
    number = len(plan.steps)
    one = number == 1
    subject = _subject(plan)
    if pointed:
        title = plan.steps[0].opportunity.title.rstrip(".")
        subject = f'"{title}"' if one else f"The {plural(number, 'change')} you point at"
    would = all(uncertain(step.opportunity) for step in plan.steps)
    save, leave = _verbs(would=would, several=pointed and not one)
    return (
        f"{subject} {save} {figure(plan.savings_usd, 'usd')} ({figure(plan.savings_pct, 'pct')}) of"
        f" {figure(plan.baseline_usd, 'usd')}{_grown(plan)} and {leave} {figure(plan.after_usd, 'usd')}."
    )


def _subject(plan: Plan) -> str:
    return f"A plan of {'one change' if len(plan.steps) == 1 else plural(len(plan.steps), 'change')}"


def _verbs(*, would: bool, several: bool) -> tuple[str, str]:
    if would:
        return "would save", "leave"
    return ("together save", "leave") if several else ("saves", "leaves")


def _grown(plan: Plan) -> str:
    return f" (with {figure(plan.growth_pct, 'pct')} growth)" if plan.growth_pct else ""


def _against_target(plan: Plan, goal: Goal, *, pointed: bool) -> list[str]:
    if plan.target_pct is None:
        return []
    target = figure(plan.target_pct, "pct")
    if plan.target_met:
        certain = _pct(plan.savings_usd - _later(plan), plan) >= plan.target_pct
        return [f"That {'meets' if certain else 'would meet'} your target of {target}."]
    if pointed:
        return [f"That alone does not meet your target of {target}."]
    limit = " within your limits" if _limited(goal) else ""
    binding = f" What binds: {ended(plan.binding)}" if plan.binding else ""
    most = f"at most {figure(plan.best_savings_pct, 'pct')}{limit}"
    return [f"Your target of {target} is not reachable with what the data show: {most}.{binding}"]


def _against_today(plan: Plan) -> list[str]:
    """What growth and plan together do to the bill of today."""
    if not plan.growth_pct or not plan.steps or not plan.today_usd:
        return []
    change, today = _change_pct(plan), figure(plan.today_usd, "usd")
    way = "more" if change > 0 else "less"
    return [f"With growth and plan together the bill is {figure(abs(change), 'pct')} {way} than today's {today}."]


def _change_pct(plan: Plan) -> float:
    return 100 * (plan.after_usd / plan.today_usd - 1)


def _limited(goal: Goal) -> bool:
    named: Sequence[object] = (*goal.excluded_models, *goal.excluded_providers, *goal.only_providers)
    return bool(goal.latency or goal.speedup or goal.max_effort or goal.kept or named)


def _uncertain(plan: Plan) -> list[str]:
    failed = [step.opportunity.title.rstrip(".") for step in plan.steps if refuted(step.opportunity)]
    sentences = [f"Not advisable, as evidence speaks against it: {title}." for title in failed]
    waiting = [step for step in plan.steps if needs_evaluation(step.opportunity)]
    if not waiting:
        return sentences
    if len(waiting) == len(plan.steps):
        return ["It is advisable only after an evaluation on your own requests."]
    later = figure(sum(step.savings_usd for step in waiting), "usd")
    return [*sentences, f"Of this, {later} is advisable only after an evaluation on your own requests."]

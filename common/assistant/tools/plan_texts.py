"""What is said of a plan: what it saves of which bill, whether that meets the target, and its largest changes."""

from collections.abc import Sequence

from common.assistant.question.model import Constraints, Part
from common.assistant.tools.audit import guess
from common.assistant.tools.plan_caveats import to_confirm
from common.assistant.tools.planned import Planned, is_unpriced
from common.assistant.tools.tool_results import counted, fact, scope
from common.assistant.tools.weighing import change, needs_evaluation, refuted, title, uncertain
from common.contract.answer import Fact
from common.figures.dates import days_said
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence
from common.spend import Plan, PlanStep

LARGEST = 3
"""How many changes the text describes."""


def headline(planning: Planned, *, part: Part, pointed: bool) -> list[Sentence]:
    """What the plan saves of which bill, whether that meets the target, and what needs an evaluation."""
    if not planning.plan.steps:
        return _nothing(planning, part)
    return [
        _together(planning, part, pointed=pointed),
        *_against_target(planning, pointed=pointed),
        *_uncertain(planning),
    ]


def steps_in_text(plan: Plan, most: int) -> list[PlanStep]:
    """The steps that the text tells: a single further one is in it, too, rather than counted."""
    return list(plan.steps) if len(plan.steps) <= most + 1 else list(plan.steps[:most])


def changes(planning: Planned, most: int = LARGEST) -> list[Sentence]:
    """The largest changes in a line each, and what the others add."""
    plan = planning.plan
    reported = steps_in_text(plan, most)
    lines = [change(s.opportunity, s.savings_usd, _pct(s.savings_usd, plan), planning.names) for s in reported]
    rest = plan.steps[len(reported) :]
    if not rest:
        return lines
    usd = fact("savings of the smaller changes", sum(step.savings_usd for step in rest), "usd")
    number = counted("smaller changes", len(rest), "smaller change")
    return [
        *lines,
        say("{number} {saves} {usd} more.", number=number, saves="saves" if len(rest) == 1 else "save", usd=usd),
    ]


def plan_facts(plan: Plan, part: Part) -> list[Fact]:
    """Every figure of the plan as a whole; none where no request has a price."""
    if is_unpriced(plan):
        return []
    base = plan.base
    of = scope(part, "cost", base.first, base.last) if base else None
    facts = [
        fact("savings of the plan", plan.savings_usd, "usd", scope(part, "savings")),
        fact("share saved by the plan", plan.savings_pct, "pct"),
        fact("cost before the plan", plan.baseline_usd, "usd", of),
        fact("cost after the plan", plan.after_usd, "usd"),
        fact("most that can be saved", plan.best_savings_pct, "pct"),
        fact("changes in the plan", len(plan.steps), "count"),
    ]
    facts += [] if plan.target_pct is None else [fact("target", plan.target_pct, "pct")]
    grown = [fact("growth of usage", plan.growth_pct, "pct"), fact("cost today", plan.today_usd, "usd", of)]
    return [*facts, *(grown if plan.growth_pct else [])]


def later_usd(plan: Plan) -> float:
    """What of the savings is not known to keep the quality."""
    return sum(step.savings_usd for step in plan.steps if uncertain(step.opportunity))


def rows_said(part: Part) -> Sentence:
    """Which rows a plan is of, to follow "spent"; nothing where it is of all."""
    said = []
    for each in part.query.where:
        values = joined((say("{value}", value=Name(value)) for value in each.values), " or ")
        how = "without" if each.negated else "on"
        said.append(say(f" {how} {each.dimension} {{values}}", values=values))
    return joined(said, "")


def _nothing(planning: Planned, part: Part) -> list[Sentence]:
    plan = planning.plan
    if is_unpriced(plan) and plan.base:
        requests = fact("requests without a price", plan.base.unpriced_requests, "requests")
        text = "No price is known for the models of your {requests}, so no saving can be computed."
        return [say(text, requests=requests, topic="unpriced")]
    why = [planning.target.why_not] if planning.target.why_not else []
    requested = to_confirm(planning)
    within = "" if part.constraints == Constraints() else " within your limits"
    found = "No saving can be proved" if planning.starts else "No saving was found"
    none = say(f"{found}{within}{{rows}}, so there is nothing to plan.", rows=_of(part))
    return [*why, *(requested or [none]), *(guess(start, part) for start in planning.starts[:LARGEST])]


def _of(part: Part) -> Sentence:
    rows = rows_said(part)
    return say(" in what is spent{rows}", rows=rows) if rows.text else rows


def _together(planning: Planned, part: Part, *, pointed: bool) -> Sentence:
    plan = planning.plan
    would = all(uncertain(step.opportunity) for step in plan.steps)
    several = pointed and len(plan.steps) > 1
    verb = "would save" if would else "together save" if several else "saves"
    facts = {each.name: each for each in plan_facts(plan, part)}
    return say(
        f"{{subject}} {verb} {{usd}} ({{pct}}) of the {{base}}.",
        subject=_subject(planning, pointed=pointed),
        usd=facts["savings of the plan"],
        pct=facts["share saved by the plan"],
        base=_base(plan, part, facts["cost before the plan"]),
        topic="plan",
    )


def _base(plan: Plan, part: Part, cost: Fact) -> Sentence:
    """The bill that the savings are a part of, with its rows, its days and the growth."""
    rows, base = rows_said(part), plan.base
    when = ""
    if base and base.first and base.last:
        when = f" {'on' if base.first == base.last else 'from'} {days_said(base.first, base.last)}"
    if not plan.growth_pct:
        return say(f"{{cost}} spent{{rows}}{when}", cost=cost, rows=rows)
    return say(
        f"{{cost}} that the {{today}} spent{{rows}}{when} become with {{pct}} growth",
        cost=cost,
        rows=rows,
        today=fact("cost today", plan.today_usd, "usd"),
        pct=fact("growth of usage", plan.growth_pct, "pct"),
    )


def _subject(planning: Planned, *, pointed: bool) -> Sentence:
    steps = planning.plan.steps
    if pointed and len(steps) == 1:
        return say('"{title}"', title=title(steps[0].opportunity, planning.names))
    number = counted("changes in the plan", len(steps), "change")
    if pointed:
        return say("The {number} you point at", number=number)
    return say("A plan of one change") if len(steps) == 1 else say("A plan of {number}", number=number)


def _against_target(planning: Planned, *, pointed: bool) -> list[Sentence]:
    plan, target = planning.plan, planning.target
    if target.why_not:
        return [target.why_not]
    if plan.target_pct is None or target.words is None:
        return []
    if plan.target_met:
        if plan.is_bounded and _pct(plan.low_usd, plan) < plan.target_pct:
            low = fact("share saved by the plan, at least", _pct(plan.low_usd, plan), "pct")
            text = "That would meet {target}; its low end ({low}) would not."
            return [say(text, target=target.words, low=low, topic="target")]
        certain = _pct(plan.savings_usd - later_usd(plan), plan) >= plan.target_pct
        return [say(f"That {'meets' if certain else 'would meet'} {{target}}.", target=target.words, topic="target")]
    if pointed:
        return [say("That alone does not meet {target}.", target=target.words, topic="target")]
    most = fact("most that can be saved", plan.best_savings_pct, "pct")
    text = "That does not reach {target}: {most} is the most that your data and limits allow."
    return [say(text, target=target.words, most=most, topic="target")]


def _uncertain(planning: Planned) -> list[Sentence]:
    plan = planning.plan
    failed = [step.opportunity for step in plan.steps if refuted(step.opportunity)]
    against = "Not advisable, as evidence speaks against it: {title}."
    sentences = [say(against, title=title(item, planning.names), topic="evidence") for item in failed]
    waiting = [step for step in plan.steps if needs_evaluation(step.opportunity)]
    if not waiting:
        return sentences
    if len(waiting) == len(plan.steps):
        return [say("It needs an evaluation on your own requests first.", topic="evaluation")]
    usd = fact("savings that need an evaluation", sum(step.savings_usd for step in waiting), "usd")
    return [*sentences, say("{usd} of it needs an evaluation first.", usd=usd, topic="evaluation")]


def _pct(usd: float, plan: Plan) -> float:
    return 100 * usd / plan.baseline_usd if plan.baseline_usd else 0.0


def names_of_plan(plan: Plan, data_names: Sequence[str]) -> list[str]:
    """Names of the data in its texts."""
    named = [step.opportunity.feature for step in plan.steps] + [speed.feature for speed in plan.speeds]
    return sorted({*data_names, *(name for name in named if name)})

"""What is said of a plan: what it saves of which bill, its largest changes, what binds it, and what it leaves out."""

from collections.abc import Sequence

from common.assistant.question.model import Part, Wishes
from common.assistant.tools.found import counted, fact, scope
from common.assistant.tools.limits import same_feature
from common.assistant.tools.planned import Planned
from common.assistant.tools.weighing import change, needs_evaluation, refuted, title, uncertain
from common.contract.answer import Fact
from common.figures.dates import days_said
from common.figures.quoted import quoted
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence
from common.spend import Plan, PlanStep

LARGEST = 3
"""How many changes the text describes."""
_MONTH_DAYS = 30
_LIKE_A_MONTH = 0.02
"""Data this close to a month need no projection to one."""
_NOTICEABLE = 0.005
_WORTH_A_QUESTION_PCT = 1.0
"""Of the bill."""
_DAYS_OF_MONTH = 365 / 12
_LEFT_OUT = {
    "evaluation": "left out, as needing an evaluation first",
    "quality": "left out, as no evidence in your data shows that answers stay at {quality}",
    "speed": "left out, as answers would come later",
    "effort": "left out, as taking more effort",
}


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


def limits(planning: Planned, part: Part) -> list[Sentence]:
    """What keeps it from more, between what it lies, and what is left out of it."""
    return [
        *_binding(planning),
        *_against_today(planning.plan),
        *_touched(planning, part),
        *_left_out(planning, part),
        *(_to_confirm(planning) if planning.plan.steps else []),
        *_untouched(planning),
        *_bounded(planning.plan),
        *_unused(planning.plan),
        *_unpriced(planning.plan),
        *_repriced(planning),
        *_projected(planning.plan, part),
    ]


def lacking(planning: Planned, part: Part) -> list[Sentence]:
    """What the data do not tell: latency that is to be kept, and why there is no saving of a kind asked for."""
    wishes = part.wishes
    sentences = []
    if wishes.latency and "latency" not in planning.has:
        text = "The log has no latency, so no limit on it can be checked: log latency_ms with each request."
        sentences.append(say(text, topic="latency"))
    if not planning.plan.steps:
        why = [each for each in planning.unavailable if each.kind in wishes.only_kinds or not wishes.only_kinds]
        texts = [f"{each.reason} {each.needs}".strip() for each in why if each.needs or wishes.only_kinds]
        names = [*planning.names, *planning.features]
        sentences += [quoted(text, "what the data lack", names) for text in texts[:1]]
    return sentences


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


def is_unpriced(plan: Plan) -> bool:
    """True where no request has a price, so that no saving is known."""
    return plan.base is not None and plan.base.usd is None and bool(plan.base.unpriced_requests)


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
    requested = _to_confirm(planning)
    within = "" if part.wishes == Wishes() else " within your limits"
    none = say(f"No saving was found{within}{{rows}}, so there is nothing to plan.", rows=_of(part))
    return [*why, *(requested or [none])]


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


def _binding(planning: Planned) -> list[Sentence]:
    """The limit that keeps the target out of reach, in the library's words."""
    if not planning.plan.binding or planning.target.words is None:
        return []
    return [
        quoted(
            f"Why not more: {planning.plan.binding}", "what keeps the plan from more", planning.names, topic="binding"
        )
    ]


def _against_today(plan: Plan) -> list[Sentence]:
    """What growth and plan together do to the bill of today."""
    if not plan.growth_pct or not plan.steps or not plan.today_usd:
        return []
    pct = 100 * (plan.after_usd / plan.today_usd - 1)
    change = fact("change against today's cost", abs(pct), "pct")
    text = f"With growth and plan together the bill is {{pct}} {'higher' if pct > 0 else 'lower'} than today's."
    return [say(text, pct=change, topic="growth")]


def _touched(planning: Planned, part: Part) -> list[Sentence]:
    """That the features with a latency limit keep their response times, where no change touches them."""
    changed = {step.opportunity.feature for step in planning.plan.steps}
    limited = [each.feature for each in part.wishes.latency if each.feature]
    named = [name for name in planning.features if any(same_feature(each, name) for each in limited)]
    kept = [name for name in named if not {None, name} & changed]
    if not kept:
        return []
    names = joined((say("{name}", name=Name(name)) for name in dict.fromkeys(kept)), ", ")
    return [say("No change touches {names}, so response times there stay as they are.", names=names, topic="latency")]


def _left_out(planning: Planned, part: Part) -> list[Sentence]:
    least = part.wishes.quality or 0.0
    quality = fact("least quality", least, "pct" if least > 1 else "count")
    sentences = []
    for reason, words in _LEFT_OUT.items():
        count = next((number for key, number in planning.left_out.items() if key == reason), 0)
        if count:
            places = counted("changes left out", count, "further change")
            verb = "is" if count == 1 else "are"
            sentences.append(say(f"{{places}} {verb} {words}.", places=places, quality=quality, topic="left out"))
    return sentences


def _to_confirm(planning: Planned) -> list[Sentence]:
    """What only the customer can tell to be possible: a question to them."""
    item = planning.to_confirm
    if item is None or item.savings_pct < _WORTH_A_QUESTION_PCT:
        return []
    return [
        say(
            "Only you can tell whether anybody waits for the answers, so it is in no plan: {change}",
            change=change(item, item.savings_usd, item.savings_pct, planning.names),
            topic="to confirm",
        )
    ]


def _untouched(planning: Planned) -> list[Sentence]:
    if planning.untouched is None:
        return []
    feature = planning.untouched.feature
    return [
        say(
            f"The largest cost, {{feature}} ({{usd}}), is not in it: {planning.untouched.why}.",
            feature=Name(feature),
            usd=fact(f"cost of {feature}", planning.untouched.cost_usd, "usd"),
            topic="largest cost",
        )
    ]


def _bounded(plan: Plan) -> list[Sentence]:
    """Between what the savings lie, where the data tell no more."""
    if not plan.is_bounded or not plan.steps:
        return []
    low, high = fact("least savings of the plan", plan.low_usd, "usd"), fact("most savings", plan.high_usd, "usd")
    return [say(f"It may be {{low}} to {{high}}, as {plan.why_bounded}.", low=low, high=high, topic="range")]


def _unused(plan: Plan) -> list[Sentence]:
    """What of the bill is not in use any more, as no change can save on it."""
    if not plan.left_out:
        return []
    first, *others = plan.left_out
    model = say("{model}", model=Name(first.model))
    where = say("{feature} on {model}", feature=Name(first.feature), model=model) if first.feature else model
    rest = say("")
    if others:
        rest = say(" and {usd} more", usd=fact("cost of others", sum(line.cost_usd for line in others), "usd"))
    usd = fact("cost of what is not in use any more", first.cost_usd, "usd")
    text = "Not counted, as no longer in use: {usd} of {where}{rest}."
    return [say(text, usd=usd, where=where, rest=rest, topic="not in use")]


def _unpriced(plan: Plan) -> list[Sentence]:
    if plan.base is None or not plan.base.unpriced_requests or is_unpriced(plan):
        return []
    requests = fact("requests without a price", plan.base.unpriced_requests, "requests")
    return [say("{requests} have no known price, and are in no figure.", requests=requests, topic="unpriced")]


def _repriced(planning: Planned) -> list[Sentence]:
    """Prices may have changed since the requests were made; savings refer to today's."""
    now, then = planning.plan.today_usd, planning.spent_usd
    if abs(now - then) <= _NOTICEABLE * max(now, then):
        return []
    was = fact("cost at the prices of the time", then, "usd")
    text = "Savings are counted at today's list prices; at those of the time the same requests cost {was}."
    return [say(text, was=was, topic="base")]


def _projected(plan: Plan, part: Part) -> list[Sentence]:
    """The savings of the months that are asked for, else of one, where the data span clearly more or less than that."""
    if plan.monthly_factor is None or not plan.steps:
        return []
    daily = plan.savings_usd * plan.monthly_factor / _MONTH_DAYS
    if part.wishes.horizons:
        each = joined((_over(months, daily) for months in sorted(set(part.wishes.horizons))), " and ")
        return [say("Projected, it saves {each}.", each=each, topic="projection")]
    if _like_a_month(_MONTH_DAYS / plan.monthly_factor):
        return []
    saved = fact("projected savings of 30 days", plan.savings_usd * plan.monthly_factor, "usd")
    days = counted("length of the projection", _MONTH_DAYS, "day")
    return [say("Projected to {days}, that is {usd} saved.", days=days, usd=saved, topic="projection")]


def _over(months: int, daily_usd: float) -> Sentence:
    usd = fact(f"projected savings of {months} months", daily_usd * _DAYS_OF_MONTH * months, "usd")
    number = counted("months projected", months, "month")
    return say("{usd} in {number}", number=number, usd=usd)


def _like_a_month(days: float) -> bool:
    return abs(days - _MONTH_DAYS) <= _LIKE_A_MONTH * _MONTH_DAYS


def _pct(usd: float, plan: Plan) -> float:
    return 100 * usd / plan.baseline_usd if plan.baseline_usd else 0.0


def names_of_plan(plan: Plan, data_names: Sequence[str]) -> list[str]:
    """Names of the data in its texts."""
    named = [step.opportunity.feature for step in plan.steps] + [speed.feature for speed in plan.speeds]
    return sorted({*data_names, *(name for name in named if name)})

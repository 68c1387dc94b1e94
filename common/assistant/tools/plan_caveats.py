"""What is said beside a plan: what keeps it from more, between what it lies, and what is left out of it."""

from common.assistant.question.model import Part
from common.assistant.tools.limits import same_feature
from common.assistant.tools.planned import Planned, is_unpriced
from common.assistant.tools.tool_results import counted, fact
from common.assistant.tools.weighing import change
from common.figures.quoted import quoted
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence
from common.spend import Plan

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


def limits(planning: Planned, part: Part) -> list[Sentence]:
    """What keeps it from more, between what it lies, and what is left out of it."""
    return [
        *_binding(planning),
        *_against_today(planning.plan),
        *_touched(planning, part),
        *_left_out(planning, part),
        *(to_confirm(planning) if planning.plan.steps else []),
        *_untouched(planning),
        *_bounded(planning.plan),
        *_unused(planning.plan),
        *_unpriced(planning.plan),
        *_repriced(planning),
        *_projected(planning.plan, part),
    ]


def lacking(planning: Planned, part: Part) -> list[Sentence]:
    """What the data do not tell: latency that is to be kept, and why there is no saving of a kind asked for."""
    constraints = part.constraints
    sentences = []
    if constraints.latency and "latency" not in planning.has:
        text = "The log has no latency, so no limit on it can be checked: log latency_ms with each request."
        sentences.append(say(text, topic="latency"))
    if not planning.plan.steps:
        why = [
            each for each in planning.unavailable if each.kind in constraints.only_kinds or not constraints.only_kinds
        ]
        texts = [f"{each.reason} {each.needs}".strip() for each in why if each.needs or constraints.only_kinds]
        names = [*planning.names, *planning.features]
        sentences += [quoted(text, "what the data lack", names) for text in texts[:1]]
    return sentences


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
    limited = [each.feature for each in part.constraints.latency if each.feature]
    named = [name for name in planning.features if any(same_feature(each, name) for each in limited)]
    kept = [name for name in named if not {None, name} & changed]
    if not kept:
        return []
    names = joined((say("{name}", name=Name(name)) for name in dict.fromkeys(kept)), ", ")
    return [say("No change touches {names}, so response times there stay as they are.", names=names, topic="latency")]


def _left_out(planning: Planned, part: Part) -> list[Sentence]:
    least = part.constraints.quality or 0.0
    quality = fact("least quality", least, "pct" if least > 1 else "count")
    sentences = []
    for reason, words in _LEFT_OUT.items():
        count = next((number for key, number in planning.left_out.items() if key == reason), 0)
        if count:
            places = counted("changes left out", count, "further change")
            verb = "is" if count == 1 else "are"
            sentences.append(say(f"{{places}} {verb} {words}.", places=places, quality=quality, topic="left out"))
    return sentences


def to_confirm(planning: Planned) -> list[Sentence]:
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
    if part.constraints.horizons:
        each = joined((_over(months, daily) for months in sorted(set(part.constraints.horizons))), " and ")
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

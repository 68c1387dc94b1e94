"""What is said of a day: against its like where they are enough, else against the average of the others."""

from datetime import date

from common.assistant.question.model import Part
from common.assistant.tools.tool_results import counted, fact, scope
from common.contract.answer import Fact, Unit
from common.figures.dates import day_said
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence
from common.spend.measures import Anomalies, Effects, Mover, OddDay, OddHour
from common.spend.measures.day import Day, Rise
from common.spend.rollup.bounded_names import OTHER
from common.spend.semantics.dimensions import WEEKDAYS

_NOTICEABLE = 0.02
"""Of the largest effect: smaller ones go unsaid."""
_WORTH_A_CAUSE = 0.05
"""Of what is usual: a smaller difference of an ordinary day has no cause but chance."""
_CAUSES = {"volume": "the number of requests", "size": "the size of requests", "price": "the price of tokens"}
_DEARER = 1.2
"""A day at least this many times as expensive per request as the others is called more expensive."""


def reported(day: OddDay, report: Anomalies, part: Part) -> list[Sentence]:
    """A day against what was expected of it, and what made the difference."""
    if not day.odd and abs(day.usd - day.usual_usd) < _WORTH_A_CAUSE * day.usual_usd:
        return [_judged(day, part), *_instead(report)]
    causes = [*_effects(day), *(_moved(mover, day.day, part) for mover in day.movers), *_hours(day, report, part)]
    return [_judged(day, part), *causes, *([] if day.odd else _instead(report))]


def plain(day: Day, part: Part) -> list[Sentence]:
    """A day against the average of the other days, what rose, its hour of most cost, and what failed."""
    if day.requests and day.unpriced == day.requests:
        text = f"What {day_said(day.day)} cost is not known: no price is known for the models of its {{requests}}."
        return [say(text, requests=_on(day, "requests", day.requests, "requests", part)), *failed(day, part)]
    rises = [_rose(rise, day.day, part) for rise in day.rises]
    return [_cost(day, part), *_unpriced(day, part), *_size(day, part), *rises, *_peak(day, part), *failed(day, part)]


def failed(day: Day, part: Part) -> list[Sentence]:
    """How many requests of a day failed."""
    if not day.failed:
        return []
    return [say("{failed} of that day failed.", failed=_on(day, "failed requests", day.failed, "requests", part))]


def nothing(report: Anomalies) -> Sentence:
    """Where no day is out of line."""
    days = counted("days judged", report.days_judged, "whole day")
    return say("None of {days} is out of line with its weekday and the trend.", days=days)


def _instead(report: Anomalies) -> list[Sentence]:
    """The day that does stand out, where another one was asked about."""
    return [say(f"The day that stands out most is {day_said(report.days[0].day)}.")] if report.days else []


def _judged(day: OddDay, part: Part) -> Sentence:
    difference = day.usd - day.usual_usd
    way = "more" if difference >= 0 else "less"
    weekday = WEEKDAYS[date.fromisoformat(day.day).weekday()]
    of = scope(part, "cost", day.day, day.day)
    cost = say(
        f"{weekday}, {day_said(day.day)}, cost {{usd}}, {{difference}} {way} than was to be expected ({{usual}}).",
        usd=fact(f"cost of {day.day}", day.usd, "usd", of),
        difference=fact(f"difference of {day.day}", abs(difference), "usd", of),
        usual=fact(f"cost expected of {day.day}", day.usual_usd, "usd", of),
    )
    verdict = "That is out of line." if day.odd else "That is within what such days vary anyway."
    return joined([cost, say(verdict)])


def _effects(day: OddDay) -> list[Sentence]:
    """The effects worth a word, the largest first."""
    effects: Effects = day.effects
    parts = [
        (effects.volume_usd, "more requests added", "fewer requests took off", "number of requests"),
        (effects.size_usd, "larger requests added", "smaller requests took off", "size of requests"),
        (effects.price_usd, "more expensive tokens added", "cheaper tokens took off", "price of tokens"),
    ]
    parts.sort(key=lambda each: -abs(each[0]))
    least = _NOTICEABLE * abs(parts[0][0])
    said = [
        say(f"{up if usd > 0 else down} {{usd}}", usd=fact(f"effect of the {name} on {day.day}", abs(usd), "usd"))
        for usd, up, down, name in parts
        if abs(usd) > least
    ]
    return [say("Where that comes from: {effects}.", effects=joined(said, ", "))] if said else []


def _moved(mover: Mover, day: str, part: Part) -> Sentence:
    other = mover.key == OTHER
    of = scope(part, "cost", day, day, *([] if other else [mover.key]))
    return say(
        f"By {mover.by}, {{key}} moved most: {{usd}} instead of {{usual}}, mainly by {_CAUSES[mover.effects.cause]}.",
        key="all beyond those told one by one" if other else Name(mover.key),
        usd=fact(f"cost of {mover.key} on {day}", mover.usd, "usd", of),
        usual=fact(f"cost expected of {mover.key} on {day}", mover.usual_usd, "usd", of),
    )


def _hours(day: OddDay, report: Anomalies, part: Part) -> list[Sentence]:
    hours: list[OddHour] = sorted((h for h in report.hours if h.day == day.day), key=lambda hour: hour.hour)
    if not hours:
        return []
    named = ", ".join(f"{hour.hour:02}:00" for hour in hours)
    of = scope(part, "cost", day.day, day.day)
    cost = fact(f"cost of hours out of line on {day.day}", sum(h.usd for h in hours), "usd", of)
    usual = fact(f"cost expected of those hours on {day.day}", sum(h.usual_usd for h in hours), "usd", of)
    return [say(f"Hours out of line began at {named} UTC: {{cost}} instead of {{usual}}.", cost=cost, usual=usual)]


def _on(day: Day, name: str, value: float, unit: Unit, part: Part) -> Fact:
    return fact(f"{name} of {day.day}", value, unit, scope(part, name, day.day, day.day))


def _other(name: str, value: float, unit: Unit) -> Fact:
    return fact(f"{name} of an average other day", value, unit)


def _cost(day: Day, part: Part) -> Sentence:
    spent = say("{usd}", usd=_on(day, "cost", day.cost_usd, "usd", part))
    if day.requests:
        requests = _on(day, "requests", day.requests, "requests", part)
        spent = say("{spent} in {requests}", spent=spent, requests=requests)
    if not day.usual_usd:
        compared = "the other days cost nothing" if day.others else "the data hold no other day to compare with"
        return say(f"{day_said(day.day)} cost {{spent}}; {compared}.", spent=spent)
    return say(
        f"{day_said(day.day)} cost {{spent}}, {{ratio}} times the average of the other days ({{usual}}).",
        spent=spent,
        ratio=fact("times the average of the other days", round(day.cost_usd / day.usual_usd, 1), "count"),
        usual=_other("cost", day.usual_usd, "usd"),
    )


def _unpriced(day: Day, part: Part) -> list[Sentence]:
    if not day.unpriced:
        return []
    requests = _on(day, "requests without a price", day.unpriced, "requests", part)
    return [say("{requests} of that day have no known price, and are not in its cost.", requests=requests)]


def _size(day: Day, part: Part) -> list[Sentence]:
    """Whether single requests were dearer, or there were just more of them."""
    if not day.usual_requests or not day.requests:
        return []
    now, usual = day.cost_usd / day.requests, day.usual_usd / day.usual_requests
    cause = (
        "Single requests were more expensive, too"
        if now > _DEARER * usual
        else "Single requests were not much more expensive"
    )
    return [
        say(
            f"{cause}: {{now}} on average, against {{usual}}.",
            now=_on(day, "average cost of a request", now, "usd", part),
            usual=_other("average cost of a request", usual, "usd"),
        )
    ]


def _rose(rise: Rise, day: str, part: Part) -> Sentence:
    return say(
        f"By {rise.by}, {{key}} was furthest above its average: {{usd}} instead of {{usual}}.",
        key=Name(rise.key),
        usd=fact(f"cost of {rise.key} on {day}", rise.cost_usd, "usd", scope(part, "cost", day, day, rise.key)),
        usual=_other(f"cost of {rise.key}", rise.usual_usd, "usd"),
    )


def _peak(day: Day, part: Part) -> list[Sentence]:
    if day.peak_hour is None:
        return []
    text = f"The most expensive hour began at {day.peak_hour:02}:00 UTC and cost {{usd}}."
    return [say(text, usd=_on(day, "cost of the dearest hour", day.peak_usd, "usd", part))]

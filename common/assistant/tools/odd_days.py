"""`odd_days`: days whose cost is out of line, or why one day cost what it did."""

import re
from datetime import date

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.assistant.tools.spend import unanswerable
from common.contract.answer import Fact
from common.figures.format import figure, plural
from common.runs.step import ToolError, ToolResult
from common.spend import Rollup, Unanswerable
from common.spend.measures import Anomalies, Effects, Mover, OddDay, OddHour, anomalies, explain_day
from common.spend.measures.day import days_of
from common.spend.measures.users import users_by_day
from common.spend.rollup.bounded_names import OTHER

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ANY = "any"
_IN_TEXT = 3
_NOTICEABLE = 0.02
"""Of the largest effect: smaller ones go unsaid."""
_WORTH_A_CAUSE = 0.05
"""Of what is usual: a smaller difference of an ordinary day has no cause but chance."""
_CAUSES = {"volume": "the number of requests", "size": "the size of requests", "price": "the price of tokens"}


class OddDayArguments(Arguments):
    """Which day."""

    day: str = Field(
        description="A day as 2026-10-29 or 10-29, a weekday such as Tuesday (the one that stands out most, else the"
        " last), or any for all days out of line."
    )


async def odd_days(context: ToolContext, arguments: OddDayArguments) -> ToolResult:
    """What stands out and why: volume, size and price, and the feature, model and user that moved."""
    requested = arguments.day.strip().lower()
    if not re.fullmatch(rf"(?:\d{{4}}-)?\d{{2}}-\d{{2}}|{_ANY}|{'|'.join(WEEKDAYS)}", requested):
        raise ToolError(f"{arguments.day!r} is no day; give it as 2026-10-29, 10-29, Tuesday or any.")
    try:
        report, days = await context.compute(_looked_up, requested)
    except Unanswerable as answer:
        return unanswerable("days out of line", answer)
    except KeyError:
        text = "Your data do not hold that day as a whole, so it cannot be held against others."
        return ToolResult(summary=text, findings=[text], data={"unanswerable": True})
    findings = [text for day in days for text in _findings(day, report)] or [_nothing(report)]
    if any(day.odd for day in days):
        findings += await context.compute(_users_unseen)
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=[*(fact for day in days for fact in _facts(day)), *_report_facts(report)],
        data={"days": [day.day for day in days], "names": _names(report, days)},
    )


def _users_unseen(rollup: Rollup) -> list[str]:
    """Why no user is named, where the data have users."""
    if "user" not in rollup.has:
        return []
    try:
        users_by_day(rollup)
    except Unanswerable as answer:
        return [str(answer)]
    return []


def _looked_up(rollup: Rollup, requested: str) -> tuple[Anomalies, list[OddDay]]:
    """The days to tell. Raises KeyError for a day that the data do not hold."""
    report = anomalies(rollup)
    if requested == _ANY:
        return report, list(report.days[:_IN_TEXT])
    odd = [odd_day for odd_day in report.days if _weekday(odd_day.day) == requested]
    fitting = [day for day in days_of(rollup) if day.endswith(requested)]
    if requested in WEEKDAYS:
        fitting = [day for day in days_of(rollup)[1:-1] if _weekday(day) == requested]  # the outer ones may be cut
    if not odd and not fitting:
        raise KeyError(f"no request on {requested}")
    return report, odd[:1] or [explain_day(rollup, fitting[-1])]


def _weekday(day: str) -> str:
    return WEEKDAYS[date.fromisoformat(day).weekday()]


def _findings(odd_day: OddDay, report: Anomalies) -> list[str]:
    if not odd_day.odd and abs(odd_day.usd - odd_day.usual_usd) < _WORTH_A_CAUSE * odd_day.usual_usd:
        return [_sentence(odd_day), *_instead(report)]
    causes = [*_effects(odd_day.effects), *map(_moved, odd_day.movers), *_hours(odd_day, report)]
    return [_sentence(odd_day), *causes, *([] if odd_day.odd else _instead(report))]


def _instead(report: Anomalies) -> list[str]:
    """The day that does stand out, where another one was asked about."""
    return [f"The day that stands out most is {report.days[0].day}."] if report.days else []


def _sentence(odd_day: OddDay) -> str:
    difference = odd_day.usd - odd_day.usual_usd
    way = "more" if difference >= 0 else "less"
    judged = "That is out of line." if odd_day.odd else "That is within what such days vary anyway."
    return (
        f"{odd_day.day}, a {_weekday(odd_day.day).capitalize()}, cost {figure(odd_day.usd, 'usd')},"
        f" {figure(abs(difference), 'usd')} {way} than was to be expected ({figure(odd_day.usual_usd, 'usd')})."
        f" {judged}"
    )


def _effects(effects: Effects) -> list[str]:
    """The effects worth a word, the largest first."""
    parts = [
        (effects.volume_usd, "more requests added", "fewer requests took off"),
        (effects.size_usd, "larger requests added", "smaller requests took off"),
        (effects.price_usd, "dearer tokens added", "cheaper tokens took off"),
    ]
    parts.sort(key=lambda part: -abs(part[0]))
    least = _NOTICEABLE * abs(parts[0][0])
    parts_text = [f"{up if usd > 0 else down} {figure(abs(usd), 'usd')}" for usd, up, down in parts if abs(usd) > least]
    return [f"Where that comes from: {', '.join(parts_text)}."] if parts_text else []


def _moved(mover: Mover) -> str:
    key = "all beyond those told one by one" if mover.key == OTHER else mover.key
    return (
        f"By {mover.by}, {key} moved most: {figure(mover.usd, 'usd')} instead of"
        f" {figure(mover.usual_usd, 'usd')}, mainly by {_CAUSES[mover.effects.cause]}."
    )


def _hours(odd_day: OddDay, report: Anomalies) -> list[str]:
    hours = sorted(_hours_of(odd_day, report), key=lambda hour: hour.hour)
    if not hours:
        return []
    named = ", ".join(f"{hour.hour:02}:00" for hour in hours)
    cost, usual = sum(hour.usd for hour in hours), sum(hour.usual_usd for hour in hours)
    return [f"Hours out of line began at {named} UTC: {figure(cost, 'usd')} instead of {figure(usual, 'usd')}."]


def _hours_of(odd_day: OddDay, report: Anomalies) -> list[OddHour]:
    return [hour for hour in report.hours if hour.day == odd_day.day]


def _nothing(report: Anomalies) -> str:
    return f"None of {plural(report.days_judged, 'whole day')} is out of line with its weekday and the trend."


def _facts(odd_day: OddDay) -> list[Fact]:
    effects = odd_day.effects
    amounts = {
        f"cost of {odd_day.day}": odd_day.usd,
        f"cost expected of {odd_day.day}": odd_day.usual_usd,
        f"difference of {odd_day.day}": odd_day.usd - odd_day.usual_usd,
        f"effect of the number of requests on {odd_day.day}": effects.volume_usd,
        f"effect of the size of requests on {odd_day.day}": effects.size_usd,
        f"effect of the price of tokens on {odd_day.day}": effects.price_usd,
    }
    for mover in odd_day.movers:
        amounts[f"cost of {mover.key} on {odd_day.day}"] = mover.usd
        amounts[f"cost expected of {mover.key} on {odd_day.day}"] = mover.usual_usd
    return [Fact(name=name, value=value, unit="usd") for name, value in amounts.items()]


def _report_facts(report: Anomalies) -> list[Fact]:
    facts = [Fact(name="days judged", value=report.days_judged, unit="count")]
    for day in dict.fromkeys(hour.day for hour in report.hours):
        hours = [hour for hour in report.hours if hour.day == day]
        cost, usual = sum(hour.usd for hour in hours), sum(hour.usual_usd for hour in hours)
        facts.append(Fact(name=f"cost of hours out of line on {day}", value=cost, unit="usd"))
        facts.append(Fact(name=f"cost expected of those hours on {day}", value=usual, unit="usd"))
    return facts


def _names(report: Anomalies, days: list[OddDay]) -> list[str]:
    """What holds digits and states nothing: days, features, models, hours."""
    movers = [mover.key for day in days for mover in day.movers]
    odd = [day.day for day in report.days]
    return [*(day.day for day in days), *odd, *movers, *(f"{hour.hour:02}:00" for hour in report.hours)]


ODD_DAYS = Tool(
    "odd_days",
    "Days out of line with their weekday and trend, or why one day cost so much: volume, size, price, feature, user.",
    OddDayArguments,
    odd_days,
)

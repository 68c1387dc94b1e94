"""`spend_on_day`: what happened on one day, against the others."""

import re

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.contract.answer import Fact
from common.figures.format import figure, spent
from common.runs.step import ToolError, ToolResult
from common.spend.measures.day import Day, Rise, days_of, on_day

_NOTICEABLE = 1.2
"""A day at least this many times as expensive as the others is called so."""


class DayArguments(Arguments):
    """Which day."""

    day: str = Field(description="The day, as 2026-10-29, or as 10-29 when the year is not known.")


async def spend_on_day(context: ToolContext, arguments: DayArguments) -> ToolResult:
    """Cost, requests and failures of a day, what rose, and the dearest hour."""
    if not re.fullmatch(r"(?:\d{4}-)?\d{2}-\d{2}", arguments.day):
        raise ToolError(f"{arguments.day!r} is no day; give it as 2026-10-29 or 10-29.")
    days: list[str] = await context.compute(days_of)
    fitting = [day for day in days if day.endswith(arguments.day)]
    if not fitting:
        text = f"Your data have no request on that day; they run from {days[0]} to {days[-1]}."
        return ToolResult(summary=text, findings=[text], data={"unanswerable": True})
    day: Day = await context.compute(on_day, fitting[-1])
    if day.requests and day.unpriced == day.requests:
        return _not_priced(day)
    findings = [
        _sentence(day),
        *_unpriced(day),
        *_size(day),
        *(_rose(rise) for rise in day.rises),
        *_peak(day),
        *_failed(day),
    ]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=_facts(day),
        data={"day": day.day, "names": [rise.key for rise in day.rises]},
    )


def _not_priced(day: Day) -> ToolResult:
    """What is known of a day whose models have no price."""
    text = (
        f"What {day.day} cost is not known: no price is known for the models of its {figure(day.requests, 'requests')}."
    )
    return ToolResult(
        summary=text,
        findings=[text, *_failed(day)],
        facts=[
            Fact(name=f"requests of {day.day}", value=day.requests, unit="requests"),
            Fact(name=f"failed requests of {day.day}", value=day.failed, unit="requests"),
        ],
        data={"day": day.day},
    )


def _unpriced(day: Day) -> list[str]:
    if not day.unpriced:
        return []
    return [f"{figure(day.unpriced, 'requests')} of that day have no known price, and are not in its cost."]


def _sentence(day: Day) -> str:
    text = f"{day.day} cost {spent(day.cost_usd, day.requests)}"
    if not day.others:
        return f"{text}; the data hold no other day to compare with."
    usual = spent(day.usual_usd, day.usual_requests)
    return f"{text}, {_times(day)} the average of the other days ({usual})."


def _times(day: Day) -> str:
    return f"{figure(_ratio(day), 'count')} times"


def _ratio(day: Day) -> float:
    return round(day.cost_usd / day.usual_usd, 1) if day.usual_usd else 0.0


def _size(day: Day) -> list[str]:
    """Whether single requests were dearer, or there were just more of them."""
    if not day.usual_requests or not day.requests:
        return []
    now, usual = day.cost_usd / day.requests, day.usual_usd / day.usual_requests
    cause = "Single requests were dearer too" if now > _NOTICEABLE * usual else "Single requests were not much dearer"
    return [f"{cause}: {figure(now, 'usd')} on average, against {figure(usual, 'usd')}."]


def _rose(rise: Rise) -> str:
    return (
        f"By {rise.by}, {rise.key} was furthest above its average: {figure(rise.cost_usd, 'usd')}"
        f" instead of {figure(rise.usual_usd, 'usd')}."
    )


def _peak(day: Day) -> list[str]:
    if day.peak_hour is None:
        return []
    return [f"The dearest hour began at {day.peak_hour:02}:00 UTC and cost {figure(day.peak_usd, 'usd')}."]


def _failed(day: Day) -> list[str]:
    return [f"{figure(day.failed, 'requests')} of that day failed."] if day.requests else []


def _facts(day: Day) -> list[Fact]:
    facts = [
        Fact(name=f"cost of {day.day}", value=day.cost_usd, unit="usd"),
        Fact(name=f"requests of {day.day}", value=day.requests, unit="requests"),
        Fact(name=f"failed requests of {day.day}", value=day.failed, unit="requests"),
        Fact(name=f"requests of {day.day} without a price", value=day.unpriced, unit="requests"),
        Fact(name="cost of an average other day", value=day.usual_usd, unit="usd"),
        Fact(name="requests of an average other day", value=day.usual_requests, unit="requests"),
        Fact(name="times the average of the other days", value=_ratio(day), unit="count"),
    ]
    if day.peak_hour is not None:
        facts.append(Fact(name="cost of the dearest hour", value=day.peak_usd, unit="usd"))
    if day.requests:
        average = day.cost_usd / day.requests
        facts.append(Fact(name="average cost of a request of that day", value=average, unit="usd"))
    if day.usual_requests:
        usual = day.usual_usd / day.usual_requests
        facts.append(Fact(name="average cost of a request of the other days", value=usual, unit="usd"))
    for rise in day.rises:
        facts.append(Fact(name=f"cost of {rise.key} on that day", value=rise.cost_usd, unit="usd"))
        facts.append(Fact(name=f"cost of {rise.key} on an average other day", value=rise.usual_usd, unit="usd"))
    return facts


SPEND_ON_DAY = Tool(
    "spend_on_day", "What one day cost, against the other days, and what was different.", DayArguments, spend_on_day
)

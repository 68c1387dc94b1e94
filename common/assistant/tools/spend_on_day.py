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
"""A day this many times dearer than the others is told so."""


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
    found: Day = await context.compute(on_day, fitting[-1])
    findings = [_sentence(found), *_size(found), *(_rose(rise) for rise in found.rises), *_peak(found), *_failed(found)]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=_facts(found),
        data={"day": found.day, "names": [rise.key for rise in found.rises]},
    )


def _sentence(found: Day) -> str:
    text = f"{found.day} cost {spent(found.cost_usd, found.requests)}"
    if not found.others:
        return f"{text}; the data hold no other day to compare with."
    usual = spent(found.usual_usd, found.usual_requests)
    return f"{text}, {_times(found)} the average of the other days ({usual})."


def _times(found: Day) -> str:
    return f"{figure(_ratio(found), 'count')} times"


def _ratio(found: Day) -> float:
    return round(found.cost_usd / found.usual_usd, 1) if found.usual_usd else 0.0


def _size(found: Day) -> list[str]:
    """Whether single requests were dearer, or there were just more of them."""
    if not found.usual_requests or not found.requests:
        return []
    now, usual = found.cost_usd / found.requests, found.usual_usd / found.usual_requests
    cause = "Single requests were dearer too" if now > _NOTICEABLE * usual else "Single requests were not much dearer"
    return [f"{cause}: {figure(now, 'usd')} on average, against {figure(usual, 'usd')}."]


def _rose(rise: Rise) -> str:
    return (
        f"By {rise.by}, {rise.key} was furthest above its average: {figure(rise.cost_usd, 'usd')}"
        f" instead of {figure(rise.usual_usd, 'usd')}."
    )


def _peak(found: Day) -> list[str]:
    if found.peak_hour is None:
        return []
    return [f"The dearest hour began at {found.peak_hour:02}:00 UTC and cost {figure(found.peak_usd, 'usd')}."]


def _failed(found: Day) -> list[str]:
    return [f"{figure(found.failed, 'requests')} of that day failed."] if found.requests else []


def _facts(found: Day) -> list[Fact]:
    facts = [
        Fact(name=f"cost of {found.day}", value=found.cost_usd, unit="usd"),
        Fact(name=f"requests of {found.day}", value=found.requests, unit="requests"),
        Fact(name=f"failed requests of {found.day}", value=found.failed, unit="requests"),
        Fact(name="cost of an average other day", value=found.usual_usd, unit="usd"),
        Fact(name="requests of an average other day", value=found.usual_requests, unit="requests"),
        Fact(name="times the average of the other days", value=_ratio(found), unit="count"),
    ]
    if found.peak_hour is not None:
        facts.append(Fact(name="cost of the dearest hour", value=found.peak_usd, unit="usd"))
    if found.requests:
        average = found.cost_usd / found.requests
        facts.append(Fact(name="average cost of a request of that day", value=average, unit="usd"))
    if found.usual_requests:
        usual = found.usual_usd / found.usual_requests
        facts.append(Fact(name="average cost of a request of the other days", value=usual, unit="usd"))
    for rise in found.rises:
        facts.append(Fact(name=f"cost of {rise.key} on that day", value=rise.cost_usd, unit="usd"))
        facts.append(Fact(name=f"cost of {rise.key} on an average other day", value=rise.usual_usd, unit="usd"))
    return facts


SPEND_ON_DAY = Tool(
    "spend_on_day", "What one day cost, against the other days, and what was different.", DayArguments, spend_on_day
)

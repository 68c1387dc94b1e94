"""`odd_days`: days whose cost is out of line, or why one day cost what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Part
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools import day_texts
from common.assistant.tools.days_asked import DaysAsked, days_asked, of_data, rows_of
from common.assistant.tools.tool_results import has_data, or_unanswerable, tool_result
from common.figures.dates import day_said, days_said
from common.figures.quoted import quoted
from common.figures.sentences import say
from common.runs.step import Sentence, ToolResult
from common.spend import Rollup, Unanswerable
from common.spend.measures import Anomalies, OddDay, anomalies, explain_day
from common.spend.measures.day import Day, days_of, on_day
from common.spend.measures.users import users_by_day
from common.spend.semantics.dimensions import WEEKDAYS

_IN_TEXT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """`days` to tell of; `why_not`: why the days cannot be held against what is usual; `plain`: the day asked about."""

    requested: DaysAsked
    report: Anomalies | None
    days: tuple[OddDay, ...]
    why_not: str
    plain: Day | None
    unseen: str
    """Why no user is named, where the data have users."""


async def odd_days(context: ToolContext, _: Arguments) -> ToolResult:
    """What stands out and why: volume, size and price, and the feature, model and user that moved."""
    part = context.part
    judged = await context.compute_on(rows_of(part), None, _looked_up, part)
    names = [mover.key for day in judged.days for mover in day.movers]
    if judged.days and judged.report:
        reported = [day_texts.reported(day, judged.report, part) for day in judged.days]
        failed = _failed(judged, part)
        details = [*(text for one in reported for text in one[1:]), *failed]
        unseen = [quoted(judged.unseen, "users by day")] if judged.unseen and any(d.odd for d in judged.days) else []
        return tool_result(headline=[one[0] for one in reported], details=details, missing=unseen, names=names)
    return _otherwise(judged, part)


def _failed(judged: _Judged, part: Part) -> list[Sentence]:
    return day_texts.failed(judged.plain, part) if judged.plain else []


def _otherwise(judged: _Judged, part: Part) -> ToolResult:
    """Of a day that can be told by itself only, of days that the data lack, and where nothing is out of line."""
    if judged.plain:
        why = [quoted(judged.why_not, "what the data would need", topic="short span")] if judged.why_not else []
        names = [rise.key for rise in judged.plain.rises]
        first, *rest = day_texts.plain(judged.plain, part)
        return tool_result(headline=[first], details=rest, limits=why, names=names)
    if judged.why_not:
        return tool_result(missing=[quoted(judged.why_not, "what the data would need")])
    return tool_result(headline=_none(judged))


def _none(judged: _Judged) -> list[Sentence]:
    requested, report = judged.requested, judged.report
    if report is None:
        return []
    if report.days:
        when = days_said(requested.first, requested.last)
        return [say(f"No day of {when} is out of line with its weekday and the trend.")]
    return [day_texts.nothing(report)]


def _looked_up(rollup: Rollup, part: Part) -> _Judged:
    requested = days_asked(rollup, part)
    days = days_of(rollup)
    plain = on_day(rollup, requested.day) if requested.day in days else None
    report, chosen, why = _chosen(rollup, requested, days)
    if requested.day and not plain:
        why = f"Your data have no request on {day_said(requested.day)}; {of_data(days[0], days[-1])}."
    return _Judged(
        requested=requested, report=report, days=chosen, why_not=why, plain=plain, unseen=_users_unseen(rollup)
    )


def _chosen(
    rollup: Rollup, requested: DaysAsked, days: Sequence[str]
) -> tuple[Anomalies | None, tuple[OddDay, ...], str]:
    """What is out of line, the days to tell, and why there are none."""
    try:
        report = anomalies(rollup)
    except Unanswerable as answer:
        return None, (), str(answer)
    if requested.day:
        if requested.day in days:
            return report, *_explained(rollup, requested.day)
        return report, (), ""
    if requested.weekdays:
        return report, *_of_weekdays(rollup, report, requested, days)
    inside = [day for day in report.days if requested.first <= day.day <= requested.last]
    return report, tuple(inside[:_IN_TEXT]), ""


def _explained(rollup: Rollup, day: str) -> tuple[tuple[OddDay, ...], str]:
    try:
        return (explain_day(rollup, day),), ""
    except KeyError:
        return (), "The data do not hold that day as a whole, so it cannot be held against its like."


def _of_weekdays(
    rollup: Rollup, report: Anomalies, requested: DaysAsked, days: Sequence[str]
) -> tuple[tuple[OddDay, ...], str]:
    """Of each weekday the one that stands out most, else the last; the outer days of the data may be cut."""
    chosen: list[OddDay] = []
    for weekday in requested.weekdays:
        among = [day for day in days[1:-1] if requested.first <= day <= requested.last and _weekday(day) == weekday]
        odd = [day for day in report.days if day.day in among]
        chosen += odd[:1] or [explain_day(rollup, day) for day in among[-1:]]
    named = " or ".join(requested.weekdays)
    return tuple(chosen), "" if chosen else f"The data hold no whole {named} of that time."


def _weekday(day: str) -> str:
    return WEEKDAYS[date.fromisoformat(day).weekday()]


def _users_unseen(rollup: Rollup) -> str:
    if "user" not in rollup.has:
        return ""
    try:
        users_by_day(rollup)
    except Unanswerable as answer:
        return str(answer)
    return ""


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation != Operation.ANOMALY or not has_data(inquiry):
        return ()
    return (Wanted("To see which day is out of line, and why"),)


TOOL = Tool(
    name="odd_days",
    title="Look for days out of line",
    agent="data",
    description=(
        "Days out of line with their weekday and trend, or why one day cost so much: volume, size, price, who moved."
    ),
    arguments=Arguments,
    run=or_unanswerable(odd_days),
    answers=frozenset({Operation.ANOMALY}),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.ANOMALY,
)

"""`business_case`: what the plan is worth over months ahead, against the hours of work that it takes."""

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools import level_texts
from common.assistant.tools.planned import Planned, planned
from common.assistant.tools.tool_results import counted, fact, has_data, or_unanswerable, scope, tool_result
from common.assistant.tools.weighing import needs_evaluation, title
from common.contract.answer import Block, Cell, ChartBlock, TableBlock, Unit
from common.figures.dates import day_said
from common.figures.format import figure
from common.figures.sentences import joined, say
from common.runs.step import Section, Sentence, ShownFigure, ToolError, ToolResult
from common.spend.measures import Forecast, UsdRange, forecast
from common.spend.planning.business_case import (
    AGAIN,
    HORIZONS,
    HOURS,
    MONTH_DAYS,
    STARTS,
    BusinessCase,
    CaseStep,
    business_case,
)
from common.spend.semantics import MeasureName

_MONTH_MS = MONTH_DAYS * 86_400_000.0
_CASES_PCT = 80.0


async def make_case(context: ToolContext, _: Arguments) -> ToolResult:
    """The saving by month, its bounds, the work, and when it pays back."""
    inquiry = context.part.constraints
    if inquiry.hour_usd is not None and inquiry.hour_usd < 0:
        raise ToolError("An hour of work does not cost less than nothing.")
    plan = await planned(context)
    where = context.part.query.where  # the bill ahead is forecast from all days, whatever period the plan is made on
    ahead = await context.compute_on(where, None, forecast, inquiry.growth_pct or None)
    if not plan.plan.steps:
        return tool_result(
            headline=[say("There is nothing to make a case for: no change saves money within your limits.")]
        )
    try:
        case = business_case(plan.plan, ahead, inquiry.horizons or HORIZONS, inquiry.hour_usd)
    except ValueError as error:
        raise ToolError("A business case is over 1 to 60 months.") from error
    return tool_result(
        headline=[_saved(context, case), _work(case, inquiry.hour_usd)],
        details=[
            _monthly(context, case, ahead),
            *level_texts.levels(ahead),
            *level_texts.last_days(ahead, context.part),
            *_unsure(plan),
            *_idle(case, inquiry.hour_usd),
        ],
        limits=[_ramp(), _bounds(), *([] if plan.target.why_not is None else [plan.target.why_not])],
        sections=[Section(heading="What it is made of", points=[_step(step, plan) for step in case.steps])],
        offer=_offer(inquiry.hour_usd),
        names=[*plan.names, *level_texts.names(ahead)],
        blocks=_blocks(case),
    )


def _months(count: float) -> ShownFigure:
    text = "1 month" if count == 1 else f"{count:g} months"
    return ShownFigure(text=text, fact=fact("months ahead", count * _MONTH_MS, "ms"))


def _range(name: str, usd: UsdRange) -> Sentence:
    low = fact(f"{name}, at least", usd.low_usd, "usd")
    return say(
        "{expected} ({low} to {high})",
        expected=fact(name, usd.usd, "usd"),
        low=ShownFigure(text=figure(low.value, "usd").removesuffix(" USD"), fact=low),
        high=fact(f"{name}, at most", usd.high_usd, "usd"),
    )


def _saved(context: ToolContext, case: BusinessCase) -> Sentence:
    """Over each horizon."""
    each = [
        say(
            "about {saving} of {spend} in {months}",
            saving=_range(f"saving in {months} months", case.at(months).so_far),
            spend=fact(f"bill of {months} months", case.spend(months), "usd", scope(context.part, MeasureName.COST)),
            months=_months(months),
        )
        for months in case.horizons
    ]
    return say("The plan saves {each}.", each=joined(each, ", and "))


def _work(case: BusinessCase, hour_usd: float | None) -> Sentence:
    changes = counted("changes of the plan", len(case.steps), "change")
    hours = fact("hours of work", case.hours, "count")
    if case.work_usd is None or hour_usd is None:
        text = "Its {changes} take about {hours} hours of work."
        return say(text, changes=changes, hours=hours)
    work = say(
        "Its {changes} take about {hours} hours of work, {cost} at {price} an hour",
        changes=changes,
        hours=hours,
        cost=fact("cost of the work", case.work_usd, "usd"),
        price=fact("price of an hour", hour_usd, "usd"),
    )
    last = case.horizons[-1]
    if case.payback_days is None:
        return say("{work}, which the saving does not pay back in {months}.", work=work, months=_months(last))
    net = fact(f"saving in {last} months less the work", case.at(last).so_far.usd - case.work_usd, "usd")
    days = counted("days until the work has paid back", round(case.payback_days), "day")
    text = "{work}: that is paid back after {days}, and {net} remain after {months}."
    return say(text, work=work, days=days, net=net, months=_months(last))


def _monthly(context: ToolContext, case: BusinessCase, ahead: Forecast) -> Sentence:
    return say(
        "Once all of it is in effect it saves {full} a month, of a bill of {bill} a month as forecast from {day} on.",
        full=_range("saving of a month", case.full),
        bill=fact("bill of a month", case.monthly.usd, "usd", scope(context.part, MeasureName.COST)),
        day=day_said(ahead.starts),
    )


def _unsure(plan: Planned) -> list[Sentence]:
    """What of it depends on an evaluation."""
    open_steps = [step for step in plan.plan.steps if needs_evaluation(step.opportunity)]
    if not open_steps:
        return []
    share = 100 * sum(step.savings_usd for step in open_steps) / plan.plan.savings_usd
    return [
        say(
            "{share} of the saving needs an evaluation first: {count} may lower the quality of answers.",
            share=fact("share of the saving that needs an evaluation", share, "pct"),
            count=counted("changes that need an evaluation", len(open_steps), "change"),
            topic="evaluation",
        )
    ]


def _idle(case: BusinessCase, hour_usd: float | None) -> list[Sentence]:
    """The changes that are not worth their own work."""
    last = case.horizons[-1]
    if hour_usd is None:
        return []
    idle = [step for step in case.steps if step.saved(last) < step.hours * hour_usd]
    if not idle or len(idle) == len(case.steps):
        return []
    saved = sum(step.saved(last) for step in idle)
    return [
        say(
            "Leave out what does not earn its own work in {months}: {count} of {all}, which save {saved} and take "
            "{hours} "
            "hours.",
            months=_months(last),
            count=fact("changes that do not earn their own work", len(idle), "count"),
            all=fact("changes of the plan", len(case.steps), "count"),
            saved=fact("saving of changes that do not earn their own work", saved, "usd"),
            hours=fact("hours of changes that do not earn their own work", sum(step.hours for step in idle), "count"),
        )
    ]


def _step(each: CaseStep, plan: Planned) -> Sentence:
    item = each.step.opportunity
    return say(
        "{title}: {monthly} a month, from month {start} on, {hours} of work.",
        title=title(item, plan.names),
        monthly=fact(f"monthly saving of {item.title}", each.monthly_usd, "usd"),
        start=fact(f"first month of {item.title}", each.starts, "count"),
        hours=counted(f"hours of work of {item.title}", each.hours, "hour"),
    )


def _ramp() -> Sentence:
    """What was assumed of the work."""
    efforts = [
        say(
            effort + " effort from month {start} on ({hours} hours)",
            start=fact(f"first month of {effort} effort", start, "count"),
            hours=fact(f"hours of {effort} effort", HOURS[effort], "count"),
        )
        for effort, start in STARTS.items()
    ]
    return say(
        "Assumed: changes of {efforts}; each further one of the same kind takes {again} of the hours.",
        efforts=joined(efforts, ", "),
        again=fact("hours of a further change of a kind", 100 * AGAIN, "pct"),
        topic="assumed work",
    )


def _bounds() -> Sentence:
    return say(
        "Each month is taken as the next one of the forecast, with no growth beyond what you name. In brackets: the "
        "least "
        "of the plan on the low end of the forecast, and the most on its high end, which holds in {cases} of cases.",
        cases=fact("share of cases of the interval", _CASES_PCT, "pct"),
        topic="forecast",
    )


def _offer(hour_usd: float | None) -> list[Sentence]:
    if hour_usd is not None:
        return []
    return [say("Name the price of an hour of an engineer in USD, and I add its cost and the payback.")]


def _blocks(case: BusinessCase) -> list[Block]:
    """By month; net of the work from the first month on, where its price is known."""
    so_far = "Saved so far, less the work" if case.work_usd is not None else "Saved so far"
    net = [month.so_far.usd - (case.work_usd or 0.0) for month in case.months]
    labels = [f"Month {month.month}" for month in case.months]
    rows: list[list[Cell]] = [
        [label, case.monthly.usd, month.saving.low_usd, month.saving.usd, month.saving.high_usd, left]
        for label, month, left in zip(labels, case.months, net, strict=True)
    ]
    columns = ["Month", "Bill without the plan", "Saving, at least", "Saving, expected", "Saving, at most", so_far]
    units: list[Unit | None] = [None, "usd", "usd", "usd", "usd", "usd"]
    return [
        TableBlock(title="The case by month", columns=columns, units=units, rows=rows),
        ChartBlock(title=so_far, unit="usd", kind="line", labels=labels, values=net),
    ]


def _calls(request: Inquiry) -> tuple[Wanted, ...]:
    if request.part.operation is not Operation.BUSINESS_CASE or not has_data(request):
        return ()
    return (Wanted("To see what the plan is worth over months"),)


TOOL = Tool(
    name="business_case",
    title="Make a business case",
    agent="optimization",
    description=(
        "The saving of the plan by month over horizons, with bounds from the forecast; the work it takes in hours, "
        "its cost "
        "at the customer's price of an hour, and the payback."
    ),
    arguments=Arguments,
    run=or_unanswerable(make_case),
    answers=frozenset({Operation.BUSINESS_CASE}),
    calls=_calls,
    shows=lambda request: request.part.operation is Operation.BUSINESS_CASE,
)

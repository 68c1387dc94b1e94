"""`before_and_after`: what a request cost before and after a change, and whether that is more than chance."""

from dataclasses import dataclass
from datetime import date, timedelta

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Part
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools import change_texts
from common.assistant.tools.days_asked import first_day_of, of_data, rows_of
from common.assistant.tools.tool_results import has_data, or_unanswerable, tool_result
from common.contract.answer import ChartBlock, TableBlock
from common.figures.names import plain_name
from common.figures.sentences import say
from common.runs.step import ToolResult
from common.spend import Rollup, Unanswerable
from common.spend.measures import PeriodComparison, compare, model_changes, period_of, user_changes
from common.spend.measures.day import days_of
from common.spend.quality.score_changes import score_changes
from common.spend.rollup.bounded_names import OTHER

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _NoDays:
    """Why there is nothing to compare: no change of model was seen, or no days on both sides of the day."""

    first: str
    last: str
    day: str | None


async def before_and_after(context: ToolContext, _: Arguments) -> ToolResult:
    """Cost per request and per 1,000 tokens on both sides of a day, with an interval and a verdict."""
    part = context.part
    cut = await context.compute_on(rows_of(part), None, _cut, part)
    if isinstance(cut, _NoDays):
        if cut.day is None:
            return tool_result(headline=[say(change_texts.NOT_SEEN)])
        text = f"Your data have no days on both sides of that day; {of_data(cut.first, cut.last)}."
        return tool_result(missing=[say(text)])
    return tool_result(
        headline=change_texts.headline(cut, part),
        details=change_texts.details(cut, part),
        limits=change_texts.limits(cut),
        facts=change_texts.facts(cut, part),
        names=change_texts.names(cut),
        blocks=_blocks(cut.comparison),
    )


def _cut(rollup: Rollup, part: Part) -> change_texts.Cut | _NoDays:
    """The comparison at the day asked about, else at the change of model that the data show."""
    days = days_of(rollup)
    requested = first_day_of(rollup, part)
    change = None if requested else next(iter(model_changes(rollup)), None)
    day = change.day if change else requested
    if day is None or not days[0] < day <= days[-1]:
        return _NoDays(days[0], days[-1], day)
    eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    comparison = compare(period_of(rollup, last=eve), period_of(rollup, first=day))
    found_by_day = change or next((one for one in model_changes(rollup) if one.day == day), None)
    return change_texts.Cut(day, found_by_day, comparison, _user(rollup, day), score_changes(rollup, day))


def _user(rollup: Rollup, day: str) -> change_texts.User | None:
    """Whose cost per day differs most; None where users are not known by day."""
    at, days = date.fromisoformat(day).toordinal(), sorted({key.day for key in rollup.cells})
    try:
        changes = user_changes(rollup, [each for each in days if each < at], [each for each in days if each >= at])
    except Unanswerable:
        return None
    changed = next((change for change in changes if change.user != OTHER), None)
    return None if changed is None else change_texts.User(changed.user, changed.before_usd, changed.after_usd)


def _blocks(comparison: PeriodComparison) -> list[TableBlock | ChartBlock]:
    lines = [line for line in comparison.by_feature if line.before_usd is not None and line.after_usd is not None]
    chart = ChartBlock(
        title="Cost of a request after and before",
        unit="usd",
        labels=[plain_name(" ".join(line.keys)) for line in lines[:_SHOWN]],
        values=[line.after_usd or 0.0 for line in lines[:_SHOWN]],
        comparison=[line.before_usd or 0.0 for line in lines[:_SHOWN]],
        series=["after", "before"],
    )
    return [*([chart] if len(lines) > 1 else []), _table(comparison)]


def _table(comparison: PeriodComparison) -> TableBlock:
    return TableBlock(
        title="Cost of a request before and after",
        columns=["Feature", "Model", "Before", "After", "Change", "Verdict"],
        units=[None, None, "usd", "usd", "pct", None],
        rows=[
            [*map(plain_name, line.keys), line.before_usd, line.after_usd, line.change_pct, line.verdict]
            for line in comparison.by_model[:_SHOWN]
        ],
    )


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation != Operation.CHANGE or not has_data(inquiry):
        return ()
    return (Wanted("To compare the time before and after the change"),)


TOOL = Tool(
    name="before_and_after",
    title="Compare before and after",
    agent="data",
    description=(
        "Whether a change was worth it: cost per request and per 1,000 tokens before and after a day, against chance."
    ),
    arguments=Arguments,
    run=or_unanswerable(before_and_after),
    answers=frozenset({Operation.CHANGE}),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.CHANGE,
)

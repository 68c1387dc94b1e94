"""`query_usage`: everything that is measured, as the engine answers it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Part, Question
from common.assistant.question.spoken import spoken
from common.assistant.tool import Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import has_data, tool_result
from common.assistant.tools.usage_arguments import UsageArguments, query_of
from common.assistant.tools.usage_blocks import blocks
from common.assistant.tools.usage_measurement import Measurement, listed
from common.assistant.tools.usage_notes import Extent, extent_of, notes
from common.assistant.tools.usage_sentences import sentences
from common.figures.quoted import quoted
from common.figures.sentences import Name, say
from common.runs.step import Sentence, ToolResult
from common.spend import Rollup
from common.spend.semantics import DIMENSIONS, MEASURES, Rest, Result, Row, Unanswerable, UsageQuery, run
from common.spend.semantics.catalogue import catalogue_of
from common.spend.semantics.names import nearest, value_named
from common.spend.semantics.periods import DayRange, Period, PeriodName
from common.spend.semantics.query import MOST_LINES

_PLANNED = frozenset({Operation.PLAN, Operation.BUSINESS_CASE})
"""Data come before options."""
_MOST_NAMES = 5000
_MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class _Outcome:
    answer: Result | Unanswerable
    extent: Extent
    all_rows: Row | None = None
    second: Row | None = None
    unknown: tuple[Sentence, ...] = ()
    """Names that the data do not have."""


async def query_usage(context: ToolContext, arguments: UsageArguments) -> ToolResult:
    """The answer in a sentence or two, with its lines as a table or a chart; or why there is none."""
    query = query_of(arguments, context.part.query)
    outcome = await context.compute_on((), None, _asked_of, query)
    if isinstance(outcome.answer, Unanswerable):
        return _unanswerable(query, outcome, outcome.answer)
    measurement = Measurement(outcome.answer, outcome.all_rows, outcome.second)
    headline, details = sentences(measurement)
    result = measurement.result
    lines: list[Row | Rest] = [*result.rows[:MOST_LINES], *([result.rest] if result.rest else []), result.total]
    return tool_result(
        headline=headline,
        details=details[:2],
        missing=notes(measurement, outcome.extent),
        facts=measurement.facts(lines),
        names=_names(result),
        blocks=blocks(measurement),
    )


def _asked_of(rollup: Rollup, query: UsageQuery) -> _Outcome:
    """All that the sentences need, from one reading of the data."""
    extent = extent_of(rollup, query.computed)
    answer = run(query, rollup)
    if isinstance(answer, Unanswerable):
        return _Outcome(answer, extent, unknown=tuple(_unknown(query, rollup)))
    if len(answer.rows) > MOST_LINES and not _is_line(query):
        answer = _result(query.model_copy(update={"top": MOST_LINES}), rollup)
    return _Outcome(answer, extent, _all_rows(query, rollup), _second(query, rollup))


def _is_line(query: UsageQuery) -> bool:
    """Days in their order are drawn, however many there are."""
    in_order = query.order is None or query.order.measure is None
    return len(query.by) == 1 and DIMENSIONS[query.by[0]].is_calendar and query.by[0] != "minute" and in_order


def _result(query: UsageQuery, rollup: Rollup) -> Result:
    answer = run(query, rollup)
    if isinstance(answer, Unanswerable):
        raise TypeError(f"fewer lines of a result could not be had: {answer.reason}")
    return answer


def _all_rows(query: UsageQuery, rollup: Rollup) -> Row | None:
    """Of a sum of some rows: the sum of all, in the same period."""
    if not query.where or query.by or query.versus or not MEASURES[query.measures[0]].is_additive:
        return None
    answer = run(query.model_copy(update={"where": ()}), rollup)
    return answer.total if isinstance(answer, Result) else None


def _second(query: UsageQuery, rollup: Rollup) -> Row | None:
    """The line after the only one that is asked for."""
    if query.top != 1:
        return None
    rows = _result(query.model_copy(update={"top": 2}), rollup).rows
    return rows[1] if len(rows) > 1 else None


def _names(result: Result) -> Iterator[str]:
    named = [DIMENSIONS[name].kind == "name" for name in result.query.by]
    for row in result.rows[:MOST_LINES]:
        yield from (key for key, is_name in zip(row.keys, named, strict=True) if is_name)
    for condition in result.query.where:
        yield from condition.values


def _unanswerable(query: UsageQuery, outcome: _Outcome, answer: Unanswerable) -> ToolResult:
    """Why, and the nearest that can be had."""
    reason = list(outcome.unknown) or [quoted(answer.reason, "what the data lack", topic="unanswerable")]
    names = [value for condition in query.where for value in condition.values]
    return tool_result(missing=reason, offer=_offer(query, answer.nearest, outcome.extent.days), names=names)


def _offer(query: UsageQuery, instead: UsageQuery | None, data: DayRange) -> list[Sentence]:
    """Only what has something of the question."""
    if instead is None or not set(instead.measures) & set(query.measures) or (query.where and not instead.where):
        return []
    dated = instead if instead.period else instead.model_copy(update={"period": _all_days(data)})
    words = spoken(Question(parts=(Part(operation=Operation.MEASURE, query=dated),)), data)
    return [quoted(f"Ask instead for the {words[:1].lower()}{words[1:]}", "limit of the question", topic="nearest")]


def _all_days(data: DayRange) -> Period:
    first, last = (date.fromordinal(day) for day in (data.first, data.last))
    return Period(name=PeriodName.BETWEEN, first=first, last=last)


def _unknown(query: UsageQuery, rollup: Rollup) -> Iterator[Sentence]:
    """Values that the data do not have, each with the nearest one."""
    listing = catalogue_of(rollup, most=_MOST_NAMES).dimensions
    there = {each.name: each.values for each in listing if DIMENSIONS[each.name].kind == "name"}
    for condition in query.where:
        values = there.get(condition.dimension)
        title = DIMENSIONS[condition.dimension].title
        for value in condition.values if values else ():
            if value_named(condition.dimension, value, values or ()) is not None:
                continue
            close = nearest(value, values or ())
            if close:
                template = f"Your data have no {title} {{value}}; the nearest is {{close}}."
                yield say(template, value=Name(value), close=Name(close), topic="unknown name")
            else:
                names = listed([say("{name}", name=Name(name)) for name in (values or ())[:_MOST_LISTED]])
                template = f"Your data have no {title} {{value}}; they have {{names}}{{more}}."
                more = " and others" if len(values or ()) > _MOST_LISTED else ""
                yield say(template, value=Name(value), names=names, more=more, topic="unknown name")


def _calls(inquiry: Inquiry) -> Sequence[Wanted]:
    """What is asked; before a plan, where the money goes."""
    if not has_data(inquiry):
        return ()
    if inquiry.part.operation == Operation.MEASURE:
        return (Wanted("To measure what you ask about"),)
    if inquiry.part.operation in _PLANNED:
        by = "feature" if "feature" in inquiry.has else "model"
        return (Wanted(f"To see which {by} the money goes to", {"measures": ["cost"], "by": [by]}),)
    return ()


TOOL = Tool(
    name="query_usage",
    title="Measure usage",
    agent="data",
    description="Any measure of the usage data: totals, by groups, over time, compared between periods, with limits.",
    arguments=UsageArguments,
    run=query_usage,
    answers=frozenset({Operation.MEASURE}),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.MEASURE,
)

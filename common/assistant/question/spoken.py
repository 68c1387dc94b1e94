"""A question said back in words."""

from collections.abc import Iterator
from datetime import date

from common.assistant.question.days import days_said
from common.assistant.question.model import COST_OF_ALL, Operation, Part, Question
from common.assistant.question.operations import OPERATIONS
from common.assistant.question.words import (
    condition_said,
    constraint_items,
    constraint_said,
    group_said,
    lowered,
    period_said,
    threshold_said,
    top_said,
    versus_said,
)
from common.figures.names import plain_name, shown_name
from common.spend.semantics import MEASURES, PeriodName, UsageQuery
from common.spend.semantics.periods import DayRange

STALE_DAYS = 3
"""How many days before today the data may end without a word on it."""


def spoken(question: Question, data: DayRange | None = None, *, today: date | None = None) -> str:
    """The reading in a sentence or a few; "" where it is trivial.

    `data`: the days of the data, which turn "last week" into dates; with `today` a period that is counted back from
    their end says that they end earlier, if they do.
    """
    parts = [text for part in question.parts if (text := _part_said(part, data))]
    sentences = [f"{'; then '.join(parts)}"] if parts else []
    sentences += [text.rstrip(".") for text in question.doubts]
    if data and today and _is_stale(question, data, today):
        sentences.append(f"Your data end on {days_said(DayRange(data.last, data.last))}")
    if question.unread:
        words = ", ".join(f"\u201c{plain_name(word)}\u201d" for word in question.unread)
        sentences.append(f"Not used: {words}")
    return ". ".join(text[:1].upper() + text[1:] for text in sentences) + ("." if len(sentences) > 1 else "")


def _is_stale(question: Question, data: DayRange, today: date) -> bool:
    periods = [period for part in question.parts for period in (part.query.period, part.query.versus) if period]
    counted_back = any(period.name != PeriodName.BETWEEN for period in periods)
    return counted_back and today.toordinal() - data.last > STALE_DAYS


def _part_said(part: Part, data: DayRange | None) -> str:
    if part.operation == Operation.MEASURE:
        return "" if part.query == COST_OF_ALL else _query_said(part.query, data)
    constraints = [constraint_said(field, value, shown_name) for field, _, value in constraint_items(part.constraints)]
    models = [f"on {' and '.join(map(shown_name, part.models))}"] if part.models else []
    limits = [*models, *_rows_said(part.query, data), *constraints]
    title = OPERATIONS[part.operation].title
    return f"{title}: {', '.join(limits)}" if limits else ""


def _rows_said(query: UsageQuery, data: DayRange | None) -> list[str]:
    conditions = [condition_said(each, shown_name) for each in query.where]
    return [*conditions, *([period_said(query.period, data)] if query.period else [])]


def _query_said(query: UsageQuery, data: DayRange | None) -> str:
    measures = _and([lowered(MEASURES[name].title) for name in query.measures])
    pieces = [" ".join([measures, *(condition_said(each, shown_name) for each in query.where)])]
    if query.period or query.versus:
        pieces.append(period_said(query.period, data))
    if query.versus:
        pieces.append(versus_said(query, data))
    if query.by:
        pieces.append(f"by {' and '.join(map(group_said, query.by))}")
    return ", ".join([*pieces, *_lines_said(query)])


def _lines_said(query: UsageQuery) -> Iterator[str]:
    if query.threshold:
        yield f"only those with {threshold_said(query.threshold)}"
    if query.top:
        yield top_said(query.top)
    order = query.order
    if order and order.measure is None:
        yield "in reverse order" if order.descending else "in order"
    elif order and order.measure:
        way = "largest" if order.descending else "smallest"
        what = "change" if order.by_difference else lowered(MEASURES[order.measure].title)
        yield f"{way} {what} first"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

"""The arguments of `query_usage`: flat, as a strict schema has them; without any, the part's own query is meant."""

import re
from datetime import date

from pydantic import Field, ValidationError

from common.assistant.tool import Arguments
from common.runs.step import ToolError
from common.spend.semantics import (
    DIMENSIONS,
    MEASURES,
    PERIODS,
    Condition,
    Order,
    Period,
    PeriodName,
    Threshold,
    UsageQuery,
    last_days,
)
from common.spend.semantics.names import UnknownNameError, dimension_named, measure_named, period_named

_CONDITION = re.compile(r"(?P<dimension>[^=!]+?)\s*(?P<negated>!)?=\s*(?P<values>.+)", re.DOTALL)
_LAST_DAYS = re.compile(r"last (\d+) days")
_COUNTED = ", ".join(name for name in PERIODS if name not in ("last_days", "between"))
_PERIODS = f"{_COUNTED}, 'last 30 days', or two ISO days as 2026-11-01/2026-11-20"


class UsageArguments(Arguments):
    """What to measure. The customer's own rows and period hold whatever is added here."""

    measures: list[str] = Field(
        default=[], description=f"Measures by name; empty: as the question has it. There are: {', '.join(MEASURES)}."
    )
    where: list[str] = Field(
        default=[], description="Conditions: 'feature=chat', 'model!=gpt-4o', several values with '|' between them."
    )
    period: str = Field(default="", description=f"Empty: that of the question. Else {_PERIODS}.")
    versus: str = Field(default="", description="A period to compare with; empty: none.")
    by: list[str] = Field(default=[], description=f"Up to two of: {', '.join(DIMENSIONS)}.")
    order_by: str = Field(default="", description="A measure to order lines by; empty: the first measure, or time.")
    ascending: bool = Field(default=False, description="Whether the smallest stand first.")
    by_difference: bool = Field(default=False, description="Order by the change between the two periods.")
    top: int = Field(default=0, description="How many lines; 0: all.")
    at_least: float | None = Field(default=None, description="Only lines whose first measure is at least this.")
    at_most: float | None = Field(default=None, description="Only lines whose first measure is at most this.")


def query_of(arguments: UsageArguments, inquiry: UsageQuery) -> UsageQuery:
    """The query of a call: that of the part, or another one of the part's rows. Raises ToolError for what is none."""
    if not arguments.measures:
        return inquiry
    try:
        return _query(arguments, inquiry)
    except (UnknownNameError, ValidationError, ValueError) as error:
        reasons = [item["msg"] for item in error.errors()] if isinstance(error, ValidationError) else [str(error)]
        raise ToolError(f"That cannot be measured: {'; '.join(reasons)}.") from error


def _query(arguments: UsageArguments, inquiry: UsageQuery) -> UsageQuery:
    measures = tuple(map(measure_named, arguments.measures))
    own = tuple(_condition(text) for text in arguments.where)
    limits = (arguments.at_least, arguments.at_most)
    order = measure_named(arguments.order_by) if arguments.order_by else measures[0]
    is_ordered = arguments.order_by or arguments.ascending or arguments.by_difference
    return UsageQuery(
        measures=measures,
        where=(*inquiry.where, *(each for each in own if each not in inquiry.where)),
        period=_period(arguments.period) or inquiry.period,
        versus=_period(arguments.versus),
        by=tuple(map(dimension_named, arguments.by)),
        order=Order(measure=order, descending=not arguments.ascending, by_difference=arguments.by_difference)
        if is_ordered
        else None,
        top=arguments.top or None,
        threshold=Threshold(measure=measures[0], at_least=limits[0], at_most=limits[1])
        if limits != (None, None)
        else None,
    )


def _condition(text: str) -> Condition:
    match = _CONDITION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no condition such as feature=chat")
    values = tuple(value.strip() for value in match["values"].split("|"))
    return Condition(dimension=dimension_named(match["dimension"]), values=values, negated=bool(match["negated"]))


def _period(text: str) -> Period | None:
    if not text:
        return None
    if days := _LAST_DAYS.fullmatch(text):
        return last_days(int(days[1]))
    if "/" in text:
        first, last = text.split("/", 1)
        return Period(name=PeriodName.BETWEEN, first=date.fromisoformat(first), last=date.fromisoformat(last))
    return Period(name=period_named(text))

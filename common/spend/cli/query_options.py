"""The arguments of `query`, and the query that they make."""

import argparse
import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from common.spend.semantics import (
    MEASURES,
    PERIODS,
    Condition,
    DimensionName,
    MeasureName,
    Order,
    Period,
    PeriodName,
    Threshold,
    UsageQuery,
)
from common.spend.semantics.names import dimension_named, measure_named, period_named

_CONDITION = re.compile(r"([^=!<>]+?)\s*(!=|=)\s*(.+)", re.DOTALL)
_THRESHOLD = re.compile(r"([^=!<>]+?)\s*(>=|<=)\s*(-?[\d.,]+)")
_LAST = re.compile(r"(\d+)\s*([dw])")
_HOURS = re.compile(r"(\d\d?)-(\d\d?)")
_WEEK = 7


class QueryOptionError(Exception):
    """An argument that makes no query; `str` says why."""


def add_query_options(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    group = parser.add_argument_group("query", "what is asked; docs/measures.md explains measures and dimensions")
    names = ", ".join(MEASURES)
    several: dict[str, Any] = {"action": "append", "default": []}
    group.add_argument("--measure", **several, metavar="M[,M]", help=f"{names} (default: cost)")
    group.add_argument("--by", **several, metavar="D[,D]", help=f"up to two of {', '.join(DimensionName)}")
    group.add_argument("--where", **several, metavar="D=V", help='conditions: "model=gpt-4o,o3 feature!=batch"')
    group.add_argument("--weekday", metavar="V[,V]", help="only these: mon,tue")
    group.add_argument("--hour", metavar="V[,V]", help="only these hours (UTC): 9-17, the last one included")
    group.add_argument("--last", metavar="N", help="days or weeks up to the last day of the data: 7d, 4w")
    group.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY", help="first day, included")
    group.add_argument("--to", dest="end", type=date.fromisoformat, metavar="DAY", help="last day, included")
    periods = ", ".join(name for name in PERIODS if name not in (PeriodName.LAST_DAYS, PeriodName.BETWEEN))
    group.add_argument("--period", metavar="P", help=f"a period by its name: {periods}")
    group.add_argument("--versus", metavar="P", help="what to compare with: previous, or another period, or DAY..DAY")
    group.add_argument("--order", metavar="M", help="by this measure, or name; with :asc, :difference, or both")
    group.add_argument("--top", type=int, metavar="N", help="only so many lines, all others together")
    group.add_argument("--threshold", metavar="M>=X", help="only lines with at least, or at most, so much: cost>=5")
    group.add_argument("--query", metavar="JSON", help="the whole query, as --json prints it, instead of all these")


def query_of(options: argparse.Namespace) -> UsageQuery:
    """The query. Raises QueryOptionError, or UnknownNameError for a measure, dimension or period."""
    try:
        return UsageQuery.model_validate_json(options.query) if options.query else _query(options)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}".lstrip(": ") for each in error.errors())
        raise QueryOptionError("; ".join(problems)) from error


def _query(options: argparse.Namespace) -> UsageQuery:
    measures = tuple(map(measure_named, _words(options.measure))) or (MeasureName.COST,)
    return UsageQuery(
        measures=measures,
        where=tuple(_conditions(options)),
        period=_period(options),
        versus=_versus(options.versus) if options.versus else None,
        by=tuple(map(dimension_named, _words(options.by))),
        order=_order(options.order) if options.order else None,
        top=options.top,
        threshold=_threshold(options.threshold) if options.threshold else None,
    )


def _words(texts: Sequence[str]) -> list[str]:
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def _conditions(options: argparse.Namespace) -> Iterator[Condition]:
    for text in options.where:
        for part in _split(text):
            match = _CONDITION.fullmatch(part)
            if match is None:
                raise QueryOptionError(f"{part!r} is no condition such as model=gpt-4o or feature!=batch.")
            name, sign, values = match.groups()
            yield _condition(dimension_named(name), values, negated=sign == "!=")
    if options.weekday:
        yield _condition(DimensionName.WEEKDAY, options.weekday)
    if options.hour:
        yield _condition(DimensionName.HOUR, _HOURS.sub(_hours, options.hour))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise QueryOptionError(f"{text!r} has a quotation mark without its other half.") from error


def _condition(name: DimensionName, values: str, *, negated: bool = False) -> Condition:
    return Condition(dimension=name, values=tuple(_words([values])), negated=negated)


def _hours(match: re.Match[str]) -> str:
    first, last = int(match[1]), int(match[2])
    if first > last:
        raise QueryOptionError(f"{match[0]!r}: the first hour is after the last one.")
    return ",".join(f"{hour:02}" for hour in range(first, last + 1))


def _period(options: argparse.Namespace) -> Period | None:
    between: dict[str, Any] = {"first": options.first, "last": options.end}
    if sum((options.last is not None, options.period is not None, any(between.values()))) > 1:
        raise QueryOptionError("Say the period once: --last, --period, or --from and --to.")
    if options.last is not None:
        return _last(options.last)
    if options.period is not None:
        return Period(name=period_named(options.period))
    return Period(name=PeriodName.BETWEEN, **between) if any(between.values()) else None


def _last(text: str) -> Period:
    match = _LAST.fullmatch(text)
    if match is None:
        raise QueryOptionError(f"{text!r} is no number of days or weeks such as 7d or 4w.")
    return Period(name=PeriodName.LAST_DAYS, days=int(match[1]) * (_WEEK if match[2] == "w" else 1))


def _versus(text: str) -> Period:
    first, dots, last = text.partition("..")
    if not dots:
        return Period(name=period_named(text))
    try:
        return Period(name=PeriodName.BETWEEN, first=date.fromisoformat(first), last=date.fromisoformat(last))
    except ValueError as error:
        raise QueryOptionError(f"{text!r} is no period such as 2026-10-01..2026-10-07.") from error


def _order(text: str) -> Order:
    name, *ways = text.split(":")
    unknown = set(ways) - {"asc", "desc", "difference"}
    if unknown:
        raise QueryOptionError(f"An order is by a measure with :asc, :desc or :difference, not :{min(unknown)}.")
    if name == "name":
        return Order(measure=None, descending="desc" in ways)
    return Order(measure=measure_named(name), descending="asc" not in ways, by_difference="difference" in ways)


def _threshold(text: str) -> Threshold:
    match = _THRESHOLD.fullmatch(text.strip())
    if match is None:
        raise QueryOptionError(f"{text!r} is no threshold such as cost>=5.")
    name, sign, number = match.groups()
    try:
        value = float(number.replace(",", ""))
    except ValueError as error:
        raise QueryOptionError(f"{number!r} is no number.") from error
    bound = {"at_least" if sign == ">=" else "at_most": value}
    return Threshold(measure=measure_named(name), **bound)

"""The arguments of `query`, and the query that they make."""

import argparse
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from common.spend.cli.scope_options import add_scope_options, problems_of, scope_of, words_of
from common.spend.semantics import (
    MEASURES,
    DimensionName,
    MeasureName,
    Order,
    Period,
    PeriodName,
    Threshold,
    UsageQuery,
)
from common.spend.semantics.names import dimension_named, measure_named, period_named

_THRESHOLD = re.compile(r"([^=!<>]+?)\s*(>=|<=)\s*(-?[\d.,]+)")


class QueryOptionError(Exception):
    """An argument that makes no query; `str` says why."""


def add_query_options(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_scope_options(parser)
    group = parser.add_argument_group("query", "what is asked; docs/measures.md explains measures and dimensions")
    names = ", ".join(MEASURES)
    several: dict[str, Any] = {"action": "append", "default": []}
    group.add_argument("--measure", **several, metavar="M[,M]", help=f"{names} (default: cost)")
    group.add_argument("--by", **several, metavar="D[,D]", help=f"up to two of {', '.join(DimensionName)}")
    group.add_argument("--versus", metavar="P", help="what to compare with: previous, or another period, or DAY..DAY")
    group.add_argument("--order", metavar="M", help="by this measure, or name; with :asc, :difference, or both")
    group.add_argument("--top", type=int, metavar="N", help="only so many lines, all others together")
    group.add_argument(
        "--threshold", **several, metavar="M>=X", help="only lines with at least, or at most, so much: cost>=5"
    )
    group.add_argument("--query", metavar="JSON", help="the entire query, as --json prints it, instead of all these")


def query_of(options: argparse.Namespace) -> UsageQuery:
    """The query. Raises QueryOptionError, ScopeOptionError, or UnknownNameError for a measure, dimension or period."""
    try:
        return _in_json(options) if options.query else _query(options)
    except ValidationError as error:
        raise QueryOptionError(problems_of(error)) from error


def _query(options: argparse.Namespace) -> UsageQuery:
    measures = tuple(map(measure_named, words_of(options.measure))) or (MeasureName.COST,)
    where, period = scope_of(options)
    return UsageQuery(
        measures=measures,
        where=where,
        period=period,
        versus=_versus(options.versus) if options.versus else None,
        by=tuple(map(dimension_named, words_of(options.by))),
        order=_order(options.order) if options.order else None,
        top=options.top,
        threshold=_threshold(options.threshold) if options.threshold else None,
    )


def _in_json(options: argparse.Namespace) -> UsageQuery:
    names = ("measure", "by", "where", "weekday", "hour", "last", "first", "end", "period")
    others = [name for name in (*names, "versus", "order", "top", "threshold") if getattr(options, name)]
    if others:
        raise QueryOptionError("--query says everything, so no other option of a query goes with it.")
    return UsageQuery.model_validate_json(options.query)


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


def _threshold(texts: Sequence[str]) -> Threshold:
    """Two of one measure are its least and its most."""
    found = [_bound(text) for text in texts]
    measures = {measure for measure, _, _ in found}
    bounds = {name: value for _, name, value in found}
    if len(measures) > 1 or len(bounds) < len(found):
        raise QueryOptionError("A query has thresholds on one measure: at least, at most, or both.")
    return Threshold(measure=measures.pop(), **bounds)


def _bound(text: str) -> tuple[MeasureName, str, float]:
    match = _THRESHOLD.fullmatch(text.strip())
    if match is None:
        raise QueryOptionError(f"{text!r} is no threshold such as cost>=5.")
    name, sign, number = match.groups()
    try:
        value = float(number.replace(",", ""))
    except ValueError as error:
        raise QueryOptionError(f"{number!r} is no number.") from error
    return measure_named(name), "at_least" if sign == ">=" else "at_most", value

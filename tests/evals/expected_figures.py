"""The figures that must open an answer, by DuckDB on the rows: no code of the engine counts them."""

import math
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from common.spend.semantics import DIMENSIONS, MEASURES, MeasureName, Threshold, Unanswerable, UsageQuery
from tests.campaigns.queries.truth import Days, days_of
from tests.evals.data import Data
from tests.evals.normal import outcome_of

Numbers: TypeAlias = tuple[tuple[float, float], ...]
"""Each with by how much of itself it may be off."""
_EXACT, _SKETCHED = 1e-6, 0.0051
_PERCENTILES = ("latency", "ttft", "input_p")


def figures_of(query: UsageQuery, data: Data) -> Numbers:
    """Of a total, and of a comparison: the measures, in both periods. Of lines: the value of the first one; those in
    time have their total, if it adds up; and those within a threshold are counted.

    None of what the rows do not say, nor of lines that stand in the order of their differences.
    """
    days = days_of(query.period, data.truth.days)
    versus = days_of(query.versus, data.truth.days, days) if query.versus else None
    if days is None or isinstance(outcome_of(query, data.name), Unanswerable):
        return ()
    if query.order and query.order.by_difference:
        return ()
    if query.by and query.threshold:
        return tuple((float(count), _EXACT) for count in (len(_within(query, days, data)),) if count)
    if query.by and not versus:
        return _numbers(_of_lines(query, days, data))
    names = [name for name in query.measures if not query.by or MEASURES[name].is_additive]
    totals = [data.truth.total(_of_all(query), each, []) for each in (days, versus) if each]
    values = (pair for each in totals for pair in zip(query.measures, each, strict=True))
    return _numbers((name, value) for name, value in values if name in names)


def is_unknown(query: UsageQuery, data: Data) -> bool:
    """Whether the rows tell none of a total's measures, so that 0 would be false."""
    days = days_of(query.period, data.truth.days)
    return not query.by and days is not None and not any(map(_is_known, data.truth.total(query, days, [])))


def _is_known(value: float | None) -> bool:
    return value is not None


def _of_all(query: UsageQuery) -> UsageQuery:
    return query.model_copy(update={"by": (), "order": None, "top": None, "threshold": None})


def _within(query: UsageQuery, days: Days, data: Data) -> list[tuple[float | None, ...]]:
    lines = data.truth.lines(query, days, query.computed)
    return [line for line in lines.values() if _is_within(query, line)]


def _of_lines(query: UsageQuery, days: Days, data: Data) -> Iterator[tuple[MeasureName, float | None]]:
    is_in_time = any(DIMENSIONS[name].kind == "time" for name in query.by)
    ordering = query.order.measure if query.order else None
    if is_in_time and not ordering and not query.top:
        if MEASURES[query.measures[0]].is_additive:
            yield query.measures[0], data.truth.total(query, days, [])[0]
        return
    measure = ordering or query.measures[0]
    values = [line[query.computed.index(measure)] for line in _within(query, days, data)]
    known = [value for value in values if value is not None]
    if known:
        yield measure, min(known) if query.order and not query.order.descending else max(known)


def _is_within(query: UsageQuery, line: tuple[float | None, ...]) -> bool:
    if query.threshold is None:
        return True
    value, low, high = line[query.computed.index(query.threshold.measure)], *_bounds(query.threshold)
    return value is not None and low <= value <= high


def _bounds(threshold: Threshold) -> tuple[float, float]:
    low, high = threshold.at_least, threshold.at_most
    return -math.inf if low is None else low, math.inf if high is None else high


def _numbers(values: Iterable[tuple[MeasureName, float | None]]) -> Numbers:
    return tuple(
        (float(value), _SKETCHED if any(word in name for word in _PERCENTILES) else _EXACT)
        for name, value in values
        if value is not None
    )

"""Random valid queries: most of them such as a part of the rollup holds, some such as none does."""

import random
from collections.abc import Sequence
from datetime import timedelta

from common.spend.semantics.dimensions import DIMENSIONS, DimensionName
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.periods import Period, PeriodName
from common.spend.semantics.query import Condition, Order, Threshold, UsageQuery
from tests.campaigns.queries.truth import Truth

_D = DimensionName
_CALENDAR = (_D.DAY, _D.WEEK, _D.MONTH, _D.WEEKDAY)
_OF_CELLS = (*_CALENDAR, _D.FEATURE, _D.PROVIDER, _D.MODEL, _D.STATUS, _D.TIER)
_OF_LINES = (
    MeasureName.COST, MeasureName.REQUESTS, MeasureName.FAILED_REQUESTS, MeasureName.ERROR_RATE,
    MeasureName.UNPRICED_REQUESTS, MeasureName.INPUT_TOKENS, MeasureName.OUTPUT_TOKENS, MeasureName.TOTAL_TOKENS,
    MeasureName.AVERAGE_INPUT_TOKENS, MeasureName.AVERAGE_OUTPUT_TOKENS, MeasureName.COST_PER_REQUEST,
)  # fmt: skip
_OF_MINUTES = (
    MeasureName.REQUESTS, MeasureName.INPUT_TOKENS, MeasureName.TOTAL_TOKENS, MeasureName.AVERAGE_OUTPUT_TOKENS,
)  # fmt: skip
_NOT_BY_DAY = ("latency", "ttft", "input_p", "input_floor", "repeated")
_COUNTED = tuple(name for name in MeasureName if not name.startswith(_NOT_BY_DAY))
_SHAPES: Sequence[tuple[int, Sequence[DimensionName], Sequence[MeasureName], bool]] = (
    (10, _OF_CELLS, _COUNTED, True),
    (3, (_D.USER, *_CALENDAR), _OF_LINES, True),
    (3, (_D.USER, _D.FEATURE, *_CALENDAR), _OF_LINES, True),
    (3, (_D.HOUR, *_CALENDAR), _OF_LINES, True),
    (3, (_D.HOUR, _D.FEATURE, _D.PROVIDER, _D.MODEL, *_CALENDAR), _OF_LINES, True),
    (5, (*_CALENDAR, _D.FEATURE, _D.PROVIDER, _D.MODEL), tuple(MeasureName), True),
    (3, (_D.FEATURE, _D.PROVIDER, _D.MODEL), tuple(MeasureName), False),
    (2, (_D.MINUTE, _D.HOUR, *_CALENDAR), _OF_MINUTES, True),
    (3, tuple(DimensionName), tuple(MeasureName), True),
)
"""(how often, dimensions, measures, whether with periods)."""


_FITTING = 0.9
"""How often only of what the log has."""


def question(draw: random.Random, truth: Truth) -> UsageQuery:
    """A query of the log's own values."""
    weights = [shape[0] for shape in _SHAPES]
    _, dimensions, measures, timed = draw.choices(_SHAPES, weights)[0]
    if draw.random() < _FITTING:
        measures = [name for name in measures if truth.shows(name)]
        dimensions = [name for name in dimensions if truth.shows(name)]
    chosen = tuple(draw.sample(measures, min(len(measures), draw.choice([1, 1, 2, 3]))))
    by = tuple(draw.sample(dimensions, min(len(dimensions), draw.choice([0, 1, 1, 2]))))
    period = _period(draw, truth) if timed and draw.random() < 0.6 else None
    versus = None
    calendar = any(DIMENSIONS[name].is_calendar for name in by)
    if timed and draw.random() < (0.02 if calendar else 0.3):
        versus = Period(name=PeriodName.PREVIOUS) if period and draw.random() < 0.6 else _period(draw, truth)
    where = tuple(_condition(draw, truth, dimensions) for _ in range(draw.choice([0, 0, 1, 1, 2])))
    return UsageQuery(
        measures=chosen,
        where=where,
        period=period,
        versus=versus,
        by=by,
        order=_order(draw, chosen, has_versus=versus is not None) if by else None,
        top=draw.choice([None, None, 1, 3, 10]) if by else None,
        threshold=_threshold(draw, draw.choice(chosen)) if by else None,
    )


def _period(draw: random.Random, truth: Truth) -> Period:
    name = draw.choice([each for each in PeriodName if each != PeriodName.PREVIOUS])
    if name == PeriodName.LAST_DAYS:
        return Period(name=name, days=draw.choice([1, 2, 7, 14, 30, 90]))
    if name != PeriodName.BETWEEN:
        return Period(name=name)
    length = (truth.days[1] - truth.days[0]).days
    start = truth.days[0] + timedelta(days=draw.randrange(-3, length + 3))
    end = start + timedelta(days=draw.randrange(12))
    first, last = draw.choice([(start, end), (start, end), (start, None), (None, end)])
    return Period(name=name, first=first, last=last)


def _condition(draw: random.Random, truth: Truth, dimensions: Sequence[DimensionName]) -> Condition:
    name = draw.choice(dimensions)
    present = truth.values(name)
    values = tuple(draw.sample(present, min(len(present), draw.choice([1, 1, 2, 5]))))
    if draw.random() < 0.04:
        values = ("no such value", *values)
    return Condition(dimension=name, values=values, negated=draw.random() < 0.35)


def _order(draw: random.Random, chosen: Sequence[MeasureName], *, has_versus: bool) -> Order | None:
    if draw.random() < 0.5:
        return None
    measure = draw.choice([None, *chosen, *chosen, draw.choice(list(MEASURES))])
    differs = has_versus and measure is not None and draw.random() < 0.4
    return Order(measure=measure, descending=draw.random() < 0.7, by_difference=differs)


def _threshold(draw: random.Random, measure: MeasureName) -> Threshold | None:
    if draw.random() < 0.75:
        return None
    low = draw.choice([None, 0.0, 0.5, 10.0, 5_000.0])
    high = draw.choice([1.0, 50.0, 10_000.0, 10.0**7]) if low is None or draw.random() < 0.2 else None
    return Threshold(measure=measure, at_least=low, at_most=high)

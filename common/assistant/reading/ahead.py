"""Periods after the data: they ask for a forecast, which has days of its own."""

from datetime import date
from itertools import pairwise

from common.assistant.reading.clause import Clause
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.times import periods_of
from common.spend.measures.forecast import DAYS
from common.spend.semantics import MeasureName
from common.spend.semantics.periods import DayRange, range_of


def asks_ahead(clause: Clause, data: DayRange) -> bool:
    """Whether it asks for nothing but the cost of days to come."""
    costs = set(clause.measures) <= {MeasureName.COST} and clause.versus is None and not clause.bound
    alone = costs and not clause.by and not clause.weak_by
    return alone and bool(clause.periods) and all(range_of(each, data).first > data.last for each in clause.periods)


def look_ahead(clause: Clause, data: DayRange) -> None:
    """Of a forecast: days to come are no rows of the data, and which days are forecast is said."""
    lengths = [
        mark for mark in clause.marks if mark.sign == Sign.PERIOD and mark.doubt and mark.lead in ("for", "over")
    ]
    counted = {period for mark in lengths for period in periods_of(mark)}
    ahead = {each for each in clause.periods if each in counted or range_of(each, data).first > data.last}
    if not ahead and not _counts_days(clause.marks):
        return
    clause.periods = [each for each in clause.periods if each not in ahead]
    clause.doubts = [each for each in clause.doubts if each not in {mark.doubt for mark in lengths}]
    starts = date.fromordinal(data.last + 1)
    clause.doubts.append(
        f"The forecast is of the {DAYS} days from {starts.day} {starts:%B %Y} on, not of other days ahead."
    )


def _counts_days(marks: list[Mark]) -> bool:
    """As in "forecast 60 days"."""
    pairs = pairwise(marks)
    return any(
        first.sign == Sign.NUMBER and first.value != DAYS and second.value in ("day", "week") for first, second in pairs
    )

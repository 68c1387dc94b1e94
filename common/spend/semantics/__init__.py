"""The semantic layer: measures, dimensions and periods, each declared once, and the engine that answers queries."""

from common.spend.semantics.dimensions import DIMENSIONS, DimensionName
from common.spend.semantics.engine import run
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.periods import PERIODS, Period, PeriodName, last_days
from common.spend.semantics.plan import parts_of
from common.spend.semantics.query import Condition, Order, Threshold, UsageQuery
from common.spend.semantics.result import Coverage, Rest, Result, Row, Unanswerable

__all__ = [
    "DIMENSIONS",
    "MEASURES",
    "PERIODS",
    "Condition",
    "Coverage",
    "DimensionName",
    "MeasureName",
    "Order",
    "Period",
    "PeriodName",
    "Rest",
    "Result",
    "Row",
    "Threshold",
    "Unanswerable",
    "UsageQuery",
    "last_days",
    "parts_of",
    "run",
]

"""What a rollup answers beyond totals: waste, odd days, the next month, headroom, before and after."""

from common.spend.measures.anomalies import Anomalies, Mover, OddDay, OddHour, anomalies, explain_day
from common.spend.measures.changes import ModelChange, model_changes
from common.spend.measures.comparison import Period, PeriodComparison, UnitCostChange, compare, period_of
from common.spend.measures.effects import Effects
from common.spend.measures.forecast import Forecast, UsdRange, forecast
from common.spend.measures.headroom import Headroom, Peak, headroom, peaks
from common.spend.measures.levels import LevelChange
from common.spend.measures.users import UserChange, user_changes, users_by_day
from common.spend.measures.waste import RetryBound, Waste, WasteShare, waste

__all__ = [
    "Anomalies",
    "Effects",
    "Forecast",
    "Headroom",
    "LevelChange",
    "ModelChange",
    "Mover",
    "OddDay",
    "OddHour",
    "Peak",
    "Period",
    "PeriodComparison",
    "RetryBound",
    "UnitCostChange",
    "UsdRange",
    "UserChange",
    "Waste",
    "WasteShare",
    "anomalies",
    "compare",
    "explain_day",
    "forecast",
    "headroom",
    "model_changes",
    "peaks",
    "period_of",
    "user_changes",
    "users_by_day",
    "waste",
]

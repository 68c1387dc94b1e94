"""The quality guard: what evidence says of a change that can affect answers."""

from common.spend.quality.evaluation import (
    NO_EVALUATIONS,
    Evaluation,
    Evaluations,
    PreferenceCounts,
    QualityComparison,
    ReplayResult,
)
from common.spend.quality.evaluation_files import EvaluationError, read_evaluation, read_evaluations
from common.spend.quality.replay import Judge, Pair, Preference, replay

__all__ = [
    "NO_EVALUATIONS",
    "Evaluation",
    "EvaluationError",
    "Evaluations",
    "Judge",
    "Pair",
    "Preference",
    "PreferenceCounts",
    "QualityComparison",
    "ReplayResult",
    "read_evaluation",
    "read_evaluations",
    "replay",
]

"""Why a run ended: one closed list, kept in its control document and its dead letter, so that ends can be counted."""

from enum import StrEnum

from common.errors import ApexError, ErrorCode


class EndReason(StrEnum):
    """The first two are normal ends; the next four are budgets (common/runs/budgets.py)."""

    ANSWERED = "answered"
    STOPPED = "stopped"
    ATTEMPTS = "attempts"
    WALL_TIME = "wall_time"
    NO_PROGRESS = "no_progress"
    MONEY = "money"
    MODEL_UNAVAILABLE = "model_unavailable"
    MODEL_REFUSED = "model_refused"
    ANSWER_FAILED = "answer_failed"
    DATA_GONE = "data_gone"


_CODES: dict[EndReason, ErrorCode] = {
    EndReason.ATTEMPTS: ErrorCode.RUN_BUDGET_EXHAUSTED,
    EndReason.WALL_TIME: ErrorCode.RUN_TOO_LONG,
    EndReason.NO_PROGRESS: ErrorCode.RUN_TOO_LONG,
    EndReason.MONEY: ErrorCode.RUN_TOO_COSTLY,
    EndReason.MODEL_UNAVAILABLE: ErrorCode.MODEL_UNAVAILABLE,
    EndReason.MODEL_REFUSED: ErrorCode.ANSWER_FAILED,
    EndReason.ANSWER_FAILED: ErrorCode.ANSWER_FAILED,
    EndReason.DATA_GONE: ErrorCode.DATASET_NOT_FOUND,
}


class RunFailedError(ApexError):
    """The run ends without an answer, and a retry would not help; the code is for the customer, `reason` for us."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(_CODES[reason])
        self.reason = reason

    @property
    def is_our_fault(self) -> bool:
        """True where an operator should look, and may replay: all but data that their user has deleted."""
        return self.reason is not EndReason.DATA_GONE

"""Every error that a caller of Apex can see: one closed list of codes, shared with clients.

A code has one HTTP status, one retryable flag and one message in the customer's words. Raise `ApexError` with the cause
chained (`raise ApexError(...) from error`); the cause is logged under the support id, and never shown.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class ErrorCode(StrEnum):
    """The closed list; the value is what clients see."""

    INVALID_JSON = "invalid_json"
    INVALID_REQUEST = "invalid_request"
    EMPTY_MESSAGE = "empty_message"
    MESSAGE_TOO_LONG = "message_too_long"
    NOT_UTF8 = "not_utf8"
    BODY_TOO_LARGE = "body_too_large"
    UNAUTHENTICATED = "unauthenticated"
    INVALID_KEY = "invalid_key"
    FORBIDDEN = "forbidden"
    ACCOUNT_NEEDED = "account_needed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    THREAD_NOT_FOUND = "thread_not_found"
    RUN_NOT_FOUND = "run_not_found"
    DATASET_NOT_FOUND = "dataset_not_found"
    KEY_NOT_FOUND = "key_not_found"
    RECOMMENDATION_NOT_FOUND = "recommendation_not_found"
    RECOMMENDATION_STATUS = "recommendation_status"
    BASELINE_DATA_GONE = "baseline_data_gone"
    NOT_MEASURABLE = "not_measurable"
    REQUEST_ID_REUSED = "request_id_reused"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    TOO_MANY_RUNS = "too_many_runs"
    QUOTA_EXHAUSTED = "quota_exhausted"
    BUSY = "busy"
    GUEST_BUSY = "guest_busy"
    GUEST_MOVING = "guest_moving"
    UNREADABLE_FILE = "unreadable_file"
    UNKNOWN_FORMAT = "unknown_format"
    NOTATION_OPEN = "notation_open"
    MODEL_NEEDED = "model_needed"
    UNKNOWN_MODEL = "unknown_model"
    NO_USABLE_ROWS = "no_usable_rows"
    DATASET_TOO_LARGE = "dataset_too_large"
    CHUNK_TOO_LARGE = "chunk_too_large"
    ONE_REQUEST_TOO_LARGE = "one_request_too_large"
    CHUNK_OUT_OF_ORDER = "chunk_out_of_order"
    DATASET_CLOSED = "dataset_closed"
    UPLOAD_EXPIRED = "upload_expired"
    UNUSABLE_EVALUATION = "unusable_evaluation"
    TOO_MANY_EVALUATIONS = "too_many_evaluations"
    REAL_MODELS_NEEDED = "real_models_needed"
    CANDIDATE_NOT_OFFERED = "candidate_not_offered"
    SAMPLE_OVER_QUOTA = "sample_over_quota"
    EVALUATION_NOT_FOUND = "evaluation_not_found"
    EVALUATION_FAILED = "evaluation_failed"
    MODEL_UNAVAILABLE = "model_unavailable"
    ANSWER_FAILED = "answer_failed"
    RUN_BUDGET_EXHAUSTED = "run_budget_exhausted"
    RUN_TOO_LONG = "run_too_long"
    RUN_TOO_COSTLY = "run_too_costly"
    INTERNAL = "internal"


@dataclass(frozen=True)
class ErrorSpec:
    """`status`: HTTP; `message`: a `str.format` template over the error's `details`."""

    status: int
    retryable: bool
    message: str


SPECS: dict[ErrorCode, ErrorSpec] = {
    ErrorCode.INVALID_JSON: ErrorSpec(400, False, "The request body is not valid JSON. Send a JSON object."),
    ErrorCode.INVALID_REQUEST: ErrorSpec(400, False, "{reason}"),
    ErrorCode.EMPTY_MESSAGE: ErrorSpec(400, False, "The message is empty. Type a question about your AI spend."),
    ErrorCode.MESSAGE_TOO_LONG: ErrorSpec(
        413,
        False,
        "The message has {length:,} characters; the limit is {limit:,}. Shorten it, or upload long data as a file.",
    ),
    ErrorCode.NOT_UTF8: ErrorSpec(400, False, "The text is not UTF-8. Save it as UTF-8 and send it again."),
    ErrorCode.BODY_TOO_LARGE: ErrorSpec(
        413, False, "The request is larger than {limit:,} bytes. Upload usage data as a file instead."
    ),
    ErrorCode.UNAUTHENTICATED: ErrorSpec(401, False, "Your sign-in is missing or has expired. Sign in again."),
    ErrorCode.INVALID_KEY: ErrorSpec(
        401,
        False,
        "This API key is not valid here: it is mistyped, deleted, or for live data only. Use another key.",
    ),
    ErrorCode.FORBIDDEN: ErrorSpec(403, False, "This address is open to internal services only."),
    ErrorCode.ACCOUNT_NEEDED: ErrorSpec(403, False, "{reason} Sign in first."),
    ErrorCode.NOT_FOUND: ErrorSpec(404, False, "There is nothing at this address."),
    ErrorCode.METHOD_NOT_ALLOWED: ErrorSpec(405, False, "This address does not accept {method}; use {allowed}."),
    ErrorCode.THREAD_NOT_FOUND: ErrorSpec(404, False, "This conversation does not exist. Start a new one."),
    ErrorCode.RUN_NOT_FOUND: ErrorSpec(404, False, "This question does not exist, or belongs to another account."),
    ErrorCode.DATASET_NOT_FOUND: ErrorSpec(
        404, False, "This dataset does not exist, or was deleted. Upload the file again."
    ),
    ErrorCode.KEY_NOT_FOUND: ErrorSpec(404, False, "This API key does not exist, or was already deleted."),
    ErrorCode.RECOMMENDATION_NOT_FOUND: ErrorSpec(
        404, False, "This recommendation does not exist. Ask for a plan to get new ones."
    ),
    ErrorCode.RECOMMENDATION_STATUS: ErrorSpec(409, False, "{reason}"),
    ErrorCode.BASELINE_DATA_GONE: ErrorSpec(
        409,
        False,
        "The usage data behind this recommendation has been deleted, so later usage cannot be compared with it. "
        "Upload the data again, and ask for a new plan.",
    ),
    ErrorCode.NOT_MEASURABLE: ErrorSpec(422, False, "{reason}"),
    ErrorCode.REQUEST_ID_REUSED: ErrorSpec(
        409, False, "This request id was already used for something else. Send it with a new id."
    ),
    ErrorCode.IDEMPOTENCY_KEY_REUSED: ErrorSpec(
        409, False, "This Idempotency-Key was already used for another file or model. Send this file with a new one."
    ),
    ErrorCode.TOO_MANY_RUNS: ErrorSpec(
        429, True, "{open} of your questions are still open; the limit is {limit}. Wait for one, or stop it."
    ),
    ErrorCode.QUOTA_EXHAUSTED: ErrorSpec(
        429, False, "You have used all {limit} questions for this month. The count resets on {resets} (UTC)."
    ),
    ErrorCode.BUSY: ErrorSpec(503, True, "Apex is busy with your other requests. Try again in a moment."),
    ErrorCode.GUEST_BUSY: ErrorSpec(409, True, "{what} Wait for it or stop it, then sign in again."),
    ErrorCode.GUEST_MOVING: ErrorSpec(
        409, False, "Your conversations and data are moving to your account. Sign in to continue with them."
    ),
    ErrorCode.UNREADABLE_FILE: ErrorSpec(422, False, "The file cannot be read: {reason}"),
    ErrorCode.UNKNOWN_FORMAT: ErrorSpec(
        422,
        False,
        "The file is not a usage log that Apex can read: {reason} Upload CSV or JSON lines, one request per row.",
    ),
    ErrorCode.NOTATION_OPEN: ErrorSpec(
        422,
        False,
        "The file can be read in two ways: {reason} Write dates as 2026-11-05 and numbers as 1234.56 in it, or use "
        "the command line with {option}.",
    ),
    ErrorCode.MODEL_NEEDED: ErrorSpec(
        422, False, "The file does not say which model was used. Name it, for example gpt-4o, and upload again."
    ),
    ErrorCode.UNKNOWN_MODEL: ErrorSpec(
        422, False, "No price is known for the model {model}. Check its spelling, for example gpt-4o."
    ),
    ErrorCode.NO_USABLE_ROWS: ErrorSpec(422, False, "The file has no usable rows: {reason}"),
    ErrorCode.DATASET_TOO_LARGE: ErrorSpec(
        413, False, "The file is larger than {limit}. Split it, for example by day, or leave out text columns."
    ),
    ErrorCode.CHUNK_TOO_LARGE: ErrorSpec(413, False, "This part of the upload is larger than {limit:,} bytes."),
    ErrorCode.ONE_REQUEST_TOO_LARGE: ErrorSpec(
        413,
        False,
        "One request may carry up to {limit} as sent, and {plain} uncompressed. Compress the file with gzip, or send "
        "it in parts (POST /api/uploads).",
    ),
    ErrorCode.CHUNK_OUT_OF_ORDER: ErrorSpec(
        409, True, "Part {expected} of the upload is expected next, not part {got}. Resume from part {expected}."
    ),
    ErrorCode.DATASET_CLOSED: ErrorSpec(409, False, "This upload is already finished. Start a new one."),
    ErrorCode.UPLOAD_EXPIRED: ErrorSpec(
        409, False, "This upload was idle for more than a day. Delete it, and upload the file from the beginning."
    ),
    ErrorCode.UNUSABLE_EVALUATION: ErrorSpec(422, False, "The evaluation cannot be used: {reason}"),
    ErrorCode.TOO_MANY_EVALUATIONS: ErrorSpec(
        409, False, "You have reached the limit of {limit} evaluations. Delete one that you no longer need."
    ),
    ErrorCode.REAL_MODELS_NEEDED: ErrorSpec(
        409,
        False,
        "A replay needs real models, and this installation runs a rule-based local model. Submit scores instead, or "
        "start it with a real model's key.",
    ),
    ErrorCode.CANDIDATE_NOT_OFFERED: ErrorSpec(
        422, False, "{model} cannot be run here: only OpenAI models can be replayed. Submit scores for it instead."
    ),
    ErrorCode.SAMPLE_OVER_QUOTA: ErrorSpec(
        429,
        False,
        "Each request in a sample counts as a question: this sample has {count:,}, and you have {left:,} of your "
        "{limit:,} questions for this month left. Send fewer requests, or wait until {resets} (UTC).",
    ),
    ErrorCode.EVALUATION_NOT_FOUND: ErrorSpec(404, False, "This evaluation does not exist, or was already deleted."),
    ErrorCode.EVALUATION_FAILED: ErrorSpec(
        500,
        True,
        "The replay could not be finished: {reason} Nothing was charged and the sample was deleted. Send it again.",
    ),
    ErrorCode.MODEL_UNAVAILABLE: ErrorSpec(
        503, True, "The language model did not answer in time. Nothing was charged; ask again."
    ),
    ErrorCode.ANSWER_FAILED: ErrorSpec(
        500, True, "The answer could not be finished. Nothing was charged; ask again, or send us the support id."
    ),
    ErrorCode.RUN_BUDGET_EXHAUSTED: ErrorSpec(
        500, True, "Work on this question was interrupted too often. Nothing was charged; ask again."
    ),
    ErrorCode.RUN_TOO_LONG: ErrorSpec(
        500, True, "Work on this question took too long and was stopped. Nothing was charged; ask again."
    ),
    ErrorCode.RUN_TOO_COSTLY: ErrorSpec(
        500,
        False,
        "This question needs more work than a single question is allowed. Nothing was charged; ask for less at a time.",
    ),
    ErrorCode.INTERNAL: ErrorSpec(
        500, True, "Something went wrong on our side. Try again; if it keeps happening, send us the support id."
    ),
}


def new_support_id() -> str:
    """A short random id under which the causes of an error are logged."""
    return f"S-{secrets.token_hex(5)}"


class ErrorDetails(BaseModel):
    """An error in the customer's words; its causes are logged under `support_id`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: ErrorCode
    message: str
    retryable: bool
    support_id: str


class ErrorBody(BaseModel):
    """The body of every reply with a status of 400 or more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: ErrorDetails


class ApexError(Exception):
    """An error that a caller sees; `details` fill the template of its code."""

    def __init__(self, code: ErrorCode, **details: object) -> None:
        self.code = code
        self.details = details
        self.support_id = new_support_id()
        super().__init__(self.message)

    @property
    def spec(self) -> ErrorSpec:
        """Status, retryable flag and message template of this code."""
        return SPECS[self.code]

    @property
    def message(self) -> str:
        """The customer's words, filled in."""
        return self.spec.message.format(**self.details)

    def as_json(self) -> dict[str, dict[str, str | bool]]:
        """The wire form that every function answers with."""
        details = ErrorDetails(
            code=self.code, message=self.message, retryable=self.spec.retryable, support_id=self.support_id
        )
        return ErrorBody(error=details).model_dump(mode="json")


class ConfigurationError(Exception):
    """A process cannot start: names the value, who depends on it and how to set it."""

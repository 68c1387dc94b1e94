"""What a failure of the OpenAI client means for the port. Source: OpenAI's guide to error codes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from common.llm.port import ModelRejectedError, ModelUnavailableError

if TYPE_CHECKING:
    from openai import APIError, APIStatusError

_TRY_LATER_STATUSES = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
_OUR_FAULT_CODES = ("invalid_", "context_length_exceeded", "bio_policy", "misalignment_policy", "data_residency_")
"""Prefixes of error codes in a stream that blame the request itself; every other failure may be transient."""


def status_failure(error: "APIStatusError") -> ModelUnavailableError | ModelRejectedError:
    """An HTTP refusal: 408, 409, 429 and 5xx may be transient, every other 4xx is final."""
    status = error.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRY_LATER_STATUSES:
        return ModelUnavailableError(
            f"The model provider answered {status}: {error.message}",
            retry_after_s=retry_after_s(error.response.headers, datetime.now(UTC)),
        )
    return ModelRejectedError(f"The model provider refused the request with {status}: {error.message}")


def client_failure(error: "APIError") -> ModelUnavailableError | ModelRejectedError:
    """A failure without an HTTP status: no connection, a cut stream, or an error reported in the stream."""
    if error.code or error.type:
        return stream_failure(error.code or error.type, error.message)
    return ModelUnavailableError(f"The connection to the model provider failed: {error.message}")


def stream_failure(code: str | None, message: str) -> ModelUnavailableError | ModelRejectedError:
    """A failure that the provider reported in mid-stream."""
    text = f"The model provider broke off with {code}: {message}"
    return ModelRejectedError(text) if (code or "").startswith(_OUR_FAULT_CODES) else ModelUnavailableError(text)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """The delay the provider requests, in s: `retry-after-ms`, or `retry-after` as seconds or HTTP date; else None."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None

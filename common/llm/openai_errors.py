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
"""Beginnings of the codes in a stream that say that the request itself is wrong; every other code may pass."""


def status_failure(error: "APIStatusError") -> ModelUnavailableError | ModelRejectedError:
    """An HTTP refusal: 408, 409, 429 and 5xx may pass, every other 4xx will not."""
    status = error.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRY_LATER_STATUSES:
        return ModelUnavailableError(
            f"The model provider answered {status}: {error.message}",
            retry_after_s=retry_after_s(error.response.headers, datetime.now(UTC)),
        )
    return ModelRejectedError(f"The model provider refused the request with {status}: {error.message}")


def client_failure(error: "APIError") -> ModelUnavailableError | ModelRejectedError:
    """A failure without an HTTP status: no connection, a cut stream, or an error that the stream told of."""
    if error.code or error.type:
        return stream_failure(error.code or error.type, error.message)
    return ModelUnavailableError(f"The connection to the model provider failed: {error.message}")


def stream_failure(code: str | None, message: str) -> ModelUnavailableError | ModelRejectedError:
    """A failure that the provider told of in the middle of a stream."""
    told = f"The model provider broke off with {code}: {message}"
    return ModelRejectedError(told) if (code or "").startswith(_OUR_FAULT_CODES) else ModelUnavailableError(told)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """The provider's wish in seconds: `retry-after-ms`, or `retry-after` as seconds or an HTTP date; else None."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    wish = headers.get("retry-after")
    seconds = _number(wish)
    if seconds is not None or wish is None:
        return seconds
    try:
        return max(0.0, (parsedate_to_datetime(wish) - now).total_seconds())
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None

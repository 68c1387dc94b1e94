"""HTTP refusals, which the providers have in common."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from common.llm.port import ModelRejectedError, ModelUnavailableError

_TRY_LATER_STATUSES = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)


def refusal(
    status: int, message: str, headers: Mapping[str, str], *, retry_after: float | None = None
) -> ModelUnavailableError | ModelRejectedError:
    """An HTTP refusal: 408, 409, 429 and 5xx may be transient, every other 4xx is final.

    `retry_after`: the delay (s) that the body requests, where the headers request none.
    """
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRY_LATER_STATUSES:
        of_headers = retry_after_s(headers, datetime.now(UTC))
        return ModelUnavailableError(
            f"The model provider answered {status}: {message}",
            retry_after_s=retry_after if of_headers is None else of_headers,
        )
    return ModelRejectedError(f"The model provider refused the request with {status}: {message}")


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

"""What a failure of the google-genai client means for the port. Source: Google's guide to errors of Vertex AI."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from common.llm.port import ModelRejectedError, ModelUnavailableError
from common.llm.statuses import refusal

if TYPE_CHECKING:
    from google.auth.exceptions import GoogleAuthError
    from google.genai.errors import APIError

_RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"


def api_failure(error: "APIError") -> ModelUnavailableError | ModelRejectedError:
    """An HTTP refusal, or an error that the API reported in mid-stream in the same form."""
    headers: Mapping[str, str] = getattr(error.response, "headers", None) or {}
    return refusal(error.code, error.message or "", headers, retry_after=_retry_info_s(error.details))


def credentials_failure(error: "GoogleAuthError") -> ModelUnavailableError | ModelRejectedError:
    """No token: Google's server of tokens is away, or the account may not."""
    text = f"Google's credentials give no token: {error}"
    return ModelUnavailableError(text) if error.retryable else ModelRejectedError(text)


def _retry_info_s(details: Any) -> float | None:
    """The delay of google.rpc.RetryInfo ("12s", "0.5s") among an error's details, in s."""
    error = details.get("error", details) if isinstance(details, dict) else {}
    for detail in error.get("details") or []:
        if isinstance(detail, dict) and detail.get("@type") == _RETRY_INFO:
            delay = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(detail.get("retryDelay", "")))
            return float(delay[1]) if delay else None
    return None

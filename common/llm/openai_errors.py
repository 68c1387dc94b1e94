"""What a failure of the OpenAI client means for the port. Source: OpenAI's guide to error codes."""

from typing import TYPE_CHECKING

from common.llm.port import ModelRejectedError, ModelUnavailableError
from common.llm.statuses import refusal

if TYPE_CHECKING:
    from openai import APIError, APIStatusError

_OUR_FAULT_CODES = ("invalid_", "context_length_exceeded", "bio_policy", "misalignment_policy", "data_residency_")
"""Prefixes of error codes in a stream that blame the request itself; every other failure may be transient."""


def status_failure(error: "APIStatusError") -> ModelUnavailableError | ModelRejectedError:
    """An HTTP refusal."""
    return refusal(error.status_code, error.message, error.response.headers)


def client_failure(error: "APIError") -> ModelUnavailableError | ModelRejectedError:
    """A failure without an HTTP status: no connection, a cut stream, or an error reported in the stream."""
    if error.code or error.type:
        return stream_failure(error.code or error.type, error.message)
    return ModelUnavailableError(f"The connection to the model provider failed: {error.message}")


def stream_failure(code: str | None, message: str) -> ModelUnavailableError | ModelRejectedError:
    """A failure that the provider reported in mid-stream."""
    text = f"The model provider broke off with {code}: {message}"
    return ModelRejectedError(text) if (code or "").startswith(_OUR_FAULT_CODES) else ModelUnavailableError(text)

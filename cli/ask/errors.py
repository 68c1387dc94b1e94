"""Errors of a client of Apex: the server's refusals as received, and what the client itself detects."""

from enum import StrEnum
from typing import Self

import httpx
from google.api_core.exceptions import GoogleAPICallError, InvalidArgument, PermissionDenied, Unauthenticated

from common.errors import SPECS, ErrorCode


class ClientCode(StrEnum):
    """Codes that only a client can give; all others are `common.errors.ErrorCode`."""

    WRONG_USE = "wrong_use"
    NO_PLATFORM = "no_platform"
    UNREACHABLE = "unreachable"
    NO_EVENTS = "no_events"


class ClientError(Exception):
    """A typed error; `http_status` and `support_id` are None where no server was involved."""

    exit_code = 1

    def __init__(
        self, code: str, message: str, *, http_status: int | None = None, support_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = str(code)
        self.message = message
        self.http_status = http_status
        self.support_id = support_id

    @classmethod
    def of(cls, code: ErrorCode, **details: object) -> Self:
        """An error of the closed list, detected by the client before a server could."""
        return cls(code, SPECS[code].message.format(**details))


class WrongUseError(ClientError):
    """The command line requests something impossible; nothing was sent."""

    exit_code = 2


def refusal(response: httpx.Response) -> ClientError:
    """The error that `response` (status >= 400) carries; one that is not in our form keeps its status."""
    error = _error_of(response)
    if error is None:
        message = (
            f"{response.request.method} {response.request.url} answered {response.status_code}, not in Apex's form."
        )
        return ClientError(ErrorCode.INTERNAL, message, http_status=response.status_code)
    return ClientError(
        error["code"],
        error["message"],
        http_status=response.status_code,
        support_id=error.get("support_id"),
    )


def _error_of(response: httpx.Response) -> dict[str, str] | None:
    if not response.headers.get("content-type", "").startswith("application/json"):
        return None
    body = response.json()
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) and {"code", "message"} <= error.keys() else None


def unreachable(what: str, error: Exception) -> ClientError:
    """`what` (a name with its address) could not be reached."""
    return ClientError(
        ClientCode.UNREACHABLE,
        f"{what} cannot be reached ({error}). See `python -m emulators status`, and start it again.",
    )


def refused_read(error: GoogleAPICallError) -> ClientError:
    """Firestore refused or lost a read of the signed-in user."""
    if isinstance(error, PermissionDenied):
        return ClientError(ErrorCode.FORBIDDEN, "These documents belong to another account.", http_status=403)
    if isinstance(error, Unauthenticated | InvalidArgument):
        spec = SPECS[ErrorCode.UNAUTHENTICATED]
        return ClientError(ErrorCode.UNAUTHENTICATED, spec.message, http_status=spec.status)
    return unreachable("Firestore", error)

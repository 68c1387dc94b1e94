"""The edge that browser-facing functions share: who asks, what was sent, and typed errors out."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from common.errors import ApexError, ErrorCode
from common.telemetry.logs import log
from common.telemetry.trace import continue_trace

BODY_LIMIT = 256 * 1024
"""Bytes of a JSON body."""

Handler = Callable[[Request], Awaitable[Response]]
Body = TypeVar("Body", bound=BaseModel)


async def dispatch(request: Request, routes: Sequence[Route]) -> Response:
    """Find the route of a request and run it; every error leaves as typed JSON, its cause in the log."""
    try:
        return await _endpoint(request, routes)(request)
    except ApexError as error:
        severity = "ERROR" if error.spec.status >= 500 else "INFO"  # noqa: PLR2004
        return _refusal(request, error, severity, error)
    except Exception as cause:  # noqa: BLE001 - the last line of defence, logged with its chain
        return _refusal(request, ApexError(ErrorCode.INTERNAL), "ERROR", cause)


def _endpoint(request: Request, routes: Sequence[Route]) -> Handler:
    allowed: set[str] = set()
    for route in routes:
        match, scope = route.matches(request.scope)
        if match is Match.FULL:
            request.scope.update(scope)
            handler: Handler = route.endpoint
            return handler
        if match is Match.PARTIAL:
            allowed |= route.methods or set()
    if allowed:
        raise ApexError(ErrorCode.METHOD_NOT_ALLOWED, method=request.method, allowed=", ".join(sorted(allowed)))
    raise ApexError(ErrorCode.NOT_FOUND)


def _refusal(request: Request, error: ApexError, severity: Any, cause: BaseException) -> Response:
    log(
        severity,
        f"{request.method} {request.url.path} refused: {error.code}",
        cause=cause,
        support_id=error.support_id,
        traceparent=continue_trace(request.headers.get("traceparent")),
    )
    return JSONResponse(error.as_json(), status_code=error.spec.status)


async def read_body(request: Request, limit: int) -> bytes:
    """The body, read in pieces; raises ApexError BODY_TOO_LARGE as soon as it exceeds `limit` bytes."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise ApexError(ErrorCode.BODY_TOO_LARGE, limit=limit)
    return bytes(body)


async def read_json(request: Request, model: type[Body], limit: int = BODY_LIMIT) -> Body:
    """The body as `model`; raises ApexError for a body that is too large, not UTF-8, not JSON or of another shape."""
    body = await read_body(request, limit)
    try:
        value = json.loads(body.decode("utf-8"))
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # an escaped lone surrogate is no text either
    except UnicodeError as error:
        raise ApexError(ErrorCode.NOT_UTF8) from error
    except (ValueError, RecursionError) as error:
        raise ApexError(ErrorCode.INVALID_JSON) from error
    if not isinstance(value, dict):
        raise ApexError(ErrorCode.INVALID_JSON)
    return validated(model, value)


def validated(model: type[Body], value: object) -> Body:
    """`value` as `model`; raises ApexError INVALID_REQUEST naming the first field that is not right."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=_reason(error)) from error


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"The field {field!r} is not right: {first['msg']}."

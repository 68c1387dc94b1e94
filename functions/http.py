"""The HTTP edge: a route is one record, from which routing, the check of the caller and the contract derive."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from google.cloud import firestore
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.routing import Route as Pattern

from common.accounts.auth import PUBLIC, AuthRule, Caller
from common.environment.settings import Settings, process_settings
from common.errors import ApexError, ErrorCode
from common.runs.ports import Ports
from common.store.client import firestore_client
from common.telemetry.logs import log
from common.telemetry.trace import continue_trace
from functions.bootstrap import ports_of, warm_up

BODY_LIMIT = 256 * 1024
"""Bytes of a JSON body."""

Model = TypeVar("Model", bound=BaseModel)
Payload = TypeVar("Payload")


class Reply(BaseModel):
    """The body of a reply."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Answer = TypeVar("Answer", bound=Reply)


class Input(ABC, Generic[Payload]):
    """What a route takes; a handler reads it, so that its own refusals may come first."""

    model: type[BaseModel] | None = None
    """Of a body that is JSON, or of the query."""

    @abstractmethod
    async def read(self, request: Request) -> Payload:
        """The payload of a request; raises ApexError."""


class Nothing(Input[None]):
    """Neither body nor query."""

    async def read(self, request: Request) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Json(Input[Model]):
    """A JSON object of `limit` bytes at most."""

    model: type[Model]
    limit: int = BODY_LIMIT

    async def read(self, request: Request) -> Model:
        """The body as the model."""
        return await read_json(request, self.model, self.limit)


@dataclass(frozen=True)
class Query(Input[Model]):
    """The parameters of the query; with `file`, the handler reads the body as a file."""

    model: type[Model]
    file: bool = False

    async def read(self, request: Request) -> Model:
        """The query as the model."""
        return validated(self.model, dict(request.query_params))


@dataclass(frozen=True)
class File(Input[bytes]):
    """A body of `limit` bytes at most."""

    limit: int

    async def read(self, request: Request) -> bytes:
        """The body as it is."""
        return await read_body(request, self.limit)


@dataclass(frozen=True, kw_only=True)
class Call(Generic[Caller, Payload]):
    """A request whose caller is verified."""

    service: str
    request: Request
    caller: Caller
    input: Input[Payload]

    async def payload(self) -> Payload:
        """What was sent, valid; raises ApexError."""
        return await self.input.read(self.request)

    def parameter(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return process_settings(self.service)

    @property
    def ports(self) -> Ports:
        """The ports of this process."""
        return ports_of(self.service)

    @property
    def db(self) -> firestore.AsyncClient:
        """The Firestore client of this process."""
        return firestore_client(self.settings.project)


class Route:
    """One address of the API; the docstring of its handler describes it.

    A handler returns the reply, which is sent with `status`, or a complete response, as for another type (`media`).
    """

    def __init__(  # generic in itself, not in its class: a tuple of routes would make Any of their types
        self,
        method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
        path: str,
        *,
        auth: AuthRule[Caller],
        request: Input[Payload],
        reply: type[Answer],
        handler: Callable[[Call[Caller, Payload]], Awaitable[Answer | Response]],
        status: int = 200,
        media: str | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.auth: AuthRule[Any] = auth
        self.request: Input[Any] = request
        self.reply: type[Reply] = reply
        self.handler: Callable[[Call[Any, Any]], Awaitable[Reply | Response]] = handler
        self.status = status
        self.media = media

    @cached_property
    def pattern(self) -> Pattern:
        """What Starlette matches requests with."""
        return Pattern(self.path, self.handler, methods=[self.method])

    async def respond(self, service: str, request: Request) -> Response:
        """The response to a request that matches, whoever sent it; raises what goes wrong."""
        caller = await self.auth.verify(process_settings(service), request.headers.get("authorization"))
        call = Call(service=service, request=request, caller=caller, input=self.request)
        answer = await self.handler(call)
        if isinstance(answer, Response):
            return answer
        return JSONResponse(answer.model_dump(mode="json"), status_code=self.status)


class HealthReply(Reply):
    """A process that can serve."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True, kw_only=True)
class Function:
    """A deployable. `prepare`: what else, beside settings and connections, has to be right before it serves."""

    name: str
    routes: tuple[Route, ...]
    prepare: Callable[[Settings], object] | None = None

    @cached_property
    def served(self) -> tuple[Route, ...]:
        """Its routes, and that of its health."""
        health = Route("GET", "/healthz", auth=PUBLIC, request=Nothing(), reply=HealthReply, handler=self._get_health)
        return (*self.routes, health)

    async def handle(self, request: Request) -> Response:
        """The response to any request; every error leaves as typed JSON, its cause in the log."""
        try:
            return await self.find(request).respond(self.name, request)
        except ApexError as error:
            severity = "ERROR" if error.spec.status >= 500 else "INFO"  # noqa: PLR2004
            return _refusal(request, error, severity, error)
        except Exception as cause:  # noqa: BLE001 - the last line of defence, logged with its chain
            return _refusal(request, ApexError(ErrorCode.INTERNAL), "ERROR", cause)

    def find(self, request: Request) -> Route:
        """The route of a request; raises ApexError METHOD_NOT_ALLOWED or NOT_FOUND."""
        # Not Starlette's Router: functions-framework wants a Response back, and a Router only sends one itself.
        allowed: set[str] = set()
        for route in self.served:
            match, scope = route.pattern.matches(request.scope)
            if match is Match.FULL:
                request.scope.update(scope)
                return route
            if match is Match.PARTIAL:
                allowed |= route.pattern.methods or set()
        if allowed:
            raise ApexError(ErrorCode.METHOD_NOT_ALLOWED, method=request.method, allowed=", ".join(sorted(allowed)))
        raise ApexError(ErrorCode.NOT_FOUND)

    async def _get_health(self, _: Call[None, None]) -> HealthReply:
        """Whether this process can serve."""
        await warm_up(self.name)
        if self.prepare is not None:
            await asyncio.to_thread(self.prepare, process_settings(self.name))
        return HealthReply()


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


async def read_json(request: Request, model: type[Model], limit: int) -> Model:
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


def validated(model: type[Model], value: object) -> Model:
    """`value` as `model`; raises ApexError INVALID_REQUEST naming the first invalid field."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=f"Invalid field {field!r}: {first['msg']}.") from error

"""The HTTP surface of the local model: the providers' endpoints, health, and the controls for tests."""

from typing import TypeVar

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.model.board import Board, Planned, Script
from emulators.model.chat import read_chat_request
from emulators.model.conversation import WireConversation, read_conversation
from emulators.model.decision import DraftReply, decide
from emulators.model.faults import ModelFault, inject_fault, refuse_if_faulty, strikes
from emulators.model.journal import Journal
from emulators.model.request import SERVED_MODELS, WireError, WireRequest, compact, read_request
from emulators.model.schemas import require_strict
from emulators.model.stream import PacedResponse, pace_reply
from emulators.model.usage import PrefixCache
from emulators.model.vertex import VERTEX_PATH, error_of, read_vertex_request
from emulators.model.wire import build_reply


class ModelServer:
    """One local model: what is planned, journal and prompt cache belong to this process only."""

    def __init__(self, *, latency_ms: int, seed: int, responses: bool = True) -> None:
        """`responses`: whether it speaks the Responses wire; servers of one's own often do not."""
        self._latency_s = latency_ms / 1000
        self._seed = seed
        self._responses = responses
        self._faults: Board[ModelFault] = Board()
        self._scripts: Board[Script] = Board()
        self._journal = Journal()
        self._prefixes = PrefixCache()

    def app(self) -> Starlette:
        """The ASGI application."""
        responses = [Route("/v1/responses", self._answer_responses, methods=["POST"])] if self._responses else []
        routes = [
            Route("/healthz", self._health),
            Route("/v1/models", self._models),
            *responses,
            Route("/v1/chat/completions", self._answer_chat, methods=["POST"]),
            Route(VERTEX_PATH, self._answer_vertex, methods=["POST"]),
            *_controls("/admin/faults", self._faults, ModelFault),
            *_controls("/admin/script", self._scripts, Script),
            Route("/admin/requests", self._requests),
        ]
        return Starlette(routes=routes, exception_handlers={WireError: _refusal})

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _models(self, request: Request) -> Response:
        _require_key(request)
        models = [{"id": name, "object": "model", "created": 0, "owned_by": "local"} for name in SERVED_MODELS]
        return JSONResponse({"object": "list", "data": models})

    async def _answer_responses(self, request: Request) -> Response:
        _require_key(request)
        return self._answer(read_request(await request.body(), self._seed))

    async def _answer_chat(self, request: Request) -> Response:
        _require_key(request)
        return self._answer(read_chat_request(await request.body(), self._seed))

    async def _answer_vertex(self, request: Request) -> Response:
        _require_key(request)
        if request.query_params.get("alt") != "sse":
            raise WireError(400, "This server streams with alt=sse only.")
        return self._answer(read_vertex_request(await request.body(), self._seed, request.path_params["model"]))

    def _answer(self, request: WireRequest) -> Response:
        conversation = read_conversation(request)
        entry = self._journal.note(request, conversation)
        fault = self._faults.take(*_subject(conversation), lambda fault: strikes(fault, request))
        try:
            if request.schema is not None:
                require_strict(request.schema)
            refuse_if_faulty(fault, stream=request.stream)
        except WireError:
            entry.end("refused")
            raise
        draft = inject_fault(self._draft(request, conversation), fault, request)
        reply = build_reply(request, draft, self._prefixes.read(request.prefix))
        paced = pace_reply(request, reply, fault, self._latency_s)
        return PacedResponse(paced, {"x-request-id": f"req_{request.digest[:32]}"}, entry.end)

    def _draft(self, request: WireRequest, conversation: WireConversation) -> DraftReply:
        if request.schema is not None and (script := self._scripts.take(*_subject(conversation), lambda _script: True)):
            return DraftReply(script.reply if isinstance(script.reply, str) else compact(script.reply))
        return decide(request, conversation, self._seed)

    async def _requests(self, request: Request) -> Response:
        return JSONResponse(self._journal.report(request.query_params.get("match", "")))


def _subject(conversation: WireConversation) -> tuple[str, str | None]:
    return conversation.question, conversation.brief.agent if conversation.brief else None


P = TypeVar("P", bound=Planned)


def _controls(path: str, board: Board[P], kind: type[P]) -> list[Route]:
    """The routes by which tests list (GET), add (POST) and clear (DELETE, with `match`) what is planned."""

    async def show(_request: Request) -> Response:
        return JSONResponse([planned.model_dump(mode="json") for planned in board.active])

    async def add(request: Request) -> Response:
        try:
            board.add(kind.model_validate_json(await request.body()))
        except ValidationError as error:
            raise WireError(400, f"This is no {kind.__name__}: {error}") from error
        return await show(request)

    async def clear(request: Request) -> Response:
        board.clear(request.query_params.get("match"))
        return await show(request)

    handlers = {"GET": show, "POST": add, "DELETE": clear}
    return [Route(path, handler, methods=[method]) for method, handler in handlers.items()]


def _require_key(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise WireError(401, "You didn't provide an API key. Send it as 'Authorization: Bearer KEY'.")


async def _refusal(request: Request, error: Exception) -> Response:
    if not isinstance(error, WireError):
        raise error
    if request.url.path.startswith("/v1beta1/"):
        return JSONResponse(error_of(error), status_code=error.status)
    headers = {} if error.retry_after_s is None else {"retry-after": f"{error.retry_after_s:g}"}
    return JSONResponse(error.as_json(), status_code=error.status, headers=headers)

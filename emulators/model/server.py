"""The HTTP surface of the local model: the provider's endpoints, health, and the controls for tests."""

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.model.conversation import read_conversation
from emulators.model.decision import decide
from emulators.model.faults import FaultBoard, ModelFault, inject_fault, refuse_if_faulty
from emulators.model.journal import Journal
from emulators.model.request import SERVED_MODELS, WireError, WireRequest, read_request
from emulators.model.stream import PacedResponse, pace_reply
from emulators.model.usage import PrefixCache
from emulators.model.wire import build_reply


class ModelServer:
    """One local model: faults, journal and prompt cache belong to this process only."""

    def __init__(self, *, latency_ms: int, seed: int) -> None:
        self._latency_s = latency_ms / 1000
        self._seed = seed
        self._faults = FaultBoard()
        self._journal = Journal()
        self._prefixes = PrefixCache()

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/healthz", self._health),
            Route("/v1/models", self._models),
            Route("/v1/responses", self._responses, methods=["POST"]),
            Route("/admin/faults", self._list_faults, methods=["GET"]),
            Route("/admin/faults", self._add_fault, methods=["POST"]),
            Route("/admin/faults", self._clear_faults, methods=["DELETE"]),
            Route("/admin/requests", self._requests),
        ]
        return Starlette(routes=routes, exception_handlers={WireError: _refusal})

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _models(self, request: Request) -> Response:
        _require_key(request)
        models = [{"id": name, "object": "model", "created": 0, "owned_by": "local"} for name in SERVED_MODELS]
        return JSONResponse({"object": "list", "data": models})

    async def _responses(self, request: Request) -> Response:
        _require_key(request)
        return self._answer(read_request(await request.body(), self._seed))

    def _answer(self, request: WireRequest) -> Response:
        conversation = read_conversation(request)
        entry = self._journal.note(request, conversation)
        agent = conversation.brief.agent if conversation.brief else None
        fault = self._faults.take(conversation.question, agent, offers_tools=bool(request.callable_names))
        try:
            refuse_if_faulty(fault, stream=request.stream)
        except WireError:
            entry.end("refused")
            raise
        draft = decide(request, conversation, self._seed)
        draft = inject_fault(draft, fault, request.callable_names, request.digest)
        reply = build_reply(request, draft, self._prefixes.read(request.prefix))
        paced = pace_reply(request, reply, fault, self._latency_s)
        return PacedResponse(paced, {"x-request-id": f"req_{request.digest[:32]}"}, entry.end)

    async def _list_faults(self, _request: Request) -> Response:
        return JSONResponse([fault.model_dump(mode="json") for fault in self._faults.active])

    async def _add_fault(self, request: Request) -> Response:
        try:
            self._faults.add(ModelFault.model_validate_json(await request.body()))
        except ValidationError as error:
            raise WireError(400, f"This is not a fault: {error}") from error
        return await self._list_faults(request)

    async def _clear_faults(self, request: Request) -> Response:
        self._faults.clear(request.query_params.get("match"))
        return await self._list_faults(request)

    async def _requests(self, request: Request) -> Response:
        return JSONResponse(self._journal.report(request.query_params.get("match", "")))


def _require_key(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise WireError(401, "You didn't provide an API key. Send it as 'Authorization: Bearer KEY'.")


async def _refusal(_request: Request, error: Exception) -> Response:
    if not isinstance(error, WireError):
        raise error
    headers = {} if error.retry_after_s is None else {"retry-after": f"{error.retry_after_s:g}"}
    return JSONResponse(error.as_json(), status_code=error.status, headers=headers)

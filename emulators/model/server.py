"""The HTTP surface of the local model: the provider's endpoints, health, and the switchboard for tests."""

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.model.brain import think
from emulators.model.brief import read_conversation
from emulators.model.faults import Fault, FaultBoard, refuse, spoil
from emulators.model.journal import Journal
from emulators.model.request import SERVED_MODELS, WireError, WireRequest, read_request
from emulators.model.stream import DeliveryResponse, plan_delivery
from emulators.model.usage import PrefixCache
from emulators.model.wire import build_reply


class ModelServer:
    """One local model: its faults, its journal and its prompt cache belong to this process only."""

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

    def _answer(self, asked: WireRequest) -> Response:
        conversation = read_conversation(asked)
        entry = self._journal.note(asked, conversation)
        agent = conversation.brief.agent if conversation.brief else None
        fault = self._faults.take(conversation.question, agent, offers_tools=bool(asked.callable_names))
        try:
            refuse(fault, stream=asked.stream)
        except WireError:
            entry.end("refused")
            raise
        draft = spoil(think(asked, conversation, self._seed), fault, asked.callable_names, asked.digest)
        reply = build_reply(asked, draft, self._prefixes.read(asked.prefix))
        delivery = plan_delivery(asked, reply, fault, self._latency_s)
        return DeliveryResponse(delivery, {"x-request-id": f"req_{asked.digest[:32]}"}, entry.end)

    async def _list_faults(self, _request: Request) -> Response:
        return JSONResponse([fault.model_dump(mode="json") for fault in self._faults.active])

    async def _add_fault(self, request: Request) -> Response:
        try:
            self._faults.add(Fault.model_validate_json(await request.body()))
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

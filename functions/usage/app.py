"""Usage data: uploads in parts, whole files in one request, and what Pub/Sub pushes."""

import asyncio
import re
from datetime import UTC, datetime

from google.cloud import firestore
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.accounts.api_keys import is_key, owner_of
from common.accounts.tokens import bearer, verify_service, verify_user
from common.core.user import UserContext
from common.datasets.chunks import CHUNK_BYTES, DATASET_BYTES, PIECE_BYTES, decompress, human_size, is_packed
from common.datasets.ingest import IngestionService
from common.datasets.live import LiveService
from common.datasets.pubsub_message import PushEnvelope
from common.datasets.whole_file import WholeFile, take_file
from common.environment.settings import process_settings
from common.errors import SPECS, ApexError, ErrorCode
from common.spend import known_model
from common.store.client import firestore_client
from functions.bootstrap import warm_up
from functions.http import dispatch, read_body, read_json, validated
from functions.usage.replies import (
    BeginReply,
    ChunkReply,
    CompleteReply,
    DeleteDatasetReply,
    PushReply,
    UploadReply,
    UsageReply,
)
from functions.usage.requests import BeginRequest, CompleteRequest, UsageQuery

_SERVICE = "usage"
_NUMBER = re.compile(r"[0-9]{1,6}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_PUSH_BYTES = 16 * 1024 * 1024
"""A message of Pub/Sub has 10 MB at most, which Base64 makes a third longer."""


def _db() -> firestore.AsyncClient:
    return firestore_client(process_settings(_SERVICE).project)


async def _user(request: Request) -> UserContext:
    """Who sends data: a signed-in user or, with an API key, a program of theirs."""
    header = request.headers.get("authorization")
    token = bearer(header)
    if is_key(token):
        return await owner_of(_db(), token, live=False, today=datetime.now(UTC).date())
    return await verify_user(process_settings(_SERVICE), header)


async def _service(request: Request) -> IngestionService:
    return IngestionService(_db(), await _user(request))


def _known(model: str | None) -> str | None:
    """The canonical name of a model; raises ApexError UNKNOWN_MODEL."""
    found = known_model(model) if model else None
    if model and found is None:
        raise ApexError(ErrorCode.UNKNOWN_MODEL, model=model)
    return found


async def post_upload(request: Request) -> Response:
    """POST /api/uploads: 201 with the data set's id; the same request id gives the same data set."""
    service = await _service(request)
    body = await read_json(request, BeginRequest)
    if body.size_bytes is not None and body.size_bytes > DATASET_BYTES:
        raise ApexError(ErrorCode.DATASET_TOO_LARGE, limit=human_size(DATASET_BYTES))
    model = _known(body.model)
    dataset_id = await service.begin(client_request_id=body.client_request_id, name=body.name, model=model)
    return BeginReply(dataset_id=dataset_id, chunk_limit_bytes=CHUNK_BYTES).response(201)


async def put_chunk(request: Request) -> Response:
    """PUT /api/uploads/{dataset}/chunks/{n}: 200 with rows and rejects so far; a chunk sent twice counts once."""
    service = await _service(request)
    number = request.path_params["number"]
    if not _NUMBER.fullmatch(number):
        raise ApexError(ErrorCode.NOT_FOUND)
    compressed = await read_body(request, CHUNK_BYTES)
    piece = await asyncio.to_thread(decompress, compressed)
    progress = await service.receive(request.path_params["dataset_id"], number=int(number), piece=piece)
    return ChunkReply(rows=progress.rows, rejects=progress.rejects).response()


async def get_upload(request: Request) -> Response:
    """GET /api/uploads/{dataset}: 200 with how far it is, so that a client can go on after a crash."""
    service = await _service(request)
    dataset_id = request.path_params["dataset_id"]
    document = await service.read(dataset_id)
    told = ("status", "next_chunk", "bytes", "rows", "rejects")
    values = {name: document[name] for name in told} | {"error": document.get("error")}
    return UploadReply(dataset_id=dataset_id, **values).response()


async def post_complete(request: Request) -> Response:
    """POST /api/uploads/{dataset}/complete: 200 once the data set can be asked about."""
    service = await _service(request)
    body = await read_json(request, CompleteRequest)
    dataset_id = request.path_params["dataset_id"]
    progress = await service.complete(dataset_id, chunks=body.chunks)
    return CompleteReply(dataset_id=dataset_id, rows=progress.rows, rejects=progress.rejects).response()


async def delete_upload(request: Request) -> Response:
    """DELETE /api/uploads/{dataset}: 200 once nothing of it is left; an upload in progress is given up."""
    service = await _service(request)
    dataset_id = request.path_params["dataset_id"]
    await service.delete(dataset_id)
    return DeleteDatasetReply(dataset_id=dataset_id).response()


async def post_usage(request: Request) -> Response:
    """POST /api/usage?name=...: 201 once the file in the body can be asked about; an Idempotency-Key counts it once."""
    user = await _user(request)
    query = validated(UsageQuery, dict(request.query_params))
    file = WholeFile(
        name=query.name,
        model=_known(query.model),
        idempotency_key=_idempotency_key(request),
        content=await _content(request),
    )
    taken = await take_file(_db(), user, file)
    document = taken.document
    if document["status"] == "failed":  # a repeat: the refusal of the first time, word for word
        return JSONResponse({"error": document["error"]}, status_code=SPECS[document["error"]["code"]].status)
    told = {name: document[name] for name in ("rows", "rejects", "notes")}
    return UsageReply(dataset_id=taken.dataset_id, rejected=taken.rejects, **told).response(201)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        reason = "The header Idempotency-Key is not right: send 1 to 255 visible ASCII characters."
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason)
    return key


async def _content(request: Request) -> bytes:
    """The file in the body, unpacked if it is gzip, whatever its header says."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding not in ("gzip", "identity"):
        reason = f"The Content-Encoding {encoding} is not known here. Send the file as it is, or packed with gzip."
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason)
    try:
        body = await read_body(request, CHUNK_BYTES)
        if encoding == "gzip" or is_packed(body):
            return await asyncio.to_thread(decompress, body)
    except ApexError as error:
        if error.code not in (ErrorCode.BODY_TOO_LARGE, ErrorCode.CHUNK_TOO_LARGE):
            raise
        limits = {"limit": human_size(CHUNK_BYTES), "plain": human_size(PIECE_BYTES)}
        raise ApexError(ErrorCode.ONE_REQUEST_TOO_LARGE, **limits) from error
    return body


async def post_pushed(request: Request) -> Response:
    """POST /pubsub/usage: 200 once a pushed message needs not come again, whether it was of use or not.

    Everything else makes Pub/Sub bring it again, later: what is out of order is on our side.
    """
    settings = process_settings(_SERVICE)
    await verify_service(
        settings,
        request.headers.get("authorization"),
        audience=settings.required_push_url,
        account=settings.pusher,
    )
    envelope = await read_json(request, PushEnvelope, _PUSH_BYTES)
    counted = await LiveService(_db(), envelope).take()
    return PushReply(status="counted" if counted else "dropped").response()


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    return JSONResponse({"status": "ok"})


ROUTES = [
    Route("/api/uploads", post_upload, methods=["POST"]),
    Route("/api/uploads/{dataset_id}/chunks/{number}", put_chunk, methods=["PUT"]),
    Route("/api/uploads/{dataset_id}/complete", post_complete, methods=["POST"]),
    Route("/api/uploads/{dataset_id}", get_upload, methods=["GET"]),
    Route("/api/uploads/{dataset_id}", delete_upload, methods=["DELETE"]),
    Route("/api/usage", post_usage, methods=["POST"]),
    Route("/pubsub/usage", post_pushed, methods=["POST"]),
    Route("/healthz", get_health, methods=["GET"]),
]


async def handle(request: Request) -> Response:
    """The target `usage`."""
    return await dispatch(request, ROUTES)

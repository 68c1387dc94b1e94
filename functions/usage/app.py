"""Uploads of usage data: begin, send chunks, complete, delete."""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.environment.settings import process_settings
from common.errors import ApexError, ErrorCode
from common.identity.tokens import verify_user
from common.spend import known_model
from common.store.client import firestore_client
from functions.bootstrap import warm_up
from functions.http import dispatch, read_body, read_json
from functions.usage.chunks import CHUNK_BYTES, DATASET_BYTES, decompress
from functions.usage.ingestion import IngestionService, human_size
from functions.usage.replies import BeginReply, ChunkReply, CompleteReply, DeleteDatasetReply
from functions.usage.requests import BeginRequest, CompleteRequest

_SERVICE = "usage"
_NUMBER = re.compile(r"[0-9]{1,6}")


async def _service(request: Request) -> IngestionService:
    settings = process_settings(_SERVICE)
    user = await verify_user(settings, request.headers.get("authorization"))
    return IngestionService(firestore_client(settings.project), user)


async def post_upload(request: Request) -> Response:
    """POST /api/uploads: 201 with the data set's id; the same request id gives the same data set."""
    service = await _service(request)
    body = await read_json(request, BeginRequest)
    if body.size_bytes is not None and body.size_bytes > DATASET_BYTES:
        raise ApexError(ErrorCode.DATASET_TOO_LARGE, limit=human_size(DATASET_BYTES))
    model = known_model(body.model) if body.model else None
    if body.model and model is None:
        raise ApexError(ErrorCode.UNKNOWN_MODEL, model=body.model)
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


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    return JSONResponse({"status": "ok"})


ROUTES = [
    Route("/api/uploads", post_upload, methods=["POST"]),
    Route("/api/uploads/{dataset_id}/chunks/{number}", put_chunk, methods=["PUT"]),
    Route("/api/uploads/{dataset_id}/complete", post_complete, methods=["POST"]),
    Route("/api/uploads/{dataset_id}", delete_upload, methods=["DELETE"]),
    Route("/healthz", get_health, methods=["GET"]),
]


async def handle(request: Request) -> Response:
    """The target `usage`."""
    return await dispatch(request, ROUTES)

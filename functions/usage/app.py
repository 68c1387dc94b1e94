"""Usage data: uploads in parts, whole files in one request, and what Pub/Sub pushes."""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from common.accounts.auth import PUBSUB, USER, USER_OR_KEY
from common.core.user import UserContext
from common.datasets.chunks import CHUNK_BYTES, PIECE_BYTES, decompress, human_size, is_packed
from common.datasets.declarations import check_declared_size, declared_model
from common.datasets.ingest import IngestionService
from common.datasets.live import LiveService
from common.datasets.pubsub_message import PushEnvelope
from common.datasets.whole_file import WholeFile, import_file
from common.errors import SPECS, ApexError, ErrorCode
from functions.bootstrap import warm_rollups
from functions.http import Call, File, Function, Json, Nothing, Query, Route, read_body
from functions.usage.queries import answer
from functions.usage.replies import (
    BeginReply,
    ChunkReply,
    CompleteReply,
    DeleteDatasetReply,
    PushReply,
    QueryReply,
    UploadReply,
    UsageReply,
)
from functions.usage.requests import BeginRequest, CompleteRequest, FileParameters, QueryRequest

_NUMBER = re.compile(r"[0-9]{1,6}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_PUSH_BYTES = 16 * 1024 * 1024
"""A message of Pub/Sub has 10 MB at most, which Base64 makes a third longer."""


async def post_upload(call: Call[UserContext, BeginRequest]) -> BeginReply:
    """Begin an upload in parts: the dataset's id; the same request id gives the same dataset."""
    body = await call.payload()
    check_declared_size(body.size_bytes)
    model = declared_model(body.model)
    service = IngestionService(call.db, call.caller)
    dataset_id = await service.begin(client_request_id=body.client_request_id, name=body.name, model=model)
    return BeginReply(dataset_id=dataset_id, chunk_limit_bytes=CHUNK_BYTES)


async def put_chunk(call: Call[UserContext, bytes]) -> ChunkReply:
    """Send a part, packed with gzip: rows and rejects so far; a part sent twice counts once."""
    number = call.parameter("number")
    if not _NUMBER.fullmatch(number):
        raise ApexError(ErrorCode.NOT_FOUND)
    piece = await asyncio.to_thread(decompress, await call.payload())
    service = IngestionService(call.db, call.caller)
    progress = await service.receive(call.parameter("dataset_id"), number=int(number), piece=piece)
    return ChunkReply(rows=progress.rows, rejects=progress.rejects)


async def get_upload(call: Call[UserContext, None]) -> UploadReply:
    """How far an upload is, so that a client can resume it after a crash."""
    dataset_id = call.parameter("dataset_id")
    document = await IngestionService(call.db, call.caller).read(dataset_id)
    return UploadReply(
        dataset_id=dataset_id,
        status=document["status"],
        next_chunk=document["next_chunk"],
        bytes=document["bytes"],
        rows=document["rows"],
        rejects=document["rejects"],
        error=document.get("error"),
    )


async def post_complete(call: Call[UserContext, CompleteRequest]) -> CompleteReply:
    """Complete an upload: replies once questions can be asked about the dataset."""
    body = await call.payload()
    dataset_id = call.parameter("dataset_id")
    progress = await IngestionService(call.db, call.caller).complete(dataset_id, chunks=body.chunks)
    return CompleteReply(dataset_id=dataset_id, rows=progress.rows, rejects=progress.rejects)


async def delete_upload(call: Call[UserContext, None]) -> DeleteDatasetReply:
    """Delete a dataset: replies once nothing of it is left; an upload in progress is abandoned."""
    dataset_id = call.parameter("dataset_id")
    await IngestionService(call.db, call.caller).delete(dataset_id)
    return DeleteDatasetReply(dataset_id=dataset_id)


async def post_usage(call: Call[UserContext, FileParameters]) -> UsageReply | Response:
    """Send a file in one request, as its body: replies once questions can be asked about it.

    Repeats with the same header `Idempotency-Key` count once.
    """
    query = await call.payload()
    file = WholeFile(
        name=query.name,
        model=declared_model(query.model),
        idempotency_key=_idempotency_key(call.request),
        content=await _content(call.request),
    )
    taken = await import_file(call.db, call.caller, file)
    document = taken.document
    if document["status"] == "failed":  # a repeat: the refusal of the first time, word for word
        return JSONResponse({"error": document["error"]}, status_code=SPECS[document["error"]["code"]].status)
    return UsageReply(
        dataset_id=taken.dataset_id,
        rows=document["rows"],
        rejects=document["rejects"],
        rejected=taken.rejects,
        notes=document["notes"],
    )


async def post_query(call: Call[UserContext, QueryRequest]) -> QueryReply:
    """Answer a query of the user's usage, with at most 50 lines of 400 days; or say why the data cannot."""
    body = await call.payload()
    return await answer(call.db, warm_rollups(), call.caller.uid, body.query, body.dataset_ids)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        reason = "Invalid header Idempotency-Key: send 1 to 255 visible ASCII characters."
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason)
    return key


async def _content(request: Request) -> bytes:
    """The file in the body, unpacked if it is gzip, whatever its header says."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding not in ("gzip", "identity"):
        reason = f"The Content-Encoding {encoding} is not supported. Send the file uncompressed, or packed with gzip."
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


async def post_pushed(call: Call[None, PushEnvelope]) -> PushReply:
    """200 once the message must not be redelivered, usable or not.

    Any other status makes Pub/Sub redeliver it later: what is out of order is on our side.
    """
    counted = await LiveService(call.db, await call.payload()).take()
    return PushReply(status="counted" if counted else "dropped")


_UPLOADS = "/api/uploads"
_UPLOAD = "/api/uploads/{dataset_id}"
FUNCTION = Function(
    name="usage",
    routes=(
        Route(
            "POST",
            _UPLOADS,
            auth=USER_OR_KEY,
            request=Json(BeginRequest),
            reply=BeginReply,
            handler=post_upload,
            status=201,
        ),
        Route(
            "PUT",
            f"{_UPLOAD}/chunks/{{number}}",
            auth=USER_OR_KEY,
            request=File(CHUNK_BYTES),
            reply=ChunkReply,
            handler=put_chunk,
        ),
        Route(
            "POST",
            f"{_UPLOAD}/complete",
            auth=USER_OR_KEY,
            request=Json(CompleteRequest),
            reply=CompleteReply,
            handler=post_complete,
        ),
        Route("GET", _UPLOAD, auth=USER_OR_KEY, request=Nothing(), reply=UploadReply, handler=get_upload),
        Route("DELETE", _UPLOAD, auth=USER_OR_KEY, request=Nothing(), reply=DeleteDatasetReply, handler=delete_upload),
        Route(
            "POST",
            "/api/usage",
            auth=USER_OR_KEY,
            request=Query(FileParameters, file=True),
            reply=UsageReply,
            handler=post_usage,
            status=201,
        ),
        Route("POST", "/api/usage/query", auth=USER, request=Json(QueryRequest), reply=QueryReply, handler=post_query),
        Route(
            "POST",
            "/pubsub/usage",
            auth=PUBSUB,
            request=Json(PushEnvelope, _PUSH_BYTES),
            reply=PushReply,
            handler=post_pushed,
        ),
    ),
)

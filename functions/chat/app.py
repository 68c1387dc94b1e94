"""Chat: accept turns, stop them, name and delete threads."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.accounts.quotas import MESSAGE_LIMIT
from common.accounts.tokens import verify_user
from common.environment.settings import process_settings
from common.errors import ApexError, ErrorCode
from common.runs.accept import Turn, accept_turn
from common.runs.cancel import cancel_run
from common.runs.threads import delete_thread, rename_thread
from common.telemetry.trace import continue_trace
from functions.bootstrap import ports_of, warm_up
from functions.chat.replies import CancelReply, DeleteThreadReply, RenameReply, TurnReply
from functions.chat.requests import CancelRequest, RenameRequest, TurnRequest
from functions.http import dispatch, read_json

_SERVICE = "chat"


async def post_turn(request: Request) -> Response:
    """POST /api/turns: 202 with the run and its thread; the same request id gives the same run."""
    user = await verify_user(process_settings(_SERVICE), request.headers.get("authorization"))
    body = await read_json(request, TurnRequest)
    message = body.message.strip()
    if not message:
        raise ApexError(ErrorCode.EMPTY_MESSAGE)
    if len(message) > MESSAGE_LIMIT:
        raise ApexError(ErrorCode.MESSAGE_TOO_LONG, length=len(message), limit=MESSAGE_LIMIT)
    turn = Turn(
        user=user,
        client_request_id=body.client_request_id,
        message=message,
        thread_id=body.thread_id,
        dataset_ids=tuple(body.dataset_ids),
        traceparent=continue_trace(request.headers.get("traceparent")),
    )
    accepted = await accept_turn(ports_of(_SERVICE), turn)
    return TurnReply(run_id=accepted.run_id, thread_id=accepted.thread_id, status=accepted.status).response(202)


async def post_cancel(request: Request) -> Response:
    """POST /api/runs/{run}/cancel: 200 with the run's final status."""
    user = await verify_user(process_settings(_SERVICE), request.headers.get("authorization"))
    body = await read_json(request, CancelRequest)
    run_id = request.path_params["run_id"]
    status = await cancel_run(ports_of(_SERVICE), user=user, run_id=run_id, client_request_id=body.client_request_id)
    return CancelReply(run_id=run_id, status=status).response()


async def patch_thread(request: Request) -> Response:
    """PATCH /api/threads/{thread}: 200 with the title as it is stored."""
    user = await verify_user(process_settings(_SERVICE), request.headers.get("authorization"))
    body = await read_json(request, RenameRequest)
    thread_id = request.path_params["thread_id"]
    await rename_thread(ports_of(_SERVICE).db, uid=user.uid, thread_id=thread_id, title=body.title)
    return RenameReply(thread_id=thread_id, title=body.title).response()


async def delete_thread_of_user(request: Request) -> Response:
    """DELETE /api/threads/{thread}: 200 once nothing of it is left; open runs are stopped first."""
    user = await verify_user(process_settings(_SERVICE), request.headers.get("authorization"))
    thread_id = request.path_params["thread_id"]
    await delete_thread(ports_of(_SERVICE).db, uid=user.uid, thread_id=thread_id)
    return DeleteThreadReply(thread_id=thread_id).response()


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    return JSONResponse({"status": "ok"})


ROUTES = [
    Route("/api/turns", post_turn, methods=["POST"]),
    Route("/api/runs/{run_id}/cancel", post_cancel, methods=["POST"]),
    Route("/api/threads/{thread_id}", patch_thread, methods=["PATCH"]),
    Route("/api/threads/{thread_id}", delete_thread_of_user, methods=["DELETE"]),
    Route("/healthz", get_health, methods=["GET"]),
]


async def handle(request: Request) -> Response:
    """The target `chat`."""
    return await dispatch(request, ROUTES)

"""Chat: accept turns, stop them, name and delete threads."""

from common.accounts.auth import USER
from common.accounts.quotas import MESSAGE_LIMIT
from common.core.user import UserContext
from common.errors import ApexError, ErrorCode
from common.runs.accept import accept_turn
from common.runs.cancel import cancel_run
from common.runs.threads import delete_thread, rename_thread
from common.runs.turn import Click, Turn
from common.telemetry.trace import continue_trace
from functions.chat.replies import CancelReply, DeleteThreadReply, RenameReply, TurnReply
from functions.chat.requests import CancelRequest, RenameRequest, TurnRequest
from functions.http import Call, Function, Json, Nothing, Route


async def post_turn(call: Call[UserContext, TurnRequest]) -> TurnReply:
    """Ask a question: its run and its thread; the same request id gives the same run."""
    body = await call.payload()
    message = body.message.strip()
    if not message:
        raise ApexError(ErrorCode.EMPTY_MESSAGE)
    if len(message) > MESSAGE_LIMIT:
        raise ApexError(ErrorCode.MESSAGE_TOO_LONG, length=len(message), limit=MESSAGE_LIMIT)
    turn = Turn(
        user=call.caller,
        client_request_id=body.client_request_id,
        message=message,
        thread_id=body.thread_id,
        dataset_ids=tuple(body.dataset_ids),
        traceparent=continue_trace(call.request.headers.get("traceparent")),
        click=Click(**body.click.model_dump()) if body.click else None,
    )
    accepted = await accept_turn(call.ports, turn)
    return TurnReply(run_id=accepted.run_id, thread_id=accepted.thread_id, status=accepted.status)


async def post_cancel(call: Call[UserContext, CancelRequest]) -> CancelReply:
    """Stop a run: its final status."""
    body = await call.payload()
    run_id = call.parameter("run_id")
    status = await cancel_run(call.ports, user=call.caller, run_id=run_id, client_request_id=body.client_request_id)
    return CancelReply(run_id=run_id, status=status)


async def patch_thread(call: Call[UserContext, RenameRequest]) -> RenameReply:
    """Rename a thread: the title as it is stored."""
    body = await call.payload()
    thread_id = call.parameter("thread_id")
    await rename_thread(call.db, uid=call.caller.uid, thread_id=thread_id, title=body.title)
    return RenameReply(thread_id=thread_id, title=body.title)


async def delete_thread_of_user(call: Call[UserContext, None]) -> DeleteThreadReply:
    """Delete a thread: replies once nothing of it is left; open runs are stopped first."""
    thread_id = call.parameter("thread_id")
    await delete_thread(call.db, uid=call.caller.uid, thread_id=thread_id)
    return DeleteThreadReply(thread_id=thread_id)


_THREAD = "/api/threads/{thread_id}"
FUNCTION = Function(
    name="chat",
    routes=(
        Route(
            "POST", "/api/turns", auth=USER, request=Json(TurnRequest), reply=TurnReply, handler=post_turn, status=202
        ),
        Route(
            "POST",
            "/api/runs/{run_id}/cancel",
            auth=USER,
            request=Json(CancelRequest),
            reply=CancelReply,
            handler=post_cancel,
        ),
        Route("PATCH", _THREAD, auth=USER, request=Json(RenameRequest), reply=RenameReply, handler=patch_thread),
        Route("DELETE", _THREAD, auth=USER, request=Nothing(), reply=DeleteThreadReply, handler=delete_thread_of_user),
    ),
)

"""Accounts: what a guest has done moves to the account that the guest signs in to."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.environment.settings import process_settings
from common.errors import ApexError, ErrorCode
from common.identity.context import UserContext
from common.identity.tokens import is_guest, verify_user
from common.runs.state import now_utc
from common.store.client import firestore_client
from functions.account.merging import GuestMerge
from functions.account.replies import MergeReply
from functions.account.requests import MergeRequest
from functions.bootstrap import warm_up
from functions.http import dispatch, read_json

_SERVICE = "account"


async def post_merge(request: Request) -> Response:
    """POST /api/account/merge: 200 once the account has all that the guest had; may be repeated."""
    settings = process_settings(_SERVICE)
    account = await verify_user(settings, request.headers.get("authorization"))
    body = await read_json(request, MergeRequest)
    if account.guest:
        raise ApexError(ErrorCode.INVALID_REQUEST, reason="A guest cannot take over another. Sign in first.")
    guest = await _guest(body.guest_token)
    if guest.uid == account.uid or not (guest.guest and await is_guest(settings, guest.uid)):
        raise ApexError(ErrorCode.INVALID_REQUEST, reason="The field 'guest_token' is not the token of a guest.")
    moved = await GuestMerge(firestore_client(settings.project), account=account, guest=guest, now=now_utc()).run()
    return MergeReply(threads=moved.threads, datasets=moved.datasets).response()


async def _guest(token: str) -> UserContext:
    """The guest behind the token; a token that is over is no reason to sign the account out."""
    try:
        return await verify_user(process_settings(_SERVICE), f"Bearer {token}")
    except ApexError as error:
        if error.code is not ErrorCode.UNAUTHENTICATED:
            raise
        reason = (
            "Your work as a guest could not be brought along, because too much time has passed. "
            "Write to us with this support id."
        )
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason) from error


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    return JSONResponse({"status": "ok"})


ROUTES = [
    Route("/api/account/merge", post_merge, methods=["POST"]),
    Route("/healthz", get_health, methods=["GET"]),
]


async def handle(request: Request) -> Response:
    """The target `account`."""
    return await dispatch(request, ROUTES)

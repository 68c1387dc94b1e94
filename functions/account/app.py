"""Accounts: what a guest has done moves to the account that the guest signs in to; API keys; savings; evaluations."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.accounts.api_keys import create_key, delete_key, keys_of
from common.accounts.tokens import is_guest, verify_user
from common.accounts.users import ensure_user
from common.core.clock import now_utc
from common.core.user import UserContext
from common.environment.settings import process_settings
from common.errors import ApexError, ErrorCode
from common.guests.merge import GuestMerge
from common.store.client import firestore_client
from functions.account.evaluations import ROUTES as EVALUATIONS
from functions.account.replies import DeleteKeyReply, KeyReply, KeysReply, MergeReply, NewKeyReply
from functions.account.requests import KeyRequest, MergeRequest
from functions.account.savings import ROUTES as SAVINGS
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


async def post_key(request: Request) -> Response:
    """POST /api/keys: 201 with a new API key, whose secret is told this once."""
    owner = await _account(request)
    body = await read_json(request, KeyRequest)
    db = firestore_client(process_settings(_SERVICE).project)
    await ensure_user(db, owner)
    made = await create_key(db, owner, name=body.name, live=body.live)
    return NewKeyReply(secret=made.secret, key=KeyReply.of(made.key)).response(201)


async def get_keys(request: Request) -> Response:
    """GET /api/keys: 200 with the account's keys, without their secrets."""
    owner = await _account(request)
    keys = await keys_of(firestore_client(process_settings(_SERVICE).project), owner.uid)
    return KeysReply(keys=[KeyReply.of(key) for key in keys]).response()


async def delete_api_key(request: Request) -> Response:
    """DELETE /api/keys/{id}: 200; requests that begin from now on are refused with this key."""
    owner = await _account(request)
    key_id = request.path_params["key_id"]
    if not await delete_key(firestore_client(process_settings(_SERVICE).project), owner.uid, key_id):
        raise ApexError(ErrorCode.KEY_NOT_FOUND)
    return DeleteKeyReply(key_id=key_id).response()


async def _account(request: Request) -> UserContext:
    """The signed-in account; a guest, who cannot come back once the browser forgets, could never delete a key."""
    user = await verify_user(process_settings(_SERVICE), request.headers.get("authorization"))
    if user.guest:
        reason = "API keys belong to an account, so that you can always come back and delete them."
        raise ApexError(ErrorCode.ACCOUNT_NEEDED, reason=reason)
    return user


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    return JSONResponse({"status": "ok"})


ROUTES = [
    Route("/api/account/merge", post_merge, methods=["POST"]),
    Route("/api/keys", post_key, methods=["POST"]),
    Route("/api/keys", get_keys, methods=["GET"]),
    Route("/api/keys/{key_id}", delete_api_key, methods=["DELETE"]),
    *SAVINGS,
    *EVALUATIONS,
    Route("/healthz", get_health, methods=["GET"]),
]


async def handle(request: Request) -> Response:
    """The target `account`."""
    return await dispatch(request, ROUTES)

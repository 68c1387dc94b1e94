"""Accounts: what a guest has done moves to the account that the guest signs in to; API keys; savings; evaluations."""

from common.accounts.api_keys import create_key, delete_key, keys_of
from common.accounts.auth import USER
from common.accounts.users import ensure_user
from common.core.clock import now_utc
from common.core.user import UserContext
from common.errors import ApexError, ErrorCode
from common.guests.identity import verify_guest
from common.guests.merge import GuestMerge
from functions.account.evaluations import ROUTES as EVALUATIONS
from functions.account.replies import DeleteKeyReply, KeyReply, KeysReply, MergeReply, NewKeyReply
from functions.account.requests import KeyRequest, MergeRequest
from functions.account.savings import ROUTES as SAVINGS
from functions.http import Call, Function, Json, Nothing, Route


async def post_merge(call: Call[UserContext, MergeRequest]) -> MergeReply:
    """Take over a guest: replies once the account has all that the guest had; may be repeated."""
    body = await call.payload()
    guest = await verify_guest(call.settings, body.guest_token, account=call.caller)
    moved = await GuestMerge(call.db, account=call.caller, guest=guest, now=now_utc()).run()
    return MergeReply(threads=moved.threads, datasets=moved.datasets)


async def post_key(call: Call[UserContext, KeyRequest]) -> NewKeyReply:
    """Make an API key, whose secret is returned only once."""
    _refuse_guest(call.caller)
    body = await call.payload()
    await ensure_user(call.db, call.caller)
    created = await create_key(call.db, call.caller, name=body.name, live=body.live)
    return NewKeyReply(secret=created.secret, key=KeyReply.of(created.key))


async def get_keys(call: Call[UserContext, None]) -> KeysReply:
    """The account's API keys, without their secrets."""
    _refuse_guest(call.caller)
    return KeysReply(keys=[KeyReply.of(key) for key in await keys_of(call.db, call.caller.uid)])


async def delete_api_key(call: Call[UserContext, None]) -> DeleteKeyReply:
    """Delete an API key: requests that begin from now on are refused with it."""
    _refuse_guest(call.caller)
    key_id = call.parameter("key_id")
    if not await delete_key(call.db, call.caller.uid, key_id):
        raise ApexError(ErrorCode.KEY_NOT_FOUND)
    return DeleteKeyReply(key_id=key_id)


def _refuse_guest(user: UserContext) -> None:
    """A guest, who cannot come back once the browser forgets, could never delete a key."""
    if user.guest:
        reason = "API keys need an account, so that you can always come back and delete them."
        raise ApexError(ErrorCode.ACCOUNT_NEEDED, reason=reason)


_KEYS = "/api/keys"
FUNCTION = Function(
    name="account",
    routes=(
        Route(
            "POST", "/api/account/merge", auth=USER, request=Json(MergeRequest), reply=MergeReply, handler=post_merge
        ),
        Route("POST", _KEYS, auth=USER, request=Json(KeyRequest), reply=NewKeyReply, handler=post_key, status=201),
        Route("GET", _KEYS, auth=USER, request=Nothing(), reply=KeysReply, handler=get_keys),
        Route(
            "DELETE",
            f"{_KEYS}/{{key_id}}",
            auth=USER,
            request=Nothing(),
            reply=DeleteKeyReply,
            handler=delete_api_key,
        ),
        *SAVINGS,
        *EVALUATIONS,
    ),
)

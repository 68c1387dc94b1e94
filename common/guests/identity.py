"""Who the guest is that an account takes over."""

from common.accounts.tokens import is_guest, verify_user
from common.core.user import UserContext
from common.environment.settings import Settings
from common.errors import ApexError, ErrorCode


async def verify_guest(settings: Settings, token: str, *, account: UserContext) -> UserContext:
    """The guest behind an ID token, whose work `account` may take over; raises ApexError INVALID_REQUEST."""
    if account.guest:
        raise ApexError(ErrorCode.INVALID_REQUEST, reason="A guest cannot take over another guest. Sign in first.")
    guest = await _user(settings, token)
    if guest.uid == account.uid or not (guest.guest and await is_guest(settings, guest.uid)):
        raise ApexError(ErrorCode.INVALID_REQUEST, reason="Invalid field 'guest_token': it is not a guest's token.")
    return guest


async def _user(settings: Settings, token: str) -> UserContext:
    """An expired token of a guest is no reason to sign the account out."""
    try:
        return await verify_user(settings, f"Bearer {token}")
    except ApexError as error:
        if error.code is not ErrorCode.UNAUTHENTICATED:
            raise
        reason = (
            "Your work as a guest could not be moved to your account because your guest session has expired. "
            "Contact us with this support id."
        )
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason) from error

"""Users' Firebase ID tokens and services' OIDC tokens: verified here and nowhere else."""

import asyncio
import time
from functools import cache

import firebase_admin
import jwt
from firebase_admin import auth
from firebase_admin.exceptions import FirebaseError

from common.core.user import UserContext
from common.environment.settings import Settings
from common.errors import ApexError, ErrorCode

_BEARER = "Bearer "


@cache
def _firebase_app(project: str) -> firebase_admin.App:
    return firebase_admin.initialize_app(options={"projectId": project}, name=f"identity-{project}")


@cache
def _key_set(url: str) -> jwt.PyJWKClient:
    """Google's (locally: the emulator's) public keys, fetched when a new key id appears."""
    return jwt.PyJWKClient(url, cache_keys=True, timeout=5)


def bearer(header: str | None) -> str:
    """The token of an Authorization header; raises ApexError UNAUTHENTICATED without one."""
    if header is None or not header.startswith(_BEARER):
        raise ApexError(ErrorCode.UNAUTHENTICATED)
    return header.removeprefix(_BEARER).strip()


async def verify_user(settings: Settings, header: str | None) -> UserContext:
    """The user behind a Firebase ID token; raises ApexError UNAUTHENTICATED.

    The Auth emulator signs nothing, so firebase-admin checks neither signature nor expiry there: locally the expiry is
    checked here and the account is looked up, so that expired tokens and those of unknown users are refused, too.
    """
    token = bearer(header)
    try:
        claims = await asyncio.to_thread(
            auth.verify_id_token,
            token,
            app=_firebase_app(settings.project),
            check_revoked=settings.profile.emulated,
        )
    except auth.CertificateFetchError as error:  # Google's keys are unreachable: no reason to sign anybody out
        raise ApexError(ErrorCode.BUSY) from error
    except (ValueError, FirebaseError) as error:
        raise ApexError(ErrorCode.UNAUTHENTICATED) from error
    if claims["exp"] <= time.time():
        raise ApexError(ErrorCode.UNAUTHENTICATED)
    provider = claims.get("firebase", {}).get("sign_in_provider")
    return UserContext(uid=claims["uid"], email=claims.get("email"), guest=provider == "anonymous")


async def is_guest(settings: Settings, uid: str) -> bool:
    """Whether a user is a guest now: a token from before the guest became an account says so for another hour.

    The function's service account needs the permission `firebaseauth.users.get`.
    """
    try:
        user = await asyncio.to_thread(auth.get_user, uid, app=_firebase_app(settings.project))
    except auth.UserNotFoundError:
        return False
    except FirebaseError as error:
        raise ApexError(ErrorCode.BUSY) from error
    return not user.provider_data and user.email is None


async def verify_service(settings: Settings, header: str | None, *, audience: str, account: str) -> None:
    """Admit one service account only: signature, issuer, audience, expiry and e-mail; raises ApexError FORBIDDEN."""
    try:
        token = bearer(header)
        key = await asyncio.to_thread(_key_set(settings.oidc_certs_url).get_signing_key_from_jwt, token)
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            issuer=settings.profile.oidc_issuer,
            options={"require": ["exp", "iat", "aud", "iss"]},
        )
    except (ApexError, jwt.PyJWTError) as error:
        raise ApexError(ErrorCode.FORBIDDEN) from error
    if claims.get("email") != account or claims.get("email_verified") is not True:
        raise ApexError(ErrorCode.FORBIDDEN)

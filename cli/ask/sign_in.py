"""Sign-in against the Auth emulator's REST API: a fresh guest, or a named user with a local password."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from cli.ask.errors import ClientCode, ClientError, unreachable
from emulators.platform import local_http

_KEY = "local"
"""The Auth emulator accepts any API key."""
_DOMAIN = "example.com"


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in user. `expires_at` is UTC in seconds since 1970."""

    uid: str
    token: str
    email: str | None
    expires_at: float


def sign_in_guest(auth_host: str) -> Session:
    """Sign in as a new anonymous user; raises ClientError."""
    return _session(_call(auth_host, "accounts:signUp", {}), email=None)


def sign_in_user(auth_host: str, name: str) -> Session:
    """Sign in as NAME@example.com, created if new; raises ClientError.

    The password is derived from the name: it opens local accounts only, so `--user` needs no secret.
    """
    email = f"{name}@{_DOMAIN}"
    account = {"email": email, "password": f"local-password-of-{name}"}
    reply = _call(auth_host, "accounts:signUp", account)
    if _message(reply).startswith("EMAIL_EXISTS"):
        reply = _call(auth_host, "accounts:signInWithPassword", account)
    return _session(reply, email=email)


def _call(auth_host: str, action: str, account: dict[str, str]) -> dict[str, Any]:
    url = f"http://{auth_host}/identitytoolkit.googleapis.com/v1/{action}"
    try:
        response = local_http.post(url, params={"key": _KEY}, json={**account, "returnSecureToken": True}, timeout=30)
    except httpx.TransportError as error:
        raise unreachable(f"The sign-in service at {auth_host}", error) from error
    reply: dict[str, Any] = response.json()
    return reply


def _message(reply: dict[str, Any]) -> str:
    return str(reply.get("error", {}).get("message", ""))


def _session(reply: dict[str, Any], *, email: str | None) -> Session:
    if "idToken" not in reply:
        raise ClientError(ClientCode.UNREACHABLE, f"The sign-in service refused: {_message(reply)}.")
    return Session(
        uid=reply["localId"],
        token=reply["idToken"],
        email=email,
        expires_at=time.time() + float(reply["expiresIn"]),
    )

"""Accounts of the Auth emulator, seen from its operator's side: who they are, and the links that it mailed."""

from emulators.platform import local_http
from emulators.platform.api import Stack

_ADMIN = {"Authorization": "Bearer owner"}
_TIMEOUT_S = 30.0


def uid_of(stack: Stack, email: str) -> str:
    """The user whose account has this address."""
    address = f"http://{stack.auth_host}/identitytoolkit.googleapis.com/v1/projects/{stack.project}/accounts:lookup"
    reply = local_http.post(address, json={"email": [email]}, headers=_ADMIN, timeout=_TIMEOUT_S).raise_for_status()
    (user,) = reply.json()["users"]
    uid: str = user["localId"]
    return uid


def mailed_link(stack: Stack, email: str) -> str:
    """The newest sign-in link that was sent to this address."""
    address = f"http://{stack.auth_host}/emulator/v1/projects/{stack.project}/oobCodes"
    codes = local_http.get(address, timeout=_TIMEOUT_S).raise_for_status().json()["oobCodes"]
    links: list[str] = [code["oobLink"] for code in codes if code["email"] == email]
    return links[-1]

"""API keys: how a program signs in. A key is a random secret of which only the SHA-256 is stored.

Every use looks the key up, so a deleted key stops at once: a request that begins after the deletion is refused. Finding
a document by the hash compares nothing byte by byte, so the time of a refusal reveals nothing about a key.
"""

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from google.api_core.exceptions import NotFound
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from common.core.user import UserContext
from common.errors import ApexError, ErrorCode
from common.store import paths
from common.store.client import RPC_S, SCHEMA_VERSION, Document, Snapshot, fields, read_all

PREFIX = "apex_"
_SECRET_BYTES = 32
_ID_LENGTH = 16
_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key as its owner sees it. `live`: only for messages of live data; `last_used_day`: UTC, None before."""

    key_id: str
    name: str
    live: bool
    last_four: str
    created_at: datetime
    last_used_day: date | None


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key that was just created; `secret` is available here and never again."""

    secret: str
    key: ApiKey


async def create_key(db: firestore.AsyncClient, owner: UserContext, *, name: str, live: bool) -> NewKey:
    """Create a key for `owner`, who must not be a guest."""
    secret = f"{PREFIX}{secrets.token_urlsafe(_SECRET_BYTES)}"
    reference = db.document(paths.api_key(hash_of(secret)))
    document: Document = {
        "v": SCHEMA_VERSION,
        "uid": owner.uid,
        "email": owner.email,
        "name": name,
        "live": live,
        "last_four": secret[-_SHOWN:],
        "created_at": firestore.SERVER_TIMESTAMP,
        "last_used_day": None,
    }
    await reference.create(document, timeout=RPC_S)
    (stored,) = await read_all(db, [reference.path])
    return NewKey(secret=secret, key=_key(stored))


async def keys_of(db: firestore.AsyncClient, uid: str) -> list[ApiKey]:
    """The keys of a user, the oldest first."""
    return sorted([_key(document) for document in await _stored(db, uid)], key=lambda key: key.created_at)


async def delete_key(db: firestore.AsyncClient, uid: str, key_id: str) -> bool:
    """Delete a user's key; False when the user has none of this id. It is refused from now on."""
    matches = [document for document in await _stored(db, uid) if _id(document) == key_id]
    for document in matches:
        await document.reference.delete(timeout=RPC_S)
    return bool(matches)


async def owner_of(db: firestore.AsyncClient, secret: str, *, live: bool, today: date) -> UserContext:
    """The user that a key speaks for, noting its use `today` (UTC); raises ApexError INVALID_KEY."""
    (stored,) = await read_all(db, [paths.api_key(hash_of(secret))])
    if not stored.exists or fields(stored)["live"] is not live:
        raise ApexError(ErrorCode.INVALID_KEY)
    document = fields(stored)
    if document["last_used_day"] != today.isoformat():
        with contextlib.suppress(NotFound):  # deleted during this request
            await stored.reference.update({"last_used_day": today.isoformat()}, timeout=RPC_S)
    return UserContext(uid=document["uid"], email=document["email"], guest=False)


def is_key(token: str) -> bool:
    """Whether a bearer token has the form of an API key."""
    return token.startswith(PREFIX)


def hash_of(secret: str) -> str:
    """What is stored of a key. A key is 256 random bits, so neither salt nor a slow hash adds anything."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def _stored(db: firestore.AsyncClient, uid: str) -> list[Snapshot]:
    query = db.collection(paths.API_KEYS).where(filter=FieldFilter("uid", "==", uid))
    return [document async for document in query.stream(timeout=RPC_S)]


def _id(stored: Snapshot) -> str:
    return str(stored.id)[:_ID_LENGTH]


def _key(stored: Snapshot) -> ApiKey:
    document = fields(stored)
    used = document["last_used_day"]
    return ApiKey(
        key_id=_id(stored),
        name=document["name"],
        live=document["live"],
        last_four=document["last_four"],
        created_at=document["created_at"],
        last_used_day=date.fromisoformat(used) if used else None,
    )

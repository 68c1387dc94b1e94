"""A user's document, as functions other than accept make it; accept guards it by what it read."""

from google.api_core import exceptions
from google.cloud import firestore

from common.core.user import UserContext
from common.errors import ApexError, ErrorCode
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document, Snapshot


def new_user(user: UserContext) -> Document:
    """The first form of a user document: the free tier, nothing used."""
    return {
        "v": SCHEMA_VERSION,
        "email": user.email,
        "guest": user.guest,
        "tier": "free",
        "quota": {},
        "open_runs": [],
        "datasets": [],
        "created_at": firestore.SERVER_TIMESTAMP,
    }


def refuse_moving(user: Snapshot) -> None:
    """Raise ApexError GUEST_MOVING for a guest whose work is being moved: a change might stay behind, unseen."""
    if "merged_into" in (user.to_dict() or {}):
        raise ApexError(ErrorCode.GUEST_MOVING)


async def ensure_user(db: firestore.AsyncClient, user: UserContext) -> None:
    """Make the document of a user whose first trace here this is."""
    try:
        await db.document(paths.user(user.uid)).create(new_user(user))
    except exceptions.AlreadyExists:
        return

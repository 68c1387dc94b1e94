"""The document of a user: its first form, and who creates it outside of accept."""

from google.api_core import exceptions
from google.cloud import firestore

from common.contract.documents import SERVER_TIME, UserDocument
from common.core.user import UserContext
from common.errors import ApexError, ErrorCode
from common.store import paths
from common.store.client import Document, Snapshot


def new_user(user: UserContext) -> Document:
    """The first form of a user document: the free tier, nothing used."""
    document = UserDocument(
        email=user.email,
        guest=user.guest,
        tier="free",
        quota={},
        open_runs=[],
        datasets=[],
        created_at=SERVER_TIME,
    )
    return document.stored()


def refuse_moving(user: Snapshot) -> None:
    """Raise ApexError GUEST_MOVING for a guest whose work is being moved: a change now might be left behind."""
    if "merged_into" in (user.to_dict() or {}):
        raise ApexError(ErrorCode.GUEST_MOVING)


async def ensure_user(db: firestore.AsyncClient, user: UserContext) -> None:
    """Create the document of a user who has none yet."""
    try:
        await db.document(paths.user(user.uid)).create(new_user(user))
    except exceptions.AlreadyExists:
        return

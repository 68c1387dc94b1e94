"""Changes to a user's document by functions other than accept, which guards it by what it read."""

from google.api_core import exceptions
from google.cloud import firestore

from common.identity.context import UserContext
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document


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


async def add_to_user(db: firestore.AsyncClient, user: UserContext, changes: Document) -> None:
    """Apply `changes`; makes the document first if this is the user's first trace here."""
    reference = db.document(paths.user(user.uid))
    try:
        await reference.update(changes)
    except exceptions.NotFound:
        await _create(reference, new_user(user))
        await reference.update(changes)


async def _create(reference: firestore.AsyncDocumentReference, document: Document) -> None:
    try:
        await reference.create(document)
    except exceptions.AlreadyExists:
        return  # another request of this user was first

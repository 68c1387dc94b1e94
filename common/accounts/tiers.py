"""A user's tier, changed by an operator: the change and its audit entry are one commit."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from common.core.vocabulary import TierName
from common.errors import ApexError, ErrorCode
from common.store import paths
from common.store.client import RPC_S, SCHEMA_VERSION, Document, fields, read_all, updated
from common.store.commits import is_applied

_TRIES = 8


@dataclass(frozen=True, kw_only=True)
class TierChange:
    """One entry of the audit. `by`: the operator, by the name they gave or their system user; `at`: UTC."""

    uid: str
    at: datetime
    by: str
    before: TierName
    after: TierName
    reason: str


async def change_tier(
    db: firestore.AsyncClient, *, uid: str, tier: TierName, by: str, reason: str
) -> TierChange | None:
    """Change a user's tier; None, with nothing written, when they have it already.

    Raises LookupError when there is no such user, ApexError BUSY when their document kept changing.
    """
    entry = paths.tier_change(secrets.token_hex(16))
    for _ in range(_TRIES):
        user, existing = await read_all(db, [paths.user(uid), entry])
        if existing.exists:
            return _change(fields(existing))  # the reply of an earlier try was lost
        before: TierName = fields(user)["tier"]
        if before == tier:
            return None
        change = TierChange(uid=uid, at=datetime.now(UTC), by=by, before=before, after=tier, reason=reason)
        batch = db.batch()
        batch.update(user.reference, {"tier": tier}, option=db.write_option(last_update_time=updated(user)))
        batch.create(db.document(entry), {"v": SCHEMA_VERSION, **vars(change)})
        if await is_applied(batch):
            return change
    raise ApexError(ErrorCode.BUSY)


async def tier_changes(db: firestore.AsyncClient, uid: str) -> list[TierChange]:
    """All changes of a user's tier, the oldest first."""
    query = db.collection(paths.TIER_CHANGES).where(filter=FieldFilter("uid", "==", uid))
    changes = [_change(fields(entry)) async for entry in query.stream(timeout=RPC_S)]
    return sorted(changes, key=lambda change: change.at)


def _change(entry: Document) -> TierChange:
    return TierChange(**{name: entry[name] for name in TierChange.__dataclass_fields__})


def tier_at(moment: datetime, current: TierName, changes: list[TierChange]) -> TierName:
    """The tier that a user had at a moment: the one before the next change, else the current one."""
    return next((change.before for change in changes if change.at > moment), current)

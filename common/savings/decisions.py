"""What a user decides on a recommendation: accepted, implemented or rejected; each once, however often it is sent.

Every change is guarded by the update times of what was read: of two decisions at once one comes first, and the other
sees it. The user's document is guarded, too, so that no decision is left behind when a guest's work is moved.
"""

from typing import Literal

from google.cloud import firestore

from common.accounts.users import refuse_moving
from common.contract.documents import RecommendationDocument
from common.core.clock import now_utc
from common.core.vocabulary import RecommendationStatus
from common.errors import ApexError, ErrorCode
from common.runs.ids import RECOMMENDATION_ID
from common.savings.baselines import frozen_baseline
from common.spend.ledger import TransitionError, transition
from common.store import paths
from common.store.client import Snapshot, fields, read_all, updated
from common.store.commits import is_applied

Decided = Literal["accepted", "implemented", "rejected"]

_TRIES = 8
_ALREADY: dict[Decided, frozenset[RecommendationStatus]] = {
    "accepted": frozenset({"accepted", "implemented", "verified"}),
    "implemented": frozenset({"implemented", "verified"}),
    "rejected": frozenset({"rejected"}),
}
"""Statuses of a recommendation on which this was decided before."""


async def decide(db: firestore.AsyncClient, *, uid: str, recommendation_id: str, to: Decided) -> RecommendationStatus:
    """Take a decision, or find that it was taken before; returns the status afterwards.

    Raises ApexError RECOMMENDATION_NOT_FOUND for an unknown and a foreign one alike, RECOMMENDATION_STATUS where the
    decision does not fit, BASELINE_DATA_GONE for one whose data were deleted, GUEST_MOVING, BUSY.
    """
    if not RECOMMENDATION_ID.fullmatch(recommendation_id):
        raise ApexError(ErrorCode.RECOMMENDATION_NOT_FOUND)
    for _ in range(_TRIES):
        recommendation, user = await read_all(db, [paths.recommendation(uid, recommendation_id), paths.user(uid)])
        refuse_moving(user)
        if not recommendation.exists or not user.exists:
            raise ApexError(ErrorCode.RECOMMENDATION_NOT_FOUND)
        status: RecommendationStatus = fields(recommendation)["status"]
        if status in _ALREADY[to]:
            return status
        try:
            transition(status, to)
        except TransitionError as error:
            raise ApexError(ErrorCode.RECOMMENDATION_STATUS, reason=str(error)) from error
        if await _commit(db, recommendation, user, to):
            return to
    raise ApexError(ErrorCode.BUSY)


async def _commit(db: firestore.AsyncClient, recommendation: Snapshot, user: Snapshot, to: Decided) -> bool:
    """One try; False when another request was faster, or it is not known whether this one was applied."""
    now = now_utc()
    changes = RecommendationDocument.changes(**{"status": to, f"{to}_at": now})
    batch = db.batch()
    if to == "accepted":
        frozen = await frozen_baseline(db, user.id, fields(recommendation), now.date())
        changes |= RecommendationDocument.changes(baseline=frozen.summary)
        batch.set(db.document(paths.baseline(user.id, recommendation.id)), frozen.document)
    batch.update(recommendation.reference, changes, option=db.write_option(last_update_time=updated(recommendation)))
    unchanged = {"v": fields(user)["v"]}
    batch.update(user.reference, unchanged, option=db.write_option(last_update_time=updated(user)))
    return await is_applied(batch)

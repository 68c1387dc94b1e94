"""Verification: usage that has arrived is compared with the baselines of what its user accepted.

Upkeep calls it. A recommendation's rows and its sum are one commit, guarded by the update time of the recommendation,
under ids of recommendation and day; an arrival is deleted last. So a repeat, also one after a crash, changes nothing
that is done, and usage that several arrivals bring is counted once.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from common.contract.documents import RecommendationDocument
from common.core.clock import now_utc
from common.datasets.datasets import read_shards
from common.errors import ApexError, ErrorCode
from common.savings.baselines import stored_baseline
from common.savings.ledger_rows import differs, measured_savings, stored_row
from common.savings.measure import DAYS_PARTS, AcceptedRecommendation, MeasuredRows, measure
from common.spend.ledger import LedgerRow, transition
from common.store import paths
from common.store.client import RPC_S, Document, Snapshot, fields, read_all, updated
from common.store.commits import is_applied
from common.telemetry.logs import log

BATCH = 200
"""Arrivals of one round; the rest is due again at the next."""

_ROUND_S = 45.0
"""After this time the remaining users wait for the next round, a minute after this one began."""

_LATER = timedelta(minutes=10)
"""When an arrival is due again whose user's savings could not be verified, so that it keeps no other waiting."""

_TRIES = 5

_WRITES = 300
"""Rows of one commit: a batch takes 500, and what a row holds stays below the emulator's 4 MiB."""


async def verify_arrivals(db: firestore.AsyncClient) -> int:
    """Verify the savings of every user with a due arrival; returns how many users were handled."""
    query = (
        db.collection_group(paths.ARRIVALS)
        .where(filter=FieldFilter("due_at", "<=", now_utc()))
        .order_by("due_at")
        .limit(BATCH)
    )
    due: dict[str, list[Snapshot]] = {}
    async for arrival in query.stream(timeout=RPC_S):
        due.setdefault(arrival.reference.parent.parent.id, []).append(arrival)
    clock = asyncio.get_running_loop()
    ends = clock.time() + _ROUND_S
    done = 0
    for uid, arrivals in due.items():
        await _handle_user(db, uid, arrivals)
        done += 1
        if clock.time() >= ends:
            break
    return done


async def _handle_user(db: firestore.AsyncClient, uid: str, arrivals: Sequence[Snapshot]) -> None:
    """One user after another: a rollup is large, and nobody waits for it."""
    try:
        done = await verify_user(db, uid, arrivals)
    except Exception as error:  # noqa: BLE001 - one user must not keep the rest waiting
        log("ERROR", "savings could not be verified; they will be later", cause=error, uid=uid)
        done = False
    for arrival in arrivals:
        await _close_arrival(db, arrival, done=done)


async def _close_arrival(db: firestore.AsyncClient, arrival: Snapshot, *, done: bool) -> None:
    """Delete an arrival that is done, else postpone it; unless more has come for it meanwhile, or it has moved."""
    batch = db.batch()
    option = db.write_option(last_update_time=updated(arrival))
    if done:
        batch.delete(arrival.reference, option=option)
    else:
        batch.update(arrival.reference, {"due_at": now_utc() + _LATER}, option=option)
    await is_applied(batch)  # or it is due again at the next round


async def verify_user(db: firestore.AsyncClient, uid: str, arrivals: Sequence[Snapshot]) -> bool:
    """Verify what a user accepted by these arrivals; False: not now, as the user is a guest whose work is being moved.

    Raises whatever goes wrong; then some of it may be stored.
    """
    (user,) = await read_all(db, [paths.user(uid)])
    document = user.to_dict()
    if document is None:
        return True
    if "merged_into" in document:
        return False
    accepted = await _accepted(db, uid)
    if not accepted:
        return True
    new = [fields(arrival)["dataset_id"] for arrival in arrivals]
    arrived = await read_shards(db, uid, new, DAYS_PARTS)
    usage = await read_shards(db, uid, document["datasets"])
    if arrived is None or usage is None:
        return True  # deleted meanwhile
    for rows in await asyncio.to_thread(measure, accepted, arrived, usage):
        await _store(db, uid, rows)
    return True


async def _accepted(db: firestore.AsyncClient, uid: str) -> list[AcceptedRecommendation]:
    """What is accepted, and what was in effect for a time before it was rejected; the first accepted first."""
    query = db.collection(paths.recommendations(uid)).where(filter=FieldFilter("status", "!=", "proposed"))
    decided = [(snapshot.id, fields(snapshot)) async for snapshot in query.stream(timeout=RPC_S)]
    effective = [(name, document) for name, document in decided if _counts(document)]
    effective.sort(key=lambda item: item[1]["accepted_at"])
    baselines = await read_all(db, [paths.baseline(uid, name) for name, _ in effective]) if effective else []
    return [
        _accepted_recommendation(name, document, baseline)
        for (name, document), baseline in zip(effective, baselines, strict=True)
    ]


def _counts(document: Document) -> bool:
    return document["status"] != "rejected" or "implemented_at" in document


def _accepted_recommendation(name: str, document: Document, baseline: Snapshot) -> AcceptedRecommendation:
    implemented, rejected = document.get("implemented_at"), document.get("rejected_at")
    return AcceptedRecommendation(
        recommendation_id=name,
        title=document["proposal"]["title"],
        baseline=stored_baseline(baseline),
        implemented=implemented.date() if implemented else None,
        ended=rejected.date() if rejected else None,
    )


async def _store(db: firestore.AsyncClient, uid: str, part: MeasuredRows) -> None:
    """Write the rows of a recommendation, or those that none explains, as far as they say something new."""
    for first in range(0, len(part.rows), _WRITES):
        rows = part.rows[first : first + _WRITES]
        for _ in range(_TRIES):
            if await _is_stored(db, uid, part, rows):
                break
        else:
            raise ApexError(ErrorCode.BUSY)


async def _is_stored(db: firestore.AsyncClient, uid: str, part: MeasuredRows, rows: Sequence[LedgerRow]) -> bool:
    """One try; False when the recommendation has changed meanwhile, or it is not known whether this was applied."""
    about = part.recommendation
    recommendations = [paths.recommendation(uid, about.recommendation_id)] if about else []
    snapshots = await read_all(db, [*recommendations, *(paths.ledger_row(uid, row.id) for row in rows)])
    batch = db.batch()
    changes: list[tuple[Document | None, Document]] = []
    for row, before in zip(rows, snapshots[len(recommendations) :], strict=True):
        after = stored_row(row, about.recommendation_id if about else None, about.title if about else "")
        if differs(before.to_dict(), after):
            changes.append((before.to_dict(), after))
            batch.set(before.reference, after)
    for recommendation in snapshots[: len(recommendations)]:
        updates = _updates(fields(recommendation), changes, seen=part.seen)
        if updates:
            option = db.write_option(last_update_time=updated(recommendation))
            batch.update(recommendation.reference, updates, option=option)
    return not len(batch) or await is_applied(batch)


def _updates(recommendation: Document, changes: Sequence[tuple[Document | None, Document]], *, seen: bool) -> Document:
    """What changes in the document of a recommendation: its sum, and its status with the first measured trace."""
    updates: Document = {}
    stored = recommendation.get("measured")
    total = measured_savings(stored, changes)
    if total is not None and total.model_dump() != stored:
        updates |= RecommendationDocument.changes(measured=total)
    if seen and recommendation["status"] == "implemented":
        status = transition("implemented", "verified")
        updates |= RecommendationDocument.changes(status=status, verified_at=now_utc())
    return updates

"""Verification: usage that has arrived is compared with the baselines of what its user accepted.

Upkeep calls it. A recommendation's rows and its sum are one commit, guarded by the update time of the recommendation,
under ids of recommendation and day; an arrival is deleted last. So a repeat, or one that goes on after a crash, changes
nothing that is done, and usage that several arrivals bring is counted once.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from common.core.clock import now_utc
from common.datasets.datasets import read_shards
from common.errors import ApexError, ErrorCode
from common.savings.baselines import stored_baseline
from common.savings.ledger_rows import differs, measured_savings, stored_row
from common.savings.measure import AcceptedRecommendation, MeasuredRows, measure
from common.spend.ledger import LedgerRow, transition
from common.store import paths
from common.store.client import RPC_S, Document, Snapshot, fields, read_all, updated
from common.store.commits import is_applied
from common.telemetry.logs import log

BATCH = 200
"""Arrivals of one round; the rest is due again at the next."""

_ROUND_S = 45.0
"""After so long the users that are left wait for the next round, a minute after this one began."""

_LATER = timedelta(minutes=10)
"""When an arrival is looked at again whose user could not be verified for, so that it keeps no other waiting."""

_TRIES = 5

_WRITES = 300
"""Rows of one commit: a batch takes 500, and what a row holds stays below the emulator's 4 MiB."""


async def verify_arrivals(db: firestore.AsyncClient) -> int:
    """Verify for every user for whom usage is due; returns for how many it was seen to."""
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
        await _look_after(db, uid, arrivals)
        done += 1
        if clock.time() >= ends:
            break
    return done


async def _look_after(db: firestore.AsyncClient, uid: str, arrivals: Sequence[Snapshot]) -> None:
    """One user after the other: a rollup is large, and nobody waits for it."""
    try:
        done = await verify_user(db, uid, arrivals)
    except Exception as error:  # noqa: BLE001 - one user must not keep the rest waiting
        log("ERROR", "savings could not be verified; they will be later", cause=error, uid=uid)
        done = False
    for arrival in arrivals:
        await _settle(db, arrival, done=done)


async def _settle(db: firestore.AsyncClient, arrival: Snapshot, *, done: bool) -> None:
    """Delete an arrival that is done with, else put it off; unless more has come for it meanwhile, or it has moved."""
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
    known = await _accepted(db, uid)
    if not known:
        return True
    arrived = await read_shards(db, uid, [fields(arrival)["dataset_id"] for arrival in arrivals])
    whole = await read_shards(db, uid, document["datasets"])
    if arrived is None or whole is None:
        return True  # deleted meanwhile
    for part in await asyncio.to_thread(measure, known, arrived, whole):
        await _store(db, uid, part)
    return True


async def _accepted(db: firestore.AsyncClient, uid: str) -> list[AcceptedRecommendation]:
    """What is accepted, and what was in effect for a time before it was rejected; the first accepted first."""
    query = db.collection(paths.recommendations(uid)).where(filter=FieldFilter("status", "!=", "proposed"))
    found = [(snapshot.id, fields(snapshot)) async for snapshot in query.stream(timeout=RPC_S)]
    mine = [(name, document) for name, document in found if _counts(document)]
    mine.sort(key=lambda item: item[1]["accepted_at"])
    baselines = await read_all(db, [paths.baseline(uid, name) for name, _ in mine]) if mine else []
    return [_known(name, document, stored) for (name, document), stored in zip(mine, baselines, strict=True)]


def _counts(document: Document) -> bool:
    return document["status"] != "rejected" or "implemented_at" in document


def _known(name: str, document: Document, baseline: Snapshot) -> AcceptedRecommendation:
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
    known = part.known
    about = [paths.recommendation(uid, known.recommendation_id)] if known else []
    found = await read_all(db, [*about, *(paths.ledger_row(uid, row.id) for row in rows)])
    stored = found[len(about) :]
    batch = db.batch()
    changes: list[tuple[Document | None, Document]] = []
    for row, before in zip(rows, stored, strict=True):
        after = stored_row(row, known.recommendation_id if known else None, known.title if known else "")
        if differs(before.to_dict(), after):
            changes.append((before.to_dict(), after))
            batch.set(before.reference, after)
    for recommendation in found[: len(about)]:
        told = _told(fields(recommendation), changes, seen=part.seen)
        if told:
            option = db.write_option(last_update_time=updated(recommendation))
            batch.update(recommendation.reference, told, option=option)
    return not len(batch) or await is_applied(batch)


def _told(recommendation: Document, changes: Sequence[tuple[Document | None, Document]], *, seen: bool) -> Document:
    """What changes in the document of a recommendation: its sum, and its status with the first measured trace."""
    told: Document = {}
    measured = measured_savings(recommendation.get("measured"), changes)
    if measured is not None and measured != recommendation.get("measured"):
        told["measured"] = measured
    if seen and recommendation["status"] == "implemented":
        told |= {"status": transition("implemented", "verified"), "verified_at": now_utc()}
    return told

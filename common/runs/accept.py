"""Accepting a turn: one read, one batch, then the task. The same request id always becomes the same run."""

import asyncio
import random
from dataclasses import dataclass

from google.cloud import firestore

from common.accounts.quotas import OPEN_RUNS_LIMIT, TIERS, quota_month, quota_resets
from common.accounts.users import refuse_moving
from common.contract.status import Status
from common.core.clock import now_utc
from common.errors import ApexError, ErrorCode
from common.runs.accept_batch import Acceptance, add_acceptance, add_cancelled_before_arrival
from common.runs.head import head_of, wake_head
from common.runs.ports import Ports
from common.runs.queue import StepQueue, StepTask
from common.runs.turn import Turn
from common.store import paths
from common.store.client import Document, Snapshot, fields, read_all
from common.store.commits import doubt
from common.telemetry.logs import log

_TRIES = 12


@dataclass(frozen=True, kw_only=True)
class AcceptedTurn:
    """What the client gets."""

    run_id: str
    thread_id: str
    status: Status


async def accept_turn(ports: Ports, turn: Turn) -> AcceptedTurn:
    """Accept a turn once, however often it is sent; raises ApexError when it may not be."""
    cause: Exception | None = None
    for attempt in range(_TRIES):
        acceptance = await _read(ports.db, turn)
        if isinstance(acceptance, AcceptedTurn):
            await wake_head(ports, uid=turn.user.uid, thread_id=acceptance.thread_id)
            return acceptance
        outcome = await _commit(ports, acceptance)
        if isinstance(outcome, AcceptedTurn):
            return outcome
        cause = outcome
        await asyncio.sleep(random.uniform(0.002, 0.02) * (attempt + 1))  # noqa: S311 - jitter
    raise ApexError(ErrorCode.BUSY) from cause


async def _read(db: firestore.AsyncClient, turn: Turn) -> Acceptance | AcceptedTurn:
    """One read: a retry is answered from its claim, before any limit; the rest is guarded by the batch."""
    uid = turn.user.uid
    claim, user, thread, run, *datasets = await read_all(
        db,
        [
            paths.claim(uid, turn.client_request_id),
            paths.user(uid),
            paths.thread(uid, turn.thread),
            paths.run(uid, turn.run_id),
            *(paths.dataset(uid, dataset) for dataset in turn.dataset_ids),
        ],
    )
    if not run.exists and (claim.to_dict() or {}).get("body_hash"):
        # one RPC, but not one moment: the read may have fallen across the commit of the same request
        (run,) = await read_all(db, [paths.run(uid, turn.run_id)])
    retried = _retried(turn, claim.to_dict(), run.to_dict())
    if retried is not None:
        return retried
    refuse_moving(user)
    if turn.thread_id is not None and not thread.exists:
        raise ApexError(ErrorCode.THREAD_NOT_FOUND)
    if not all(_can_be_asked_about(dataset) for dataset in datasets):
        raise ApexError(ErrorCode.DATASET_NOT_FOUND)
    if not claim.exists:
        _check_limits(user.to_dict())
    return _acceptance(turn, claim, user, thread)


def _can_be_asked_about(dataset: Snapshot) -> bool:
    return dataset.exists and fields(dataset)["status"] != "deleting"


def _acceptance(turn: Turn, claim: Snapshot, user: Snapshot, thread: Snapshot) -> Acceptance:
    return Acceptance(
        turn=turn,
        dataset_ids=_datasets(turn, user.to_dict(), thread.to_dict()),
        month=quota_month(now_utc()),
        claim=claim,
        user_document=user,
        thread=thread,
        is_head=head_of(thread.to_dict()) is None,
    )


def _retried(turn: Turn, claim: Document | None, run: Document | None) -> AcceptedTurn | None:
    """What the same request became before; a claim without a body is a stop that came first, not a retry."""
    if claim is not None and claim["body_hash"] not in (None, turn.body_hash):
        raise ApexError(ErrorCode.REQUEST_ID_REUSED)
    if run is None:  # a claim may have expired, its run has not
        if claim is not None and claim["body_hash"] is not None:
            raise ApexError(ErrorCode.THREAD_NOT_FOUND)  # a late retry of a turn whose thread was deleted meanwhile
        return None
    return AcceptedTurn(run_id=turn.run_id, thread_id=run["thread_id"], status=run["status"])


def _check_limits(user: Document | None) -> None:
    if user is None:
        return
    if len(user["open_runs"]) >= OPEN_RUNS_LIMIT:
        raise ApexError(ErrorCode.TOO_MANY_RUNS, open=len(user["open_runs"]), limit=OPEN_RUNS_LIMIT)
    limit, now = TIERS[user["tier"]].turns_per_month, now_utc()
    if user["quota"].get(quota_month(now), 0) >= limit:
        raise ApexError(ErrorCode.QUOTA_EXHAUSTED, limit=limit, resets=quota_resets(now))


def _datasets(turn: Turn, user: Document | None, thread: Document | None) -> tuple[str, ...]:
    """What the turn is about: the datasets it names, else those of its thread, else all that the user has.

    Datasets of a thread that were deleted since are left out.
    """
    ready = (user or {}).get("datasets", [])
    of_thread = [dataset for dataset in (thread or {}).get("dataset_ids", []) if dataset in ready]
    return tuple(turn.dataset_ids or of_thread or ready)


async def _commit(ports: Ports, acceptance: Acceptance) -> AcceptedTurn | Exception:
    """An error: what was read has changed, or it is uncertain whether the batch was applied; read again."""
    turn, batch = acceptance.turn, ports.db.batch()
    if acceptance.claim.exists:
        add_cancelled_before_arrival(ports.db, batch, acceptance)
        return await doubt(batch) or _accepted(turn, "cancelled")
    add_acceptance(ports.db, batch, acceptance, ports.profile)
    if error := await doubt(batch):
        return error
    if acceptance.is_head:
        task = StepTask(run_id=turn.run_id, uid=turn.user.uid, thread_id=turn.thread, step=0, dispatch=0)
        await _enqueue(ports.queue, task, turn.traceparent)
    else:
        # the run before it may have ended between our read and our commit: one of the two sees the other
        await wake_head(ports, uid=turn.user.uid, thread_id=turn.thread)
    return _accepted(turn, "running" if acceptance.is_head else "queued")


def _accepted(turn: Turn, status: Status) -> AcceptedTurn:
    return AcceptedTurn(run_id=turn.run_id, thread_id=turn.thread, status=status)


async def _enqueue(queue: StepQueue, task: StepTask, traceparent: str) -> None:
    """The turn is accepted by now: when Cloud Tasks refuses, log an error and leave the task to the sweeper."""
    try:
        await queue.enqueue(task, traceparent=traceparent)
    except Exception as error:  # noqa: BLE001 - whatever it is (credentials fail in their own ways), the turn stands
        log("ERROR", "step 0 not enqueued; the sweeper will", cause=error, run_id=task.run_id, traceparent=traceparent)

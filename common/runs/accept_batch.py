"""The one batch of an accepted turn, guarded so that it applies once or not at all."""

from dataclasses import dataclass
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.accounts.quotas import TITLE_LIMIT
from common.accounts.users import new_user
from common.contract.events import AgentCancelled, AgentStarted, Event
from common.core.clock import now_utc
from common.core.user import UserContext
from common.environment.profiles import Profile
from common.runs.commit import add_events, new_commit_id, stamp
from common.runs.end import Ending, closing_message, outcome
from common.runs.end_reasons import EndReason
from common.runs.state import new_state
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document, Snapshot, updated

CLAIM_KEPT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A turn with everything that was read for it; the batch is guarded by what was read."""

    user: UserContext
    client_request_id: str
    message: str
    body_hash: str
    run_id: str
    thread_id: str
    dataset_ids: tuple[str, ...]
    month: str
    traceparent: str
    claim: Snapshot
    user_document: Snapshot
    thread: Snapshot
    is_head: bool


def add_acceptance(db: firestore.AsyncClient, batch: AsyncWriteBatch, turn: Acceptance, profile: Profile) -> None:
    """Claim, user, thread, message, run and control document; event 0 if the run is the head of its thread."""
    batch.create(db.document(paths.claim(turn.user.uid, turn.client_request_id)), claim_document(turn))
    _add_user(db, batch, turn)
    _add_thread(db, batch, turn, open_runs=[turn.run_id])
    _add_question(db, batch, turn)
    now = now_utc()
    state = {**_state(turn), "wake_at": now + timedelta(seconds=profile.sweep_grace_s)}
    events: list[Event] = []
    if turn.is_head:
        state |= {"status": "running", "started_agent": "triage", "started_at": now, "progress_at": now, "next_seq": 1}
        events = [AgentStarted(agent="triage")]
    _add_run(db, batch, turn, state, events)


def add_cancelled_before_arrival(db: firestore.AsyncClient, batch: AsyncWriteBatch, turn: Acceptance) -> None:
    """A turn that was stopped before it arrived: recorded with its one terminal event, charged to nobody."""
    batch.update(
        db.document(paths.claim(turn.user.uid, turn.client_request_id)),
        claim_document(turn),
        option=db.write_option(last_update_time=updated(turn.claim)),
    )
    _add_thread(db, batch, turn, open_runs=[])
    _add_question(db, batch, turn)
    state = {**_state(turn), "status": "cancelled", "end_reason": EndReason.STOPPED.value, "next_seq": 1}
    _add_run(db, batch, turn, state, [AgentCancelled(agent="triage", final=True)])
    batch.create(
        db.document(paths.message(turn.user.uid, turn.thread_id, turn.run_id)),
        closing_message(turn.run_id, Ending()),
    )


def claim_document(turn: Acceptance) -> Document:
    """Which run the request became."""
    return {
        "v": SCHEMA_VERSION,
        "run_id": turn.run_id,
        "thread_id": turn.thread_id,
        "body_hash": turn.body_hash,
        "expire_at": now_utc() + CLAIM_KEPT,
    }


def _state(turn: Acceptance) -> Document:
    document = new_state(
        user=turn.user,
        thread_id=turn.thread_id,
        question=turn.message,
        dataset_ids=turn.dataset_ids,
        quota_month=turn.month,
        traceparent=turn.traceparent,
    )
    return {**document, "commit_id": new_commit_id()}


def _add_user(db: firestore.AsyncClient, batch: AsyncWriteBatch, turn: Acceptance) -> None:
    reference = db.document(paths.user(turn.user.uid))
    if not turn.user_document.exists:
        batch.create(reference, {**new_user(turn.user), "open_runs": [turn.run_id], "quota": {turn.month: 1}})
        return
    batch.update(
        reference,
        {"open_runs": firestore.ArrayUnion([turn.run_id]), f"quota.`{turn.month}`": firestore.Increment(1)},
        option=db.write_option(last_update_time=updated(turn.user_document)),
    )


def _add_thread(db: firestore.AsyncClient, batch: AsyncWriteBatch, turn: Acceptance, *, open_runs: list[str]) -> None:
    reference = db.document(paths.thread(turn.user.uid, turn.thread_id))
    now = now_utc()
    if not turn.thread.exists:
        thread: Document = {
            "v": SCHEMA_VERSION,
            "title": " ".join(turn.message.split())[:TITLE_LIMIT],
            "created_at": now,
            "updated_at": now,
            "open_runs": open_runs,
            "answered": [],
            "dataset_ids": list(turn.dataset_ids),
        }
        batch.create(reference, thread)
        return
    lists = {"open_runs": open_runs, "dataset_ids": list(turn.dataset_ids)}
    added = {name: firestore.ArrayUnion(items) for name, items in lists.items() if items}
    batch.update(reference, {"updated_at": now, **added})


def _add_question(db: firestore.AsyncClient, batch: AsyncWriteBatch, turn: Acceptance) -> None:
    message = paths.message(turn.user.uid, turn.thread_id, paths.question_id(turn.run_id))
    batch.create(
        db.document(message),
        {
            "v": SCHEMA_VERSION,
            "role": "user",
            "run_id": turn.run_id,
            "text": turn.message,
            "created_at": now_utc(),
        },
    )


def _add_run(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, turn: Acceptance, state: Document, events: list[Event]
) -> None:
    now = now_utc()
    run: Document = {
        "v": SCHEMA_VERSION,
        "thread_id": turn.thread_id,
        "status": state["status"],
        "created_at": now,
        "updated_at": now,
    }
    if state["status"] == "cancelled":
        run |= outcome(Ending())
    batch.create(db.document(paths.run(turn.user.uid, turn.run_id)), run)
    batch.create(db.document(paths.run_state(turn.run_id)), state)
    add_events(db, batch, uid=turn.user.uid, events=stamp(events, run_id=turn.run_id, step=0, first_seq=0))

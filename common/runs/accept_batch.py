"""The one batch of an accepted turn, guarded so that it applies once or not at all."""

from dataclasses import dataclass
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.accounts.quotas import TITLE_LIMIT
from common.accounts.users import new_user
from common.contract.documents import QuestionMessage, RunDocument, ThreadDocument
from common.core.clock import now_utc
from common.environment.profiles import Profile
from common.runs import transitions
from common.runs.commit import add_events
from common.runs.end import closing_message, outcome
from common.runs.ending import Ending
from common.runs.fenced_commit import new_commit_id
from common.runs.state import RunState
from common.runs.transitions import Transition
from common.runs.turn import Turn
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document, Snapshot, updated

CLAIM_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A turn with everything that was read for it; the batch is guarded by what was read.

    `dataset_ids`: what the run is about; `month`: whose quota it counts for ("2026-11").
    """

    turn: Turn
    dataset_ids: tuple[str, ...]
    month: str
    claim: Snapshot
    user_document: Snapshot
    thread: Snapshot
    is_head: bool


def add_acceptance(db: firestore.AsyncClient, batch: AsyncWriteBatch, item: Acceptance, profile: Profile) -> None:
    """Claim, user, thread, message, run and control document; event 0 if the run is the head of its thread."""
    turn = item.turn
    batch.create(db.document(paths.claim(turn.user.uid, turn.client_request_id)), _claim_of(turn))
    _add_user(db, batch, item)
    _add_thread(db, batch, item, open_runs=[turn.run_id])
    _add_question(db, batch, turn)
    _add_run(db, batch, transitions.accept(_new_state(item), profile, now_utc(), is_head=item.is_head))


def add_cancelled_before_arrival(db: firestore.AsyncClient, batch: AsyncWriteBatch, item: Acceptance) -> None:
    """A turn that was stopped before it arrived: recorded with its one terminal event, charged to nobody."""
    turn = item.turn
    batch.update(
        db.document(paths.claim(turn.user.uid, turn.client_request_id)),
        _claim_of(turn),
        option=db.write_option(last_update_time=updated(item.claim)),
    )
    _add_thread(db, batch, item, open_runs=[])
    _add_question(db, batch, turn)
    stopped = Ending()
    _add_run(db, batch, transitions.end(_new_state(item), stopped, now_utc()), stopped)
    message = paths.message(turn.user.uid, turn.thread, turn.run_id)
    batch.create(db.document(message), closing_message(turn.run_id, stopped))


def claim_document(run_id: str, *, thread_id: str | None, body_hash: str | None) -> Document:
    """Which run the request became; both None: it was stopped before it arrived."""
    return {
        "v": SCHEMA_VERSION,
        "run_id": run_id,
        "thread_id": thread_id,
        "body_hash": body_hash,
        "expire_at": now_utc() + CLAIM_LIFETIME,
    }


def _claim_of(turn: Turn) -> Document:
    return claim_document(turn.run_id, thread_id=turn.thread, body_hash=turn.body_hash)


def _new_state(item: Acceptance) -> RunState:
    return RunState(
        run_id=item.turn.run_id,
        user=item.turn.user,
        thread_id=item.turn.thread,
        question=item.turn.message,
        click=item.turn.click,
        dataset_ids=item.dataset_ids,
        quota_month=item.month,
        traceparent=item.turn.traceparent,
        commit_id=new_commit_id(),
    )


def _add_user(db: firestore.AsyncClient, batch: AsyncWriteBatch, item: Acceptance) -> None:
    reference = db.document(paths.user(item.turn.user.uid))
    run = item.turn.run_id
    if not item.user_document.exists:
        batch.create(reference, {**new_user(item.turn.user), "open_runs": [run], "quota": {item.month: 1}})
        return
    batch.update(
        reference,
        {"open_runs": firestore.ArrayUnion([run]), f"quota.`{item.month}`": firestore.Increment(1)},
        option=db.write_option(last_update_time=updated(item.user_document)),
    )


def _add_thread(db: firestore.AsyncClient, batch: AsyncWriteBatch, item: Acceptance, *, open_runs: list[str]) -> None:
    reference = db.document(paths.thread(item.turn.user.uid, item.turn.thread))
    now, dataset_ids = now_utc(), list(item.dataset_ids)
    if not item.thread.exists:
        thread = ThreadDocument(
            title=" ".join(item.turn.message.split())[:TITLE_LIMIT],
            created_at=now,
            updated_at=now,
            open_runs=open_runs,
            answered=[],
            dataset_ids=dataset_ids,
        )
        batch.create(reference, thread.stored())
        return
    lists = {"open_runs": open_runs, "dataset_ids": dataset_ids}
    added = {name: firestore.ArrayUnion(items) for name, items in lists.items() if items}
    batch.update(reference, ThreadDocument.changes(updated_at=now, **added))


def _add_question(db: firestore.AsyncClient, batch: AsyncWriteBatch, turn: Turn) -> None:
    path = paths.message(turn.user.uid, turn.thread, paths.question_id(turn.run_id))
    message = QuestionMessage(role="user", run_id=turn.run_id, text=turn.message, created_at=now_utc())
    batch.create(db.document(path), message.stored())


def _add_run(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, transition: Transition, ending: Ending | None = None
) -> None:
    """The customer's run document, the control document, and the events of both."""
    state, now = transition.after, now_utc()
    uid = state.user.uid
    run = RunDocument(thread_id=state.thread_id, status=state.status, created_at=now, updated_at=now).stored()
    batch.create(db.document(paths.run(uid, state.run_id)), run | (outcome(ending) if ending else {}))
    batch.create(db.document(paths.run_state(state.run_id)), state.document())
    add_events(db, batch, uid=uid, events=transition.events)

"""How a run's documents are written: one batch, fenced by the update time of the control document.

Never a read-write transaction: contended ones wait for locks. A lost guard is not an error but news: read the control
document and decide (architecture: Commits).
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.events import Event
from common.core.clock import now_utc
from common.runs.state import RunState
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document

EVENTS_KEPT = timedelta(days=30)


class LeaseLost(BaseException):
    """The worker may not write any more: the run has ended, or another worker took the step over."""


def new_commit_id() -> str:
    """Random, in every commit: an update that changes nothing would keep the update time and not fence."""
    return secrets.token_hex(8)


def stamp(events: Sequence[Event], *, run_id: str, step: int, first_seq: int) -> list[Event]:
    """Number events and give them run, step and time."""
    at = int(now_utc().timestamp() * 1000)
    return [
        event.model_copy(update={"run_id": run_id, "step": step, "seq": first_seq + n, "at": at})
        for n, event in enumerate(events)
    ]


def add_events(db: firestore.AsyncClient, batch: AsyncWriteBatch, *, uid: str, events: Sequence[Event]) -> None:
    """Put the events of one commit into one document; none when there are none."""
    if not events:
        return
    first = events[0]
    batch.create(
        db.document(paths.events(uid, first.run_id, first.seq)),
        {
            "v": SCHEMA_VERSION,
            "first_seq": first.seq,
            "events": [event.model_dump(mode="json", exclude_none=True) for event in events],
            "expire_at": now_utc() + EVENTS_KEPT,
        },
    )


def fenced_update(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, state: RunState, changes: Document, commit_id: str
) -> None:
    """Change the control document only if nobody has since `state` was read. Call it first: its result is the fence."""
    batch.update(
        db.document(paths.run_state(state.run_id)),
        {**changes, "commit_id": commit_id},
        option=db.write_option(last_update_time=state.update_time),
    )

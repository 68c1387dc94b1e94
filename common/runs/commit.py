"""What goes into a run's commits: one batch, fenced by the update time of the control document.

Never a read-write transaction: contended ones wait for locks. A lost fence is not an error but news, and
common/runs/fenced_commit.py says which.
"""

from collections.abc import Sequence
from datetime import timedelta

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.documents import EventsDocument
from common.contract.events import Event
from common.core.clock import now_utc
from common.runs.transitions import Transition
from common.store import paths

EVENTS_LIFETIME = timedelta(days=30)


class LeaseLost(BaseException):
    """The worker may not write any more: the run has ended, or another worker took the step over."""


def add_events(db: firestore.AsyncClient, batch: AsyncWriteBatch, *, uid: str, events: Sequence[Event]) -> None:
    """Put the events of one commit into one document; none when there are none."""
    if not events:
        return
    first = events[0]
    document = EventsDocument(first_seq=first.seq, events=list(events), expire_at=now_utc() + EVENTS_LIFETIME)
    batch.create(db.document(paths.events(uid, first.run_id, first.seq)), document.stored())


def add_fenced_update(db: firestore.AsyncClient, batch: AsyncWriteBatch, transition: Transition) -> None:
    """Change the control document only if nobody has since `before` was read.

    Call it first: its result is the next fence.
    """
    batch.update(
        db.document(paths.run_state(transition.before.run_id)),
        transition.changes,
        option=db.write_option(last_update_time=transition.before.update_time),
    )

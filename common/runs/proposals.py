"""The proposals of a plan are stored in the commit of its answer, under ids that the same plan gets again."""

from collections.abc import Sequence

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.answer import Answer, Recommendation
from common.contract.documents import RecommendationDocument
from common.core.clock import now_utc
from common.runs.state import RunState
from common.store import paths
from common.store.client import Document, Snapshot, fields, read_all, updated


async def stored_proposals(db: firestore.AsyncClient, uid: str, answer: Answer | None) -> list[Snapshot]:
    """The documents of the recommendations of an answer, as they are now; no read where it has none."""
    documents = [paths.recommendation(uid, item.stored_id) for item in _proposed(answer)]
    return await read_all(db, documents) if documents else []


def add_proposals(
    db: firestore.AsyncClient,
    batch: AsyncWriteBatch,
    state: RunState,
    answer: Answer | None,
    stored: Sequence[Snapshot],
) -> None:
    """Propose what is new, refresh what is still only proposed, leave alone what its user has decided on.

    `stored`: of `stored_proposals`; the batch is refused if one of them has changed since.
    """
    for item, before in zip(_proposed(answer), stored, strict=True):
        document = _document(state, item)
        if not before.exists:
            batch.create(before.reference, document)
        elif fields(before)["status"] == "proposed":
            batch.update(before.reference, document, option=db.write_option(last_update_time=updated(before)))


def _proposed(answer: Answer | None) -> list[Recommendation]:
    """Those with an id; plans of a version without ids have none."""
    return [item for item in answer.recommendations if item.stored_id] if answer else []


def _document(state: RunState, item: Recommendation) -> Document:
    return RecommendationDocument(
        status="proposed",
        proposal=item,
        dataset_ids=list(state.dataset_ids),
        run_id=state.run_id,
        thread_id=state.thread_id,
        proposed_at=now_utc(),
    ).stored()

"""Stopping a run at any moment: before it was accepted, while it waits, in a tool, beside its last commit."""

from google.cloud import firestore

from common.contract.status import Status
from common.core.user import UserContext
from common.errors import ApexError, ErrorCode
from common.runs.accept_batch import claim_document
from common.runs.end import end_run
from common.runs.ending import Ending
from common.runs.head import wake_head
from common.runs.ids import RUN_ID
from common.runs.ids import run_id as run_id_of
from common.runs.ports import Ports
from common.runs.state import RunState, read_state
from common.store import paths
from common.store.client import read_all
from common.store.commits import doubt

_TRIES = 5


async def cancel_run(
    ports: Ports,
    *,
    user: UserContext,
    run_id: str,
    client_request_id: str | None,
) -> Status:
    """Stop a run and return its final status; a run that has ended stays as it is.

    With the client's request id it also works before the turn is accepted. Raises ApexError RUN_NOT_FOUND for an
    unknown run and for somebody else's alike.
    """
    if not RUN_ID.fullmatch(run_id):
        raise ApexError(ErrorCode.RUN_NOT_FOUND)
    for _ in range(_TRIES):
        state = await read_state(ports.db, run_id)
        if state is not None:
            return await _cancel_accepted(ports, user, state)
        if client_request_id is None or run_id != run_id_of(user.uid, client_request_id):
            raise ApexError(ErrorCode.RUN_NOT_FOUND)
        if await _leave_tombstone(ports.db, user, run_id, client_request_id):
            return "cancelled"
    raise ApexError(ErrorCode.BUSY)


async def _cancel_accepted(ports: Ports, user: UserContext, state: RunState) -> Status:
    if state.user.uid != user.uid:
        raise ApexError(ErrorCode.RUN_NOT_FOUND)
    ended = await end_run(ports.db, state, Ending())
    await wake_head(ports, uid=user.uid, thread_id=state.thread_id)
    return ended.status if ended is not None else "cancelled"


async def _leave_tombstone(db: firestore.AsyncClient, user: UserContext, run_id: str, client_request_id: str) -> bool:
    """Leave a claim by which the turn, once it arrives, is stopped. False: the turn has arrived, or it is uncertain."""
    reference = paths.claim(user.uid, client_request_id)
    batch = db.batch()
    batch.create(db.document(reference), claim_document(run_id, thread_id=None, body_hash=None))
    error = await doubt(batch)
    if error is None:
        return True
    claim, control = await read_all(db, [reference, paths.run_state(run_id)])
    body_hash = (claim.to_dict() or {}).get("body_hash", "")
    if body_hash and not control.exists:
        raise ApexError(ErrorCode.RUN_NOT_FOUND) from error  # its thread was deleted
    return body_hash is None

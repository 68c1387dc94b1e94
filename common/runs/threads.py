"""What a user does to a thread: rename it, or delete it with everything in it."""

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from common.accounts.users import refuse_moving
from common.errors import ApexError, ErrorCode
from common.runs.end import end_run
from common.runs.ending import Ending
from common.runs.ids import RUN_ID
from common.runs.state import read_state
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import RPC_S, Snapshot, fields, read_all, updated
from common.store.commits import is_applied

_TRIES = 8


async def rename_thread(db: firestore.AsyncClient, *, uid: str, thread_id: str, title: str) -> None:
    """Give a thread another title.

    Raises ApexError THREAD_NOT_FOUND for an unknown and a foreign one alike, GUEST_MOVING for a guest who is merged.
    """
    _check_form(thread_id)
    (user,) = await read_all(db, [paths.user(uid)])
    refuse_moving(user)
    try:
        await db.document(paths.thread(uid, thread_id)).update({"title": title})
    except exceptions.NotFound as error:
        raise ApexError(ErrorCode.THREAD_NOT_FOUND) from error


async def delete_thread(db: firestore.AsyncClient, *, uid: str, thread_id: str) -> None:
    """End the open runs of a thread, then delete all that belongs to it; the thread's own document goes last.

    After a crash the thread is still there, and a repeat resumes it. Turns accepted meanwhile are deleted, too.
    Raises ApexError THREAD_NOT_FOUND for an unknown thread and a foreign one alike, GUEST_MOVING for a guest who is
    merged.
    """
    _check_form(thread_id)
    for attempt in range(_TRIES):
        thread, user = await read_all(db, [paths.thread(uid, thread_id), paths.user(uid)])
        refuse_moving(user)
        if not thread.exists:
            if attempt:
                return  # another request for the same was faster
            raise ApexError(ErrorCode.THREAD_NOT_FOUND)
        open_runs = fields(thread)["open_runs"]
        if open_runs:
            await _end_runs(db, open_runs)
            continue
        await _delete_contents(db, uid, thread_id)
        if await _delete_unchanged(db, thread):
            return
    raise ApexError(ErrorCode.BUSY)


def _check_form(thread_id: str) -> None:
    """A thread has the id of its first run; any other name is refused without a read."""
    if not RUN_ID.fullmatch(thread_id):
        raise ApexError(ErrorCode.THREAD_NOT_FOUND)


async def _end_runs(db: firestore.AsyncClient, run_ids: list[str]) -> None:
    """Stop runs, the newest first, so that no waiting run becomes the head meanwhile."""
    for run_id in reversed(run_ids):
        await _end_run(db, run_id)


async def _end_run(db: firestore.AsyncClient, run_id: str) -> None:
    state = await read_state(db, run_id)
    if state is not None:
        await end_run(db, state, Ending())


async def _delete_contents(db: firestore.AsyncClient, uid: str, thread_id: str) -> None:
    """Runs, then messages. A run's own document goes last, so that a repeat finds what is left below it."""
    bulk = BulkWriter(db)
    runs = db.collection(paths.runs(uid)).where(filter=FieldFilter("thread_id", "==", thread_id))
    for run in [snapshot async for snapshot in runs.select(["__name__"]).stream(timeout=RPC_S)]:
        await _end_run(db, run.id)  # accepted since the thread was read
        control = db.document(paths.run_state(run.id))
        await bulk.delete_all(control.collection(paths.STEPS))
        await bulk.delete(control)
        await bulk.delete(db.document(paths.dead_letter(run.id)))
        await bulk.delete_all(run.reference.collection(paths.EVENTS))
        await bulk.delete(run.reference)
    await bulk.delete_all(db.collection(paths.messages(uid, thread_id)))
    await bulk.flush()


async def _delete_unchanged(db: firestore.AsyncClient, thread: Snapshot) -> bool:
    """Delete the thread's document; False if it has changed since it was read: there may be more to delete."""
    batch = db.batch()
    batch.delete(thread.reference, option=db.write_option(last_update_time=updated(thread)))
    return await is_applied(batch)

"""The stored conversations: those of a user who has been here for long, and those that were deleted."""

import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from google.cloud import firestore

from common.contract.documents import ClosingMessage, QuestionMessage, ThreadDocument
from common.store import paths
from emulators.platform.api import Stack


def seed_threads(stack: Stack, uid: str, titles: Sequence[str], *, apart: timedelta = timedelta(minutes=1)) -> None:
    """A conversation of each title, the newest first; each has one question, which was stopped."""
    db = firestore.Client(project=stack.project)
    batch = db.batch()
    for place, title in enumerate(titles):
        for path, document in _documents(uid, title, datetime.now(UTC) - apart * place):
            batch.set(db.document(path), document.model_dump(mode="python", exclude_none=True))
    batch.commit()


def wait_until_deleted(stack: Stack, thread_id: str) -> None:
    """Return when no user has this conversation any more. Raises TimeoutError after 20 s."""
    threads = firestore.Client(project=stack.project).collection_group("threads")
    deadline = time.monotonic() + 20
    while any(found.id == thread_id for found in threads.stream()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"conversation {thread_id} is still there")
        time.sleep(0.1)


def _documents(
    uid: str, title: str, at: datetime
) -> list[tuple[str, ThreadDocument | QuestionMessage | ClosingMessage]]:
    run = uuid.uuid4().hex
    thread = ThreadDocument(v=1, title=title, created_at=at, updated_at=at, open_runs=[], answered=[], dataset_ids=[])
    question = QuestionMessage(v=1, role="user", run_id=run, text=title, created_at=at)
    answered = at + timedelta(seconds=1)
    closing = ClosingMessage(
        v=1, role="assistant", run_id=run, status="cancelled", text="Stopped.", created_at=answered
    )
    return [
        (paths.thread(uid, run), thread),
        (paths.message(uid, run, paths.question_id(run)), question),
        (paths.message(uid, run, run), closing),
    ]

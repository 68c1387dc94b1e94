"""Dead letters: a run that failed by our fault leaves one in the commit of its end, and it is published afterwards.

`dead_letters/{run}` is the outbox. A dead letter is created unpublished; upkeep publishes it and only then marks it, so
it reaches the topic at least once. It holds ids and the reason; what a replay needs is in the run's control document.
"""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import grpc.aio
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic import BaseModel, ConfigDict, ValidationError

from common.core.clock import now_utc
from common.environment.settings import Settings
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.state import RunState
from common.store import paths
from common.store.client import RPC_S, SCHEMA_VERSION, Document, Snapshot, fields
from common.telemetry.logs import log

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherAsyncClient

BATCH = 100
"""Dead letters of one round; the rest is published in the next."""

_TIMEOUT_S = 10.0


class DeadLetter(BaseModel):
    """A dead letter as it is published: nothing that its user wrote. `attempts` are those of the step that failed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: int = SCHEMA_VERSION
    run_id: str
    uid: str
    thread_id: str
    reason: EndReason
    attempts: int
    created_at: datetime


def new_dead_letter(state: RunState, error: RunFailedError) -> Document:
    """An unpublished dead letter, in its stored form."""
    return {
        "v": SCHEMA_VERSION,
        "uid": state.user.uid,
        "thread_id": state.thread_id,
        "step": state.step,
        "dispatch": state.dispatch,
        "attempts": state.attempts,
        "reason": error.reason.value,
        "code": error.code.value,
        "created_at": now_utc(),
        "published_at": None,
    }


class DeadLetterTopic:
    """The topic that dead letters are published to; holds a connection and nothing of any user."""

    def __init__(self, client: "PublisherAsyncClient", topic: str) -> None:
        self._client = client
        self._topic = topic

    async def publish(self, dead_letters: list[DeadLetter]) -> None:
        """Publish in one call; raises GoogleAPICallError, and then some may be published."""
        from google.pubsub_v1.types import PubsubMessage  # noqa: PLC0415 - cold start

        messages = [
            PubsubMessage(data=item.model_dump_json().encode(), attributes={"reason": item.reason.value})
            for item in dead_letters
        ]
        # Once: the next round tries again, and Google's own retries would take ten minutes.
        await self._client.publish(topic=self._topic, messages=messages, retry=None, timeout=_TIMEOUT_S)


@cache
def dead_letter_topic(settings: Settings) -> DeadLetterTopic:
    """One warm client per process; belongs to the event loop that it is made in."""
    from google.pubsub_v1 import PublisherAsyncClient  # noqa: PLC0415 - cold start: most processes publish nothing
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcAsyncIOTransport  # noqa: PLC0415

    if settings.pubsub_emulator is None:
        return DeadLetterTopic(PublisherAsyncClient(), settings.dead_letters_topic)
    channel = grpc.aio.insecure_channel(settings.pubsub_emulator)
    transport = PublisherGrpcAsyncIOTransport(channel=channel)
    return DeadLetterTopic(PublisherAsyncClient(transport=transport), settings.dead_letters_topic)


async def publish_dead_letters(db: firestore.AsyncClient, settings: Settings) -> int:
    """Publish what is unpublished, then mark it; returns how many. Raises GoogleAPICallError, to be called again.

    One that this version cannot read is logged and left to the next version.
    """
    unpublished = FieldFilter("published_at", "==", None)
    query = db.collection(paths.DEAD_LETTERS).where(filter=unpublished).limit(BATCH)
    snapshots = [snapshot async for snapshot in query.stream(timeout=RPC_S)]
    unmarked = [(snapshot, item) for snapshot in snapshots if (item := _read(snapshot)) is not None]
    if not unmarked:
        return 0
    await dead_letter_topic(settings).publish([item for _, item in unmarked])
    for snapshot, _ in unmarked:
        await _mark(snapshot)
    return len(unmarked)


def _read(snapshot: Snapshot) -> DeadLetter | None:
    try:
        return DeadLetter.model_validate({**fields(snapshot), "run_id": snapshot.id})
    except ValidationError as error:
        log("ERROR", "a dead letter cannot be read, and is not published", cause=error, run_id=snapshot.id)
        return None


async def _mark(snapshot: Snapshot) -> None:
    try:
        await snapshot.reference.update({"published_at": now_utc()})
    except exceptions.NotFound:
        return  # its user deleted the thread meanwhile

"""A listener on the events of one run, with the user's own token, as the browser has one."""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from google.api_core.exceptions import GoogleAPICallError

from common.errors import ErrorCode
from emulators.ask.errors import ClientCode, ClientError, refused_read
from emulators.ask.firestore import UserFirestore

SILENCE_S = 120.0
"""How long a run may say nothing before a client gives up; the sweeper ends a dead run well before."""
_OPENING_S = 15.0
_TICK_S = 0.2


@dataclass(frozen=True)
class Arrived:
    """An event. `at` is `time.perf_counter()` when the listener saw it; `committed_at` Firestore's time (UTC)."""

    event: dict[str, Any]
    at: float
    committed_at: datetime


class RunWatch:
    """Events of a run, from its first on; enter it before the turn is posted, and iterate `events()`.

    One thread iterates; Firestore's listener fills a queue from its own.
    """

    def __init__(self, firestore: UserFirestore, *, uid: str, run_id: str, expires_at: float) -> None:
        self._query = firestore.collection("users", uid, "runs", run_id, "events")  # ordered by document id
        self._expires_at = expires_at
        self._arrived: queue.Queue[Arrived] = queue.Queue()
        self._seen: set[str] = set()
        self._open = threading.Event()
        self._listener: Any = None

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.unsubscribe()

    def events(self, silence_s: float = SILENCE_S) -> Iterator[Arrived]:
        """Yield events in order up to the final one; raises ClientError after `silence_s` without any."""
        while True:
            arrived = self._next(silence_s)
            yield arrived
            if arrived.event["final"]:
                return

    def _listen(self) -> None:
        """Read once first: a listener that is refused says so only to the log of its own thread."""
        try:
            self._query.limit(1).get(retry=None, timeout=_OPENING_S)
        except GoogleAPICallError as error:
            raise refused_read(error) from error
        self._open.clear()
        self._listener = self._query.on_snapshot(self._on_snapshot)
        if not self._open.wait(_OPENING_S):
            raise ClientError(ClientCode.UNREACHABLE, "Firestore's listener did not open.")

    def _on_snapshot(self, _documents: object, changes: list[Any], _read_time: object) -> None:
        now = time.perf_counter()
        for document in sorted((change.document for change in changes), key=lambda document: str(document.id)):
            if document.id in self._seen:
                continue
            self._seen.add(document.id)
            for event in document.get("events"):
                self._arrived.put(Arrived(event, now, document.create_time))
        self._open.set()

    def _next(self, silence_s: float) -> Arrived:
        give_up = time.monotonic() + silence_s
        while True:
            try:
                return self._arrived.get(timeout=_TICK_S)
            except queue.Empty:
                self._check(give_up, silence_s)

    def _check(self, give_up: float, silence_s: float) -> None:
        if time.time() >= self._expires_at:
            raise ClientError.known(ErrorCode.UNAUTHENTICATED)
        if time.monotonic() >= give_up:
            raise ClientError(ClientCode.NO_EVENTS, f"Nothing was heard of this question for {silence_s:g} s.")
        if not self._listener.is_active:
            self._listen()

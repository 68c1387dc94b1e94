"""A listener on the events of one run, with the user's own token, as the browser has one.

The Firestore emulator occasionally interleaves two messages of a listen stream; Google's client then drops the stream
and reopens it, and documents arrive late, out of order, or not at all. So events are handed out by number, and what a
listener missed is read.
"""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from google.api_core.exceptions import GoogleAPICallError

from cli.ask.errors import ClientCode, ClientError, refused_read
from cli.ask.firestore import UserFirestore
from common.errors import ErrorCode

SILENCE_S = 120.0
"""How long a run may be silent before a client gives up; the sweeper ends a dead run well before."""
_OPENING_S = 15.0
_CATCH_UP_S = 1.0
"""Silence after which the events are read, in case the listener missed some."""


@dataclass(frozen=True)
class ArrivedEvent:
    """An event. `at` is `time.perf_counter()` when the listener saw it; `committed_at` Firestore's time (UTC)."""

    event: dict[str, Any]
    at: float
    committed_at: datetime


class RunWatch:
    """Events of a run, from the first; enter it before posting the turn, and iterate `events()`.

    One thread iterates; Firestore's listener fills a queue from its own.
    """

    def __init__(self, firestore: UserFirestore, *, uid: str, run_id: str, expires_at: float) -> None:
        self._events = firestore.collection("users", uid, "runs", run_id, "events")
        self._expires_at = expires_at
        self._arrived: queue.Queue[ArrivedEvent] = queue.Queue()
        self._early: dict[int, ArrivedEvent] = {}
        self._next_seq = 0
        self._open = threading.Event()
        self._listener: Any = None

    def __enter__(self) -> Self:
        self._catch_up()  # a refused listener only logs it, in its own thread
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.unsubscribe()

    def events(self, silence_s: float = SILENCE_S) -> Iterator[ArrivedEvent]:
        """Yield events in order up to the final one; raises ClientError after `silence_s` without any."""
        while True:
            arrived = self._next(silence_s)
            yield arrived
            if arrived.event["final"]:
                return

    def _listen(self) -> None:
        """Open a listener, and another if the emulator corrupted the first."""
        give_up = time.monotonic() + _OPENING_S
        while True:
            self._open.clear()
            self._listener = self._events.on_snapshot(self._on_snapshot)
            if self._open.wait(_CATCH_UP_S):
                return
            self._listener.unsubscribe()
            if time.monotonic() >= give_up:
                raise ClientError(ClientCode.UNREACHABLE, "Firestore's listener did not open.")

    def _on_snapshot(self, _documents: object, changes: list[Any], _read_time: object) -> None:
        self._take([change.document for change in changes])
        self._open.set()

    def _take(self, documents: list[Any]) -> None:
        now = time.perf_counter()
        for document in documents:
            for event in document.get("events"):
                self._arrived.put(ArrivedEvent(event, now, document.create_time))

    def _catch_up(self) -> None:
        try:
            self._take(self._events.get(retry=None, timeout=_OPENING_S))
        except GoogleAPICallError as error:
            raise refused_read(error) from error

    def _next(self, silence_s: float) -> ArrivedEvent:
        """The event whose turn it is; early ones wait, repeated ones are dropped."""
        give_up = time.monotonic() + silence_s
        while self._next_seq not in self._early:
            try:
                arrived = self._arrived.get(timeout=_CATCH_UP_S)
            except queue.Empty:
                self._check(give_up, silence_s)
            else:
                if arrived.event["seq"] >= self._next_seq:
                    self._early.setdefault(arrived.event["seq"], arrived)
        self._next_seq += 1
        return self._early.pop(self._next_seq - 1)

    def _check(self, give_up: float, silence_s: float) -> None:
        if time.time() >= self._expires_at:
            raise ClientError.of(ErrorCode.UNAUTHENTICATED)
        if time.monotonic() >= give_up:
            raise ClientError(ClientCode.NO_EVENTS, f"There was no news of this question for {silence_s:g} s.")
        if not self._listener.is_active:
            self._listen()
        self._catch_up()

"""What is on record after a user's turns: what the user may read, read as the user; the ledger, read as its owner."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from google.api_core.exceptions import GoogleAPICallError, PermissionDenied
from google.cloud import firestore

from cli.ask.firestore import UserFirestore
from common.store import paths
from emulators.platform.api import Stack
from tests.campaigns.faults.pace import Pace
from tests.campaigns.faults.people import Sent, Story

T = TypeVar("T")
Fields = dict[str, Any]
_TRIES = 40
_AGAIN_S = 0.25
_PUBLISHED_S = 20.0
"""In the machine's own time.

Upkeep looks every second, and may have been killed, or be waiting for an emulator that was frozen.
"""


@dataclass(frozen=True, kw_only=True)
class TurnRecord:
    """One turn; None for documents that do not exist. `commits`: the events of each, in order of the store."""

    run: Fields | None
    question: Fields | None
    answer: Fields | None
    commits: list[Fields]
    steps: list[Fields]
    claim: Fields | None
    stopped_before: bool
    """The claim is older than the turn: a stop came first, and the turn costs nothing."""
    state: Fields | None
    dead_letter: Fields | None

    @property
    def events(self) -> list[Fields]:
        """All events, in order of the store."""
        return [event for commit in self.commits for event in commit["events"]]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What a user has open and was charged: turns of all months."""

    open_runs: tuple[str, ...]
    charged: int


class Records:
    """Reads the database of the campaign's stack."""

    def __init__(self, stack: Stack, pace: Pace) -> None:
        self._pace = pace
        self._owner = UserFirestore(host=stack.firestore_host, project=stack.project, token="owner")

    def ledger(self, uid: str) -> Ledger:
        """A user's ledger; empty for one who has not done anything."""
        user = self._read(self._owner, paths.user(uid)) or {"open_runs": [], "quota": {}}
        return Ledger(open_runs=tuple(user["open_runs"]), charged=sum(user["quota"].values()))

    def thread(self, story: Story) -> Fields | None:
        """The thread of a story, as its user sees it."""
        return self._read(story.user.client.firestore, paths.thread(story.user.client.uid, story.thread_id))

    def end(self, turn: Sent) -> str:
        """The reason of a turn's end; "gone" where nothing is on record of it."""
        state = self._read(self._owner, paths.run_state(turn.run_id))
        return str(state["end_reason"]) if state else "gone"

    def turn(self, story: Story, turn: Sent) -> TurnRecord:
        """All that is on record of a turn."""
        uid, as_user = story.user.client.uid, story.user.client.firestore
        claim = self._snapshot(self._owner, paths.claim(uid, turn.request_id))
        return TurnRecord(
            run=self._read(as_user, paths.run(uid, turn.run_id)),
            question=self._read(as_user, paths.message(uid, story.thread_id, paths.question_id(turn.run_id))),
            answer=self._read(as_user, paths.message(uid, story.thread_id, turn.run_id)),
            commits=self._all(as_user, f"{paths.run(uid, turn.run_id)}/{paths.EVENTS}"),
            steps=self._all(self._owner, f"{paths.run_state(turn.run_id)}/{paths.STEPS}"),
            claim=claim.to_dict(),
            stopped_before=claim.create_time != claim.update_time,
            state=self._read(self._owner, paths.run_state(turn.run_id)),
            dead_letter=self._dead_letter(turn.run_id),
        )

    def stored(self, story: Story, turn: Sent) -> list[Fields | None]:
        """What does not change once a turn has ended: its run, answer, control document and events."""
        uid = story.user.client.uid
        run = paths.run(uid, turn.run_id)
        fixed = (run, paths.message(uid, story.thread_id, turn.run_id), paths.run_state(turn.run_id))
        return [*(self._read(self._owner, path) for path in fixed), *self._all(self._owner, f"{run}/{paths.EVENTS}")]

    def may_read(self, reader: Story, owner: Story) -> list[str]:
        """Which documents of `owner` the user of `reader` gets to see."""
        uid, run = owner.user.client.uid, owner.turns[0].run_id
        of_owner = (paths.user(uid), paths.thread(uid, owner.thread_id), paths.run(uid, run), paths.run_state(run))
        return [path for path in of_owner if _patiently(partial(_is_read, reader, path))]

    def _dead_letter(self, run_id: str) -> Fields | None:
        """The dead letter of a run, after upkeep had the time to publish it."""
        began = time.time()
        while True:
            dead_letter = self._read(self._owner, paths.dead_letter(run_id))
            if dead_letter is None or dead_letter["published_at"] is not None or self._waited(began, _PUBLISHED_S):
                return dead_letter
            time.sleep(_AGAIN_S)

    def _waited(self, began: float, machine_s: float) -> bool:
        return self._pace.between(began, time.time()) > machine_s

    def _read(self, database: firestore.Client, path: str) -> Fields | None:
        fields: Fields | None = self._snapshot(database, path).to_dict()
        return fields

    @staticmethod
    def _snapshot(database: firestore.Client, path: str) -> Any:
        return _patiently(lambda: database.document(path).get(retry=None, timeout=5.0))

    @staticmethod
    def _all(database: firestore.Client, path: str) -> list[Fields]:
        query = database.collection(path).order_by("__name__")
        return _patiently(lambda: [found.to_dict() or {} for found in query.stream(retry=None, timeout=5.0)])


def _is_read(reader: Story, path: str) -> bool:
    try:
        reader.user.client.firestore.document(path).get(retry=None, timeout=5.0)
    except PermissionDenied:
        return False
    return True


def _patiently(read: Callable[[], T]) -> T:
    """An emulator may just be frozen."""
    for _ in range(_TRIES):
        try:
            return read()
        except GoogleAPICallError:
            time.sleep(_AGAIN_S)
    return read()

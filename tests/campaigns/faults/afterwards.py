"""What was judged must stay as it was: late deliveries and workers presumed dead may still come."""

import threading
from dataclasses import dataclass

from emulators.platform import local_http
from emulators.platform.api import Stack
from tests.campaigns.faults.checker import Violation
from tests.campaigns.faults.people import Story
from tests.campaigns.faults.plan import RoundPlan
from tests.campaigns.faults.records import Fields, Ledger, Records

_IDLE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class _Noted:
    plan: RoundPlan
    log: list[str]
    story: Story
    stored: dict[str, list[Fields | None]]


class Afterwards:
    """Notes stories that had no violation, and reads them again before their database is renewed."""

    def __init__(self, stack: Stack, records: Records) -> None:
        self._stack = stack
        self._records = records
        self._lock = threading.Lock()
        self._noted: list[_Noted] = []
        self._ledgers: dict[str, Ledger] = {}

    def note(self, plan: RoundPlan, log: list[str], story: Story) -> None:
        """What is on record of a story, and its user's ledger, which their next story changes."""
        uid = story.user.client.uid
        noted = _Noted(plan=plan, log=log, story=story, stored=self._stored(story))
        ledger = self._records.ledger(uid)
        with self._lock:
            self._noted.append(noted)
            self._ledgers[uid] = ledger

    def forget(self, story: Story) -> None:
        """The ledger of a user whose story had a violation proves nothing."""
        with self._lock:
            self._ledgers.pop(story.user.client.uid, None)

    def changed(self) -> list[tuple[RoundPlan, list[str], Violation]]:
        """What is not as it was, once no task is left; nothing is noted any more."""
        self._wait_idle()
        found = []
        for noted in self._noted:
            uid, now = noted.story.user.client.uid, self._stored(noted.story)
            for run, before in noted.stored.items():
                if now[run] != before:
                    what = f"it changed after its end: from {before} to {now[run]}"
                    found.append((noted.plan, noted.log, Violation(kind="lost", user=uid, run=run, what=what)))
            ledger = self._ledgers.pop(uid, None)
            if ledger is not None and ledger != (after := self._records.ledger(uid)):
                what = f"the ledger changed after the last end: from {ledger} to {after}"
                violation = Violation(kind="double_billed", user=uid, run=noted.story.thread_id, what=what)
                found.append((noted.plan, noted.log, violation))
        self._noted = []
        return found

    def _stored(self, story: Story) -> dict[str, list[Fields | None]]:
        return {turn.run_id: self._records.stored(story, turn) for turn in story.turns}

    def _wait_idle(self) -> None:
        """Raises httpx.HTTPStatusError when Cloud Tasks still delivers: that must end without new turns."""
        local_http.post(
            f"{self._stack.googleapis_url}/tasks/wait-idle",
            params={"timeout_s": _IDLE_S},
            timeout=_IDLE_S + 10.0,
        ).raise_for_status()

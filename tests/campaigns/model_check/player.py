"""What a random life knows about its user, and how it acts for them: the hands of the rules in `life.py`."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from common.core.clock import now_utc
from common.errors import ApexError
from common.runs.accept import accept_turn
from common.runs.cancel import cancel_run
from common.runs.ids import run_id
from common.runs.ports import Ports
from common.runs.state import read_state
from common.store import paths
from tests.campaigns.model_check.background import BackgroundLoop
from tests.campaigns.model_check.deliveries import Delivery
from tests.campaigns.model_check.invariants import check_deleted, check_ended, check_now
from tests.campaigns.model_check.ledger import Ledger, read_ledger
from tests.campaigns.model_check.place import Place, Wires
from tests.support.protocol import turn_of, user_of

T = TypeVar("T")


class Player:
    """One user, in a place of their own."""

    def __init__(self, background: BackgroundLoop, wires: Wires) -> None:
        self._background = background
        self._place = Place(wires)
        self._uid = f"user{uuid.uuid4().hex}"
        self._requests: dict[str, str] = {}
        """Accepted ones, in their order, to the threads that they are for."""
        self._stopped_early: dict[str, str] = {}
        self._stop_replies: dict[str, str] = {}
        """The status in the reply to each stop."""
        self._deleted: set[str] = set()
        self._failed: frozenset[str] = frozenset()
        self._workers: list[Delivery] = []
        self._dead: list[Delivery] = []
        self._delivered: list[Delivery] = []
        self._is_whole = True
        background.run(self._place.open())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._background.run(work)

    def _new_request(self) -> str:
        return f"request-{len(self._requests) + len(self._stopped_early)}"

    def _ports(self, *, over: bool) -> Ports:
        """Those of somebody whose leases are `over` at once, and whose runs are due for the sweeper."""
        return self._place.timed(lease_s=-1.0, grace_s=-1.0) if over else self._place.ports

    def _send(self, ports: Ports, request: str, thread: str | None, message: str = "hello") -> object:
        return self._attempt(accept_turn(ports, turn_of(self._uid, request, message, thread)))

    def _stop(self, request: str) -> object:
        run = run_id(self._uid, request)
        user = user_of(self._uid)
        return self._attempt(cancel_run(self._place.ports, user=user, run_id=run, client_request_id=request))

    def _attempt(self, work: Awaitable[object]) -> object:
        """The result, or the code of a refusal."""

        async def attempt() -> object:
            (outcome,) = await asyncio.gather(work, return_exceptions=True)
            return outcome

        outcome = self._run(attempt())
        if isinstance(outcome, BaseException) and not isinstance(outcome, ApexError):
            raise outcome
        return outcome.code if isinstance(outcome, ApexError) else outcome

    def _is_due(self, delivery: Delivery) -> bool:
        """A look after a lease comes when that is over; all other tasks come at once."""
        if not delivery.name.endswith("-check"):
            return True
        state = self._run(read_state(self._place.ports.db, delivery.task.run_id))
        return state is None or not state.lease_is_live(now_utc())

    def _begin(self, delivery: Delivery, *, slow: bool) -> None:
        self._run(delivery.claim(self._ports(over=slow)))
        self._delivered.append(delivery)
        if delivery.worker is not None:
            self._workers.append(delivery)

    def _work(self, pick: int, act: Callable[[Delivery], Coroutine[Any, Any, None]]) -> None:
        worker = nth(self._workers, pick)
        self._run(act(worker))
        if worker.over:
            self._workers.remove(worker)

    def _expire_all(self) -> None:
        while self._dead:
            self._run(self._expire(self._dead.pop()))

    async def _expire(self, dead: Delivery) -> None:
        """Make it later: the lease of a dead worker is over, if it still is its lease."""
        assert dead.worker is not None
        claimed = dead.worker.claimed.state
        state = await read_state(self._place.ports.db, claimed.run_id)
        if state is not None and state.is_open and state.lease_epoch == claimed.lease_epoch and state.lease_until:
            past = now_utc() - timedelta(seconds=1)
            control = self._place.ports.db.document(paths.run_state(claimed.run_id))
            await control.update({"lease_until": past, "wake_at": past})

    def _check(self, *, ended: bool) -> None:
        self._is_whole = False
        requests = self._requests | self._stopped_early
        ledger = self._run(read_ledger(self._place.ports, self._uid, requests))
        check = check_ended if ended else check_now
        check(ledger, failed_before=self._failed)
        self._failed |= ledger.failed
        check_deleted(ledger, [name for name, thread in requests.items() if thread in self._deleted])
        self._check_answers(ledger)
        self._is_whole = True

    def _check_answers(self, ledger: Ledger) -> None:
        """Nothing is lost, stopped runs ended as the replies said, and turns wait in the order of their acceptance."""
        remaining = {name for name, thread in self._requests.items() if thread not in self._deleted}
        assert remaining | self._stopped_early.keys() == ledger.runs.keys()
        assert ledger.charged == self._requests.keys()
        for request in remaining & self._stop_replies.keys():
            assert ledger.runs[request].state.status == self._stop_replies[request]
        order = [run_id(self._uid, request) for request in self._requests]
        for thread in ledger.threads.values():
            assert thread.open_runs == [run for run in order if run in thread.open_runs]


def nth(those: Sequence[T], pick: int) -> T:
    """The item at `pick`, modulo their number."""
    return those[pick % len(those)]

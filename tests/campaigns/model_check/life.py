"""Random lives of one user with up to three conversations: turns, deliveries, deaths, stops, sweeps, deletions.

Between two rules everything stands still, so each run that is open must be whole at any time; in the end all living
workers finish and all that was enqueued is delivered, and every run must have ended without a sweep.
"""

import uuid

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from common.errors import ErrorCode
from common.runs.accept import AcceptedTurn
from common.runs.ids import run_id
from common.runs.sweep import sweep
from common.runs.threads import delete_thread
from tests.campaigns.model_check.background import BackgroundLoop
from tests.campaigns.model_check.deliveries import ANSWERED, HANDED_OVER, Delivery, drain, enqueued
from tests.campaigns.model_check.place import Wires
from tests.campaigns.model_check.player import Player, nth

TURNS = 7
"""Fewer than a user may have open."""
THREADS = 3
_PICK = st.integers(min_value=0, max_value=11)
"""Which item, modulo their number."""


class Life(RuleBasedStateMachine, Player):
    """The rules; a failing sequence is printed as calls of these."""

    def __init__(self, background: BackgroundLoop, wires: Wires) -> None:
        RuleBasedStateMachine.__init__(self)
        Player.__init__(self, background, wires)

    @precondition(lambda self: len(self._requests) < TURNS)
    @rule(pick=_PICK, due=st.booleans())
    def accept(self, pick: int, due: bool) -> None:  # noqa: FBT001 - hypothesis names its arguments
        """A turn arrives, in a new conversation or in one of those that there were."""
        request = self._new_request()
        threads = list(dict.fromkeys(self._requests.values()))
        new = len(threads) < THREADS and pick % (len(threads) + 1) == len(threads)
        thread = run_id(self._uid, request) if new else threads[pick % len(threads)]
        outcome = self._send(self._ports(over=due), request, None if new else thread)
        if thread in self._deleted:
            assert outcome == ErrorCode.THREAD_NOT_FOUND
        else:
            self._requests[request] = thread
            assert isinstance(outcome, AcceptedTurn)
            assert outcome.run_id == run_id(self._uid, request)

    @precondition(lambda self: self._requests)
    @rule(pick=_PICK, same=st.booleans())
    def accept_again(self, pick: int, same: bool) -> None:  # noqa: FBT001
        """A request arrives once more, or another message under its id."""
        request, thread = nth(list(self._requests.items()), pick)
        first = thread == run_id(self._uid, request)
        outcome = self._send(self._place.ports, request, None if first else thread, "hello" if same else "else")
        if same and thread not in self._deleted:
            assert isinstance(outcome, AcceptedTurn)
            assert outcome.run_id == run_id(self._uid, request)
        else:
            assert outcome == (ErrorCode.THREAD_NOT_FOUND if same else ErrorCode.REQUEST_ID_REUSED)

    @precondition(lambda self: len(self._stopped_early) < THREADS)
    @rule()
    def stop_early(self) -> None:
        """A stop comes before its turn, which comes next."""
        request = self._new_request()
        assert self._stop(request) == "cancelled"
        outcome = self._send(self._place.ports, request, None)
        assert isinstance(outcome, AcceptedTurn)
        assert outcome.status == "cancelled"
        self._stopped_early[request] = run_id(self._uid, request)

    @rule(pick=_PICK, slow=st.booleans())
    def deliver(self, pick: int, slow: bool) -> None:  # noqa: FBT001
        """Cloud Tasks delivers one of its tasks, perhaps to a worker whose leases are always over at once."""
        due = sorted(filter(self._is_due, self._run(enqueued(self._place))), key=self._turn_of)
        if due:
            self._begin(nth(due, pick), slow=slow)

    def _turn_of(self, delivery: Delivery) -> tuple[int, int, int, bool]:
        """An order that does not depend on which of two concurrent RPCs was first: a life can be lived again."""
        task = delivery.task
        runs = [run_id(self._uid, request) for request in self._requests]
        return runs.index(task.run_id), task.step, task.dispatch, delivery.name.endswith("-check")

    @precondition(lambda self: self._delivered)
    @rule(pick=_PICK, slow=st.booleans())
    def deliver_old(self, pick: int, slow: bool) -> None:  # noqa: FBT001
        """A task that was delivered before is delivered again, although it may have been answered."""
        earlier = nth(self._delivered, pick)
        if self._is_due(earlier):
            self._begin(Delivery(self._place, earlier.task, earlier.name), slow=slow)

    @precondition(lambda self: self._workers)
    @rule(pick=_PICK)
    def say(self, pick: int) -> None:
        """A worker commits a thought."""
        self._work(pick, lambda worker: worker.say())

    @precondition(lambda self: self._workers)
    @rule(pick=_PICK)
    def begin_tool(self, pick: int) -> None:
        """A worker begins a tool."""
        call_id = f"call-{uuid.uuid4().hex[:8]}"
        self._work(pick, lambda worker: worker.begin_tool(call_id))

    @precondition(lambda self: self._workers)
    @rule(pick=_PICK)
    def finish(self, pick: int) -> None:
        """A worker hands over, or ends the run where it is the last agent."""
        self._work(pick, lambda worker: worker.finish(ANSWERED if worker.task.step else HANDED_OVER))

    @precondition(lambda self: self._workers)
    @rule(pick=_PICK)
    def answer(self, pick: int) -> None:
        """A worker ends the run with an answer."""
        self._work(pick, lambda worker: worker.finish(ANSWERED))

    @precondition(lambda self: self._workers)
    @rule(pick=_PICK)
    def try_again(self, pick: int) -> None:
        """A worker gives its step back."""
        self._work(pick, lambda worker: worker.try_again())

    @precondition(lambda self: self._workers)
    @rule(pick=_PICK)
    def continue_in_next_delivery(self, pick: int) -> None:
        """A worker's time is up: the next delivery resumes its step."""
        self._work(pick, lambda worker: worker.continue_in_next_delivery())

    @precondition(lambda self: self._workers)
    @rule(pick=_PICK)
    def fail(self, pick: int) -> None:
        """A worker ends the run as failed."""
        self._work(pick, lambda worker: worker.fail())

    @precondition(lambda self: self._workers)
    @rule(pick=_PICK)
    def die(self, pick: int) -> None:
        """A worker dies: its task is never answered, its lease lasts for a while."""
        self._dead.append(self._workers.pop(pick % len(self._workers)))

    @precondition(lambda self: self._dead)
    @rule()
    def time_passes(self) -> None:
        """The leases of the dead end, and the sweeper is due for their runs."""
        self._expire_all()

    @precondition(lambda self: self._requests)
    @rule(pick=_PICK)
    def stop(self, pick: int) -> None:
        """The user stops a run, which may wait, work, have ended, or be deleted."""
        request, thread = nth(list(self._requests.items()), pick)
        status = self._stop(request)
        if thread in self._deleted:
            assert status == ErrorCode.RUN_NOT_FOUND
        else:
            assert self._stop_replies.setdefault(request, str(status)) == status

    @rule()
    def sweep(self) -> None:
        """The sweeper looks after what is due."""
        self._run(sweep(self._place.ports))

    @precondition(lambda self: self._requests)
    @rule(pick=_PICK)
    def delete(self, pick: int) -> None:
        """The user deletes a conversation, perhaps once more."""
        thread = nth(list(self._requests.values()), pick)
        outcome = self._attempt(delete_thread(self._place.ports.db, uid=self._uid, thread_id=thread))
        assert outcome == (ErrorCode.THREAD_NOT_FOUND if thread in self._deleted else None)
        self._deleted.add(thread)

    @invariant()
    def holds(self) -> None:
        """What must hold between two operations holds."""
        self._check(ended=False)

    def teardown(self) -> None:
        """The dead are detected, the living finish, all that was enqueued is delivered: every run has ended."""
        if self._is_whole:
            self._expire_all()
            self._run(drain(self._place, self._workers))
            self._check(ended=True)
        self._run(self._place.close())

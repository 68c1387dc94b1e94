"""What must hold for a user's documents: at any moment, and once nothing is under way any more."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from tests.campaigns.model_check.deliveries import EPOCH
from tests.campaigns.model_check.ledger import Ledger, RunRecord
from tests.support.invariants import Events, check_end, check_numbers, check_once, check_run


def check_now(ledger: Ledger, *, failed_before: AbstractSet[str] = frozenset()) -> None:
    """Raise AssertionError naming the first invariant that does not hold between two operations.

    `failed_before`: requests whose runs failed; they may have been deleted since.
    """
    for request, run in ledger.runs.items():
        _check_events(run)
        _check_documents(run)
        assert run.state.thread_id in ledger.threads or not run.state.is_open, f"{request} is open in no thread"
    _check_open_runs(ledger)
    _check_quota(ledger, failed_before | ledger.failed)


def check_ended(ledger: Ledger, *, failed_before: AbstractSet[str] = frozenset()) -> None:
    """The same, and every run has ended with all that belongs to it."""
    check_now(ledger, failed_before=failed_before)
    for request, run in ledger.runs.items():
        assert not run.state.is_open, f"{request} is {run.state.status}: it lost its task"
        check_run(run.events)


def _check_events(run: RunRecord) -> None:
    """Numbers without gap, each key once, one end and nothing after it; tools open as the control document says."""
    check_numbers(run.events)
    check_once(run.events)
    assert len(run.events) == run.state.next_seq, "events and control document differ"
    if run.state.is_open:
        assert not any(event["final"] for event in run.events), "an open run has a last event"
        recorded = {run.state.open_tool.call_id} if run.state.open_tool else set()
        assert _open_tools(run.events) == recorded, "an open tool was forgotten"
    else:
        check_end(run.events)
        assert _open_tools(run.events) == set(), "a tool was left open"
    thoughts = [event["thought"] for event in run.events if event.get("thought", "").startswith(EPOCH)]
    epochs = [int(thought.removeprefix(EPOCH)) for thought in thoughts]
    assert epochs == sorted(epochs), "a worker wrote after another had taken over"


def _open_tools(events: Events) -> set[str]:
    began = {event["tool_call_id"] for event in events if event["type"] == "tool_executing"}
    return began - {event["tool_call_id"] for event in events if event["type"] == "tool_completed"}


def _check_documents(run: RunRecord) -> None:
    """The client's documents say what the control document says."""
    state = run.state
    assert run.document.status == state.status, "the customer sees another status"
    assert run.has_dead_letter == (state.status == "failed"), "a dead letter without failure, or the other way round"
    assert run.wakes == state.is_open, "an open run without wake_at, or an ended one with it"
    roles = [message.role for message in run.messages]
    assert roles == (["user"] if state.is_open else ["user", "assistant"]), "messages"
    assert state.lease_until is None or state.is_open, "an ended run has a lease"


def _check_open_runs(ledger: Ledger) -> None:
    """Both lists hold exactly the open runs; only the first of a thread has begun."""
    opened = {run.state.run_id for run in ledger.runs.values() if run.state.is_open}
    waiting = [run for thread in ledger.threads.values() for run in thread.open_runs]
    assert sorted(waiting) == sorted(opened), "open_runs of the threads"
    assert sorted(ledger.user.open_runs if ledger.user else []) == sorted(opened), "open_runs of the user"
    behind = {run for thread in ledger.threads.values() for run in thread.open_runs[1:]}
    begun = {run.state.run_id for run in ledger.runs.values() if run.state.status == "running"}
    assert not behind & begun, "two runs of a thread at once"


def _check_quota(ledger: Ledger, failed: AbstractSet[str]) -> None:
    """Each accepted turn counts once; one that failed was given back."""
    counted = sum(ledger.user.quota.values()) if ledger.user else 0
    assert counted == len(ledger.charged - failed), f"{counted} units for {sorted(ledger.charged)}, {failed} failed"


def check_deleted(ledger: Ledger, requests: Iterable[str]) -> None:
    """Nothing is left of the runs of a deleted conversation."""
    assert {request: ledger.remains[request] for request in requests if ledger.remains[request]} == {}

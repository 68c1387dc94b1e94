"""The state machine of a run: what holds for every transition, and what each of them changes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contract.events import AGENT_ORDER
from common.runs import transitions
from common.runs.ending import Ending
from common.runs.state import OpenTool, RunState
from common.runs.tests.states import (
    CONTINUING,
    ENDINGS,
    ENDS,
    FRESH,
    HAPPENINGS,
    PROFILE,
    START,
    open_states,
    times,
)

LATER = START + timedelta(minutes=1)
TOOL = OpenTool(call_id="call-1", tool="spend_totals")

happenings = st.sampled_from(sorted(HAPPENINGS))


@given(open_states, times, happenings)
def test_the_cursor_of_a_run_only_moves_forward(state: RunState, now: datetime, name: str) -> None:
    after = HAPPENINGS[name](state, now).after
    assert (after.step, after.dispatch) >= (state.step, state.dispatch)
    if name in {"hand_over", "continue_in_next_delivery", "give_back", "dispatch_again"}:
        assert (after.step, after.dispatch) > (state.step, state.dispatch)


@given(open_states, times, happenings)
def test_events_are_numbered_without_gap_from_where_the_last_commit_ended(
    state: RunState, now: datetime, name: str
) -> None:
    transition = HAPPENINGS[name](state, now)
    assert [event.seq for event in transition.events] == list(range(state.next_seq, transition.after.next_seq))
    assert {(event.run_id, event.step) for event in transition.events} <= {(state.run_id, state.step)}


@given(open_states, times, happenings, happenings)
def test_a_run_that_has_ended_has_no_transition(state: RunState, now: datetime, name: str, next_name: str) -> None:
    after = HAPPENINGS[name](state, now).after
    assert after.is_open == (name in CONTINUING)
    if name in ENDS:
        with pytest.raises(ValueError, match="has ended"):
            HAPPENINGS[next_name](after, now)


@given(open_states, times, happenings)
def test_the_lease_epoch_rises_with_each_claim_and_with_nothing_else(state: RunState, now: datetime, name: str) -> None:
    assert HAPPENINGS[name](state, now).after.lease_epoch == state.lease_epoch + (name == "claim")


@given(open_states, times, happenings)
def test_only_a_claim_leaves_a_live_lease_and_only_postponing_leaves_it_as_it_is(
    state: RunState, now: datetime, name: str
) -> None:
    after = HAPPENINGS[name](state, now).after
    if name == "claim":
        assert after.lease_is_live(now)
    else:
        assert after.lease_until == (state.lease_until if name == "postpone" else None)


@given(open_states, times, happenings)
def test_the_sweeper_looks_at_every_open_run_and_at_no_other(state: RunState, now: datetime, name: str) -> None:
    after = HAPPENINGS[name](state, now).after
    assert (after.wake_at is not None) == after.is_open


@given(open_states, times, happenings)
def test_exactly_the_last_event_of_an_end_is_final(state: RunState, now: datetime, name: str) -> None:
    events = HAPPENINGS[name](state, now).events
    assert [event.final for event in events] == [name in ENDS and event is events[-1] for event in events]


@given(open_states, times, st.sampled_from(sorted(ENDS)))
def test_an_end_closes_the_open_tool(state: RunState, now: datetime, name: str) -> None:
    transition = ENDS[name](state, now)
    closed = [event.type for event in transition.events].count("tool_completed")
    assert (closed, transition.after.open_tool) == (state.open_tool is not None, None)


@given(open_states, times, happenings)
def test_what_is_written_turns_the_stored_document_into_the_next_one(state: RunState, now: datetime, name: str) -> None:
    transition = HAPPENINGS[name](state, now)
    assert {**state.document(), **transition.changes} == transition.after.document()


def test_the_head_of_a_thread_starts_at_once_and_a_run_behind_it_waits() -> None:
    queued = replace(FRESH, status="queued", attempts=0, next_seq=0, started_agent=None, started_at=None)
    head = transitions.accept(queued, PROFILE, LATER, is_head=True)
    assert (head.after.status, head.after.started_at, head.after.next_seq) == ("running", LATER, 1)
    behind = transitions.accept(queued, PROFILE, LATER, is_head=False)
    assert (behind.after.status, behind.after.started_at, behind.events) == ("queued", None, ())
    assert behind.after.wake_at == head.after.wake_at == LATER + timedelta(seconds=PROFILE.sweep_grace_s)


def test_a_first_claim_is_progress_and_a_takeover_is_not() -> None:
    first = transitions.claim(replace(FRESH, attempts=0), PROFILE, LATER).after
    assert (first.attempts, first.progress_at) == (1, LATER)
    takeover = transitions.claim(first, PROFILE, LATER + timedelta(hours=1)).after
    assert (takeover.attempts, takeover.progress_at) == (2, LATER)


def test_a_takeover_retracts_the_draft_of_the_last_worker_and_leaves_its_tool_open() -> None:
    transition = transitions.claim(replace(FRESH, draft_from=3, open_tool=TOOL), PROFILE, LATER)
    (event,) = transition.events
    assert event.model_dump()["replaces"] == 3
    assert (transition.after.draft_from, transition.after.open_tool) == (None, TOOL)


def test_a_hand_over_begins_the_next_step_without_dispatches_and_attempts() -> None:
    state = replace(FRESH, dispatch=2, attempts=3, draft_from=1, lease_until=LATER)
    after = transitions.hand_over(state, PROFILE, LATER, workflow=("data",), summary="Understood.").after
    assert (after.agent, after.step, after.dispatch, after.attempts) == ("data", 1, 0, 0)
    assert (after.started_agent, after.draft_from, after.lease_until, after.progress_at) == (None, None, None, LATER)


def test_the_last_agent_cannot_hand_over() -> None:
    with pytest.raises(RuntimeError, match="last agent"):
        transitions.hand_over(FRESH, PROFILE, LATER, workflow=(), summary="Done.")


def test_a_step_that_continues_in_the_next_delivery_uses_no_attempt_and_one_that_is_given_back_does() -> None:
    state = replace(FRESH, attempts=3)
    assert transitions.continue_in_next_delivery(state, PROFILE, LATER).after.attempts == 0
    assert transitions.give_back(state, PROFILE, LATER, at=LATER, why="Again.").after.attempts == 3


def test_a_step_that_is_given_back_is_swept_only_after_it_may_be_claimed_again() -> None:
    at = LATER + timedelta(minutes=5)
    transition = transitions.give_back(replace(FRESH, draft_from=4), PROFILE, LATER, at=at, why="Busy.")
    assert transition.after.wake_at == at + timedelta(seconds=PROFILE.sweep_grace_s)
    assert (transition.after.draft_from, transition.events[0].model_dump()["replaces"]) == (None, 4)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_end_says_how_and_why(ending: Ending) -> None:
    after = transitions.end(FRESH, ending, LATER).after
    assert (after.status, after.end_reason) == (ending.status, ending.reason)


def dispatched_again(state: RunState) -> RunState:
    """What a sweeper leaves beside a worker that it presumed dead."""
    return replace(transitions.dispatch_again(state, PROFILE, LATER).after, commit_id="d", update_time=LATER)


@given(open_states, times, happenings)
def test_a_transition_onto_what_the_sweeper_left_writes_the_same_and_never_moves_the_cursor_back(
    state: RunState, now: datetime, name: str
) -> None:
    fresh = dispatched_again(state)
    transition = HAPPENINGS[name](state, now)
    rebased = transition.onto(fresh)
    assert (rebased.after.step, rebased.after.dispatch) >= (fresh.step, fresh.dispatch)
    assert (rebased.before, rebased.events) == (fresh, transition.events)
    written = {**fresh.document(), **transition.changes}
    assert rebased.after.document() == (written | {"dispatch": 0} if name == "hand_over" else written)


def test_a_hand_over_onto_what_the_sweeper_left_begins_the_next_step_at_its_first_dispatch() -> None:
    state = replace(FRESH, workflow=AGENT_ORDER, dispatch=0)
    transition = transitions.hand_over(state, PROFILE, LATER, workflow=(), summary="Done.")
    rebased = transition.onto(dispatched_again(state))
    assert (rebased.after.step, rebased.after.dispatch, rebased.changes["dispatch"]) == (1, 0, 0)


def test_two_transitions_in_one_commit_are_one_from_the_first_state_to_the_last() -> None:
    claimed = transitions.claim(replace(FRESH, started_agent=None), PROFILE, LATER)
    both = claimed.then(transitions.end(claimed.after, Ending(), LATER))
    assert (both.before, both.after.status) == (claimed.before, "cancelled")
    assert [event.seq for event in both.events] == [1, 2]


OLD = replace(FRESH, missing=frozenset({"progress_at", "end_reason"}))


def test_a_document_of_an_earlier_version_gets_the_fields_that_it_lacks_when_the_run_moves_on() -> None:
    claimed = transitions.claim(OLD, PROFILE, LATER).changes
    assert (claimed["progress_at"], claimed["end_reason"]) == (START, None)


@pytest.mark.parametrize("name", ["postpone", "dispatch_again"])
def test_whoever_only_looks_after_a_run_of_an_earlier_version_stores_no_time_of_progress(name: str) -> None:
    assert OLD.missing.isdisjoint(HAPPENINGS[name](OLD, LATER).changes)

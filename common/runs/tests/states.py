"""States of a run as they may be read at any moment, and what can happen to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from common.contract.answer import Answer
from common.contract.events import AGENT_ORDER
from common.core.user import UserContext
from common.environment.profiles import PROFILES, EnvironmentName
from common.runs import transitions
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.ending import Ending
from common.runs.state import OpenTool, RunState
from common.runs.transitions import Transition

PROFILE = PROFILES[EnvironmentName.PRODUCTION]
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ENDINGS = (
    Ending(answer=Answer(text="Done."), summary="Done."),
    Ending(error=RunFailedError(EndReason.ANSWER_FAILED)),
    Ending(),
)

FRESH = RunState(
    run_id="r",
    user=UserContext(uid="u", email=None, guest=True),
    thread_id="t",
    question="",
    dataset_ids=(),
    quota_month="2026-11",
    traceparent="",
    status="running",
    attempts=1,
    lease_epoch=1,
    next_seq=1,
    started_agent="triage",
    commit_id="c",
    started_at=START,
    progress_at=START,
    update_time=START,
)

times = st.integers(0, 3_600).map(lambda seconds: START + timedelta(seconds=seconds))
counts = st.integers(0, 9)
open_states = st.builds(
    lambda **changes: replace(FRESH, **changes),
    status=st.sampled_from(["queued", "running"]),
    workflow=st.just(AGENT_ORDER),
    step=st.integers(0, len(AGENT_ORDER) - 2),
    dispatch=counts,
    attempts=counts,
    lease_epoch=counts,
    lease_until=st.none() | times,
    next_seq=st.integers(0, 99),
    started_agent=st.none() | st.sampled_from(AGENT_ORDER),
    open_tool=st.none() | st.just(OpenTool(call_id="call-1", tool="spend_totals")),
    draft_from=st.none() | counts,
    started_at=st.none() | times,
    progress_at=st.none() | times,
    wake_at=times,
)

Happening = Callable[[RunState, datetime], Transition]

CONTINUING: dict[str, Happening] = {
    "claim": lambda state, now: transitions.claim(state, PROFILE, now),
    "hand_over": lambda state, now: transitions.hand_over(state, PROFILE, now, workflow=(), summary="Done."),
    "continue_in_next_delivery": lambda state, now: transitions.continue_in_next_delivery(state, PROFILE, now),
    "give_back": lambda state, now: transitions.give_back(state, PROFILE, now, at=now, why="Again."),
    "dispatch_again": lambda state, now: transitions.dispatch_again(state, PROFILE, now),
    "postpone": lambda state, now: transitions.postpone(state, now, seconds=60.0),
}
ENDS: dict[str, Happening] = {
    ending.status: lambda state, now, ending=ending: transitions.end(state, ending, now)  # type: ignore[misc]  # bound here
    for ending in ENDINGS
}
HAPPENINGS = CONTINUING | ENDS
"""Every transition of a run that was accepted, by name."""

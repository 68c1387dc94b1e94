"""The state machine of a run: each change of its control document, and the events that go into the same commit.

    accept                      -> queued, or running as the head of its thread
    claim                       -> running under a lease (for the first time, or taken over)
    hand_over                   -> the next step, unclaimed
    continue_in_next_delivery   -> the same step, unclaimed, no attempt used
    give_back                   -> the same step, unclaimed, to be claimed again later
    dispatch_again, postpone    -> the same step; a new task, or a later look by the sweeper
    end                         -> completed, failed or cancelled: no transition leads from there

Pure functions: time is a parameter, and nothing is read or written. common/runs/fenced_commit.py commits them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.contract.events import AgentCompleted, AgentName, AgentStarted, AgentThinking, Event, ToolCompleted
from common.environment.profiles import Profile
from common.runs.ending import Ending
from common.runs.state import RunState
from common.store.client import Document

INTERRUPTED = "I was interrupted, so I begin this part again."


@dataclass(frozen=True, kw_only=True)
class Transition:
    """From `before`, as it is stored, to `after`; `events` are numbered from `before.next_seq` on."""

    before: RunState
    after: RunState
    events: tuple[Event, ...] = ()

    @property
    def changes(self) -> Document:
        """The fields of the control document to be written, in their stored form."""
        return self.after.changes_since(self.before)

    def then(self, following: "Transition") -> "Transition":
        """Both as one; `following` begins where this one leads."""
        return Transition(before=self.before, after=following.after, events=(*self.events, *following.events))

    def onto(self, fresh: RunState) -> "Transition":
        """The same changes to `fresh`, which has been dispatched again or postponed since `before`.

        Where the step moves on, its dispatch is part of the change, even if the number is the same.
        """
        names = self.after.fields_changed_since(self.before)
        if "step" in names:
            names |= {"dispatch"}
        after = replace(fresh, **{name: getattr(self.after, name) for name in names})
        return Transition(before=fresh, after=after, events=self.events)


def transition(before: RunState, after: RunState, events: Sequence[Event] = (), *, now: datetime) -> Transition:
    """Number the events, and give them run, step and time. Raises ValueError for a run that has ended."""
    if not before.is_open:
        raise ValueError(f"the run has ended: it is {before.status}")
    at = int(now.timestamp() * 1000)
    numbered = tuple(
        event.model_copy(update={"run_id": before.run_id, "step": before.step, "seq": before.next_seq + n, "at": at})
        for n, event in enumerate(events)
    )
    return Transition(before=before, after=replace(after, next_seq=before.next_seq + len(numbered)), events=numbered)


def accept(state: RunState, profile: Profile, now: datetime, *, is_head: bool) -> Transition:
    """A turn is accepted: as the head of its thread it starts at once, else it waits for the run before it."""
    waiting = replace(state, wake_at=now + timedelta(seconds=profile.sweep_grace_s))
    if not is_head:
        return transition(state, waiting, now=now)
    head = replace(waiting, status="running", started_agent=state.agent, started_at=now, progress_at=now)
    return transition(state, head, [AgentStarted(agent=state.agent)], now=now)


def claim(state: RunState, profile: Profile, now: datetime) -> Transition:
    """A worker takes the lease of the step, or takes it over from a worker whose lease has run out."""
    lease_until = now + timedelta(seconds=profile.lease_s)
    claimed = replace(
        state,
        status="running",
        attempts=state.attempts + 1,
        lease_epoch=state.lease_epoch + 1,
        lease_until=lease_until,
        started_agent=state.agent,
        draft_from=None,
        started_at=state.started_at or now,
        progress_at=state.progress_at if state.attempts else now,  # a retry is no progress
        wake_at=lease_until + timedelta(seconds=profile.sweep_grace_s),
    )
    return transition(state, claimed, _opening(state), now=now)


def _opening(state: RunState) -> list[Event]:
    """agent_started, once per step; a takeover retracts what the last worker has shown of an unfinished reply."""
    if state.started_agent != state.agent:
        return [AgentStarted(agent=state.agent)]
    if state.draft_from is None:
        return []
    return [AgentThinking(agent=state.agent, thought=INTERRUPTED, replaces=state.draft_from)]


def hand_over(
    state: RunState, profile: Profile, now: datetime, *, workflow: Sequence[AgentName], summary: str
) -> Transition:
    """The agent of the step is done, and the next one follows; triage appends `workflow`.

    Raises RuntimeError when no agent is left.
    """
    agents = (*state.workflow, *workflow)
    if state.step + 1 >= len(agents):
        raise RuntimeError(f"{state.agent} is the last agent of {agents} and gave no answer")
    following = replace(
        state,
        workflow=agents,
        step=state.step + 1,
        dispatch=0,
        attempts=0,
        started_agent=None,
        open_tool=None,
        draft_from=None,
        lease_until=None,
        wake_at=now + timedelta(seconds=profile.sweep_grace_s),
        progress_at=now,
    )
    return transition(state, following, [AgentCompleted(agent=state.agent, result=summary)], now=now)


def continue_in_next_delivery(state: RunState, profile: Profile, now: datetime) -> Transition:
    """The delivery's time is up: the next one resumes the step. No attempt is used, as each gets further."""
    wake_at = now + timedelta(seconds=profile.sweep_grace_s)
    resumed = replace(state, dispatch=state.dispatch + 1, attempts=0, lease_until=None, wake_at=wake_at)
    return transition(state, resumed, now=now)


def give_back(state: RunState, profile: Profile, now: datetime, *, at: datetime, why: str) -> Transition:
    """The step failed, and is to be claimed again from `at` on; what was shown of its last reply is retracted."""
    waiting = replace(
        state,
        dispatch=state.dispatch + 1,
        draft_from=None,
        lease_until=None,
        wake_at=at + timedelta(seconds=profile.sweep_grace_s),
    )
    thought = AgentThinking(agent=state.agent, thought=why, replaces=state.draft_from)
    return transition(state, waiting, [thought], now=now)


def dispatch_again(state: RunState, profile: Profile, now: datetime) -> Transition:
    """The step has lost its task, or its worker: the next dispatch has a task name that was never used."""
    wake_at = now + timedelta(seconds=profile.sweep_grace_s)
    return transition(state, replace(state, dispatch=state.dispatch + 1, lease_until=None, wake_at=wake_at), now=now)


def postpone(state: RunState, now: datetime, *, seconds: float) -> Transition:
    """The sweeper leaves the run alone for a while."""
    return transition(state, replace(state, wake_at=now + timedelta(seconds=seconds)), now=now)


def end(state: RunState, ending: Ending, now: datetime) -> Transition:
    """The run is over: an open tool is closed, the terminal event comes last."""
    ended = replace(
        state,
        status=ending.status,
        end_reason=ending.reason.value,
        open_tool=None,
        started_agent=None,
        lease_until=None,
        wake_at=None,
    )
    return transition(state, ended, [*_abandoned_tool(state, ending), ending.terminal_event(state.agent)], now=now)


def _abandoned_tool(state: RunState, ending: Ending) -> list[Event]:
    if state.open_tool is None:
        return []
    abandoned = ToolCompleted(
        agent=state.agent,
        tool=state.open_tool.tool,
        tool_call_id=state.open_tool.call_id,
        status="failed" if ending.status == "failed" else "cancelled",
        result_summary="Not finished.",
    )
    return [abandoned]

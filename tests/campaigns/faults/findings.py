"""What is wrong with the records of a turn or a thread, each under the name of what its user would see."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from common.environment.profiles import PROFILES, EnvironmentName
from common.runs.end_reasons import EndReason
from tests.campaigns.faults.pace import Pace
from tests.campaigns.faults.people import Sent
from tests.campaigns.faults.records import Fields, Ledger, TurnRecord
from tests.support.invariants import (
    check_agents,
    check_end,
    check_numbers,
    check_once,
    check_run,
    check_thoughts,
    check_tools,
)

ATTEMPTS = PROFILES[EnvironmentName.TEST].step_attempts
_GIVEN_UP = {EndReason.ATTEMPTS, EndReason.ANSWER_FAILED, EndReason.MODEL_UNAVAILABLE}
_NEVER_BY_ITSELF = {EndReason.MONEY, EndReason.MODEL_REFUSED, EndReason.DATA_GONE}

Finding = tuple[str, str]
"""Kind of violation, and what it is."""


def findings_of_events(events: Sequence[Fields]) -> Iterator[Finding]:
    """The invariants of tests/support, each under the name of what a user would see."""
    numbers = [event["seq"] for event in events]
    kinds = {
        check_numbers: "duplicated" if len(set(numbers)) < len(numbers) else "lost",
        check_end: "duplicated" if sum(event["final"] for event in events) > 1 else "lost",
        check_once: "duplicated",
        check_tools: "lost",
        check_agents: "reordered",
        check_thoughts: "duplicated",
        check_run: "lost",
    }
    if sorted(numbers) == list(range(len(numbers))) != numbers:
        kinds[check_numbers] = "reordered"
    for check, kind in kinds.items():
        try:
            check(events)
        except (AssertionError, ValueError) as error:
            yield kind, f"{check.__name__}: {error}"
            return


def findings_of_reason(state: Fields, *, clocks_wrong: bool, expected: Collection[str] = ()) -> Iterator[Finding]:
    """Whether a run ended for a reason that it had.

    One that nothing recovers ends all the same once its time is used up: that is no recovery.
    """
    reason, attempts = state["end_reason"], state["attempts"]
    if reason in {EndReason.WALL_TIME, EndReason.NO_PROGRESS} and not clocks_wrong:
        yield "stuck", f"only its time ended it ({reason}, after {attempts} attempts)"
    early = _GIVEN_UP if not clocks_wrong else {EndReason.ATTEMPTS}
    if reason in early and attempts < ATTEMPTS:
        yield "lost", f"it was given up ({reason}) after {attempts} of {ATTEMPTS} attempts"
    if reason in _NEVER_BY_ITSELF and reason not in expected:
        yield "lost", f"nothing that was injected is a cause of {reason}"


def findings_of_pace(turn: Sent, last: Fields, pace: Pace) -> Iterator[Finding]:
    """Whether an accepted turn ended in time, as the machine had it. `last`: its final event."""
    if turn.accepted_at is None or not last["final"]:
        return
    took_s = pace.between(turn.accepted_at, last["at"] / 1000)
    if took_s > turn.due_s:
        yield (
            "stuck",
            f"it ended {took_s:.0f} s of the machine's own time after it was accepted, later than {turn.due_s:.0f}",
        )


def findings_of_figures(events: Sequence[Fields]) -> Iterator[Finding]:
    """Every figure of the answer is a fact of the tool result that it names."""
    known = {event["seq"]: event.get("facts", []) for event in events if event["type"] == "tool_completed"}
    for figure in events[-1]["answer"].get("figures", []):
        facts = [(fact["value"], fact["unit"]) for fact in known.get(figure["source"], [])]
        if (figure["value"], figure["unit"]) not in facts:
            yield "lost", f"no tool found the figure {figure['text']} of the answer"


def findings_of_ledger(
    turns: Sequence[tuple[Sent, TurnRecord]], before: Ledger, after: Ledger, *, unseen: bool = False
) -> Iterator[Finding]:
    """Each accepted turn costs one unit; those that failed are given back, those that were stopped before cost none.

    `unseen`: the runs were deleted and may have failed before, so one whose end nobody saw may cost nothing.
    """
    if after.open_runs:
        yield "stuck", f"the user still has open runs: {', '.join(after.open_runs)}"
    due = sum(_costs(turn, record) for turn, record in turns)
    spared = sum(_costs(turn, record) for turn, record in turns if not _seen_end(turn, record)) if unseen else 0
    charged = after.charged - before.charged
    if not due - spared <= charged <= due:
        yield "double_billed", f"{charged} units were charged, {due} are due"


def _costs(turn: Sent, record: TurnRecord) -> int:
    if turn.accepted_at is None or record.stopped_before:
        return 0
    end = _seen_end(turn, record)
    return int(end is None or end["type"] != "agent_failed")


def _seen_end(turn: Sent, record: TurnRecord) -> Fields | None:
    """The last event, as it is on record or as a tab saw it before its thread was deleted."""
    seen: list[Fields] = record.events or max(turn.tabs, key=len, default=[])
    return seen[-1] if seen and seen[-1]["final"] else None


def findings_of_order(runs: Sequence[Sequence[Fields]]) -> Iterator[Finding]:
    """One run of a thread at a time, in order of acceptance; event 0 comes with acceptance, and is no work."""
    worked = [events for events in runs if len(events) > 1]
    for before, after in pairwise(worked):
        if after[1]["at"] < before[-1]["at"]:
            yield "reordered", f"run {after[0]['run_id']} worked before {before[0]['run_id']} had ended"

"""What must hold after a round, seen from outside: six ways in which a turn could have gone wrong.

The definitions are those of docs/reliability.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.agents.specs import leaks
from common.environment.profiles import PROFILES, EnvironmentName
from common.runs.reasons import EndReason
from tests.faults.people import Sent, Story
from tests.faults.records import Fields, Ledger, Records, TurnRecord
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
KINDS = ("lost", "duplicated", "reordered", "stuck", "double_billed", "leaked")
_STATUS = {"agent_completed": "completed", "agent_failed": "failed", "agent_cancelled": "cancelled"}
_INTERNAL = re.compile(r"Traceback|injected|google\.(api_core|cloud)|grpc|\.py\b|run_state|Bearer ")


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One way in which a turn went wrong."""

    kind: str
    user: str
    run: str
    what: str
    events: tuple[Fields, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the judgement of a round depends on.

    `may_fail`: the faults used up what a run may use up; `clocks_wrong`: its time, too, as some process reckons it.
    """

    may_fail: bool
    clocks_wrong: bool
    calm: bool
    before: Ledger
    tags: tuple[str, ...]
    """The words that mark the questions of the other users."""


class Checker:
    """Judges a user's story."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def violations(self, story: Story, situation: Situation) -> list[Violation]:
        """All that is wrong with it; empty when all is well."""
        found = list(self._said(story))
        records = [(turn, self._records.turn(story, turn)) for turn in story.turns]
        for turn, record in records:
            found += [
                Violation(kind=kind, user=story.user.client.uid, run=turn.run_id, what=what, events=(*record.events,))
                for kind, what in _of_turn(story, turn, record, situation)
            ]
        after = self._records.ledger(story.user.client.uid)
        thread = self._records.thread(story)
        unseen = story.deleted and situation.may_fail
        whole = [
            *findings_of_ledger(records, situation.before, after, unseen=unseen),
            *_of_thread(story, records, thread),
        ]
        return found + [
            Violation(kind=kind, user=story.user.client.uid, run=story.thread_id, what=what) for kind, what in whole
        ]

    @staticmethod
    def _said(story: Story) -> Iterator[Violation]:
        """What the user's own side noticed."""
        for run, errors in ((story.thread_id, story.errors), *((turn.run_id, turn.errors) for turn in story.turns)):
            for error in errors:
                kind, _, what = error.partition(": ")
                yield Violation(kind=kind, user=story.user.client.uid, run=run, what=what)


Finding = tuple[str, str]


def _of_turn(story: Story, turn: Sent, record: TurnRecord, situation: Situation) -> Iterator[Finding]:
    if story.deleted:
        yield from _gone(record)
        return
    if turn.refused:
        if record.run is not None:
            yield "lost", f"the turn was refused ({turn.refused}), and yet it is a run"
        return
    if turn.accepted_at is None:
        return  # told already
    if record.run is None or record.question is None or record.claim is None or record.state is None:
        yield "lost", "an accepted turn has no run, question, claim or control document"
        return
    events = record.events
    if record.run["status"] in {"queued", "running"} or not events or not events[-1]["final"]:
        yield "stuck", f"no end within {turn.due_s:.0f} s (it is {record.run['status']})"
        return
    yield from findings_of_events(events)
    yield from _of_end(turn, record, situation)
    yield from _of_tabs(turn, events)
    yield from _of_words(record, situation.tags)


def _gone(record: TurnRecord) -> Iterator[Finding]:
    left = [name for name in ("run", "question", "answer", "state", "dead_letter") if getattr(record, name)]
    if left or record.commits:
        yield "leaked", f"its thread was deleted, and there is still: {', '.join(left) or 'events'}"


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


def _of_end(turn: Sent, record: TurnRecord, situation: Situation) -> Iterator[Finding]:
    run, state, last = record.run or {}, record.state or {}, record.events[-1]
    status = _STATUS[last["type"]]
    answer = record.answer
    if run["status"] != status or state["status"] != status or answer is None or answer["status"] != status:
        yield "lost", f"the last event says {status}; run, control document and message say otherwise"
        return
    if status == "completed" and {name: answer.get(name) for name in last["answer"]} != last["answer"]:
        yield "lost", "the message is not the answer of the last event"
    if turn.stopped is not None and turn.stopped != status:
        yield "lost", f"a stop was answered with {turn.stopped!r}, and the run is {status}"
    if status == "cancelled" and not turn.plan.cancel:
        yield "lost", "nobody stopped it"
    if status == "failed" and not situation.may_fail:
        yield "lost", f"it failed ({last['code']}), though the faults were within its attempts"
    yield from findings_of_reason(state, clocks_wrong=situation.clocks_wrong)
    yield from _of_letter(record)
    if state["lease_until"] or state["wake_at"] or state["open_tool"] or state["next_seq"] != len(record.events):
        yield "lost", "the control document is not closed"
    if state["end_reason"] != {"completed": "answered", "cancelled": "stopped"}.get(status, state["end_reason"]):
        yield "lost", f"it is {status}, and its reason is {state['end_reason']}"
    if situation.calm and state["dispatch"] > 0:
        yield "stuck", "nothing was at fault, and yet the sweeper had to wake it"


def findings_of_reason(state: Fields, *, clocks_wrong: bool) -> Iterator[Finding]:
    """A run that nothing recovers ends all the same once its time is used up: that is no recovery."""
    reason, attempts = state["end_reason"], state["attempts"]
    if clocks_wrong:
        return
    if reason in {EndReason.WALL_TIME, EndReason.NO_PROGRESS}:
        yield "stuck", f"only its time ended it ({reason}, after {attempts} attempts)"
    if reason in {EndReason.ANSWER_FAILED, EndReason.MODEL_UNAVAILABLE} and attempts < ATTEMPTS:
        yield "lost", f"it was given up ({reason}) after {attempts} of {ATTEMPTS} attempts"


def _of_letter(record: TurnRecord) -> Iterator[Finding]:
    """A dead letter, and its publication, for each run that failed by our fault, and for no other."""
    state, letter = record.state or {}, record.dead_letter
    due = state["status"] == "failed" and state["end_reason"] != EndReason.DATA_GONE
    if due != (letter is not None):
        yield "lost", f"it is {state['status']} ({state['end_reason']}), and there is {'a' if letter else 'no'} letter"
    if letter is not None and letter["published_at"] is None:
        yield "stuck", "its dead letter is not published"


def _of_tabs(turn: Sent, events: Sequence[Fields]) -> Iterator[Finding]:
    """A user who looked, looked again or came late saw the events as they are stored."""
    for seen in turn.tabs:
        if not seen or not seen[-1]["final"]:
            yield "stuck", f"a tab saw {len(seen)} of {len(events)} events and no end"
        elif seen != list(events):
            yield "lost", "a tab saw other events than those that are stored"


def _of_words(record: TurnRecord, tags: Sequence[str]) -> Iterator[Finding]:
    text = repr([record.run, record.answer, record.commits])
    foreign = [tag for tag in tags if tag in text]
    if foreign:
        yield "leaked", f"words of another user: {', '.join(foreign)}"
    inside = _INTERNAL.search(text)
    if inside:
        yield "leaked", f"internal words: {inside[0]}"
    if any(leaks(words) for words in _words(record)):
        yield "leaked", "the texts that agents work by"


def _words(record: TurnRecord) -> Iterator[str]:
    for event in record.events:
        yield from (event[name] for name in ("thought", "purpose", "result_summary", "result") if name in event)
    yield (record.answer or {}).get("text", "")


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


def _of_thread(story: Story, turns: Sequence[tuple[Sent, TurnRecord]], thread: Fields | None) -> Iterator[Finding]:
    if story.deleted:
        if thread is not None:
            yield "leaked", "a deleted thread is still there"
        return
    if all(turn.accepted_at is None for turn, _ in turns):
        return
    if thread is None:
        yield "lost", "the thread is not there"
        return
    if thread["open_runs"]:
        yield "stuck", f"the thread still has open runs: {', '.join(thread['open_runs'])}"
    answered = [turn.run_id for turn, record in turns if (record.run or {}).get("status") == "completed"]
    if thread["answered"] != answered:
        kind = "reordered" if sorted(thread["answered"]) == sorted(answered) else "lost"
        yield kind, f"answered were {answered}, and the thread knows {thread['answered']}"
    if story.title is not None and thread["title"] != story.title:
        yield "lost", "the new name of the thread is lost"

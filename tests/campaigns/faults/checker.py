"""What must hold after a round, seen from outside: six ways in which a turn could have gone wrong.

The definitions are those of docs/reliability.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.assistant.agents.specs import leaks
from common.runs.end_reasons import EndReason
from tests.campaigns.faults.findings import (
    Finding,
    findings_of_events,
    findings_of_figures,
    findings_of_ledger,
    findings_of_order,
    findings_of_pace,
    findings_of_reason,
)
from tests.campaigns.faults.pace import Pace
from tests.campaigns.faults.people import Sent, Story
from tests.campaigns.faults.records import Fields, Ledger, Records, TurnRecord

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

    `may_fail`: the faults, those of rounds beside it included, used up what a run may use up; `reasons`: why it may end
    beside that, by its own faults; `clocks_wrong`: some process may think that a run's time is used up.
    """

    may_fail: bool
    reasons: frozenset[str]
    clocks_wrong: bool
    calm: bool
    before: Ledger
    tags: tuple[str, ...]
    """The words that mark the questions of the other users."""


class Checker:
    """Judges a user's story."""

    def __init__(self, records: Records, pace: Pace) -> None:
        self._records = records
        self._pace = pace

    def violations(self, story: Story, situation: Situation) -> list[Violation]:
        """All that is wrong with it; empty when all is well."""
        found = list(self._reported(story))
        records = [(turn, self._records.turn(story, turn)) for turn in story.turns]
        for turn, record in records:
            found += [
                Violation(kind=kind, user=story.user.client.uid, run=turn.run_id, what=what, events=(*record.events,))
                for kind, what in _of_turn(story, turn, record, situation)
            ]
            if record.events and not situation.clocks_wrong and not story.deleted:
                found += self._late(story, turn, record)
        of_story = self._of_story(story, records, situation)
        return found + [
            Violation(kind=kind, user=story.user.client.uid, run=story.thread_id, what=what) for kind, what in of_story
        ]

    def _of_story(
        self, story: Story, turns: Sequence[tuple[Sent, TurnRecord]], situation: Situation
    ) -> Iterator[Finding]:
        """The ledger of its user, and its thread."""
        after = self._records.ledger(story.user.client.uid)
        unseen = story.deleted and situation.may_fail
        yield from findings_of_ledger(turns, situation.before, after, unseen=unseen)
        yield from _of_thread(story, turns, self._records.thread(story))
        if not situation.clocks_wrong:
            yield from findings_of_order([record.events for turn, record in turns if turn.accepted_at is not None])

    def seen_by(self, reader: Story, story: Story) -> list[Violation]:
        """What another user gets to see of a story."""
        uid, seen = story.user.client.uid, self._records.may_read(reader, story)
        what = f"{reader.user.client.uid} may read {', '.join(seen)}"
        return [Violation(kind="leaked", user=uid, run=story.thread_id, what=what)] if seen else []

    def _late(self, story: Story, turn: Sent, record: TurnRecord) -> Iterator[Violation]:
        for kind, what in findings_of_pace(turn, record.events[-1], self._pace):
            yield Violation(kind=kind, user=story.user.client.uid, run=turn.run_id, what=what, events=(*record.events,))

    @staticmethod
    def _reported(story: Story) -> Iterator[Violation]:
        """What the user's own side noticed."""
        for run, errors in ((story.thread_id, story.errors), *((turn.run_id, turn.errors) for turn in story.turns)):
            for error in errors:
                kind, _, what = error.partition(": ")
                yield Violation(kind=kind, user=story.user.client.uid, run=run, what=what)


def _of_turn(story: Story, turn: Sent, record: TurnRecord, situation: Situation) -> Iterator[Finding]:
    if story.deleted:
        yield from _left_behind(record)
        return
    if turn.refused:
        yield "lost", f"the turn was refused: {turn.refused}"
        return
    if turn.accepted_at is None:
        return  # reported by the user
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


def _left_behind(record: TurnRecord) -> Iterator[Finding]:
    left = [name for name in ("run", "question", "answer", "state", "dead_letter") if getattr(record, name)]
    left += [name for name in ("commits", "steps") if getattr(record, name)]
    if left:
        yield "leaked", f"its thread was deleted, and there is still: {', '.join(left)}"


def _of_end(turn: Sent, record: TurnRecord, situation: Situation) -> Iterator[Finding]:
    run, state, last = record.run or {}, record.state or {}, record.events[-1]
    status = _STATUS[last["type"]]
    answer = record.answer
    if run["status"] != status or state["status"] != status or answer is None or answer["status"] != status:
        yield "lost", f"the last event says {status}; run, control document and message say otherwise"
        return
    if status == "completed":
        yield from findings_of_figures(record.events)
        if {name: answer.get(name) for name in last["answer"]} != last["answer"]:
            yield "lost", "the message is not the answer of the last event"
    if turn.stopped is not None and turn.stopped != status:
        yield "lost", f"a stop was answered with {turn.stopped!r}, and the run is {status}"
    if status == "cancelled" and not turn.plan.cancel:
        yield "lost", "nobody stopped it"
    yield from _of_state(status, state, record, situation)


def _of_state(status: str, state: Fields, record: TurnRecord, situation: Situation) -> Iterator[Finding]:
    """The control document and the dead letter of a run that has ended."""
    if status == "failed" and not situation.may_fail:
        yield "lost", f"it failed ({state['end_reason']}), though the faults were within its attempts"
    yield from findings_of_reason(state, clocks_wrong=situation.clocks_wrong, expected=situation.reasons)
    yield from _of_dead_letter(record)
    if state["lease_until"] or state["wake_at"] or state["open_tool"] or state["next_seq"] != len(record.events):
        yield "lost", "the control document is not closed"
    if state["end_reason"] != {"completed": "answered", "cancelled": "stopped"}.get(status, state["end_reason"]):
        yield "lost", f"it is {status}, and its reason is {state['end_reason']}"
    if situation.calm and state["dispatch"] > 0:
        yield "stuck", "nothing was at fault, and yet the sweeper had to wake it"


def _of_dead_letter(record: TurnRecord) -> Iterator[Finding]:
    """A dead letter, and its publication, for each run that failed by our fault, and for no other."""
    state, dead_letter = record.state or {}, record.dead_letter
    due = state["status"] == "failed" and state["end_reason"] != EndReason.DATA_GONE
    if due != (dead_letter is not None):
        yield (
            "lost",
            f"it is {state['status']} ({state['end_reason']}), and there is {'a' if dead_letter else 'no'} dead letter",
        )
    if dead_letter is not None and dead_letter["published_at"] is None:
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

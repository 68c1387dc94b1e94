"""The checker calls each thing that can go wrong by its name: a judge that finds nothing wrong proves nothing."""

import time
from typing import Any

import pytest

from tests.campaigns.faults.findings import (
    findings_of_events,
    findings_of_figures,
    findings_of_ledger,
    findings_of_order,
    findings_of_pace,
    findings_of_reason,
)
from tests.campaigns.faults.pace import Pace, measured_pace
from tests.campaigns.faults.people import Sent
from tests.campaigns.faults.plan import TurnPlan, plan_round
from tests.campaigns.faults.records import Ledger, TurnRecord


def event(seq: int, kind: str, **more: Any) -> dict[str, Any]:
    """An event of triage."""
    return {"run_id": "r", "seq": seq, "step": 0, "agent": "triage", "at": 1, "type": kind, "final": False, **more}


START = event(0, "agent_started")
TOOL = {"tool": "spend_totals", "tool_call_id": "call-1"}
CALLED = event(1, "tool_executing", purpose="add up", **TOOL)
RESULT = event(2, "tool_completed", result_summary="3 USD", facts=[], status="completed", **TOOL)


def done(seq: int) -> dict[str, Any]:
    """The end."""
    return event(seq, "agent_completed", result="Done.", answer={"text": "A."}, final=True)


COMPLETE = [START, CALLED, RESULT, done(3)]


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        (COMPLETE, None),
        ([START, done(2)], "lost"),
        ([START, CALLED, done(2)], "lost"),
        ([START, done(1), done(1)], "duplicated"),
        ([START, {**START, "seq": 1}, done(2)], "duplicated"),
        ([START, CALLED, {**CALLED, "seq": 2}, done(3)], "duplicated"),
        ([{**CALLED, "seq": 0}, {**RESULT, "seq": 1}, {**START, "seq": 2}, done(3)], "reordered"),
        ([START, done(1), {**RESULT, "seq": 2}], "lost"),
    ],
)
def test_events_that_break_an_invariant_are_named(events: list[dict[str, Any]], kind: str | None) -> None:
    assert [found for found, _ in findings_of_events(events)] == ([kind] if kind else [])


def turn(events: list[dict[str, Any]], *, stopped_before: bool = False) -> tuple[Sent, TurnRecord]:
    """An accepted turn with these events."""
    sent = Sent(plan=TurnPlan(text="hello"), text="hello", request_id="q", run_id="r", due_s=45.0, accepted_at=1.0)
    record = TurnRecord(
        run={},
        question={},
        answer={},
        commits=[{"events": events}],
        steps=[],
        claim={},
        stopped_before=stopped_before,
        state={},
        dead_letter=None,
    )
    return sent, record


NOTHING = Ledger(open_runs=(), charged=0)
FAILED = [START, event(1, "agent_failed", final=True)]


@pytest.mark.parametrize(("events", "stopped", "due"), [(COMPLETE, False, 1), (FAILED, False, 0), (COMPLETE, True, 0)])
def test_a_turn_costs_one_unit_unless_it_failed_or_was_stopped_before(
    events: list[dict[str, Any]], *, stopped: bool, due: int
) -> None:
    charged = {
        units
        for units in range(3)
        if not list(
            findings_of_ledger([turn(events, stopped_before=stopped)], NOTHING, Ledger(open_runs=(), charged=units))
        )
    }
    assert charged == {due}


@pytest.mark.parametrize(("events", "due"), [([START], {0, 1}), ([], {0, 1}), (COMPLETE, {1}), (FAILED, {0})])
def test_a_deleted_run_that_may_have_failed_costs_at_most_one_unit_and_one_whose_end_was_seen_what_it_shows(
    events: list[dict[str, Any]], due: set[int]
) -> None:
    charged = {
        units
        for units in range(3)
        if not list(findings_of_ledger([turn(events)], NOTHING, Ledger(open_runs=(), charged=units), unseen=True))
    }
    assert charged == due


def test_a_run_that_stays_open_in_the_ledger_is_stuck() -> None:
    after = Ledger(open_runs=("r",), charged=1)
    assert [kind for kind, _ in findings_of_ledger([turn(COMPLETE)], NOTHING, after)] == ["stuck"]


def test_a_round_is_the_same_whenever_it_is_planned() -> None:
    assert plan_round(7, 3, 2) == plan_round(7, 3, 2)
    assert len({repr(plan_round(7, number, 2)) for number in range(20)}) == 20


@pytest.mark.parametrize(
    ("reason", "attempts", "kind"),
    [
        ("answered", 1, None),
        ("no_progress", 2, "stuck"),
        ("wall_time", 1, "stuck"),
        ("answer_failed", 4, "lost"),
        ("model_unavailable", 5, None),
        ("attempts", 5, None),
        ("money", 1, "lost"),
        ("model_refused", 1, "lost"),
        ("data_gone", 1, None),
    ],
)
def test_a_run_may_end_only_for_a_reason_that_it_had(reason: str, attempts: int, kind: str | None) -> None:
    state = {"end_reason": reason, "attempts": attempts}
    found = findings_of_reason(state, clocks_wrong=False, expected={"data_gone"})
    assert [name for name, _ in found] == ([kind] if kind else [])


@pytest.mark.parametrize(("reason", "count"), [("no_progress", 0), ("answer_failed", 0), ("attempts", 1), ("money", 1)])
def test_a_wrong_clock_excuses_only_what_is_reckoned_by_time(reason: str, count: int) -> None:
    assert len(list(findings_of_reason({"end_reason": reason, "attempts": 1}, clocks_wrong=True))) == count


def test_a_figure_without_the_fact_it_names_is_lost() -> None:
    fact = {"value": 3.0, "unit": "usd"}
    last = {**done(3), "answer": {"figures": [{**fact, "text": "3 USD", "source": 2}]}}
    assert not list(findings_of_figures([START, CALLED, {**RESULT, "facts": [fact]}, last]))
    assert [kind for kind, _ in findings_of_figures([START, CALLED, RESULT, last])] == ["lost"]


def test_a_run_that_works_before_the_one_before_it_has_ended_is_reordered() -> None:
    first = [{**item, "at": at} for at, item in enumerate(COMPLETE)]
    second = [{**item, "at": at} for at, item in zip((1, 4, 5, 6), COMPLETE, strict=True)]
    early = [{**item, "at": at} for at, item in zip((1, 2, 5, 6), COMPLETE, strict=True)]
    assert not list(findings_of_order([first, [START], second]))
    assert [kind for kind, _ in findings_of_order([first, [START], early])] == ["reordered"]


def paced(share: float, wall_s: float) -> Pace:
    """A machine that gave a process this share of a processor all the time."""
    pace = Pace(0.0)
    for at in range(1, int(wall_s) + 1):
        pace.note(float(at), share)
    return pace


@pytest.mark.parametrize(
    ("share", "took_s", "late"), [(1.0, 44.0, False), (1.0, 46.0, True), (0.25, 170.0, False), (0.25, 190.0, True)]
)
def test_a_turn_is_stuck_when_the_machine_would_long_have_ended_it_at_its_own_pace(
    share: float,
    took_s: float,
    late: bool,  # noqa: FBT001 - a table
) -> None:
    sent, _ = turn([])
    last = {**done(1), "at": 1000.0 * (1.0 + took_s)}
    assert [kind for kind, _ in findings_of_pace(sent, last, paced(share, 200.0))] == (["stuck"] if late else [])


def test_a_stuck_turn_is_found_on_a_machine_that_hardly_moves() -> None:
    pace = paced(0.0, 10.0)
    assert 45.0 < pace.between(0.0, 3_600.0) < 100.0


def test_a_machine_that_was_busy_for_a_while_is_believed_for_that_while_only() -> None:
    pace = Pace(0.0)
    for at, share in ((10.0, 1.0), (20.0, 0.1), (30.0, 1.0)):
        pace.note(at, share)
    assert pace.between(5.0, 25.0) == pytest.approx(5.0 + 1.0 + 5.0)
    assert pace.between(30.0, 40.0) == pytest.approx(10.0)


def test_the_pace_is_measured_beside_what_is_judged() -> None:
    with measured_pace() as pace:
        began = time.time()
        time.sleep(1.5)
        measured = pace.between(began, time.time())
    assert 0.0 < measured <= 1.51

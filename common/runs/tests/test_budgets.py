"""The rules of a run's budgets, over states as they may be read at any moment."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.runs.budgets import refuse_used_up, used_up, used_up_at_work
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.state import RunState
from common.runs.tests.states import FRESH, PROFILE, START

seconds = st.floats(0, 3 * PROFILE.run_budget_s).map(lambda value: timedelta(seconds=value))
times = seconds.map(lambda after: START + after)
states = st.builds(
    lambda attempts, progress_at, spent_usd, lease_until: replace(
        FRESH, attempts=attempts, progress_at=progress_at, spent_usd=spent_usd, lease_until=lease_until
    ),
    st.integers(0, 2 * PROFILE.step_attempts),
    times,
    st.floats(0, 2 * PROFILE.run_budget_usd),
    st.none() | times,
)


@pytest.mark.parametrize(
    ("state", "after_s", "reason"),
    [
        (FRESH, 1.0, None),
        (replace(FRESH, attempts=PROFILE.step_attempts), 1.0, EndReason.ATTEMPTS),
        (FRESH, PROFILE.no_progress_s + 1, EndReason.NO_PROGRESS),
        (FRESH, PROFILE.run_budget_s + 1, EndReason.WALL_TIME),
        (replace(FRESH, spent_usd=PROFILE.run_budget_usd), 1.0, EndReason.MONEY),
        (replace(FRESH, started_at=None, progress_at=None), 10 * PROFILE.run_budget_s, None),
        (replace(FRESH, progress_at=None), PROFILE.no_progress_s + 1, EndReason.NO_PROGRESS),
    ],
)
def test_each_budget_has_its_reason(state: RunState, after_s: float, reason: EndReason | None) -> None:
    assert used_up(PROFILE, state, START + timedelta(seconds=after_s)) is reason


@given(states, times, seconds)
def test_what_is_used_up_stays_used_up(state: RunState, now: datetime, later: timedelta) -> None:
    if used_up(PROFILE, state, now) is not None:
        assert used_up(PROFILE, state, now + later) is not None


@given(states, times, times, st.integers(0, 10_000))
def test_signs_of_life_keep_no_run_alive(state: RunState, now: datetime, lease_until: datetime, next_seq: int) -> None:
    alive = replace(state, lease_until=lease_until, next_seq=next_seq, update_time=now)
    assert used_up_at_work(PROFILE, alive, now) is used_up_at_work(PROFILE, state, now)


@given(states, times)
def test_a_worker_is_stopped_exactly_when_a_budget_of_time_or_money_is_used_up(state: RunState, now: datetime) -> None:
    reason = used_up_at_work(PROFILE, state, now)
    if reason is None:
        refuse_used_up(PROFILE, state, now)
        return
    with pytest.raises(RunFailedError) as failed:
        refuse_used_up(PROFILE, state, now)
    assert failed.value.reason is reason


def test_every_failure_has_words_for_the_customer_and_only_deleted_data_are_not_our_fault() -> None:
    failures = [RunFailedError(reason) for reason in EndReason if reason not in {"answered", "stopped"}]
    assert all(failure.message for failure in failures)
    assert [failure.reason for failure in failures if not failure.is_our_fault] == [EndReason.DATA_GONE]

"""What a run may use up before it ends as failed: attempts of a step, wall time, time without progress, money.

Checked before a run continues (by the claim, the sweeper and a step that is given back) and, while it works, by the
step itself. The limits are declared in common/environment/profiles.py.
"""

from datetime import datetime

from common.environment.profiles import Profile
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.state import RunState


def used_up(profile: Profile, state: RunState, now: datetime) -> EndReason | None:
    """The first budget that leaves the run no further step or attempt; None while it may continue.

    The last permitted attempt counts as used up once nobody works on it.
    """
    if state.attempts >= profile.step_attempts and not state.lease_is_live(now):
        return EndReason.ATTEMPTS
    return used_up_at_work(profile, state, now)


def used_up_at_work(profile: Profile, state: RunState, now: datetime) -> EndReason | None:
    """The first budget that ends even a worker in the middle of its step.

    Time that a run waits for the one before it in its thread is not counted.
    """
    if state.started_at is not None:
        if (now - state.started_at).total_seconds() > profile.run_budget_s:
            return EndReason.WALL_TIME
        if (now - (state.progress_at or state.started_at)).total_seconds() > profile.no_progress_s:
            return EndReason.NO_PROGRESS
    return EndReason.MONEY if state.spent_usd >= profile.run_budget_usd else None


def refuse_used_up(profile: Profile, state: RunState, now: datetime) -> None:
    """Raise RunFailedError in a worker whose run has used up a budget."""
    reason = used_up_at_work(profile, state, now)
    if reason is not None:
        raise RunFailedError(reason)

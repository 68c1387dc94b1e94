"""Bugs that can be planted to prove that the campaign finds them: each a change of the source at import.

A plant whose text is not found exactly once refuses to start: the code has changed, and the plant must follow.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """In `file`, `old` becomes `new`."""

    file: str
    old: str
    new: str


class PlantError(Exception):
    """The code that a plant changes is not what it was."""


_STATE_CLOCK = Change("common/core/clock.py", "return datetime.now(UTC)", "return __faults__.now(UTC)")
"""Not a bug: the clock of a process can be set wrong."""

PLANTS: dict[str, tuple[Change, ...]] = {
    "no_fence": (
        Change(
            "common/runs/commit.py",
            "        option=db.write_option(last_update_time=transition.before.update_time),\n",
            "",
        ),
    ),
    "enqueue_before_commit": (
        Change("common/runs/accept.py", "    if error := await doubt(batch):\n        return error\n", ""),
        Change(
            "common/runs/accept.py",
            "        await _enqueue(ports.queue, task, turn.traceparent)\n    else:\n",
            "        await _enqueue(ports.queue, task, turn.traceparent)\n    if error := await doubt(batch):\n"
            "        return error\n    if not acceptance.is_head:\n",
        ),
    ),
    "cancel_ignored_after_claim": (
        Change(
            "common/runs/cancel.py",
            "    ended = await end_run(ports.db, state, Ending())\n",
            "    if state.lease_until is not None:\n        return 'cancelled'\n"
            "    ended = await end_run(ports.db, state, Ending())\n",
        ),
    ),
    "name_reuse_swallowed": (
        Change(
            "common/runs/transitions.py",
            "        dispatch=state.dispatch + 1,\n        draft_from=None,\n",
            "        draft_from=None,\n",
        ),
        Change(
            "common/runs/transitions.py",
            "replace(state, dispatch=state.dispatch + 1, lease_until=None, wake_at=wake_at)",
            "replace(state, lease_until=None, wake_at=wake_at)",
        ),
    ),
    "tool_completed_lost_in_takeover": (
        Change(
            "common/runs/transitions.py",
            "        lease_epoch=state.lease_epoch + 1,\n",
            "        lease_epoch=state.lease_epoch + 1,\n        open_tool=None,\n",
        ),
    ),
    "quota_charged_on_retry": (
        Change(
            "common/runs/accept.py",
            "        if isinstance(acceptance, AcceptedTurn):\n",
            "        if isinstance(acceptance, AcceptedTurn):\n"
            "            from google.cloud import firestore as planted\n"
            "            charge = {f'quota.`{quota_month(now_utc())}`': planted.Increment(1)}\n"
            "            await ports.db.document(paths.user(turn.user.uid)).update(charge)\n",
        ),
    ),
}


def changed(file: str, source: str, plant: str | None) -> str:
    """`source` of `file` with the clock that faults can set, and with the planted bug."""
    timed = _apply(file, source, "the clock", (_STATE_CLOCK,))
    return planted(file, timed, plant) if plant else timed


def planted(file: str, source: str, plant: str) -> str:
    """`source` of `file` with the planted bug; raises PlantError where it does not fit."""
    return _apply(file, source, plant, PLANTS[plant])


def _apply(file: str, source: str, name: str, changes: tuple[Change, ...]) -> str:
    for change in changes:
        if change.file == file:
            if source.count(change.old) != 1:
                raise PlantError(f"{name} cannot be planted: {file} does not hold this text once: {change.old}")
            source = source.replace(change.old, change.new)
    return source

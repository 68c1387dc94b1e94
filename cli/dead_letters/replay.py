"""Replays the question of a failed run: a new turn of its user in its thread, accepted like any other."""

import hashlib

from common.errors import ApexError, ErrorCode
from common.runs.accept import AcceptedTurn, accept_turn
from common.runs.ports import Ports
from common.runs.state import RunState
from common.runs.turn import Turn
from common.store import paths
from common.store.client import read_all
from common.telemetry.trace import child_of

DELETED_DATA = frozenset({ErrorCode.RUN_NOT_FOUND, ErrorCode.THREAD_NOT_FOUND, ErrorCode.DATASET_NOT_FOUND})
"""The user deleted what the question was about, so no replay can succeed."""


async def replay(ports: Ports, run_id: str) -> AcceptedTurn:
    """Ask again; raises ApexError: one of DELETED_DATA, or as for any turn (limits, quota, busy)."""
    state_read, dead_letter = await read_all(ports.db, [paths.run_state(run_id), paths.dead_letter(run_id)])
    if not state_read.exists or not dead_letter.exists:
        raise ApexError(ErrorCode.RUN_NOT_FOUND)
    state = RunState.parse(state_read)
    (user,) = await read_all(ports.db, [paths.user(state.user.uid)])
    if not user.exists:
        raise ApexError(ErrorCode.THREAD_NOT_FOUND)  # accepting would create the user again
    turn = Turn(
        user=state.user,
        client_request_id=replay_request_id(run_id),
        message=state.question,
        thread_id=state.thread_id,
        dataset_ids=state.dataset_ids,
        traceparent=child_of(state.traceparent),
        click=state.click,
    )
    return await accept_turn(ports, turn)


def replay_request_id(run_id: str) -> str:
    """The request id of a replay: computed, so that a second replay of a run is the same run."""
    return hashlib.sha256(f"replay|{run_id}".encode()).hexdigest()[:32]

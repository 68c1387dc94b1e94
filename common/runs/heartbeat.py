"""Something new at least every few seconds: a working step that is silent says that it still works.

The heartbeat also commits what the step has staged, renews the lease, and ends a step whose run has used up a budget:
heartbeats alone keep no run alive. It is how a worker that waits for a model learns that its run was stopped.
"""

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any, TypeVar

from common.contract.events import AgentName
from common.core.clock import now_utc
from common.runs.budgets import refuse_used_up
from common.runs.recorder import StepRecorder
from common.runs.writer import COALESCE_S, RunWriter

T = TypeVar("T")

STILL_AT_WORK: dict[AgentName, tuple[str, ...]] = {
    "triage": ("Still reading your question.", "Still working out what you need."),
    "data": ("Still measuring your usage.", "Still going through your data."),
    "optimization": ("Still comparing the options.", "Still checking what each change would save."),
    "actions": ("Still putting the plan together.", "Still checking the steps of the plan."),
    "reporting": ("Still writing your answer.", "Still checking every figure of your answer."),
}


async def with_heartbeat(writer: RunWriter, recorder: StepRecorder, work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, with a thought after every `heartbeat_s` of silence; ends it when the lease is lost.

    Raises RunFailedError when a budget of the run is used up meanwhile.
    """
    task = asyncio.ensure_future(work)
    words = itertools.cycle(STILL_AT_WORK[writer.state.agent])
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=COALESCE_S)
            if not task.done():
                refuse_used_up(writer.profile, writer.state, now_utc())
                await writer.flush_due()
            if not task.done() and writer.silence_s() >= writer.profile.heartbeat_s:
                await recorder.think(next(words))
                await writer.flush()
        return task.result()
    finally:
        task.cancel()

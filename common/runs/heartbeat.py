"""Something new at least every few seconds: a working step that is silent says that it still works.

The heartbeat renews the lease too, and is how a worker that waits for a model learns that its run was stopped.
"""

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any, TypeVar

from common.runs.events import AgentName
from common.runs.recorder import StepRecorder
from common.runs.writer import RunWriter

T = TypeVar("T")

_WORDS: dict[AgentName, tuple[str, ...]] = {
    "triage": ("Still reading your question.", "Still working out what you need."),
    "data": ("Still measuring your usage.", "Still going through your data."),
    "optimization": ("Still comparing the options.", "Still checking what each change would save."),
    "actions": ("Still putting the plan together.", "Still checking the steps of the plan."),
    "reporting": ("Still writing your answer.", "Still checking every figure of your answer."),
}


async def with_heartbeat(writer: RunWriter, recorder: StepRecorder, work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, with a thought after every `heartbeat_s` of silence; ends it when the lease is lost."""
    task = asyncio.ensure_future(work)
    words = itertools.cycle(_WORDS[writer.state.agent])
    period = writer.profile.heartbeat_s
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=max(0.05, period - writer.silence_s()))
            if not task.done() and writer.silence_s() >= period:
                await recorder.think(next(words))
        return task.result()
    finally:
        task.cancel()

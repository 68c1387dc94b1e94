"""How long a reader waits when the process that works on a turn is killed in the middle of the model's reply."""

import os
import signal
import time
import uuid
from typing import Any

from cli.ask.client import ApexClient
from cli.ask.turn import ask
from common.environment.profiles import PROFILES, EnvironmentName
from emulators.platform.api import Stack
from tests.bench.figures import Bounded, summary
from tests.support.faults import inject_model_fault

_SILENCE_S = 8.0
_GRACE_S = 1.0


class _Killer:
    """Kills the worker at the run's first thought, which the silent model lets it only say by itself."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.killed = 0.0

    def __call__(self, event: dict[str, Any]) -> None:
        if event["type"] == "agent_thinking" and not self.killed:
            self.killed = time.perf_counter()
            os.kill(self._stack.pids("step")[-1], signal.SIGKILL)


def measure(stack: Stack, client: ApexClient, times: int) -> Bounded:
    """From kill -9 to the next event that the reader sees; the aim is the step's lease and a second."""
    bound_s = PROFILES[EnvironmentName.TEST].lease_s + _GRACE_S
    return Bounded("kill -9 to next event", summary([_once(stack, client) for _ in range(times)]), bound_s * 1000)


def _once(stack: Stack, client: ApexClient) -> float:
    tag = f"hello {uuid.uuid4().hex[:8]}"
    inject_model_fault(stack, "silence", match=tag, seconds=_SILENCE_S)
    killer = _Killer(stack)
    outcome = ask(client, tag, on_event=killer)
    if outcome.status != "completed":
        raise RuntimeError(f"the run that was killed ended as {outcome.status}: {outcome.error}")
    return next((seen.at - killer.killed) * 1000 for seen in outcome.events if seen.at > killer.killed)

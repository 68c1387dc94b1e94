"""Tasks as Cloud Tasks delivers them to step functions, and what their workers do until each is answered."""

import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass, replace

from common.contract.answer import Answer
from common.contract.events import ToolExecuting
from common.core.clock import now_utc
from common.runs.advance import continue_in_next_delivery, fail_step, finish_step, try_again
from common.runs.claim import claim_step
from common.runs.commit import LeaseLost
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.state import OpenTool
from common.runs.step import StepResult
from common.runs.transitions import transition
from tests.campaigns.model_check.place import Place
from tests.support.protocol import Worker

ANSWERED = StepResult(summary="Done.", answer=Answer(text="Done."))
HANDED_OVER = StepResult(summary="Understood.", workflow=["data"])
EPOCH = "epoch "
"""How a worker's thought begins; after it comes the epoch of its lease."""
_ROUNDS = 10
"""More deliveries of what was enqueued than anything here needs."""


@dataclass
class Delivery:
    """A task that a step function was given, and its worker once that has claimed the step."""

    place: Place
    task: StepTask
    name: str
    worker: Worker | None = None
    over: bool = False
    """True once it was answered, or its worker has nothing more to do."""

    async def claim(self, ports: Ports) -> None:
        """Begin: claim the step, or answer that there is nothing to do."""
        claimed = await claim_step(ports, self.task)
        if claimed is None:
            await self.answer()
        else:
            self.worker = Worker(ports, claimed)

    async def begin_tool(self, call_id: str = "call-1") -> None:
        """The worker commits that it uses a tool, unless it does already."""
        writer = self._employed().writer
        if writer.state.open_tool is not None:
            return
        call = ToolExecuting(agent=writer.state.agent, tool="totals", tool_call_id=call_id, purpose="add up the bill")
        opened = OpenTool(call_id=call.tool_call_id, tool=call.tool)
        await self._under_lease(
            writer.commit(lambda state: transition(state, replace(state, open_tool=opened), [call], now=now_utc()))
        )

    def wake(self) -> None:
        """From here on the worker renews long leases."""
        self._employed().writer.profile = self.place.ports.profile

    async def say(self) -> None:
        """The worker commits a thought that names its epoch."""
        worker = self._employed()
        await self._under_lease(worker.say(f"{EPOCH}{worker.claimed.state.lease_epoch}"))

    async def finish(self, result: StepResult) -> None:
        """The worker closes what it began and commits its outcome; Cloud Tasks gets its answer."""
        await self._finally(self._finish(result))

    async def try_again(self) -> None:
        """The worker gives the step back, or ends the run when that was its last attempt."""
        reason = EndReason.ANSWER_FAILED
        again = try_again(self.place.ports, self._employed().writer, why="Again.", reason=reason, after_s=None)
        await self._finally(again)

    async def continue_in_next_delivery(self) -> None:
        """The worker's time is up: it hands what it has to a next delivery."""
        await self._finally(continue_in_next_delivery(self.place.ports, self._employed().writer))

    async def fail(self) -> None:
        """The worker ends the run as failed."""
        await self._finally(
            fail_step(self.place.ports, self._employed().writer, RunFailedError(EndReason.ANSWER_FAILED))
        )

    async def _finally(self, work: Awaitable[None]) -> None:
        await self._under_lease(work)
        if not self.over:
            await self.answer()

    async def answer(self) -> None:
        """200: the task is done."""
        self.over = True
        await self.place.done(self.name)

    async def _finish(self, result: StepResult) -> None:
        worker = self._employed()
        await worker.recorder.close_open_tool()
        await finish_step(self.place.ports, worker.writer, worker.memory, result)

    async def _under_lease(self, work: Awaitable[None]) -> None:
        """As functions/step/worker.py does: a worker that lost its lease stops quietly."""
        lost = True
        with contextlib.suppress(LeaseLost):
            await work
            lost = False
        if lost:
            await self.answer()

    def _employed(self) -> Worker:
        assert self.worker is not None
        return self.worker


async def enqueued(place: Place) -> list[Delivery]:
    """Deliveries, not yet begun, of all tasks that Cloud Tasks has."""
    tasks = await place.enqueued()
    return [Delivery(place, StepTask.model_validate_json(task.http_request.body), task.name) for task in tasks]


async def drain(place: Place, deliveries: list[Delivery]) -> None:
    """Workers that live finish, and Cloud Tasks delivers what it has, until it has nothing: nobody sweeps.

    Raises AssertionError when that does not come to an end.
    """
    for _ in range(_ROUNDS):
        for delivery in deliveries:
            if not delivery.over:
                await delivery.finish(ANSWERED)
        deliveries = await enqueued(place)
        if not deliveries:
            return
        for delivery in deliveries:
            await delivery.claim(place.ports)
    raise AssertionError(f"tasks still come after {_ROUNDS} rounds of deliveries")

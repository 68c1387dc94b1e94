"""After a step's agent: hand over to the next agent, end the run, or try the step again later."""

from dataclasses import replace
from datetime import timedelta

from common.core.clock import now_utc
from common.runs import transitions
from common.runs.budgets import used_up
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.ending import Ending
from common.runs.head import ensure_head
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.recorder import StepMemory
from common.runs.step import StepResult
from common.runs.writer import RunWriter
from common.store import paths
from common.store.codec import pack


class NotFollowedUpError(Exception):
    """The outcome is committed, but what comes next has no task: the delivery must fail, so that it is repeated."""


async def finish_step(ports: Ports, writer: RunWriter, memory: StepMemory, result: StepResult) -> None:
    """Commit what the step found; then the next step's task, or the end of the run and the thread's next run."""
    if result.answer is not None:
        used = writer.state.used if writer.state.used.calls else None
        answer = result.answer.model_copy(update={"cost_usd": writer.state.spent_usd, "used": used})
        await _end(ports, writer, Ending(answer=answer, summary=result.summary))
        return
    await _hand_over(writer, memory, result)
    await _enqueue_next(ports, writer)


async def _hand_over(writer: RunWriter, memory: StepMemory, result: StepResult) -> None:
    state, now = writer.state, now_utc()
    stored = memory.document(state.agent, output=pack(result.output), summary=result.summary)
    await writer.release(
        lambda state: transitions.hand_over(
            state, writer.profile, now, workflow=result.workflow or (), summary=result.summary
        ),
        lambda batch: batch.set(writer.db.document(paths.step(state.run_id, state.step)), stored),
    )


async def _enqueue_next(ports: Ports, writer: RunWriter) -> None:
    """Make the task of the cursor that was just committed."""
    try:
        await ports.queue.enqueue(StepTask.at_cursor(writer.state), traceparent=writer.state.traceparent)
    except Exception as error:  # whatever it is (credentials fail in their own ways), the commit stands
        raise NotFollowedUpError from error


async def try_again(ports: Ports, writer: RunWriter, *, why: str, reason: EndReason, after_s: float | None) -> None:
    """Give the step back, to be claimed again later; without attempts or time for that the run fails, for `reason`.

    The wait doubles with every attempt; `after_s`: the shortest that the provider asks for. Raises NotFollowedUpError
    for a step that was given back before something went wrong: a redelivery makes the task that is missing.
    """
    if writer.released:
        raise NotFollowedUpError
    state = writer.state
    wait_s = max(after_s or 0.0, ports.profile.retry_s * 2 ** (state.attempts - 1))
    at = now_utc() + timedelta(seconds=wait_s)
    budget = used_up(ports.profile, replace(state, lease_until=None), at)
    if budget is not None:
        await fail_step(ports, writer, RunFailedError(budget if budget is EndReason.MONEY else reason))
        return
    await writer.release(lambda state: transitions.give_back(state, ports.profile, now_utc(), at=at, why=why))
    await ports.queue.enqueue(StepTask.at_cursor(writer.state), traceparent=state.traceparent, at=at)


async def continue_in_next_delivery(ports: Ports, writer: RunWriter) -> None:
    """Give the step back with all that it has, for the next delivery: no attempt is used up, as each gets further."""
    await writer.release(lambda state: transitions.continue_in_next_delivery(state, ports.profile, now_utc()))
    await _enqueue_next(ports, writer)


async def fail_step(ports: Ports, writer: RunWriter, error: RunFailedError) -> None:
    """End the run as failed at once: trying again would not help."""
    await _end(ports, writer, Ending(error=error))


async def _end(ports: Ports, writer: RunWriter, ending: Ending) -> None:
    await writer.end(ending)
    state = writer.state
    try:
        await ensure_head(ports, uid=state.user.uid, thread_id=state.thread_id)
    except Exception as error:  # the end stands
        raise NotFollowedUpError from error

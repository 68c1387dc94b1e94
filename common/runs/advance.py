"""After a step's agent: hand over to the next agent, end the run, or try the step again later."""

from dataclasses import replace
from datetime import timedelta

from common.contract.events import AgentCompleted, AgentThinking
from common.core.clock import now_utc
from common.runs.budgets import used_up
from common.runs.end import Ending
from common.runs.end_reasons import EndReason, RunFailedError
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
        answer = result.answer.model_copy(update={"cost_usd": writer.state.spent_usd})
        await _end(ports, writer, Ending(answer=answer, summary=result.summary))
        return
    await _hand_over(writer, memory, result)
    task = StepTask.at_cursor(writer.state).model_copy(update={"step": writer.state.step + 1, "dispatch": 0})
    try:
        await ports.queue.enqueue(task, traceparent=writer.state.traceparent)
    except Exception as error:  # whatever it is (credentials fail in their own ways), the hand-over stands
        raise NotFollowedUpError from error


async def _hand_over(writer: RunWriter, memory: StepMemory, result: StepResult) -> None:
    state = writer.state
    workflow = [*state.workflow, *(result.workflow or [])]
    if state.step + 1 >= len(workflow):
        raise RuntimeError(f"{state.agent} is the last agent of {workflow} and gave no answer")
    stored = memory.document(state.agent, output=pack(result.output), summary=result.summary)
    now = now_utc()
    await writer.commit(
        lambda _: [AgentCompleted(agent=state.agent, result=result.summary)],
        {
            "workflow": workflow,
            "step": state.step + 1,
            "dispatch": 0,
            "attempts": 0,
            "started_agent": None,
            "open_tool": None,
            "draft_from": None,
            "lease_until": None,
            "wake_at": now + timedelta(seconds=writer.profile.sweep_grace_s),
            "progress_at": now,
        },
        lambda batch: batch.set(writer.db.document(paths.step(state.run_id, state.step)), stored),
    )


async def try_again(ports: Ports, writer: RunWriter, *, why: str, reason: EndReason, after_s: float | None) -> None:
    """Give the step back, to be claimed again later; without attempts or time for that the run fails, for `reason`.

    `after_s`: the provider's wish, else doubled with every attempt. Raises NotFollowedUpError for a step that was given
    back before something went wrong: its agent has nothing more to say, and a redelivery makes what is missing.
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
    dispatch = state.dispatch + 1
    await writer.commit(
        lambda _: [AgentThinking(agent=state.agent, thought=why, replaces=writer.state.draft_from)],
        {
            "dispatch": dispatch,
            "draft_from": None,
            "lease_until": None,
            "wake_at": at + timedelta(seconds=ports.profile.sweep_grace_s),
        },
    )
    task = StepTask.at_cursor(state).model_copy(update={"dispatch": dispatch})
    await ports.queue.enqueue(task, traceparent=state.traceparent, at=at)


async def continue_in_next_delivery(ports: Ports, writer: RunWriter) -> None:
    """Give the step back with all that it has, for the next delivery: no attempt is used up, as each gets further."""
    dispatch = writer.state.dispatch + 1
    wake_at = now_utc() + timedelta(seconds=ports.profile.sweep_grace_s)
    await writer.commit(lambda _: [], {"dispatch": dispatch, "attempts": 0, "lease_until": None, "wake_at": wake_at})
    task = StepTask.at_cursor(writer.state).model_copy(update={"dispatch": dispatch})
    try:
        await ports.queue.enqueue(task, traceparent=writer.state.traceparent)
    except Exception as error:  # the step is given back
        raise NotFollowedUpError from error


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

"""The work of a claimed step: context in, agent, outcome out. Whatever goes wrong ends in exactly one outcome."""

import asyncio

from common.assistant.agents.runner import run_agent
from common.environment.settings import Settings
from common.llm.port import ModelRejectedError, ModelUnavailableError
from common.runs.advance import NotFollowedUpError, continue_in_next_delivery, fail_step, finish_step, try_again
from common.runs.claim import Claimed
from common.runs.commit import LeaseLost
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.head import ensure_head
from common.runs.heartbeat import with_heartbeat
from common.runs.ports import Ports
from common.runs.recorder import StepRecorder
from common.runs.step import StepContext, StepContinuesError, StepResult
from common.runs.writer import RunWriter
from common.telemetry.logs import log
from functions.bootstrap import warm_rollups
from functions.step.context import build_context
from functions.step.model import open_model
from functions.step.workspace import FirestoreWorkspace

_MODEL_BUSY = "The language model is busy. I will try again in a moment."
_OUR_FAULT = "Something went wrong on our side. I will try again."
_LONG = "This takes longer than usual. I go on from here."
WAITS = (_MODEL_BUSY, _OUR_FAULT, _LONG)
"""What a step says before another delivery resumes it."""


async def work(ports: Ports, settings: Settings, claimed: Claimed) -> None:
    """Run the step's agent and commit its outcome; returns quietly when the lease was lost on the way.

    Whoever ended the run may have died before waking the next one of its thread, so this makes sure of it.
    """
    writer = RunWriter(ports.db, claimed.state, ports.profile)
    try:
        await _work_under_lease(ports, settings, claimed, writer)
    except LeaseLost:  # the run has ended or another worker has it: nothing of ours may be written any more
        await ensure_head(ports, uid=claimed.state.user.uid, thread_id=claimed.state.thread_id)


async def _work_under_lease(ports: Ports, settings: Settings, claimed: Claimed, writer: RunWriter) -> None:
    recorder = StepRecorder(writer, claimed.memory)
    try:
        context = await build_context(ports.db, claimed, recorder)
        result = await with_heartbeat(writer, recorder, _run_agent(settings, ports, context))
        await recorder.close_open_tool()
        await finish_step(ports, writer, claimed.memory, result)
    except NotFollowedUpError:
        raise  # the redelivery finds a stale cursor or an ended run, and makes the task
    except StepContinuesError:
        await recorder.think(_LONG)
        await continue_in_next_delivery(ports, writer)
    except ModelUnavailableError as error:
        _report(claimed, "the model is unavailable; the step is tried again", error)
        reason = EndReason.MODEL_UNAVAILABLE
        await try_again(ports, writer, why=_MODEL_BUSY, reason=reason, after_s=error.retry_after_s)
    except ModelRejectedError as error:
        failure = RunFailedError(EndReason.MODEL_REFUSED)
        _report(claimed, "the model refuses our request", error, support_id=failure.support_id)
        await fail_step(ports, writer, failure)
    except RunFailedError as error:  # a budget is used up, or a dataset was deleted meanwhile
        await fail_step(ports, writer, error)
    except Exception as error:  # noqa: BLE001 - a worker's bug or outage; tried again within the budget
        _report(claimed, "the step broke; it is tried again", error)
        await try_again(ports, writer, why=_OUR_FAULT, reason=EndReason.ANSWER_FAILED, after_s=None)


async def _run_agent(settings: Settings, ports: Ports, context: StepContext) -> StepResult:
    workspace = FirestoreWorkspace(ports.db, context.user.uid, warm_rollups())
    model = await asyncio.to_thread(open_model, settings, context.agent)
    return await run_agent(context, model=model, workspace=workspace)


def _report(claimed: Claimed, message: str, error: Exception, **labels: object) -> None:
    state = claimed.state
    log(
        "ERROR",
        message,
        cause=error,
        run_id=state.run_id,
        step=state.step,
        attempt=state.attempts,
        traceparent=state.traceparent,
        **labels,
    )

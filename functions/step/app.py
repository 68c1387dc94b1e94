"""One delivered step of a run: claim it, let its agent work, record the outcome."""

from functools import partial

from pydantic import ValidationError

from common.accounts.auth import STEP_QUEUE
from common.errors import ApexError, ErrorCode
from common.runs.claim import claim_step
from common.runs.queue import StepTask
from functions.http import BODY_LIMIT, Call, File, Function, Reply, Route
from functions.step.model import open_model
from functions.step.worker import work


class StepReply(Reply):
    """`worked`: whether there was anything left to do."""

    worked: bool


async def post_step(call: Call[None, bytes]) -> StepReply:
    """200 once this delivery need not be repeated; Cloud Tasks repeats the rest."""
    body = await call.payload()
    try:
        task = StepTask.model_validate_json(body)
    except ValidationError as error:
        raise ApexError(ErrorCode.INVALID_REQUEST, reason="This is not a step task.") from error
    claimed = await claim_step(call.ports, task)
    if claimed is not None:
        await work(call.ports, call.settings, claimed)
    return StepReply(worked=claimed is not None)


FUNCTION = Function(
    name="step",
    routes=(Route("POST", "/", auth=STEP_QUEUE, request=File(BODY_LIMIT), reply=StepReply, handler=post_step),),
    prepare=partial(open_model, agent="triage"),
)

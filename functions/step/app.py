"""One delivered step of a run: claim it, let its agent work, record the outcome."""

import asyncio

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.accounts.tokens import verify_service
from common.environment.settings import process_settings
from common.errors import ApexError, ErrorCode
from common.runs.claim import claim_step
from common.runs.queue import StepTask
from functions.bootstrap import ports_of, warm_up
from functions.http import BODY_LIMIT, dispatch, read_body
from functions.step.worker import open_model, work

_SERVICE = "step"


async def post_step(request: Request) -> Response:
    """POST /: 200 whenever this delivery needs no other; Cloud Tasks repeats the rest."""
    settings = process_settings(_SERVICE)
    await verify_service(
        settings,
        request.headers.get("authorization"),
        audience=settings.required_step_url,
        account=settings.invoker,
    )
    body = await read_body(request, BODY_LIMIT)
    try:
        task = StepTask.model_validate_json(body)
    except ValidationError as error:
        raise ApexError(ErrorCode.INVALID_REQUEST, reason="This is not a step task.") from error
    claimed = await claim_step(ports_of(_SERVICE), task)
    if claimed is not None:
        await work(ports_of(_SERVICE), settings, claimed)
    return JSONResponse({"worked": claimed is not None})


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    await asyncio.to_thread(open_model, process_settings(_SERVICE))
    return JSONResponse({"status": "ok"})


ROUTES = [Route("/", post_step, methods=["POST"]), Route("/healthz", get_health, methods=["GET"])]


async def handle(request: Request) -> Response:
    """The target `step`."""
    return await dispatch(request, ROUTES)

"""Upkeep: the sweep, ticked by Cloud Scheduler every minute."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.environment.settings import process_settings
from common.identity.tokens import verify_service
from common.runs.sweep import sweep
from functions.bootstrap import ports_of, warm_up
from functions.http import dispatch

_SERVICE = "upkeep"


async def post_sweep(request: Request) -> Response:
    """POST /sweep: look after every run that is due."""
    settings = process_settings(_SERVICE)
    await verify_service(settings, request.headers.get("authorization"), audience=settings.required_upkeep_url)
    due = await sweep(ports_of(_SERVICE))
    return JSONResponse({"due": due})


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    return JSONResponse({"status": "ok"})


ROUTES = [Route("/sweep", post_sweep, methods=["POST"]), Route("/healthz", get_health, methods=["GET"])]


async def handle(request: Request) -> Response:
    """The target `upkeep`."""
    return await dispatch(request, ROUTES)

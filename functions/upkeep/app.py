"""Upkeep: the sweep and the dead letters, each ticked by Cloud Scheduler every minute."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.environment.settings import process_settings
from common.identity.tokens import verify_service
from common.runs.letters import publish_letters
from common.runs.sweep import sweep
from functions.bootstrap import ports_of, warm_up
from functions.http import dispatch

_SERVICE = "upkeep"


async def post_sweep(request: Request) -> Response:
    """POST /sweep: look after every run that is due."""
    settings = process_settings(_SERVICE)
    await verify_service(
        settings,
        request.headers.get("authorization"),
        audience=settings.required_upkeep_url,
        account=settings.invoker,
    )
    due = await sweep(ports_of(_SERVICE))
    return JSONResponse({"due": due})


async def post_letters(request: Request) -> Response:
    """POST /dead-letters: publish those that are not yet; apart from the sweep, so that it never waits for Pub/Sub."""
    settings = process_settings(_SERVICE)
    await verify_service(
        settings,
        request.headers.get("authorization"),
        audience=settings.required_upkeep_url,
        account=settings.invoker,
    )
    published = await publish_letters(ports_of(_SERVICE).db, settings)
    return JSONResponse({"published": published})


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    return JSONResponse({"status": "ok"})


ROUTES = [
    Route("/sweep", post_sweep, methods=["POST"]),
    Route("/dead-letters", post_letters, methods=["POST"]),
    Route("/healthz", get_health, methods=["GET"]),
]


async def handle(request: Request) -> Response:
    """The target `upkeep`."""
    return await dispatch(request, ROUTES)

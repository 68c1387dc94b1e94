"""Upkeep: the sweep, dead letters, verification of savings and replays, each ticked by Cloud Scheduler every minute."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.accounts.tokens import verify_service
from common.environment.settings import Settings, process_settings
from common.evaluations.replay_jobs import replay_due
from common.runs.dead_letters import publish_letters
from common.runs.sweep import sweep
from common.savings.verify_arrivals import verify_arrivals
from functions.bootstrap import ports_of, warm_up
from functions.http import dispatch

_SERVICE = "upkeep"


async def post_sweep(request: Request) -> Response:
    """POST /sweep: look after every run that is due."""
    await _verify_scheduler(request)
    due = await sweep(ports_of(_SERVICE))
    return JSONResponse({"due": due})


async def post_letters(request: Request) -> Response:
    """POST /dead-letters: publish those that are not yet; apart from the sweep, so that it never waits for Pub/Sub."""
    settings = await _verify_scheduler(request)
    published = await publish_letters(ports_of(_SERVICE).db, settings)
    return JSONResponse({"published": published})


async def post_verify(request: Request) -> Response:
    """POST /verify: measure what accepted changes saved, by usage that has arrived; apart, as it takes its time."""
    await _verify_scheduler(request)
    verified = await verify_arrivals(ports_of(_SERVICE).db)
    return JSONResponse({"verified": verified})


async def post_replay(request: Request) -> Response:
    """POST /replay: replay the next parts of evaluations' samples; apart, as models take their time."""
    settings = await _verify_scheduler(request)
    begun = await replay_due(ports_of(_SERVICE).db, settings)
    return JSONResponse({"begun": begun})


async def _verify_scheduler(request: Request) -> Settings:
    """Refuse everybody but Cloud Scheduler; returns this process's settings."""
    settings = process_settings(_SERVICE)
    await verify_service(
        settings,
        request.headers.get("authorization"),
        audience=settings.required_upkeep_url,
        account=settings.invoker,
    )
    return settings


async def get_health(_: Request) -> Response:
    """GET /healthz: 200 once this process can serve."""
    await warm_up(_SERVICE)
    return JSONResponse({"status": "ok"})


ROUTES = [
    Route("/sweep", post_sweep, methods=["POST"]),
    Route("/dead-letters", post_letters, methods=["POST"]),
    Route("/verify", post_verify, methods=["POST"]),
    Route("/replay", post_replay, methods=["POST"]),
    Route("/healthz", get_health, methods=["GET"]),
]


async def handle(request: Request) -> Response:
    """The target `upkeep`."""
    return await dispatch(request, ROUTES)

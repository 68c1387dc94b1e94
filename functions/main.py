"""Every deployable target. One image is to serve all; each process imports its own folder on first use (cold start)."""

from functions_framework import aio
from starlette.requests import Request
from starlette.responses import Response


@aio.http
async def chat(request: Request) -> Response:
    """Turns, cancel and threads."""
    from functions.chat.app import FUNCTION  # noqa: PLC0415 - cold start

    return await FUNCTION.handle(request)


@aio.http
async def step(request: Request) -> Response:
    """One step of a run, delivered by Cloud Tasks."""
    from functions.step.app import FUNCTION  # noqa: PLC0415 - cold start

    return await FUNCTION.handle(request)


@aio.http
async def usage(request: Request) -> Response:
    """Usage data: uploads in parts, in one request and pushed."""
    from functions.usage.app import FUNCTION  # noqa: PLC0415 - cold start

    return await FUNCTION.handle(request)


@aio.http
async def account(request: Request) -> Response:
    """Accounts: merge, API keys, savings, evaluations."""
    from functions.account.app import FUNCTION  # noqa: PLC0415 - cold start

    return await FUNCTION.handle(request)


@aio.http
async def upkeep(request: Request) -> Response:
    """The sweeper, called by Cloud Scheduler."""
    from functions.upkeep.app import FUNCTION  # noqa: PLC0415 - cold start

    return await FUNCTION.handle(request)

"""The HTTP side: health, keys, and controls for tests beyond the real APIs (wait until idle, reset, faults, tokens)."""

import asyncio
import itertools
from dataclasses import asdict, dataclass, fields
from typing import Any

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from emulators.googleapis.faults import DeliveryFaults, FaultPlan
from emulators.googleapis.oidc import TokenIssuer
from emulators.googleapis.scheduler import Scheduler
from emulators.googleapis.task_board import TaskBoard

_NAMES_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Admin:
    """The endpoints over the parts of the process. `invoker`: the e-mail of a token when the request names none."""

    board: TaskBoard
    faults: DeliveryFaults
    tokens: TokenIssuer
    scheduler: Scheduler
    invoker: str

    def routes(self) -> list[Route]:
        """Routes of the ASGI application."""
        return [
            Route("/healthz", self.healthz),
            Route("/certs", self.certs),
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/token", self.token, methods=["POST"]),
            Route("/tasks/stats", self.stats),
            Route("/tasks/wait-idle", self.wait_idle, methods=["POST"]),
            Route("/tasks/reset", self.reset, methods=["POST"]),
            Route("/tasks/faults", self.set_faults, methods=["POST"]),
            Route("/scheduler/{name}/run", self.run_job, methods=["POST"]),
        ]

    async def healthz(self, _: Request) -> JSONResponse:
        """Answers once everything serves."""
        return JSONResponse({"status": "ok"})

    async def certs(self, _: Request) -> JSONResponse:
        """The key set (JWKS) of the tokens."""
        return JSONResponse(self.tokens.jwks())

    async def discovery(self, request: Request) -> JSONResponse:
        """The OpenID configuration; its issuer is Google's, its keys are here."""
        return JSONResponse(self.tokens.discovery(str(request.base_url).rstrip("/")))

    async def token(self, request: Request) -> JSONResponse:
        """Mint a token: `{"audience": ..., "email"?: ...}` -> `{"token": ...}`."""
        body = await _json(request, allowed={"audience", "email"})
        claims = {"email": self.invoker, **body}
        if not all(isinstance(claims.get(name), str) for name in ("audience", "email")):
            raise HTTPException(400, "audience and email must be strings.")
        return JSONResponse({"token": self.tokens.mint(**claims)})

    async def stats(self, _: Request) -> JSONResponse:
        """Counts per queue, and the remaining faults."""
        return JSONResponse({"queues": self.board.stats(), "faults": asdict(self.faults.plan)})

    async def wait_idle(self, request: Request) -> JSONResponse:
        """Wait until no task is in flight, due or waiting for a retry: 200, or 504 after `timeout_s` (30).

        `queue`: the id of one queue (404 for an unknown one); all without it.
        `future=true`: tasks scheduled for later count as well.
        """
        query = request.query_params
        queue, future = query.get("queue"), query.get("future") == "true"
        if queue is not None and not self.board.has_queue(queue):
            raise HTTPException(404, f"There is no queue {queue}.")
        try:
            async with asyncio.timeout(_number(query.get("timeout_s", "30"))):
                await self.board.wait_idle(queue, future=future)
        except TimeoutError:
            names = list(itertools.islice(self.board.outstanding(queue, future=future), _NAMES_SHOWN))
            return JSONResponse({"idle": False, "outstanding": names}, status_code=504)
        return JSONResponse({"idle": True})

    async def reset(self, _: Request) -> JSONResponse:
        """Drop tasks, used names and faults; queues stay."""
        self.faults.plan = FaultPlan()
        self.board.reset()
        return JSONResponse({})

    async def set_faults(self, request: Request) -> JSONResponse:
        """Replace the plan of faults; those not named are off."""
        body = await _json(request, allowed={field.name for field in fields(FaultPlan)})
        if not all(isinstance(count, int) and count >= 0 for count in body.values()):
            raise HTTPException(400, "Faults are counts or milliseconds: whole numbers from 0 on.")
        self.faults.plan = FaultPlan(**body)
        return JSONResponse(asdict(self.faults.plan))

    async def run_job(self, request: Request) -> JSONResponse:
        """Call a scheduled job now; `{"status": the handler's}`, 502 when it does not answer."""
        name = request.path_params["name"]
        try:
            return JSONResponse({"status": await self.scheduler.run(name)})
        except KeyError as error:
            raise HTTPException(404, f"There is no job {name}.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise HTTPException(502, f"Job {name} got no answer: {error!r}") from error


async def _json(request: Request, *, allowed: set[str]) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise HTTPException(400, f"The body is not JSON: {error}") from error
    if not isinstance(body, dict) or not allowed.issuperset(body):
        raise HTTPException(400, f"The body must be an object of {', '.join(sorted(allowed))}.")
    return body


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise HTTPException(400, f"{text!r} is not a number of seconds.") from error

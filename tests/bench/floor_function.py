"""The floor: a function that does what a turn cannot do without, and nothing else.

The counts are fixed here, by hand: more reads, writes or commits in the product must not raise the floor.
"""

from typing import Any

from functions_framework import aio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from common.accounts.tokens import verify_service, verify_user
from common.environment.settings import process_settings
from common.runs.queue import StepTask, step_queue
from common.store import paths
from common.store.client import firestore_client, read_all
from common.telemetry.trace import continue_trace

READS = 3
"""Documents that accepting a turn has to read: claim, user and thread."""
WRITES = 7
"""Writes of an accepted turn: claim, user, thread, message, run, control document and event 0."""
COMMITS = 3
"""Commits of a step: the claim with agent_started, one with what its tool found, and the outcome."""

_SERVICE = "step"


class ChainTask(StepTask):
    """A step task that knows how many steps its chain has."""

    steps: int


async def turn(request: Request) -> Response:
    """POST /turns {"run_id"}: token, one read of READS documents, one batch of WRITES with the final event; 202."""
    settings = process_settings(_SERVICE)
    user = await verify_user(settings, request.headers.get("authorization"))
    run_id = (await request.json())["run_id"]
    await _begin(user.uid, run_id, final=True)
    return JSONResponse({"run_id": run_id}, status_code=202)


async def chain(request: Request) -> Response:
    """POST /chains {"run_id", "steps"}: like a turn, then that many no-op steps, one task after the other; 202."""
    settings = process_settings(_SERVICE)
    user = await verify_user(settings, request.headers.get("authorization"))
    body = await request.json()
    run_id: str = body["run_id"]
    task = ChainTask(run_id=run_id, uid=user.uid, thread_id=run_id, step=0, dispatch=0, steps=body["steps"])
    await _begin(user.uid, run_id, final=False)
    await step_queue(settings).enqueue(task, traceparent=continue_trace(None))
    return JSONResponse({"run_id": run_id}, status_code=202)


async def step(request: Request) -> Response:
    """POST /: a delivered no-op step: OIDC, one read, COMMITS fenced commits with an event each, the next task."""
    settings = process_settings(_SERVICE)
    await verify_service(
        settings,
        request.headers.get("authorization"),
        audience=settings.required_step_url,
        account=settings.invoker,
    )
    task = ChainTask.model_validate_json(await request.body())
    last = task.step + 1 == task.steps
    fence = (await _read(task.run_id))[0].update_time
    for commit in range(COMMITS):
        seq = 1 + task.step * COMMITS + commit
        fence = await _commit(task, fence, seq, final=last and commit + 1 == COMMITS)
    if not last:
        await step_queue(settings).enqueue(
            task.model_copy(update={"step": task.step + 1}), traceparent=continue_trace(None)
        )
    return JSONResponse({})


async def health(_: Request) -> Response:
    """GET /healthz: 200."""
    return JSONResponse({})


_HANDLERS = {"/turns": turn, "/chains": chain, "/": step, "/healthz": health}


@aio.http
async def floor(request: Request) -> Response:
    """The target."""
    return await _HANDLERS[request.url.path](request)


def _db() -> Any:
    return firestore_client(process_settings(_SERVICE).project)


async def _read(run_id: str) -> Any:
    return await read_all(_db(), [f"floor/{run_id}-{n}" for n in range(READS)])


async def _begin(uid: str, run_id: str, *, final: bool) -> None:
    await _read(run_id)
    db = _db()
    batch = db.batch()
    for n in range(WRITES - 1):
        batch.create(db.document(f"floor/{run_id}-{n}"), {"uid": uid, "n": n})
    batch.create(db.document(paths.events(uid, run_id, 0)), _event(0, final=final))
    await batch.commit()


async def _commit(task: StepTask, fence: Any, seq: int, *, final: bool) -> Any:
    db = _db()
    batch = db.batch()
    batch.update(db.document(f"floor/{task.run_id}-0"), {"n": seq}, option=db.write_option(last_update_time=fence))
    batch.create(db.document(paths.events(task.uid, task.run_id, seq)), _event(seq, final=final))
    return (await batch.commit())[0].update_time


def _event(seq: int, *, final: bool) -> dict[str, Any]:
    return {"first_seq": seq, "events": [{"seq": seq, "final": final}]}

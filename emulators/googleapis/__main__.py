"""`python -m emulators.googleapis`: Cloud Tasks, Secret Manager, Scheduler, Cloud Run's Admin API, tokens of pushes."""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import grpc
import httpx
import uvicorn
from starlette.applications import Starlette

from emulators.googleapis.admin import Admin
from emulators.googleapis.database import open_database
from emulators.googleapis.delivery import TaskDelivery
from emulators.googleapis.faults import DeliveryFaults
from emulators.googleapis.oidc import TokenIssuer
from emulators.googleapis.push_relay import PushRelay, PushRelays
from emulators.googleapis.queue_store import QueueStore
from emulators.googleapis.resource_names import NameRules
from emulators.googleapis.run_services import RunService, RunServices
from emulators.googleapis.scheduler import ScheduledJob, Scheduler
from emulators.googleapis.secret_store import SecretStore
from emulators.googleapis.secrets_api import SecretsApi
from emulators.googleapis.task_board import TaskBoard
from emulators.googleapis.task_rules import TaskRules
from emulators.googleapis.tasks_api import TasksApi

HOST = "127.0.0.1"
_IDLE_CONNECTION_S = 1.0
"""Shorter than the keep-alive of any server (gunicorn: 2 s), so that no request meets a closing connection."""


class HttpServer(uvicorn.Server):
    """Leaves signals to the process, which has more to stop than its HTTP side."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m emulators.googleapis", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="kept between starts: tasks, secrets, signing key")
    parser.add_argument("--grpc-port", type=int, required=True, help="Cloud Tasks and Secret Manager; 0: a free one")
    parser.add_argument("--http-port", type=int, required=True, help="keys, scheduler and admin; 0: a free one")
    parser.add_argument("--project", required=True, help="the only project that exists here")
    parser.add_argument("--issuer-email", help="service account of scheduled calls (apex-invoker of the project)")
    parser.add_argument(
        "--schedule",
        type=ScheduledJob.parse,
        action="append",
        default=[],
        metavar="name=URL,every_s,audience",
        help="a job",
    )
    parser.add_argument(
        "--run-service",
        type=RunService.parse,
        action="append",
        default=[],
        metavar="location/name=URL",
        help="a Cloud Run service that Hosting may ask for",
    )
    parser.add_argument(
        "--push",
        type=PushRelay.parse,
        action="append",
        default=[],
        metavar="name=URL,email",
        help="a push endpoint that /push/name hands on to, with a token of the service account",
    )
    parser.add_argument(
        "--min-deadline-s", type=float, default=15.0, help="shortest dispatch deadline (production: 15; tests: less)"
    )
    parsed = parser.parse_args(arguments)
    parsed.issuer_email = parsed.issuer_email or f"apex-invoker@{parsed.project}.iam.gserviceaccount.com"
    return parsed


async def serve(arguments: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=_IDLE_CONNECTION_S)
    with contextlib.closing(open_database(arguments.data_dir)) as database:
        async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as client:  # noqa: S113 - asyncio.timeout bounds each call
            await _serve(arguments, database, client, stop)


async def _serve(
    arguments: argparse.Namespace, database: sqlite3.Connection, client: httpx.AsyncClient, stop: asyncio.Event
) -> None:
    tokens, faults = TokenIssuer.load(arguments.data_dir), DeliveryFaults()
    http_socket = socket.create_server((HOST, arguments.http_port))
    board = TaskBoard(QueueStore(database), TaskDelivery(client, tokens, faults).deliver)
    scheduler = Scheduler(arguments.schedule, client=client, tokens=tokens, email=arguments.issuer_email)
    admin = Admin(board=board, faults=faults, tokens=tokens, scheduler=scheduler, invoker=arguments.issuer_email)
    grpc_server, grpc_port = _grpc_server(arguments, database, board)
    services = RunServices(arguments.project, arguments.run_service)
    relays = PushRelays(arguments.push, client=client, tokens=tokens)
    http_server = _http_server(Starlette(routes=[*admin.routes(), *services.routes(), *relays.routes()]))
    await grpc_server.start()
    serving = asyncio.create_task(http_server.serve(sockets=[http_socket]))
    scheduler.start()
    sys.stdout.write(f"ready grpc={HOST}:{grpc_port} http={HOST}:{http_socket.getsockname()[1]}\n")
    sys.stdout.flush()
    await stop.wait()
    http_server.should_exit = True
    board.stop()
    await asyncio.gather(grpc_server.stop(grace=0.2), scheduler.stop(), serving)


def _grpc_server(
    arguments: argparse.Namespace, database: sqlite3.Connection, board: TaskBoard
) -> tuple[grpc.aio.Server, int]:
    names = NameRules(arguments.project)
    rules = TaskRules(names, timedelta(seconds=arguments.min_deadline_s))
    handlers = (TasksApi(board, names, rules).handler(), SecretsApi(SecretStore(database), names).handler())
    # Without so_reuseport=0 a second process would bind the same port and take half of the calls.
    server = grpc.aio.server(handlers=handlers, options=[("grpc.so_reuseport", 0)])
    return server, server.add_insecure_port(f"{HOST}:{arguments.grpc_port}")


def _http_server(app: Starlette) -> HttpServer:
    return HttpServer(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    asyncio.run(serve(parse_arguments()))

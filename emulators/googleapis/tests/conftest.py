import asyncio
import itertools
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from google.cloud.tasks_v2.types import HttpMethod, Queue, RetryConfig

from emulators.googleapis.__main__ import HttpServer
from emulators.googleapis.tests.emulator import LOCATION, Emulator
from emulators.googleapis.tests.target import Target

_NUMBERS = itertools.count(1)


@pytest_asyncio.fixture(scope="session")
async def emulator(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Emulator]:
    running = await Emulator.start(tmp_path_factory.mktemp("googleapis"))
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="session")
async def target() -> AsyncIterator[Target]:
    listening = socket.create_server(("127.0.0.1", 0))
    made = Target(f"http://127.0.0.1:{listening.getsockname()[1]}")
    config = uvicorn.Config(made.app(), ws="none", lifespan="off", log_level="warning", access_log=False)
    server = HttpServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield made
    made.closing.set()
    server.should_exit = True
    await serving


@pytest.fixture
def path() -> str:
    """A path of the target that no other test uses."""
    return f"/test-{next(_NUMBERS)}"


@pytest_asyncio.fixture
async def queue(emulator: Emulator) -> str:
    """A fresh queue with quick retries."""
    name = f"{LOCATION}/queues/q-{next(_NUMBERS)}"
    return await make_queue(emulator, name, retry_config=RetryConfig(min_backoff={"seconds": 0, "nanos": 50_000_000}))


async def make_queue(emulator: Emulator, name: str, **settings: Any) -> str:
    created = await emulator.tasks.create_queue(parent=LOCATION, queue=Queue(name=name, **settings))
    return created.name


def http_task(url: str, name: str = "", **fields: Any) -> Any:
    """A task with a small POST, as the dict that Google's clients take."""
    http = {"url": url, "http_method": HttpMethod.POST, "body": b"{}", **fields.pop("http", {})}
    return {"name": name, "http_request": http, **fields}


async def lag_s(emulator: Emulator, target: Target) -> float:
    """How late the latest of three tasks comes that nothing holds back: what this machine adds just now."""
    path = f"/lag-{next(_NUMBERS)}"
    queue = await make_queue(emulator, f"{LOCATION}/queues/lag-{next(_NUMBERS)}")
    sent = [await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path)) for _ in range(3)]
    calls = await target.wait_for(path, 3)
    return max(call.at for call in calls) - float(sent[0].schedule_time.timestamp())

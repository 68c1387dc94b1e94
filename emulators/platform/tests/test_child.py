"""The life of one service."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from common.environment.profiles import EnvironmentName
from emulators.platform import ports
from emulators.platform.addresses import child_environment
from emulators.platform.child import Child
from emulators.platform.errors import PlatformError
from emulators.platform.layout import REPOSITORY, Layout
from emulators.platform.service import Launch, Service


async def test_a_service_is_not_healthy_while_another_process_answers_on_its_port(tmp_path: Path) -> None:
    other = await asyncio.start_server(_answer, ports.HOST, 0)
    port = other.sockets[0].getsockname()[1]
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    asleep = Launch(command=command, environment=child_environment({}), directory=REPOSITORY)
    service = Service(
        name="late",
        ports={"late": port},
        health_urls=(f"http://{ports.HOST}:{port}/healthz",),
        reserve_mb=30,
        limit_mb=300,
        prepare=lambda _say: asleep,
        start_timeout_s=0.5,
    )
    layout = Layout(EnvironmentName.TEST, tmp_path)
    layout.logs.mkdir(parents=True)
    async with httpx.AsyncClient(trust_env=False) as http, other:
        with pytest.raises(PlatformError, match="did not answer within"):
            await Child(service, layout, http, lambda: None).start(asyncio.Semaphore())


async def _answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()

"""The real process under test, and Google's unmodified clients that speak to it."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import httpx
import jwt
from google.cloud.secretmanager_v1 import SecretManagerServiceAsyncClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcAsyncIOTransport,
)
from google.cloud.tasks_v2 import CloudTasksAsyncClient, CloudTasksClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import (
    CloudTasksGrpcAsyncIOTransport,
    CloudTasksGrpcTransport,
)
from jwt.types import Options

PROJECT = "demo-googleapis"
LOCATION = f"projects/{PROJECT}/locations/us-central1"
ISSUER = "https://accounts.google.com"
INVOKER = f"apex-invoker@{PROJECT}.iam.gserviceaccount.com"


@dataclass
class Emulator:
    """A running process; `grpc_address` and `http` are where it serves."""

    process: asyncio.subprocess.Process
    grpc_address: str
    http: httpx.AsyncClient
    channel: grpc.aio.Channel

    @classmethod
    async def start(cls, data_dir: Path, options: Sequence[str] = ()) -> "Emulator":
        """Start a process and wait until it is ready; the limit of the test bounds that, as all waits here."""
        process = await spawn(data_dir, options)
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        assert line.startswith("ready "), line
        ports = dict(part.split("=") for part in line.split()[1:])
        http = httpx.AsyncClient(base_url=f"http://{ports['http']}", timeout=20, trust_env=False)
        return cls(process, ports["grpc"], http, grpc.aio.insecure_channel(ports["grpc"]))

    @property
    def tasks(self) -> CloudTasksAsyncClient:
        """Google's async client."""
        return CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=self.channel))

    @property
    def secrets(self) -> SecretManagerServiceAsyncClient:
        """Google's async client."""
        return SecretManagerServiceAsyncClient(transport=SecretManagerServiceGrpcAsyncIOTransport(channel=self.channel))

    @property
    def certs_url(self) -> str:
        """Where the key set is served."""
        return str(self.http.base_url.join("/certs"))

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token, checked against the served keys as a handler does."""
        key = await asyncio.to_thread(jwt.PyJWKClient(self.certs_url).get_signing_key_from_jwt, token)
        required: Options = {"require": ["exp", "iat", "sub"]}
        return jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=ISSUER, options=required)

    def sync_tasks(self, channel: grpc.Channel) -> CloudTasksClient:
        """Google's sync client."""
        return CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))

    async def idle(self, queue: str, **query: str) -> httpx.Response:
        """Wait until a queue is idle."""
        return await self.http.post("/tasks/wait-idle", params={"queue": queue.rpartition("/")[2], **query})

    async def kill(self) -> None:
        """End the process at once, as kill -9 does."""
        self.process.kill()
        await self._ended()

    async def stop(self) -> tuple[int, str]:
        """SIGTERM; the exit code and everything that was written to stderr."""
        self.process.terminate()
        return await self._ended()

    async def _ended(self) -> tuple[int, str]:
        _, stderr = await self.process.communicate()
        await self.http.aclose()
        await self.channel.close(None)
        assert self.process.returncode is not None
        return self.process.returncode, stderr.decode()


async def spawn(data_dir: Path, options: Sequence[str] = ()) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "emulators.googleapis", "--project", PROJECT, "--data-dir", str(data_dir)),
        *("--grpc-port", "0", "--http-port", "0", "--min-deadline-s", "0.1", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )

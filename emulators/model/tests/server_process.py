"""The local model as a real process on a free port, for tests."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

_ROOT = Path(__file__).parents[3]
_START_S = 10.0


@contextmanager
def model_server(*options: str) -> Iterator[str]:
    """Start a server, yield its address (without /v1), stop it; raises RuntimeError when it does not come up."""
    with model_process(*options) as (url, _process):
        yield url


@contextmanager
def model_process(*options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same, with the process, which may be killed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "emulators.model", "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=_ROOT)  # noqa: S603 - our own module
    try:
        _wait_until_healthy(url, process)
        yield url, process
    finally:
        process.terminate()
        process.wait(timeout=5)


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"The local model did not come up at {url} (exit code {process.poll()}).")

"""The floor's process, and how a client measures it: the same listener, the same token, the same way to count."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from cli.ask.client import ApexClient, new_request_id
from cli.ask.errors import refusal
from cli.ask.watch import ArrivedEvent
from emulators.platform import local_http
from emulators.platform.addresses import child_environment
from emulators.platform.api import Stack
from emulators.platform.ports import HOST, choose

_SOURCE = Path(__file__).with_name("floor_function.py")
_PORT = 7590
_START_S = 20.0


@contextmanager
def floor_process(stack: Stack) -> Iterator[str]:
    """The address of the running floor function; its process ends with the block."""
    port = choose({"floor": _PORT}, set())[0]["floor"]
    url = f"http://{HOST}:{port}"
    framework = ("functions_framework", "--asgi", "--target", "floor", "--source", str(_SOURCE))
    process = subprocess.Popen(  # noqa: S603 - this interpreter, fixed arguments
        [sys.executable, "-m", *framework, "--host", HOST, "--port", str(port)],
        env=child_environment(stack.function_variables() | {"APEX_STEP_URL": url}),
        stdout=subprocess.DEVNULL,
    )
    try:
        _await_health(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def turn(client: ApexClient, url: str) -> tuple[float, float]:
    """Ms from just before the POST to its reply, and to the first event at the listener."""
    started, accepted, events = _follow(client, f"{url}/turns", {})
    return (accepted - started) * 1000, (events[0].at - started) * 1000


def step_ms(client: ApexClient, url: str, steps: int) -> float:
    """Ms per no-op step in a chain of `steps`."""
    _, _, events = _follow(client, f"{url}/chains", {"steps": steps})
    return span_ms(events) / steps


def span_ms(events: tuple[ArrivedEvent, ...]) -> float:
    """Ms from the commit of the first event to that of the last, by Firestore's clock."""
    return (events[-1].committed_at - events[0].committed_at).total_seconds() * 1000


def _follow(client: ApexClient, url: str, body: dict[str, object]) -> tuple[float, float, tuple[ArrivedEvent, ...]]:
    run = client.run_id(new_request_id())
    with client.watch(run) as watch:
        started = time.perf_counter()
        reply = client.http("POST", url, json={"run_id": run, **body})
        accepted = time.perf_counter()
        if reply.is_error:
            raise refusal(reply)
        return started, accepted, tuple(watch.events())


def _await_health(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            local_http.get(f"{url}/healthz", timeout=1).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The floor function did not start at {url}; what it said stands above.")

"""How the command line talks to a running supervisor: one JSON line each way over a local socket, with a token."""

import hmac
import json
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ConfigDict, ValidationError

from emulators.platform.errors import PlatformError
from emulators.platform.ports import HOST
from emulators.platform.processes import ProcessRef
from emulators.platform.state import StackState

_POLL_S = 0.2


class ControlRequest(BaseModel):
    """`command`: up, refresh or stop; `owner`: the process whose end releases its claim (none: no claim to end)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: str
    command: str
    service: str = ""
    owner: ProcessRef | None = None


class ControlReply(BaseModel):
    """`error` is empty on success."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: str = ""


async def answer(
    reader: StreamReader, writer: StreamWriter, token: str, handle: Callable[[ControlRequest], Awaitable[None]]
) -> None:
    """Serve one request: runs `handle`, whose PlatformError becomes the reply. A wrong token gets no reply."""
    try:
        request = ControlRequest.model_validate_json(await reader.readline())
    except ValidationError:
        writer.close()
        return
    if hmac.compare_digest(request.token, token):
        reply = await _reply(handle, request)
        writer.write(reply.model_dump_json().encode() + b"\n")
        await writer.drain()
    writer.close()


async def _reply(handle: Callable[[ControlRequest], Awaitable[None]], request: ControlRequest) -> ControlReply:
    try:
        await handle(request)
    except PlatformError as error:
        return ControlReply(error=str(error))
    return ControlReply()


def ask(state: StackState, request: ControlRequest, waiting: Callable[[], None]) -> None:
    """Send `request` and await its reply, calling `waiting` meanwhile; raises PlatformError with the reply's error."""
    try:
        with socket.create_connection((HOST, state.control_port), timeout=5) as connection:
            connection.sendall(json.dumps(request.model_dump()).encode() + b"\n")
            line = _read_line(connection, waiting)
        reply = ControlReply.model_validate_json(line)
    except (OSError, ValidationError) as error:
        raise PlatformError(
            f"The supervisor of {state.environment} ended. See `python -m emulators logs supervisor`, then try again."
        ) from error
    if reply.error:
        raise PlatformError(reply.error)


def _read_line(connection: socket.socket, waiting: Callable[[], None]) -> bytes:
    received = b""
    connection.settimeout(_POLL_S)
    while not received.endswith(b"\n"):
        try:
            part = connection.recv(4096)
        except TimeoutError:
            waiting()
            continue
        if not part:
            break
        received += part
    return received

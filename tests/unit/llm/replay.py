"""A server that answers one request with a recorded stream, and keeps what it was sent."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

_HEAD = b"HTTP/1.1 %d Recorded\r\ncontent-type: %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"


@dataclass
class Replay:
    """`url` without a path; `bodies`: those of the requests, parsed."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)


@asynccontextmanager
async def replayed(
    body: bytes, *, status: int = 200, media_type: bytes = b"text/event-stream"
) -> AsyncIterator[Replay]:
    """Answer every request with `body`."""
    replay = Replay()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = re.search(r"content-length: (\d+)", head)
        replay.bodies.append(json.loads(await reader.readexactly(int(length[1]) if length else 0)))
        writer.write(_HEAD % (status, media_type, len(body)) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        replay.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield replay

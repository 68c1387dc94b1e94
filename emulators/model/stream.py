"""How a reply leaves the server: its chunks, their pace, and deliberate breaks of the connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import StreamingResponse
from starlette.types import Send

from emulators.model import chat, vertex, wire
from emulators.model.faults import FaultKind, ModelFault
from emulators.model.request import WireName, WireRequest, compact
from emulators.model.wire import WireReply

_HALFWAY: dict[WireName, dict[FaultKind, Callable[[WireReply], list[bytes]]]] = {
    WireName.RESPONSES: {
        FaultKind.FAILED: lambda reply: [wire.encode(event) for event in wire.failed_halfway(reply)],
        FaultKind.ERROR_EVENT: lambda reply: [wire.encode(event) for event in wire.error_halfway(reply)],
    },
    WireName.CHAT: {FaultKind.FAILED: chat.broken_halfway, FaultKind.ERROR_EVENT: chat.broken_halfway},
    WireName.VERTEX: {FaultKind.FAILED: vertex.broken_halfway, FaultKind.ERROR_EVENT: vertex.broken_halfway},
}
"""Streams that a failure breaks off; only the Responses form tells two kinds of it apart."""
_STREAMS: dict[WireName, Callable[[WireReply], list[bytes]]] = {
    WireName.RESPONSES: lambda reply: [wire.encode(event) for event in wire.events_of(reply)],
    WireName.CHAT: chat.stream_of,
    WireName.VERTEX: vertex.stream_of,
}
StreamEnding = Literal["finished", "cut", "disconnected"]


@dataclass(frozen=True, kw_only=True)
class PacedReply:
    """Chunks with the pause before each (seconds); a cut reply gets no end."""

    chunks: tuple[bytes, ...]
    pauses: tuple[float, ...]
    cut: bool
    media_type: str


def pace_reply(request: WireRequest, reply: WireReply, fault: ModelFault | None, latency_s: float) -> PacedReply:
    """The chunks and pauses of this reply under this fault."""
    kind = fault.kind if fault else None
    seconds = (fault.seconds if fault else None) or 0.0
    chunks = _chunks(request, reply, kind)
    pauses = [latency_s] * len(chunks)
    if kind not in (FaultKind.SILENCE, FaultKind.RATE_LIMIT):
        pauses = [latency_s + seconds / len(chunks)] * len(chunks)
    if kind is FaultKind.SILENCE:
        pauses[len(chunks) // 2] += seconds
    cut = kind is FaultKind.CUT_STREAM
    return PacedReply(
        chunks=_first_half(chunks) if cut else chunks,
        pauses=tuple(pauses),
        cut=cut,
        media_type="text/event-stream" if request.stream else "application/json",
    )


class PacedResponse(StreamingResponse):
    """Sends a reply and reports how it ended, also when the client disconnected."""

    def __init__(self, reply: PacedReply, headers: dict[str, str], on_end: Callable[[StreamEnding], None]) -> None:
        self._reply = reply
        super().__init__(self._paced(on_end), headers=headers, media_type=reply.media_type)

    async def stream_response(self, send: Send) -> None:
        """Send head and chunks; a cut reply gets no end, so the server drops the connection."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for chunk in self.body_iterator:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if not self._reply.cut:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _paced(self, on_end: Callable[[StreamEnding], None]) -> AsyncIterator[bytes]:
        ending: StreamEnding = "disconnected"
        try:
            for chunk, pause in zip(self._reply.chunks, self._reply.pauses, strict=False):
                if pause:
                    await asyncio.sleep(pause)
                yield chunk
            ending = "cut" if self._reply.cut else "finished"
        finally:
            on_end(ending)


def _chunks(request: WireRequest, reply: WireReply, kind: FaultKind | None) -> tuple[bytes, ...]:
    if not request.stream:
        body = compact(wire.final_object(reply)).encode()
        return body[: len(body) // 2], body[len(body) // 2 :]
    halfway = _HALFWAY[request.wire]
    return tuple(halfway[kind](reply) if kind in halfway else _STREAMS[request.wire](reply))


def _first_half(chunks: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return chunks[: len(chunks) // 2]

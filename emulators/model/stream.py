"""How a reply leaves the server: its chunks, their pace, and a connection that can break on purpose."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import StreamingResponse
from starlette.types import Send

from emulators.model.faults import Fault, FaultKind
from emulators.model.request import WireRequest, compact
from emulators.model.wire import Reply, encode, error_halfway, events_of, failed_halfway, final_object

Ending = Literal["finished", "cut", "disconnected"]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Chunks with the pause before each (seconds); a cut one is left without an end."""

    chunks: tuple[bytes, ...]
    pauses: tuple[float, ...]
    cut: bool
    media_type: str


def plan_delivery(request: WireRequest, reply: Reply, fault: Fault | None, latency_s: float) -> Delivery:
    """How this reply goes out under this fault."""
    kind = fault.kind if fault else None
    seconds = (fault.seconds if fault else None) or 0.0
    chunks = _chunks(request, reply, kind)
    pauses = [latency_s] * len(chunks)
    if kind not in (FaultKind.SILENCE, FaultKind.RATE_LIMIT):
        pauses = [latency_s + seconds / len(chunks)] * len(chunks)
    if kind is FaultKind.SILENCE:
        pauses[len(chunks) // 2] += seconds
    cut = kind is FaultKind.CUT_STREAM
    return Delivery(
        chunks=_first_half(chunks) if cut else chunks,
        pauses=tuple(pauses),
        cut=cut,
        media_type="text/event-stream" if request.stream else "application/json",
    )


class DeliveryResponse(StreamingResponse):
    """Sends a delivery and reports how it ended, also when the client went away."""

    def __init__(self, delivery: Delivery, headers: dict[str, str], ended: Callable[[Ending], None]) -> None:
        self._delivery = delivery
        super().__init__(self._paced(ended), headers=headers, media_type=delivery.media_type)

    async def stream_response(self, send: Send) -> None:
        """Send head and chunks; a cut delivery gets no end, whereupon the server drops the connection."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for chunk in self.body_iterator:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if not self._delivery.cut:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _paced(self, ended: Callable[[Ending], None]) -> AsyncIterator[bytes]:
        ending: Ending = "disconnected"
        try:
            for chunk, pause in zip(self._delivery.chunks, self._delivery.pauses, strict=False):
                if pause:
                    await asyncio.sleep(pause)
                yield chunk
            ending = "cut" if self._delivery.cut else "finished"
        finally:
            ended(ending)


def _chunks(request: WireRequest, reply: Reply, kind: FaultKind | None) -> tuple[bytes, ...]:
    if not request.stream:
        body = compact(final_object(reply)).encode()
        return body[: len(body) // 2], body[len(body) // 2 :]
    if kind is FaultKind.FAILED:
        return tuple(map(encode, failed_halfway(reply)))
    if kind is FaultKind.ERROR_EVENT:
        return tuple(map(encode, error_halfway(reply)))
    return tuple(map(encode, events_of(reply)))


def _first_half(chunks: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return chunks[: len(chunks) // 2]

"""How long a model is waited for. All adapters share it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

from common.llm.port import ModelRequest, ModelUnavailableError

_SILENCE_SHARE = 0.5
"""Share of the overall timeout that a stream may be silent: a stuck stream is abandoned early enough to retry."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Patience:
    """`reply_s` bounds a whole reply, `silence_s` the wait for each event of its stream. In seconds."""

    reply_s: float
    silence_s: float

    @classmethod
    def of(cls, timeout_s: float) -> "Patience":
        """The patience of a model."""
        return cls(timeout_s, timeout_s * _SILENCE_SHARE)

    def with_request(self, request: ModelRequest) -> "Patience":
        """The patience for one request. Silence is the model's: where a reply is urgent, nobody tries again anyway."""
        return self if request.timeout_s is None else replace(self, reply_s=request.timeout_s)

    async def reply(self, work: Awaitable[_T]) -> _T:
        """Await a whole reply; raises ModelUnavailableError when it takes too long."""
        return await _within(self.reply_s, work, f"The model took longer than {self.reply_s:g} s.")

    async def event(self, work: Awaitable[_T]) -> _T:
        """Await the next event; raises ModelUnavailableError when none comes."""
        return await _within(self.silence_s, work, f"The model was silent for {self.silence_s:g} s.")


async def _within(seconds: float, work: Awaitable[_T], failure: str) -> _T:
    """A TimeoutError of the work itself passes unchanged."""
    try:
        async with asyncio.timeout(seconds) as limit:
            return await work
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise ModelUnavailableError(failure) from error

"""How much of a request's input an earlier request sent as its own start: what a prompt cache could have served.

Two sources, both within 5 minutes (the life of a provider's cache): hashes of prefix blocks of 512 tokens, as the
Mooncake traces have them; or sessions, where a request whose input has grown since the one before repeats its input.
"""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from common.spend.bounds import hash64

BLOCK_TOKENS = 512
CACHE_LIFE_S = 300.0
MAX_BLOCKS = 24_000
MAX_SESSIONS = 3_000

Session = tuple[float, int, int]
"""(time in s, input tokens, cached tokens) of the last request."""


class PrefixTracker:
    """Remembers blocks and sessions, the oldest forgotten first; bounded."""

    def __init__(self, blocks: Iterable[tuple[Any, float]], sessions: list[list[Any]]) -> None:
        self._blocks: OrderedDict[Any, float] = OrderedDict(blocks)
        self._sessions: OrderedDict[int, Session] = OrderedDict(
            (key, (at, size, cached)) for key, at, size, cached in sessions
        )

    def by_blocks(self, blocks: list[Any], at: datetime, incoming: int, cached: int) -> int:
        """Uncached input tokens in the leading blocks that were seen at most 5 minutes ago."""
        now = at.timestamp()
        known = 0
        for block in blocks:
            if abs(now - self._blocks.get(block, float("-inf"))) > CACHE_LIFE_S:
                break
            known += 1
        for block in blocks:
            self._blocks[block] = now
            self._blocks.move_to_end(block)
        _forget(self._blocks, MAX_BLOCKS)
        return max(0, min(known * BLOCK_TOKENS, incoming) - cached)

    def by_session(self, session: str, at: datetime, incoming: int, cached: int) -> int:
        """Uncached input tokens that the neighbour in the session, at most 5 minutes away, sent too.

        Works in both orders of time. Counts only where the input has grown: then the conversation is sent again.
        """
        key = hash64(session)
        now = at.timestamp()
        before = self._sessions.pop(key, None)
        self._sessions[key] = (now, incoming, cached)
        _forget(self._sessions, MAX_SESSIONS)
        if before is None or abs(now - before[0]) > CACHE_LIFE_S:
            return 0
        earlier, later = (before, (now, incoming, cached)) if before[0] <= now else ((now, incoming, cached), before)
        if later[1] < earlier[1]:
            return 0
        return max(0, min(earlier[1] - later[2], incoming - cached))

    def as_json(self) -> dict[str, list[list[Any]]]:
        """What the constructor takes."""
        return {
            "blocks": [[block, at] for block, at in self._blocks.items()],
            "sessions": [[key, *session] for key, session in self._sessions.items()],
        }


def _forget(memory: OrderedDict[Any, Any], limit: int) -> None:
    while len(memory) > limit:
        memory.popitem(last=False)

"""How much of a request's input an earlier request began with: what a prompt cache could have served.

Within 5 minutes, the usual life of a provider's cache, and within an hour, the longer one. Two sources: hashes of
prefix blocks of 512 tokens, as the Mooncake traces have them; or sessions, where a request whose input has grown since
the one before repeats its input.
"""

from array import array
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from common.spend.rollup.bounded_names import hash64

BLOCK_TOKENS = 512
SHORT_LIFE_S, LONG_LIFE_S = 300, 3600
MAX_BLOCKS = 90_000
"""With all else that is remembered they fit into a state of 900 kB; an hour of the Mooncake trace has twice as many."""
MAX_SESSIONS = 3_000

Reusable = tuple[int, int]
"""Uncached input tokens that came before within SHORT_LIFE_S, within LONG_LIFE_S."""
_Session = tuple[float, int, int]
"""(time in s, input tokens, cached tokens) of the last request."""
_MIX, _WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1
_KEPT_BITS = 32
"""Of a start's hash: one start in 50,000 is taken for another."""


class PrefixTracker:
    """Remembers starts of prompts and sessions, the oldest forgotten first; bounded."""

    def __init__(self, paths: str = "", seconds: str = "", sessions: Iterable[list[Any]] = ()) -> None:
        """Without arguments, or what `as_json` gave."""
        self._paths: OrderedDict[int, int] = OrderedDict(zip(_unpacked(paths), _unpacked(seconds), strict=True))
        """When a start was last sent (seconds since 1970), by its hash."""
        self._sessions: OrderedDict[int, _Session] = OrderedDict(
            (key, (at, size, cached)) for key, at, size, cached in sessions
        )

    def by_blocks(self, blocks: list[int], at: datetime, incoming: int, cached: int) -> Reusable:
        """Of the leading blocks (64-bit hashes) that were sent before as the start of a request."""
        now = int(at.timestamp())
        paths = list(_paths(blocks))
        known = [self._count_known(paths, now, life) for life in (SHORT_LIFE_S, LONG_LIFE_S)]
        for path in reversed(paths):
            self._paths[path] = now
            self._paths.move_to_end(path)
        _forget(self._paths, MAX_BLOCKS)
        short, long = (max(0, min(count * BLOCK_TOKENS, incoming) - cached) for count in known)
        return short, long

    def _count_known(self, paths: list[int], now: int, life_s: int) -> int:
        """How many of the leading blocks were sent at most `life_s` seconds ago."""
        for count, path in enumerate(paths):
            seen = self._paths.get(path)
            if seen is None or abs(now - seen) > life_s:
                return count
        return len(paths)

    def by_session(self, session: str, at: datetime, incoming: int, cached: int) -> Reusable:
        """Of the input that the neighbour in the session sent too.

        Works in both orders of time. Counts only where the input has grown: then the conversation is sent again.
        """
        key = hash64(session)
        now = at.timestamp()
        before = self._sessions.pop(key, None)
        self._sessions[key] = (now, incoming, cached)
        _forget(self._sessions, MAX_SESSIONS)
        if before is None or abs(now - before[0]) > LONG_LIFE_S:
            return 0, 0
        earlier, later = (before, (now, incoming, cached)) if before[0] <= now else ((now, incoming, cached), before)
        if later[1] < earlier[1]:
            return 0, 0
        long = max(0, min(earlier[1] - later[2], incoming - cached))
        return (long if abs(now - before[0]) <= SHORT_LIFE_S else 0), long

    def as_json(self) -> dict[str, Any]:
        """What the constructor takes."""
        return {
            "paths": _packed(self._paths),
            "seconds": _packed(self._paths.values()),
            "sessions": [[key, *session] for key, session in self._sessions.items()],
        }


def _paths(blocks: list[int]) -> Iterator[int]:
    """A hash of each start, the first block, the first two, and so on: a block counts only behind the same blocks."""
    path = 0
    for block in blocks:
        path = ((path ^ block) * _MIX + 1) & _WORD
        yield path >> (64 - _KEPT_BITS)


def _packed(numbers: Iterable[int]) -> str:
    """Each as 4 bytes, the first bytes of all first: the upper ones of times are much alike."""
    whole = array("I", numbers).tobytes()
    return b64encode(b"".join(whole[place::4] for place in range(4))).decode()


def _unpacked(text: str) -> list[int]:
    planes = b64decode(text)
    count = len(planes) // 4
    whole = bytearray(len(planes))
    for place in range(4):
        whole[place::4] = planes[place * count : (place + 1) * count]
    return array("I", bytes(whole)).tolist()


def _forget(memory: OrderedDict[Any, Any], limit: int) -> None:
    while len(memory) > limit:
        memory.popitem(last=False)

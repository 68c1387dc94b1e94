"""Token counts of the local model: four characters per token, and the provider's rule for cache reads."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from emulators.model.request import WireRequest, compact

CHARACTERS_A_TOKEN = 4
_SHORTEST_CACHED_PREFIX = 1024
"""Tokens; source: OpenAI's prompt caching guide, as is the step of 128."""
_CACHE_STEP = 128


@dataclass(frozen=True)
class TokenUsage:
    """Tokens of one reply."""

    input_tokens: int
    cached_tokens: int
    output_tokens: int

    def as_json(self) -> dict[str, Any]:
        """The wire form; the local model never reasons, and cache writes are not reported."""
        return {
            "input_tokens": self.input_tokens,
            "input_tokens_details": {"cached_tokens": self.cached_tokens, "cache_write_tokens": 0},
            "output_tokens": self.output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self.input_tokens + self.output_tokens,
        }


def count_tokens(*texts: str) -> int:
    """Characters divided by four, rounded up."""
    return -(-sum(len(text) for text in texts) // CHARACTERS_A_TOKEN)


def count_input(request: WireRequest) -> int:
    """Tokens of instructions, tools and conversation."""
    return count_tokens(request.prefix, compact(list(request.items)))


class PrefixCache:
    """The prefixes (instructions and tools) that this process saw last; the oldest is evicted first."""

    def __init__(self, capacity: int = 512) -> None:
        self._capacity = capacity
        self._seen: OrderedDict[str, None] = OrderedDict()

    def read(self, prefix: str) -> int:
        """Tokens of `prefix` that an earlier request left in the cache; remembers it for the next one."""
        tokens = count_tokens(prefix)
        if tokens < _SHORTEST_CACHED_PREFIX:
            return 0
        key = sha256(prefix.encode()).hexdigest()
        cached = key in self._seen
        self._seen[key] = None
        self._seen.move_to_end(key)
        if len(self._seen) > self._capacity:
            self._seen.popitem(last=False)
        return tokens // _CACHE_STEP * _CACHE_STEP if cached else 0

"""The counters of rollups: their keys, what stands at which place, and how they add up."""

from collections.abc import Callable, Iterable
from typing import Any

from common.spend.model import Measure, Tier

CellKey = tuple[int, str, str, str | None, str, Tier, int]
"""(day as an ordinal, provider, model, feature, status, tier, price floor of the input)."""
SketchKey = tuple[Measure, str, str, str | None]
"""(measure, provider, model, feature)."""

(
    N, TOKENS, PREFIX, PREFIX_SEEN, PREFIX_KNOWN, COST, UNPRICED, REPORTED, REPORTED_N, BILLED, UNPRICED_TOKENS,
    QUALITY, QUALITY_N, QUALITY_SQUARES, LONG, LONG_SEEN, SEEN_N, LONG_SEEN_N,
) = (0, slice(1, 7), *range(7, 23))  # fmt: skip
"""Places in a cell's counters: requests, six token buckets, reusable prefix (cacheable; any length; rows that tell it),
pico-USD at list price or as billed, requests without a price, pico-USD as the file says, rows that say it, the part of
the cost that is as billed, tokens without a price, millionths of the scores' sum, rows with a score, the sum of the
squares of their millionths, the reusable prefix within an hour instead of 5 minutes (cacheable; any length), rows with
a reusable prefix of any length (within 5 minutes; an hour).
"""
MIN_PREFIX = 1024
"""Tokens of the shortest prefix that providers cache (OpenAI's rule; most Anthropic and Gemini models have it too)."""
SCORE = 1_000_000
"""Parts of a score of 1."""
NO_HOUR = -1
"""The hour of rows that are the sum of a day."""
LINE_N, LINE_INPUT, LINE_OUTPUT, LINE_COST, LINE_FAILED, LINE_UNPRICED = range(6)
"""Places in the counters of an hour or a user."""


def bump(counters: dict[Any, list[int]], key: Any, counts: Iterable[int]) -> None:
    """Add counts to those of a key."""
    mine = counters.get(key)
    counters[key] = list(counts) if mine is None else list(map(int.__add__, mine, counts))


def move(counters: dict[Any, list[int]], renamed: Callable[[Any], Any]) -> None:
    """Count under another key where `renamed` gives one."""
    for key in list(counters):
        target = renamed(key)
        if target is not None:
            counts = counters.pop(key)
            bump(counters, target, counts)

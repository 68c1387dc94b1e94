"""The counters of rollups: their keys, what stands at which place, and how they add up."""

from collections.abc import Callable, Iterable
from typing import Any

from common.spend.model import Measure

CellKey = tuple[int, str, str, str | None, str, bool, int]
"""(day as an ordinal, provider, model, feature, status, batch, tier floor of the input)."""
SketchKey = tuple[Measure, str, str, str | None]
"""(measure, provider, model, feature)."""

N, TOKENS, PREFIX, PREFIX_SEEN, PREFIX_KNOWN, COST, UNPRICED, REPORTED, REPORTED_N = 0, slice(1, 7), *range(7, 14)
"""Places in a cell's counters: requests, six token buckets, reusable prefix (cacheable; any length; rows that tell it),
pico-USD at list price, requests without a price, pico-USD as the file says, requests that say it.
"""
MIN_PREFIX = 1024
"""Tokens of the shortest prefix that providers cache (OpenAI's rule; most Anthropic and Gemini models have it too)."""
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

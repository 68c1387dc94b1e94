"""The whole-number sums that measures are made of, wherever a rollup holds them."""

from collections.abc import Mapping
from enum import StrEnum


class Counter(StrEnum):
    """A sum over rows; its value is what formulas print."""

    REQUESTS = "requests"
    INPUT = "input tokens"
    OUTPUT = "output tokens"
    CACHED = "cached tokens"
    CACHE_WRITTEN = "cache-write tokens"
    REASONING = "reasoning tokens"
    COST = "cost"
    """Pico-USD, as every amount here."""
    BILLED = "cost as billed"
    """The part of the cost of rows without tokens."""
    REASONING_COST = "cost of reasoning"
    REPORTED = "reported cost"
    REPORTED_ROWS = "rows with a reported cost"
    FAILED = "failed requests"
    UNPRICED = "unpriced requests"
    UNPRICED_TOKENS = "unpriced tokens"
    SCORES = "scores"
    """In parts of SCORE."""
    PROMPTED = "requests with a prompt"
    """That went well."""
    REPEATS = "repeats of a prompt"
    REPEATED_COST = "cost of repeats"
    SCORED_ROWS = "rows with a score"
    TOOL_CALLS = "calls of server tools"
    TOOL_FEES = "fees of server tools"
    AUDIO = "audio tokens"
    AUDIO_COST = "cost of audio tokens"
    IMAGES = "image tokens"
    IMAGES_COST = "cost of image tokens"
    GEOGRAPHY = "surcharge for geography"


Counts = Mapping[Counter, int]
"""As many counters as a query needs."""

"""Whether cached tokens are part of a row's input, and reasoning of its output: each row's own numbers decide.

A part that is larger than its whole is none. A total that only one sum gives says which: OpenAI's, Gemini's and xAI's
`total_tokens` count everything once (vercel/ai PR #12425: xAI leaves reasoning out of `completion_tokens`). Where a row
says neither, what holds for the maker of its model does.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.fields.values import MOST_SUMMED, count
from common.spend.prices.engine import match_provider
from common.spend.prices.names import resolve

COUNT_CACHE_INSIDE = (
    "openai", "azure", "google", "x-ai", "deepseek", "mistral", "groq", "moonshotai", "zai", "together", "fireworks",
    "cerebras", "perplexity",
)  # fmt: skip
"""Makers and hosts whose own input includes cached tokens, by our ids; Anthropic's does not (both: their API docs)."""


def sides_by_names(*, outside: bool | None) -> dict[str, bool]:
    """`cached_sides` where columns have Anthropic's names (`outside`): those of other makers count as these do."""
    return dict.fromkeys(COUNT_CACHE_INSIDE, False) if outside else {}


class Counts(NamedTuple):
    """A row's tokens as it states them."""

    incoming: int
    outgoing: int
    cached: int
    """Read from a cache and written to it."""
    reasoning: int
    total: int | None
    """None where the row states none."""


class Sides(NamedTuple):
    """What comes on top of the whole."""

    cached_outside: bool
    reasoning_outside: bool


@lru_cache(maxsize=4096)
def maker_of(provider: str, model: str) -> str:
    """Our id of who made a model and so of how its tokens are counted; the name of its host where that is not known."""
    if "claude" in model.lower():
        return "anthropic"
    priced = resolve(None, model)
    if priced is not None:
        return priced.provider
    return match_provider(provider) or provider.strip().lower() or "unknown"


def presumed(reading: ColumnReading, maker: str) -> Sides:
    """What holds for the rows of a maker that say nothing themselves."""
    return Sides(
        reading.cached_sides.get(maker, reading.cached_outside),
        reading.reasoning_sides.get(maker, reading.reasoning_outside),
    )


def settled(row: Counts, otherwise: Sides, *, loose: bool) -> Sides:
    """What the row says itself, else `otherwise`; `loose`: its total may leave tokens out that come on top."""
    cached, reasoning = row.cached > row.incoming, row.reasoning > row.outgoing
    shown = sides_by_total(row)
    if not cached:
        side = shown[0]
        cached = otherwise.cached_outside if side is None or (loose and not side) else side
    if not reasoning:
        reasoning = otherwise.reasoning_outside if shown[1] is None else shown[1]
    return Sides(cached, reasoning)


def sides_by_total(row: Counts) -> tuple[bool | None, bool | None]:
    """(cached outside, reasoning outside) by the total; None where it does not fit, or fits both ways."""
    if row.total is None:
        return None, None
    beyond, both = row.total - row.incoming - row.outgoing, row.cached + row.reasoning
    return _shown(beyond, row.cached, row.reasoning, both), _shown(beyond, row.reasoning, row.cached, both)


def _shown(beyond: int, part: int, other: int, both: int) -> bool | None:
    outside, inside = beyond in (part, both), beyond in (0, other)
    return outside if outside != inside else None


def total_in(value: Any) -> int | None:
    """A stated total; None for anything that is no whole number, as it only bears witness."""
    if value is None or value == "":
        return None
    try:
        return count(value, "", MOST_SUMMED)
    except BadRowError:
        return None

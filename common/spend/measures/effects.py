"""Why two costs differ: more requests, larger requests, more expensive tokens. The three add up to the difference."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import log
from typing import Literal, TypeVar

from common.spend.rollup.priced_requests import NO_SPEND, Spend

_Key = TypeVar("_Key", bound=Hashable)
_EQUAL = 1e-9
"""A logarithm of a ratio below it is rounding."""
Cause = Literal["volume", "size", "price"]


@dataclass(frozen=True, slots=True)
class Effects:
    """USD. Volume: more requests; size: more tokens per request; price: a token costs more, by price or by mix of
    models, of input and output, of cached and uncached.
    """

    volume_usd: float
    size_usd: float
    price_usd: float

    @property
    def total_usd(self) -> float:
        """The whole difference."""
        return self.volume_usd + self.size_usd + self.price_usd

    @property
    def cause(self) -> Cause:
        """The effect that moved the cost most, in the direction in which it moved."""
        sign = 1 if self.total_usd >= 0 else -1
        found: tuple[tuple[float, Cause], ...] = (
            (sign * self.volume_usd, "volume"),
            (sign * self.size_usd, "size"),
            (sign * self.price_usd, "price"),
        )
        return max(found, key=lambda effect: effect[0])[1]


def effects_of(before: Spend, after: Spend) -> Effects:
    """The logarithmic mean Divisia index (Ang 2004): exact, and no effect takes what several did together.

    What comes or goes altogether is all volume; where one side is free or without tokens, what volume leaves is price.
    """
    difference = after.usd - before.usd
    if not (before.requests and after.requests):
        return Effects(difference, 0.0, 0.0)
    more = after.requests / before.requests
    if not (before.usd and after.usd and before.tokens and after.tokens):
        volume = before.usd * (more - 1)
        return Effects(volume, 0.0, difference - volume)
    weight = _logarithmic_mean(before.usd, after.usd)
    volume, size = weight * log(more), weight * log(after.tokens / before.tokens / more)
    return Effects(volume, size, difference - volume - size)


def _logarithmic_mean(one: float, two: float) -> float:
    growth = log(two) - log(one)
    return (two - one) / growth if abs(growth) > _EQUAL else one


def summed_effects(before: Mapping[_Key, Spend], after: Mapping[_Key, Spend]) -> Effects:
    """The effects of each key by itself, added up: a key that grows is volume, not a larger average request."""
    parts = [effects_of(before.get(key, NO_SPEND), after.get(key, NO_SPEND)) for key in {**before, **after}]
    return Effects(
        sum(part.volume_usd for part in parts),
        sum(part.size_usd for part in parts),
        sum(part.price_usd for part in parts),
    )

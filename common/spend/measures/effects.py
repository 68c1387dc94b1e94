"""Why a cost differs from another: more requests, larger requests, or dearer tokens. The three add up to the whole."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Literal, TypeVar

from common.spend.prices.engine import PICO
from common.spend.rollup.cells import (
    COST,
    LINE_COST,
    LINE_INPUT,
    LINE_N,
    LINE_OUTPUT,
    LINE_UNPRICED,
    TOKENS,
    UNPRICED,
    UNPRICED_TOKENS,
    CellKey,
    N,
)

_Key = TypeVar("_Key", bound=Hashable)
_EQUAL = 1e-9
"""A logarithm of a ratio below it is rounding."""
Cause = Literal["volume", "size", "price"]


@dataclass(frozen=True, slots=True)
class Load:
    """Priced requests, their tokens (input and output), and what they cost."""

    requests: float
    tokens: float
    usd: float

    def times(self, factor: float) -> "Load":
        """So many times as much of the same."""
        return Load(self.requests * factor, self.tokens * factor, self.usd * factor)

    def __add__(self, other: "Load") -> "Load":
        return Load(self.requests + other.requests, self.tokens + other.tokens, self.usd + other.usd)


NOTHING = Load(0, 0, 0.0)


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


def effects_of(before: Load, after: Load) -> Effects:
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


def summed_effects(before: Mapping[_Key, Load], after: Mapping[_Key, Load]) -> Effects:
    """The effects of each key by itself, added up: a key that grows is volume, not a larger average request."""
    parts = [effects_of(before.get(key, NOTHING), after.get(key, NOTHING)) for key in {**before, **after}]
    return Effects(
        sum(part.volume_usd for part in parts),
        sum(part.size_usd for part in parts),
        sum(part.price_usd for part in parts),
    )


def loads(cells: Iterable[tuple[CellKey, list[int]]], key_of: Callable[[CellKey], _Key]) -> dict[_Key, Load]:
    """Cells summed by a key, in whole numbers."""
    sums: dict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for key, cell in cells:
        mine = sums[key_of(key)]
        priced = cell[N] - cell[UNPRICED]
        mine[0] += priced
        mine[1] += sum(cell[TOKENS]) - cell[UNPRICED_TOKENS]
        mine[2] += cell[COST]
    return {key: Load(requests, tokens, pico / PICO) for key, (requests, tokens, pico) in sums.items()}


def load_of_line(line: list[int]) -> Load:
    """An hour's line; tokens of unpriced requests are taken out by their share of the requests."""
    priced = line[LINE_N] - line[LINE_UNPRICED]
    share = priced / line[LINE_N] if line[LINE_N] else 1.0
    return Load(priced, (line[LINE_INPUT] + line[LINE_OUTPUT]) * share, line[LINE_COST] / PICO)

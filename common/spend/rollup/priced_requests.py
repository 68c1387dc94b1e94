"""Priced requests: what they have in common under one price, how many tokens they have, and what they cost.

A price key is all that a price needs to know of a request, so costs of sums are sums of costs.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from common.spend.model import ServiceTier
from common.spend.prices.book import PriceBook
from common.spend.prices.engine import NOON, PICO, Model, Rates
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


class ServedModel(NamedTuple):
    """A model at its seller."""

    provider: str
    model: str


class PriceKey(NamedTuple):
    """What requests of one price have in common; `ok` False: they failed; `floor` as in CellKey."""

    provider: str
    model: str
    ok: bool
    tier: ServiceTier
    floor: int

    @property
    def served(self) -> ServedModel:
        """The model that was called."""
        return ServedModel(self.provider, self.model)


def price_key_of(key: CellKey) -> PriceKey:
    """Of a cell; statuses other than ok are one."""
    return PriceKey(key.provider, key.model, key.ok, key.tier, key.floor)


Counts = tuple[float, ...]
"""Requests, then their tokens in the order of BUCKETS."""
NO_REQUESTS: Counts = (0.0,) * 7
REQUESTS, INPUT, VISIBLE, REASONING = 0, slice(1, 5), 5, 6
"""Places in Counts: the four buckets of input, visible output, reasoning."""


def counts_of(cell: list[int]) -> tuple[int, ...]:
    """Requests and tokens of a cell, as Counts."""
    return (cell[N], *cell[TOKENS])


def plus(one: Counts, two: Counts) -> Counts:
    """The sum."""
    return tuple(a + b for a, b in zip(one, two, strict=True))


def scaled(counts: Counts, factor: float) -> Counts:
    """Scaled by `factor`."""
    return tuple(count * factor for count in counts)


def sum_of(several: Iterable[Counts]) -> Counts:
    """The sum of all; NO_REQUESTS of none."""
    return tuple(map(sum, zip(NO_REQUESTS, *several, strict=True)))


@lru_cache(maxsize=65_536)
def day_rates(book: PriceBook, model: Model, day: int, tier: ServiceTier, floor: int, seller: str) -> Rates:  # noqa: PLR0917 - all that a price depends on
    """The six rates of a UTC day (ordinal), where they differ by the hour those of noon."""
    return book.rates(model, day, NOON, tier, floor + 1, provider=seller)


def usd_of(tokens: Iterable[float], rates: Rates) -> float:
    """What tokens, by bucket, cost at these rates."""
    return sum(count * rate for count, rate in zip(tokens, rates, strict=True)) / PICO


@dataclass(frozen=True, slots=True)
class Spend:
    """Priced requests, their tokens (input and output), and what they cost at the prices of their own days."""

    requests: float
    tokens: float
    usd: float

    def scaled(self, factor: float) -> "Spend":
        """Scaled by `factor`."""
        return Spend(self.requests * factor, self.tokens * factor, self.usd * factor)

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(self.requests + other.requests, self.tokens + other.tokens, self.usd + other.usd)


NO_SPEND = Spend(0, 0, 0.0)


def spend_by(cells: Iterable[tuple[CellKey, list[int]]], key_of: Callable[[CellKey], _Key]) -> dict[_Key, Spend]:
    """Cells summed by a key, in whole numbers."""
    sums: dict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for key, cell in cells:
        line = sums[key_of(key)]
        line[0] += cell[N] - cell[UNPRICED]
        line[1] += sum(cell[TOKENS]) - cell[UNPRICED_TOKENS]
        line[2] += cell[COST]
    return {key: Spend(requests, tokens, pico / PICO) for key, (requests, tokens, pico) in sums.items()}


def spend_of_line(line: list[int]) -> Spend:
    """Of an hour, a user or a user's day; tokens of unpriced requests are left out by their share of the requests."""
    priced = line[LINE_N] - line[LINE_UNPRICED]
    share = priced / line[LINE_N] if line[LINE_N] else 1.0
    return Spend(priced, (line[LINE_INPUT] + line[LINE_OUTPUT]) * share, line[LINE_COST] / PICO)

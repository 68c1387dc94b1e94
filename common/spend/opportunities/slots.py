"""Slots: the priced requests of a rollup that share a price, as a token vector. Pure values."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from common.spend.model import Tier
from common.spend.prices.book import PriceBook
from common.spend.prices.engine import NOON, PICO, Model, Rates, today

Vector = tuple[float, ...]
Side = Literal["low", "expected", "high"]
"""Where a figure is not exact: what certainly is saved, what is expected, what can be saved at most."""
SIDES: tuple[Side, ...] = ("low", "expected", "high")
Sided = tuple[Vector, Vector, Vector]
"""In the order of SIDES."""
HOSTS = {"azure": "openai", "aws": "anthropic"}
"""Who serves another maker's models at the same interface: a swap there stays with the provider."""


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that are decided about together."""

    provider: str
    model: str
    feature: str | None


@dataclass(frozen=True, slots=True)
class SlotKey:
    """What a slot's requests have in common. `floor` as in rollup cells; `tier` as they were sent."""

    group: Group
    ok: bool
    tier: Tier
    floor: int


@dataclass(frozen=True, slots=True)
class Slot:
    """Requests and tokens by bucket, where they go now, and which part of the input a cache could serve.

    `repeated` and `dropped` are [requests, tokens by bucket, reusable, reusable_1h].
    """

    model: Model
    seller: str
    """Our id of who bills them."""
    tier: Tier
    book: PriceBook
    requests: float
    tokens: Vector
    reusable: float
    """Uncached input that a cache of 5 minutes could serve."""
    reusable_1h: float
    """Of an hour; at least `reusable`."""
    repeated: Sided
    """What repeats an earlier prompt of the day, all but the first request."""
    dropped: Vector = (0.0,) * 9
    """What is not sent any more of `repeated`."""

    def cost_usd(self, floor: int) -> float:
        """At the prices of the slot's book."""
        return sum(count * rate for count, rate in zip(self.tokens, self.rates(floor), strict=True)) / PICO

    def rates(self, floor: int) -> Rates:
        """Six rates for requests above `floor` input tokens."""
        return _rates(self.book, self.model, self.seller, self.tier, floor)

    def on_model(self, to: Model, *, stays: bool) -> "Slot":
        """The same requests on another model; `stays`: with who bills them now, where that hosts its maker's models."""
        seller = self.seller if stays and HOSTS.get(self.seller) == to.provider else to.provider
        return replace(self, model=to, seller=seller)

    def on_tier(self, tier: Tier) -> "Slot":
        """At the price of batch jobs or of flex, where one is known; who has one of them stays."""
        if self.tier in ("batch", "flex") or not self.book.knows_tier(self.model, tier, today()):
            return self
        return replace(self, tier=tier)


@lru_cache(maxsize=65_536)
def _rates(book: PriceBook, model: Model, seller: str, tier: Tier, floor: int) -> Rates:
    return book.rates(model, today(), NOON, tier, floor + 1, provider=seller)

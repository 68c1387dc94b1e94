"""Slots: the priced requests of a group that share a price, as a token vector. Pure values."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from common.spend.model import ServiceTier
from common.spend.prices.book import PriceBook
from common.spend.prices.engine import Model, Rates, today
from common.spend.rollup.cells import RequestGroup
from common.spend.rollup.priced_requests import PriceKey, day_rates, usd_of

Vector = tuple[float, ...]
Side = Literal["low", "expected", "high"]
"""Of a figure that is not exact: what is saved at least, as expected, at most."""
SIDES: tuple[Side, ...] = ("low", "expected", "high")
Sided = tuple[Vector, Vector, Vector]
"""In the order of SIDES."""
HOSTS = {"azure": "openai", "aws": "anthropic"}
"""Sellers that serve another maker's models at their own interface: a swap between these stays with the seller."""


class SlotKey(NamedTuple):
    """A group's requests under one price, with the tier that they were sent in."""

    group: RequestGroup
    price: PriceKey


@dataclass(frozen=True, slots=True)
class Slot:
    """Requests and tokens by bucket, where they go now, and which part of the input a cache could serve.

    `repeated` and `dropped` are [requests, tokens by bucket, reusable, reusable_1h].
    """

    model: Model
    seller: str
    """Our id of who bills them."""
    tier: ServiceTier
    book: PriceBook
    requests: float
    tokens: Vector
    reusable: float
    """Uncached input that a cache of 5 minutes could serve."""
    reusable_1h: float
    """Of an hour; at least `reusable`."""
    repeated: Sided
    """Requests that repeat an earlier prompt of the day."""
    dropped: Vector = (0.0,) * 9
    """The part of `repeated` that is no longer sent."""

    def cost_usd(self, floor: int) -> float:
        """At the prices of the slot's book."""
        return usd_of(self.tokens, self.rates(floor))

    def rates(self, floor: int) -> Rates:
        """Six rates for requests above `floor` input tokens."""
        return day_rates(self.book, self.model, today(), self.tier, floor, self.seller)

    def on_model(self, to: Model, *, stays: bool) -> "Slot":
        """The same requests on another model; `stays`: with the present seller, where it hosts the maker's models."""
        seller = self.seller if stays and HOSTS.get(self.seller) == to.provider else to.provider
        return replace(self, model=to, seller=seller)

    def on_tier(self, tier: ServiceTier) -> "Slot":
        """At the batch or flex price, where one is known; unchanged where one of these, or nothing, is paid now."""
        if self.tier in ("batch", "flex", "free") or not self.book.knows_tier(self.model, tier, today()):
            return self
        return replace(self, tier=tier)

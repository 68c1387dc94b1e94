"""What a customer pays: the list prices, of each request's own day or of one day for all, less what was negotiated.

A negotiated price counts before a discount, and a discount on a model before one on its provider; of two alike, the one
that began last. They never add up. Money is whole pico-USD per token.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from common.spend.model import ChargeKind, ServiceTier
from common.spend.prices.engine import Model, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """First and last day (UTC, both included) on which a term holds; None: no bound."""

    first: date | None = None
    last: date | None = None

    def covers(self, day: int) -> bool:
        """True when it holds on a day (ordinal)."""
        begun = self.first is None or self.first.toordinal() <= day
        return begun and (self.last is None or day <= self.last.toordinal())


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A share of the list price that a customer does not pay, in every tier and bucket."""

    percent: Decimal
    """Over 0, at most 100."""
    provider: str | None = None
    """Our id of who bills; None: a discount on a model."""
    model: tuple[str, str] | None = None
    """(maker, id) as in Model; None: a discount on all that the provider bills."""
    validity: Validity = Validity()


@dataclass(frozen=True, slots=True, kw_only=True)
class NegotiatedPrice:
    """Rates of a customer's own, for requests of every size in one tier."""

    model: tuple[str, str]
    """(maker, id) as in Model."""
    rates: tuple[int | None, ...]
    """Pico-USD per token in the order of BUCKETS; None: the bucket costs what it costs without this price."""
    provider: str | None = None
    """Our id of who bills; None: whoever does."""
    tier: ServiceTier = "standard"
    validity: Validity = Validity()


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The prices that a customer's requests are priced with; without arguments, list prices at each request's day."""

    price_date: date | None = None
    """One day (UTC) for all requests, as what-ifs need it; None: each request at its own."""
    discounts: tuple[Discount, ...] = ()
    negotiated: tuple[NegotiatedPrice, ...] = ()

    def rates(
        self, model: Model, day: int, minute: int, tier: ServiceTier, input_tokens: int, *, provider: str | None = None
    ) -> Rates:
        """Six rates of a request as of Model.rates; `provider`: our id of who bills it, None: the model's maker."""
        day = self._priced(day)
        seller = provider or model.provider
        listed = _discounted(
            model.rates(day, minute, tier=tier, input_tokens=input_tokens), self._percent(model, seller, day)
        )
        own = [
            price
            for price in self.negotiated
            if _concerns(price.model, price.provider, model, seller) and price.tier == tier
        ]
        price = _latest([price for price in own if price.validity.covers(day)])
        return _replaced(listed, price) if price else listed

    def charge(
        self, model: Model, kind: ChargeKind, day: int, tier: ServiceTier, *, provider: str | None = None
    ) -> int | None:
        """Pico-USD of a token of sound or of an image; None without a price. Negotiated rates are of text."""
        day = self._priced(day)
        rate = model.charge(kind, day, tier)
        percent = self._percent(model, provider or model.provider, day)
        return rate if rate is None or not percent else round(rate * (100 - percent) / 100)

    def knows_tier(self, model: Model, tier: ServiceTier, day: int) -> bool:
        """False when `tier` has no price of its own on the day: see Model.rates for what its requests cost then."""
        return model.knows_tier(tier, self._priced(day))

    def tier_start(self, model: Model, tier: ServiceTier, day: int) -> int | None:
        """Of Model.tier_start, on the day that requests of `day` are priced at."""
        return model.tier_start(tier, self._priced(day))

    def _priced(self, day: int) -> int:
        return day if self.price_date is None else self.price_date.toordinal()

    def _percent(self, model: Model, seller: str, day: int) -> Decimal:
        valid = [d for d in self.discounts if d.validity.covers(day) and _concerns(d.model, d.provider, model, seller)]
        discount = _latest([d for d in valid if d.model]) or _latest(valid)
        return discount.percent if discount else Decimal(0)


LIST_PRICES = PriceBook()
"""List prices at each request's own day."""


class _Term(Protocol):
    @property
    def validity(self) -> Validity: ...


_T = TypeVar("_T", bound=_Term)


def _concerns(term_model: tuple[str, str] | None, term_provider: str | None, model: Model, seller: str) -> bool:
    if term_model is not None and term_model != (model.provider, model.id):
        return False
    return term_provider is None or term_provider == seller


def _latest(terms: list[_T]) -> _T | None:
    """The term that began last; of several, the last in the file."""
    return max(enumerate(terms), key=lambda item: (item[1].validity.first or date.min, item[0]), default=(0, None))[1]


def _discounted(rates: Rates, percent: Decimal) -> Rates:
    if not percent:
        return rates
    share = (100 - percent) / 100
    a, b, c, d, e, f = (round(rate * share) for rate in rates)
    return a, b, c, d, e, f


def _replaced(rates: Rates, price: NegotiatedPrice) -> Rates:
    pairs = zip(price.rates, rates, strict=True)
    a, b, c, d, e, f = (rate if own is None else own for own, rate in pairs)
    return a, b, c, d, e, f

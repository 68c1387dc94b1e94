"""What was sent for a feature on a day, and what it costs: the plain values of a measurement.

Counts are of the priced requests: what has no price, was billed to nobody, or is a cost without tokens, is on neither
side of a measurement.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from math import fsum
from typing import NamedTuple

from common.spend.prices.book import PriceBook
from common.spend.prices.engine import Rates, prices_as_of
from common.spend.prices.names import resolve
from common.spend.rollup.cells import BILLED, TOKENS, CellKey, N
from common.spend.rollup.priced_requests import (
    NO_REQUESTS,
    REQUESTS,
    Counts,
    PriceKey,
    counts_of,
    day_rates,
    plus,
    price_key_of,
    scaled,
    usd_of,
)
from common.spend.rollup.rollup import Rollup

RequestMix = Mapping[PriceKey, Counts]
"""Requests and tokens by price key."""


class Repeats(NamedTuple):
    """Requests that repeat a prompt of their day (all but the first of each), of the `hashed` with a prompt hash."""

    sent: RequestMix
    hashed: float


NO_REPEATS = Repeats({}, 0.0)


class Traffic(NamedTuple):
    """A feature on a day."""

    sent: RequestMix
    repeats: Repeats


def traffic_of(rollup: Rollup, features: Iterable[str | None]) -> dict[str | None, dict[int, Traffic]]:
    """By feature and day (ordinal), in order. Rollups that are equal give equal traffic, to the last digit."""
    wanted = set(features)
    repeats = _repeats(rollup, wanted)
    sent: dict[tuple[str | None, int], dict[PriceKey, Counts]] = {}
    for (feature, day, price), counts in sorted(_sent(rollup, wanted).items(), key=repr):
        sent.setdefault((feature, day), {})[price] = counts
    traffic: dict[str | None, dict[int, Traffic]] = {feature: {} for feature in wanted}
    for feature, day in sorted(sent, key=lambda at: at[1]):
        traffic[feature][day] = Traffic(sent[feature, day], repeats.get((feature, day), NO_REPEATS))
    return traffic


class _DayKey(NamedTuple):
    """The requests of a feature on a day under one price."""

    feature: str | None
    day: int
    price: PriceKey


def _day_key(key: CellKey) -> _DayKey:
    return _DayKey(key.feature, key.day, price_key_of(key))


def _sent(rollup: Rollup, wanted: set[str | None]) -> dict[_DayKey, Counts]:
    summed: dict[_DayKey, Counts] = {}
    for key, cell in rollup.cells.items():
        counted = cell[N] and (any(cell[TOKENS]) or not cell[BILLED])
        if key.feature in wanted and counted and _is_paid(key):
            at = _day_key(key)
            summed[at] = plus(summed.get(at, NO_REQUESTS), counts_of(cell))
    return summed


def _is_paid(key: CellKey) -> bool:
    return key.tier != "free" and resolve(key.provider, key.model) is not None


def _repeats(rollup: Rollup, wanted: set[str | None]) -> dict[tuple[str | None, int], Repeats]:
    """By prompt over all models of a feature: a prompt may come again after its feature has moved to another model."""
    parts: dict[_DayKey, list[Counts]] = {}
    hashed: dict[tuple[str | None, int], int] = {}
    for cells in rollup.duplicates.prompts():
        for feature in {key.feature for key in cells} & wanted:
            priced = {k: counts for k, counts in cells.items() if k.feature == feature and _is_paid(k)}
            requests = sum(counts[REQUESTS] for counts in priced.values())
            for key, counts in priced.items():
                hashed[feature, key.day] = hashed.get((feature, key.day), 0) + counts[REQUESTS]
                if requests > 1:
                    part = tuple(count * (requests - 1) / requests for count in counts[:7])
                    parts.setdefault(_day_key(key), []).append(part)
    share = rollup.duplicates.sampled_share
    sent: dict[tuple[str | None, int], dict[PriceKey, Counts]] = {}
    for (feature, day, price), several in sorted(parts.items(), key=repr):
        sent.setdefault((feature, day), {})[price] = tuple(fsum(part) / share for part in zip(*several, strict=True))
    return {at: Repeats(sent.get(at, {}), count / share) for at, count in hashed.items()}


def joined(one: RequestMix, two: RequestMix, sign: int = 1) -> dict[PriceKey, Counts]:
    """`one` and `two` together; with sign -1, `one` less `two`."""
    whole = dict(one)
    for price, counts in two.items():
        whole[price] = plus(whole.get(price, NO_REQUESTS), scaled(counts, sign))
    return whole


class DayPrices:
    """What requests cost on a day, by a price book; rates are looked up once."""

    def __init__(self, book: PriceBook) -> None:
        self._book = book
        self._rates: dict[tuple[PriceKey, int], Rates] = {}

    def usd(self, mix: RequestMix, day: int) -> float:
        """At the prices of a UTC day (ordinal)."""
        return sum(usd_of(counts[1:], self._rates_of(key, day)) for key, counts in mix.items())

    def _rates_of(self, key: PriceKey, day: int) -> Rates:
        rates = self._rates.get((key, day))
        if rates is None:
            model = resolve(key.provider, key.model)
            if model is None:
                raise LookupError(f"{key.model} has no price any more; bake a price snapshot that has it")
            rates = day_rates(self._book, model, day, key.tier, key.floor, key.provider)
            self._rates[key, day] = rates
        return rates


def price_version(book: PriceBook) -> str:
    """What prices come from: the date of the list, a mark of the customer's terms, the one day that counts for all."""
    terms = repr((book.discounts, book.negotiated)) if book.discounts or book.negotiated else ""
    mark = f"+contract-{sha256(terms.encode()).hexdigest()[:8]}" if terms else ""
    return f"{prices_as_of()}{mark}{f'@{book.price_date}' if book.price_date else ''}"

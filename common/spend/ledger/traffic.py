"""What was sent for a feature on a day, and what it costs: the plain values that a measurement is made of.

A place is what a price needs to know of a request, so costs of sums are sums of costs. Counts are of the priced
requests: what has no price, or is a cost without tokens, is on neither side of a measurement.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from math import fsum
from typing import NamedTuple

from common.spend.model import Tier
from common.spend.prices.book import PriceBook
from common.spend.prices.engine import NOON, PICO, Rates, prices_as_of
from common.spend.prices.names import resolve
from common.spend.rollup.cells import BILLED, TOKENS, CellKey, N
from common.spend.rollup.rollup import Rollup

Group = tuple[str, str]
"""(provider, model)."""
Counts = tuple[float, ...]
"""Requests, then tokens in the order of BUCKETS."""
NOTHING: Counts = (0.0,) * 7
INPUT, VISIBLE, REASONING = slice(1, 5), 5, 6
"""Places in Counts: the four buckets of input, visible output, reasoning."""


class Place(NamedTuple):
    """`ok` False: requests that failed. `floor`: the price's size class, as in rollup cells."""

    provider: str
    model: str
    ok: bool
    tier: Tier
    floor: int

    @property
    def group(self) -> Group:
        """The model at its seller."""
        return self.provider, self.model


Load = Mapping[Place, Counts]
"""Requests and tokens by place."""


class Repeats(NamedTuple):
    """Requests that repeat a prompt of their day (all but the first of each), of the `hashed`, whose prompt is told."""

    load: Load
    hashed: float


NO_REPEATS = Repeats({}, 0.0)


class Traffic(NamedTuple):
    """A feature on a day."""

    sent: Load
    repeats: Repeats


def traffic_of(rollup: Rollup, features: Iterable[str | None]) -> dict[str | None, dict[int, Traffic]]:
    """By feature and day (ordinal), in order. Rollups that are equal give equal traffic, to the last digit."""
    wanted = set(features)
    repeats = _repeats(rollup, wanted)
    sent: dict[tuple[str | None, int], dict[Place, Counts]] = {}
    for at, counts in sorted(_sent(rollup, wanted).items(), key=repr):
        sent.setdefault(at[:2], {})[at[2]] = counts
    found: dict[str | None, dict[int, Traffic]] = {feature: {} for feature in wanted}
    for feature, day in sorted(sent, key=lambda at: at[1]):
        found[feature][day] = Traffic(sent[feature, day], repeats.get((feature, day), NO_REPEATS))
    return found


_At = tuple[str | None, int, Place]


def _sent(rollup: Rollup, wanted: set[str | None]) -> dict[_At, Counts]:
    """One for each place: statuses other than ok are one."""
    summed: dict[_At, Counts] = {}
    for key, cell in rollup.cells.items():
        told = cell[N] and (any(cell[TOKENS]) or not cell[BILLED])
        if key[3] in wanted and told and resolve(key[1], key[2]) is not None:
            at = (key[3], key[0], _place(key))
            summed[at] = added(summed.get(at, NOTHING), (cell[N], *cell[TOKENS]))
    return summed


def _place(key: CellKey) -> Place:
    return Place(key[1], key[2], key[4] == "ok", key[5], key[6])


def _repeats(rollup: Rollup, wanted: set[str | None]) -> dict[tuple[str | None, int], Repeats]:
    """By prompt over all models of a feature: a prompt may come again after its feature has moved to another model."""
    parts: dict[_At, list[Counts]] = {}
    hashed: dict[tuple[str | None, int], int] = {}
    for cells in rollup.duplicates.prompts():
        for feature in {key[3] for key in cells} & wanted:
            mine = {key: counts for key, counts in cells.items() if key[3] == feature and resolve(key[1], key[2])}
            asked = sum(counts[0] for counts in mine.values())
            for key, counts in mine.items():
                hashed[feature, key[0]] = hashed.get((feature, key[0]), 0) + counts[0]
                if asked > 1:
                    part = tuple(count * (asked - 1) / asked for count in counts[:7])
                    parts.setdefault((feature, key[0], _place(key)), []).append(part)
    share = rollup.duplicates.sampled_share
    loads: dict[tuple[str | None, int], dict[Place, Counts]] = {}
    for at, several in sorted(parts.items(), key=repr):
        loads.setdefault(at[:2], {})[at[2]] = tuple(fsum(column) / share for column in zip(*several, strict=True))
    return {at: Repeats(loads.get(at, {}), count / share) for at, count in hashed.items()}


def added(one: Counts, two: Counts) -> Counts:
    """The sum."""
    return tuple(a + b for a, b in zip(one, two, strict=True))


def times(counts: Counts, factor: float) -> Counts:
    """So many times as much."""
    return tuple(count * factor for count in counts)


def sum_of(several: Iterable[Counts]) -> Counts:
    """The sum of all; NOTHING of none."""
    return tuple(map(sum, zip(NOTHING, *several, strict=True)))


def joined(one: Load, two: Load, sign: int = 1) -> dict[Place, Counts]:
    """`one` with what `two` has besides; with sign -1, without it."""
    whole = dict(one)
    for place, counts in two.items():
        whole[place] = added(whole.get(place, NOTHING), times(counts, sign))
    return whole


class Costs:
    """What loads cost on a day, by a price book; rates are looked up once."""

    def __init__(self, book: PriceBook) -> None:
        self._book = book
        self._rates: dict[tuple[Place, int], Rates] = {}

    def usd(self, load: Load, day: int) -> float:
        """At the prices of a UTC day (ordinal)."""
        return sum(self._usd(place, counts, day) for place, counts in load.items())

    def _usd(self, place: Place, counts: Counts, day: int) -> float:
        rates = self._rates.get((place, day))
        if rates is None:
            rates = self._rates[place, day] = self._looked_up(place, day)
        return sum(count * rate for count, rate in zip(counts[1:], rates, strict=True)) / PICO

    def _looked_up(self, place: Place, day: int) -> Rates:
        model = resolve(place.provider, place.model)
        if model is None:
            raise LookupError(f"{place.model} has no price any more; bake a price snapshot that has it")
        return self._book.rates(model, day, NOON, place.tier, place.floor + 1, provider=place.provider)


def price_version(book: PriceBook) -> str:
    """What prices come from: the date of the list, a mark of the customer's terms, the one day that counts for all."""
    terms = repr((book.discounts, book.negotiated)) if book.discounts or book.negotiated else ""
    mark = f"+contract-{sha256(terms.encode()).hexdigest()[:8]}" if terms else ""
    return f"{prices_as_of()}{mark}{f'@{book.price_date}' if book.price_date else ''}"

"""How requests behave: rates and sizes per request, read off the traffic of a baseline.

A model that the baseline lacks behaves like those that its requests came from (`kin`), else like the whole scope. A
size class that it lacks behaves like all sizes of the model.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from common.spend.ledger.traffic import Repeats, RequestMix
from common.spend.model import ServiceTier
from common.spend.rollup.priced_requests import (
    INPUT,
    NO_REQUESTS,
    REQUESTS,
    Counts,
    PriceKey,
    ServedModel,
    plus,
    sum_of,
)

Kin = Mapping[str, tuple[ServedModel, ...]]
"""By the id of a model, those that accepted recommendations moved to it."""


class Behaviour:
    """Of one scope. What is not known is None, and is left unchanged."""

    def __init__(self, sent: RequestMix, repeats: Repeats) -> None:
        self.repeats = repeats
        self._ok: dict[ServedModel, dict[int, Counts]] = {}
        self._failed: dict[ServedModel, dict[tuple[ServiceTier, int], Counts]] = {}
        self._tiers: dict[ServedModel, dict[ServiceTier, float]] = {}
        self._sums: dict[tuple[tuple[ServedModel, ...], int | None], Counts] = {}
        for key, counts in sent.items():
            if key.ok:
                _add(self._ok.setdefault(key.served, {}), key.floor, counts)
                tiers = self._tiers.setdefault(key.served, {})
                tiers[key.tier] = tiers.get(key.tier, 0.0) + counts[REQUESTS]
            else:
                _add(self._failed.setdefault(key.served, {}), (key.tier, key.floor), counts)

    @property
    def groups(self) -> list[ServedModel]:
        """All models with requests that went well."""
        return list(self._ok)

    def models_like(self, group: ServedModel, kin: Kin) -> tuple[ServedModel, ...]:
        """The models whose behaviour counts for a model."""
        if group in self._ok:
            return (group,)
        return tuple(near for near in kin.get(group.model, ()) if near in self._ok) or tuple(self._ok)

    def requests(self, groups: Iterable[ServedModel], floor: int | None = None) -> float:
        """That went well, of one size class or of all."""
        return self._summed(groups, floor)[REQUESTS]

    def per_request(self, groups: Iterable[ServedModel], floor: int | None) -> Counts | None:
        """Means of requests that went well, by bucket."""
        own = list(groups)
        counts = self._summed(own, floor)
        counts = counts if counts[REQUESTS] else self._summed(own, None)
        return tuple(count / counts[REQUESTS] for count in counts) if counts[REQUESTS] else None

    def split(self, groups: Iterable[ServedModel], floor: int) -> Counts | None:
        """Shares of the four input buckets."""
        mean = self.per_request(groups, floor)
        incoming = sum(mean[INPUT]) if mean else 0.0
        return tuple(count / incoming for count in mean[INPUT]) if mean and incoming else None

    def tier_mix(self, groups: Iterable[ServedModel]) -> dict[ServiceTier, float]:
        """Shares of requests by tier."""
        summed: dict[ServiceTier, float] = {}
        for group in groups:
            for tier, requests in self._tiers.get(group, {}).items():
                summed[tier] = summed.get(tier, 0.0) + requests
        whole = sum(summed.values())
        return {tier: requests / whole for tier, requests in summed.items()}

    def sizes(self, groups: Iterable[ServedModel]) -> dict[int, float]:
        """Shares of requests by size class."""
        own = list(groups)
        floors = sorted({floor for group in own for floor in self._ok.get(group, {})})
        whole = self.requests(own)
        return {floor: self.requests(own, floor) / whole for floor in floors} if whole else {}

    def failed_per_request(self, groups: Iterable[ServedModel]) -> dict[tuple[ServiceTier, int], Counts]:
        """Failed requests and their tokens for each request that went well, by tier and size class."""
        own = list(groups)
        whole = self.requests(own)
        summed: dict[tuple[ServiceTier, int], Counts] = {}
        for group in own:
            for at, counts in self._failed.get(group, {}).items():
                _add(summed, at, counts)
        return {at: tuple(count / whole for count in counts) for at, counts in summed.items()} if whole else {}

    @property
    def repeat_rate(self) -> float:
        """Share of the requests with a prompt hash that repeat a prompt of their day."""
        load, hashed = self.repeats
        return sum_of(load.values())[REQUESTS] / hashed if hashed else 0.0

    def mean_repeat(self) -> dict[PriceKey, Counts]:
        """One repeat, in shares of where it goes: the requests add up to 1."""
        whole = sum_of(self.repeats.sent.values())[REQUESTS]
        found = self.repeats.sent.items() if whole else ()
        return {key: tuple(count / whole for count in counts) for key, counts in found}

    def _summed(self, groups: Iterable[ServedModel], floor: int | None) -> Counts:
        key = (tuple(groups), floor)
        if key not in self._sums:
            found = (sizes for group in key[0] for sizes in self._ok.get(group, {}).items())
            self._sums[key] = sum_of(counts for size, counts in found if floor in (None, size))
        return self._sums[key]


_K = TypeVar("_K")


def _add(summed: dict[_K, Counts], key: _K, counts: Counts) -> None:
    summed[key] = plus(summed.get(key, NO_REQUESTS), counts)

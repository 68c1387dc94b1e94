"""What the rows of a rollup are counted under: bounded names, models by their canonical ones where a price is known."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.spend.prices.engine import Model, match_provider
from common.spend.prices.names import resolve
from common.spend.rollup.bounded_names import OTHER, BoundedNames
from common.spend.rollup.cells import CellKey, RequestGroup
from common.spend.rollup.limits import LIMITS

_CACHE = 100_000


CountedModel = tuple[str, str, Model | None, bool]
"""(provider and canonical name that it is counted under, the model if its price is known, True where that depends on
the time of day); a plain tuple, as each row takes it apart.
"""


class NameTable:
    """Names of one rollup. Up to twice as many are out as may stay: `settle` says which are to be taken back."""

    def __init__(self, limits: Mapping[str, int] = LIMITS.names) -> None:
        self.names = {dimension: BoundedNames(limit) for dimension, limit in limits.items()}
        self.crowded = False
        """Whether it is time to settle."""
        self._models: dict[tuple[str, str], CountedModel] = {}

    def name(self, dimension: str, name: str | None) -> str | None:
        """What a name is counted under."""
        names = self.names[dimension]
        if name is None or name in names.kept:
            return name
        counted = names.add(name)
        self.crowded = self.crowded or names.crowded
        return counted

    def model(self, provider: str, name: str) -> CountedModel:
        """What a model is counted under, by the provider and the name in a row."""
        counted = self._models.get((provider, name))
        if counted is None:
            priced = resolve(provider or None, name)
            reported = match_provider(provider) or provider.strip().lower()
            owner = self.name("provider", reported or (priced.provider if priced else "unknown")) or OTHER
            model = priced.id if priced else self.name("model", name) or OTHER
            counted = (owner, model, priced, priced is not None and priced.hourly)
            if len(self._models) < _CACHE:
                self._models[provider, name] = counted
        return counted

    def local_group(self, provider: str, model: str, feature: str | None) -> RequestGroup:
        """A group of another part, with the names that it has here."""
        provider = self.name("provider", provider) or OTHER
        model = model if resolve(provider, model) else self.name("model", model) or OTHER
        return RequestGroup(provider, model, self.name("feature", feature))

    def local_key(self, fields: Sequence[Any]) -> CellKey:
        """The key of a cell of another part, from the fields in its record, with the names that it has here."""
        day, provider, model, feature, status, tier, floor = fields
        status = status if status == "ok" else self.name("status", status) or OTHER
        return CellKey(day, *self.local_group(provider, model, feature), status, tier, floor)

    def settle(self) -> dict[str, set[str]]:
        """By dimension, the names that must be counted under OTHER from now on."""
        self.crowded = False
        evicted = {dimension: out for dimension, names in self.names.items() if (out := names.settle())}
        if evicted.keys() & {"provider", "model"}:
            self._models.clear()
        return evicted

    def settled(self) -> bool:
        """Whether no name is out that may not stay."""
        return all(len(names.kept) <= names.limit for names in self.names.values())

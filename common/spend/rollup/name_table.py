"""What the rows of a rollup are counted under: bounded names, models by their canonical ones where a price is known."""

from typing import Any

from common.spend.prices.engine import Model, match_provider
from common.spend.prices.names import resolve
from common.spend.rollup.bounded_names import OTHER, Names
from common.spend.rollup.cells import CellKey

_LIMITS = {"feature": 300, "provider": 40, "model": 100, "status": 24, "user": 5_000}
"""Names kept of each dimension; of models only those without a price are bounded, the priced ones are by the list."""
_CACHE = 100_000


class Naming:
    """Names of one rollup. Up to twice as many are out as may stay: `settle` says which are to be taken back."""

    def __init__(self) -> None:
        self.names = {dimension: Names(limit) for dimension, limit in _LIMITS.items()}
        self.crowded = False
        """Whether it is time to settle."""
        self._models: dict[tuple[str, str], tuple[str, str, Model | None, bool]] = {}

    def name(self, dimension: str, name: str | None) -> str | None:
        """What a name is counted under."""
        names = self.names[dimension]
        if name is None or name in names.kept:
            return name
        found = names.add(name)
        self.crowded = self.crowded or names.crowded
        return found

    def model(self, provider: str, name: str) -> tuple[str, str, Model | None, bool]:
        """(provider, canonical name, the model if its price is known, True when that depends on the time of day)."""
        known = self._models.get((provider, name))
        if known is None:
            priced = resolve(provider or None, name)
            told = match_provider(provider) or provider.strip().lower()
            owner = self.name("provider", told or (priced.provider if priced else "unknown")) or OTHER
            model = priced.id if priced else self.name("model", name) or OTHER
            known = (owner, model, priced, priced is not None and priced.hourly)
            if len(self._models) < _CACHE:
                self._models[provider, name] = known
        return known

    def known(self, key: list[Any]) -> CellKey:
        """A cell's key from elsewhere, with the names that it has here."""
        day, provider, model, feature, status, tier, floor = key
        provider = self.name("provider", provider) or OTHER
        model = model if resolve(provider, model) else self.name("model", model) or OTHER
        status = status if status == "ok" else self.name("status", status) or OTHER
        return (day, provider, model, self.name("feature", feature), status, tier, floor)

    def settle(self) -> dict[str, set[str]]:
        """By dimension, the names that must be counted under OTHER from now on."""
        self.crowded = False
        out = {dimension: gone for dimension, names in self.names.items() if (gone := names.settle())}
        if out.keys() & {"provider", "model"}:
            self._models.clear()
        return out

    def settled(self) -> bool:
        """Whether no name is out that may not stay."""
        return all(len(names.kept) <= names.limit for names in self.names.values())

"""The price engine: six rates per request, by model, moment, tier and context size; money is whole pico-USD (1e-12).

Rules, as genai-prices has them: a long-context price is a cliff (a request above it pays its rates for all its tokens);
the latest price that has begun counts; before the first known price the earliest known one counts. A request of another
tier than standard pays that tier's price from the first day on which it is known; before, the same share of that day's
list price; the list price where none is known. (OpenAI's batch price has been half of the list price since 2024.)
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from common.spend.model import SERVICE_TIERS, ChargeKind, ServiceTier

Rates = tuple[int, int, int, int, int, int]
"""Pico-USD per token in the order of BUCKETS."""

NO_RATES: Rates = (0, 0, 0, 0, 0, 0)
"""Of the free tier."""
PICO = 1_000_000_000_000
NOON = 720
"""Minute of the UTC day at which sums of a day are priced, where prices differ by the hour."""
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class _Entry:
    sizes: tuple[tuple[int, Rates], ...]
    """(input tokens that a request must exceed, its rates), ascending."""
    start: int | None
    """First day as a proleptic ordinal; None: always."""
    minutes: tuple[int, int] | None
    """Minutes of the UTC day between which it holds; the end may be before the start."""
    weekdays: bool
    """True: from Monday to Friday (UTC) only."""
    charges: Mapping[ChargeKind, int]
    """Pico-USD per unit."""

    def active(self, day: int, minute: int) -> bool:
        if (self.start is not None and day < self.start) or (self.weekdays and (day - 1) % 7 >= _SATURDAY):
            return False
        if self.minutes is None:
            return True
        begin, end = self.minutes
        return begin <= minute < end if begin <= end else minute >= begin or minute < end

    def rates(self, input_tokens: int) -> Rates:
        return next((rates for start, rates in reversed(self.sizes) if input_tokens > start), self.sizes[0][1])


@dataclass(frozen=True, slots=True)
class Model:
    """A priced model; `id` is canonical within `provider`."""

    provider: str
    id: str
    window: int | None
    """Most tokens of a request; None: not known."""
    deprecated: bool
    match: list[Any] = field(repr=False)
    prices: dict[ServiceTier, tuple[_Entry, ...]] = field(repr=False)
    """By tier; "standard" is always there."""
    is_for_sound: bool = False
    """For sound or images first of all: see `match_sound_model`."""

    def __hash__(self) -> int:
        return hash((self.provider, self.id))

    @property
    def hourly(self) -> bool:
        """True when its price depends on the time of day."""
        return any(entry.minutes for entries in self.prices.values() for entry in entries)

    def knows_tier(self, tier: ServiceTier, day: int) -> bool:
        """True when `tier` has a price of its own on a UTC day (ordinal)."""
        known = self.prices.get(tier, ())
        return tier in ("standard", "free") or any(entry.start is None or entry.start <= day for entry in known)

    def tier_start(self, tier: ServiceTier, day: int) -> int | None:
        """The first day (ordinal) of a tier's own price, where `day` is before it; None otherwise."""
        if tier not in self.prices or self.knows_tier(tier, day):
            return None
        return min(entry.start for entry in self.prices[tier] if entry.start is not None)

    def rates(self, day: int, minute: int, *, tier: ServiceTier, input_tokens: int) -> Rates:
        """Rates of a request of `input_tokens` (all input, cached included) at a UTC day (ordinal) and minute."""
        if tier == "free":
            return NO_RATES
        start = self.tier_start(tier, day)
        if start is None:
            return self._entry(day, minute, tier).rates(input_tokens)
        own, then, now = (
            self._entry(start, minute, tier).rates(input_tokens),
            self._entry(start, minute, "standard").rates(input_tokens),
            self._entry(day, minute, "standard").rates(input_tokens),
        )
        a, b, c, d, e, f = (_in_proportion(*rates) for rates in zip(own, then, now, strict=True))
        return a, b, c, d, e, f

    def charge(self, kind: ChargeKind, day: int, tier: ServiceTier) -> int | None:
        """Pico-USD of a unit of a charge on a UTC day (ordinal); None where the model has no price of its own."""
        return 0 if tier == "free" else self._entry(day, NOON, tier).charges.get(kind)

    def _entry(self, day: int, minute: int, tier: ServiceTier) -> _Entry:
        entries = self.prices.get(tier) or self.prices["standard"]
        return next((e for e in reversed(entries) if e.active(day, minute)), entries[0])


def _in_proportion(own: int, then: int, now: int) -> int:
    """A tier's rate when the list price was `now`: what it had in `own` where that was `then`."""
    return round(Fraction(now * own, then)) if then else now


def _entries(baked: list[dict[str, Any]]) -> tuple[_Entry, ...]:
    return tuple(
        _Entry(
            sizes=tuple((start, tuple(rates)) for start, rates in entry["sizes"]),
            start=date.fromisoformat(entry["from"]).toordinal() if "from" in entry else None,
            minutes=tuple(entry["minutes"]) if "minutes" in entry else None,
            weekdays=entry.get("weekdays", False),
            charges=entry.get("charges", {}),
        )
        for entry in baked
    )


@cache
def _snapshot() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(__file__).with_name("snapshot.json").read_text(encoding="utf-8"))
    return document


@cache
def _providers() -> dict[str, dict[str, Any]]:
    return {provider["id"]: provider for provider in _snapshot()["providers"]}


_Listed = Literal["models", "sound_models"]


@cache
def _model(provider: str, index: int, listed: _Listed = "models") -> Model:
    baked = _providers()[provider][listed][index]
    return Model(
        provider=provider,
        id=baked["id"],
        window=baked.get("window"),
        deprecated=baked.get("deprecated", False),
        match=baked["match"],
        prices={tier: _entries(baked["prices"][tier]) for tier in SERVICE_TIERS if tier in baked["prices"]},
        is_for_sound=listed == "sound_models",
    )


def all_models() -> Iterator[Model]:
    """Every model of the price list, by provider."""
    return (_model(owner, index) for owner, baked in _providers().items() for index in range(len(baked["models"])))


def current_models() -> list[str]:
    """Ids of all models that are not deprecated, of all providers."""
    return [baked["id"] for p in _providers().values() for baked in p["models"] if not baked.get("deprecated", False)]


def prices_as_of() -> str:
    """ISO date on which the price list was taken."""
    return str(_snapshot()["as_of"])


@cache
def today() -> int:
    """The day (ordinal) of what-ifs: that of the snapshot, so that both sides are priced at one date."""
    return date.fromisoformat(prices_as_of()).toordinal()


@cache
def size_starts() -> tuple[int, ...]:
    """Every input size at which some model's price jumps, ascending, 0 first."""
    return tuple(_snapshot()["size_starts"])


def _matches(rule: list[Any], name: str) -> bool:
    operator, operand = rule
    if operator == "or":
        return any(_matches(part, name) for part in operand)
    if operator == "and":
        return all(_matches(part, name) for part in operand)
    if operator == "regex":
        return re.search(operand, name) is not None
    if operator == "equals":
        return bool(name == operand)
    if operator == "contains":
        return operand in name
    return name.startswith(operand) if operator == "starts_with" else name.endswith(operand)


def match_provider(name: str) -> str | None:
    """Our id of a provider's name such as "OpenAI", "vertex_ai", "azure.ai.openai"; None when it is not known."""
    lowered = name.strip().lower()
    if lowered in _providers():
        return lowered
    for provider in _providers().values():
        if "match" in provider and _matches(provider["match"], lowered):
            return str(provider["id"])
    return None


def match_model(provider: str | None, name: str) -> Model | None:
    """The model that `name` (lower case) means at a provider, or at the provider that the name itself implies."""
    if provider is None:
        owners = (p["id"] for p in _providers().values() if "model_match" in p and _matches(p["model_match"], name))
        return next((model for p in owners if (model := match_model(p, name))), None)
    for owner in (provider, *_providers()[provider].get("fallback", ())):
        for index, baked in enumerate(_providers()[owner]["models"]):
            if _matches(baked["match"], name):
                return _model(owner, index)
    return None


def match_sound_model(provider: str, name: str) -> Model | None:
    """As match_model, of models for sound and images, which have a price only where a row tells their tokens apart."""
    for owner in (provider, *_providers()[provider].get("fallback", ())):
        for index, baked in enumerate(_providers()[owner].get("sound_models", ())):
            if _matches(baked["match"], name):
                return _model(owner, index, "sound_models")
    return None


def model_of(provider: str, model: str) -> Model | None:
    """By our own ids, which rollups keep: not all of them are names that the provider uses (Fireworks, Bedrock)."""
    places = _places(provider)
    return _model(provider, places[model]) if model in places else None


@cache
def _places(provider: str) -> dict[str, int]:
    return {baked["id"]: index for index, baked in enumerate(_providers()[provider]["models"])}


def match_anywhere(name: str) -> Model | None:
    """The first provider, in the order of the snapshot, that sells a model of this name."""
    return next((model for provider in _providers() if (model := match_model(provider, name))), None)


@lru_cache(maxsize=65_536)
def floor_of(input_tokens: int) -> int:
    """The highest size start below a request's input: all that a price needs to know of its size."""
    return next((start for start in reversed(size_starts()) if input_tokens > start), 0)

"""Our own dated prices over those of genai-prices: overrides.json, merged when the snapshot is baked.

An override names its `provider` and `models`, says `why`, and its `source` (a page of the vendor) with the day on which
it was `read`. It gives aliases of a model, or the prices of a `tier`: `prices`, which replace all that was known of it,
or `same_as`, a tier that costs the same. `new` adds models that genai-prices does not know; with `sound` it is about
those for sound or images, whose prices have `charges` (USD per million tokens, by kind).
Raises ValueError for an override that does not fit, with its place.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from common.spend.model import BUCKETS

INSTEAD = {
    "cache_read": "in_uncached",
    "cache_write_5m": "in_uncached",
    "cache_write_1h": "cache_write_5m",
    "out_reasoning": "out_visible",
}
"""A bucket without a price of its own costs what this one does: the rule of genai-prices' decompose."""

_MINUTES_PER_HOUR = 60


def overrides() -> list[dict[str, Any]]:
    """All overrides, in the order in which they are applied."""
    text = Path(__file__).with_name("overrides.json").read_text(encoding="utf-8")
    listed: list[dict[str, Any]] = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return listed


def pico(rate: Decimal) -> int:
    """USD per million tokens as whole pico-USD per token; raises ValueError where that is no whole number."""
    exact = rate * 1_000_000
    if exact != int(exact):
        raise ValueError(f"{rate} USD per million tokens is not a whole number of pico-USD per token")
    return int(exact)


def applied(providers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The baked providers with all overrides."""
    sold = {provider["id"]: provider for provider in providers}
    for place, override in enumerate(overrides(), 1):
        listed = "sound_models" if "sound" in override else "models"
        models, names = sold[override["provider"]][listed], set(override["models"])
        known = names & {model["id"] for model in models}
        missing = {"why", "source", "read"} - override.keys()
        if missing or known != (set() if "new" in override else names):
            raise ValueError(f"overrides.json, entry {place}: lacks {sorted(missing)}; known models: {sorted(known)}")
        if "new" in override:
            models += [{"id": name, "match": ["equals", name], "prices": {}} for name in override["models"]]
        for model in models:
            if model["id"] in names:
                _apply(model, override)
    return providers


def _apply(model: dict[str, Any], override: dict[str, Any]) -> None:
    if "aliases" in override:
        model["match"] = ["or", [model["match"], *(["equals", alias] for alias in override["aliases"])]]
    elif "same_as" in override:
        model["prices"][override["tier"]] = model["prices"][override["same_as"]]
    else:
        model["prices"][override["tier"]] = [_entry(price) for price in override["prices"]]


def _entry(price: dict[str, Any]) -> dict[str, Any]:
    """`above`: rates (USD per million tokens, by bucket) by the input tokens that a request must exceed."""
    sizes = [[int(start), _rates(rates)] for start, rates in price["above"].items()]
    entry: dict[str, Any] = {"sizes": sizes}
    if "charges" in price:
        entry["charges"] = {kind: pico(rate) for kind, rate in price["charges"].items()}
    if "minutes" in price:
        entry["minutes"] = [_minute(moment) for moment in price["minutes"]]
    return entry | {key: price[key] for key in ("from", "weekdays") if key in price}


def _rates(rates: dict[str, Decimal]) -> list[int]:
    whole = dict(rates)
    for bucket in BUCKETS:
        if bucket not in whole:
            whole[bucket] = whole[INSTEAD[bucket]]
    return [pico(whole[bucket]) for bucket in BUCKETS]


def _minute(moment: str) -> int:
    hours, minutes = moment.split(":")
    return int(hours) * _MINUTES_PER_HOUR + int(minutes)

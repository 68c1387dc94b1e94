"""Bake the price snapshot from the PyPI package genai-prices (MIT), a development dependency:

    python -m common.spend.prices.bake [YYYY-MM-DD]

The date (default: today, UTC) is the day that the prices are known to hold. Rates are whole pico-USD per token (USD per
million tokens times 10^6), so that sums are exact. Each price is resolved here into six rates, one per bucket. What
genai-prices lacks or has wrong comes from overrides.json, see overrides.py.
"""

import json
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from genai_prices import data, types

from common.spend.model import ChargeKind
from common.spend.prices.overrides import applied, pico

PROVIDERS = (
    "openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "groq", "cohere", "together", "meta", "azure",
    "aws", "perplexity", "moonshotai", "zai", "cerebras", "fireworks",
)  # fmt: skip
NOT_TEXT = ("audio", "realtime", "tts", "image", "whisper", "transcribe", "live", "voxtral", "banana", "omni", "voice")
CONTEXTS = {
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "fast": {"speed": "fast"},
}
"""Service tier -> how genai-prices names it in a request."""
PRICE_KEYS = {
    "in_uncached": ("input_mtok",),
    "cache_read": ("cache_read_mtok", "input_mtok"),
    "cache_write_5m": ("cache_write_mtok", "input_mtok"),
    "cache_write_1h": ("cache_write_1h_mtok", "cache_write_mtok", "input_mtok"),
    "out_visible": ("output_mtok",),
    "out_reasoning": ("output_reasoning_mtok", "output_mtok"),
}
"""Bucket -> price keys, the first that a model has counts (the rule of genai-prices' decompose)."""
_PER_TOKEN, _PER_THOUSAND = Decimal(1), Decimal(1000)
CHARGE_KEYS: dict[ChargeKind, tuple[Decimal, tuple[str, ...]]] = {
    "audio_input": (_PER_TOKEN, ("input_audio_mtok",)),
    "audio_cached": (_PER_TOKEN, ("cache_audio_read_mtok", "input_audio_mtok")),
    "audio_output": (_PER_TOKEN, ("output_audio_mtok",)),
    "image_input": (_PER_TOKEN, ("input_image_mtok",)),
    "image_cached": (_PER_TOKEN, ("cache_image_read_mtok", "input_image_mtok")),
    "image_output": (_PER_TOKEN, ("output_image_mtok",)),
    "web_search": (_PER_THOUSAND, ("web_searches_kcount",)),
    "file_search": (_PER_THOUSAND, ("storage_searches_kcount",)),
}
"""Kind of charge -> (millionths of USD in one unit of the rate for each unit charged, price keys as above)."""


def _clause(match: Any) -> list[Any]:
    """A match rule as [operator, operand]."""
    if isinstance(match, types.ClauseOr):
        return ["or", [_clause(part) for part in match.or_]]
    if isinstance(match, types.ClauseAnd):
        return ["and", [_clause(part) for part in match.and_]]
    operators = {
        types.ClauseEquals: ("equals", "equals"),
        types.ClauseStartsWith: ("starts_with", "starts_with"),
        types.ClauseEndsWith: ("ends_with", "ends_with"),
        types.ClauseContains: ("contains", "contains"),
        types.ClauseRegex: ("regex", "regex"),
    }
    operator, field = operators[type(match)]
    operand = getattr(match, field)
    return [operator, operand if operator == "regex" else operand.lower()]


def _sizes(price: types.ModelPrice) -> list[list[Any]]:
    """[[start, six rates], ...]: the rates hold for requests with more than `start` input tokens."""
    rates = [_first_rate(price, keys) for keys in PRICE_KEYS.values()]
    starts = {0} | {tier.start for rate in rates if isinstance(rate, types.TieredPrices) for tier in rate.tiers}
    return [[start, [_rate_above(rate, start) for rate in rates]] for start in sorted(starts)]


def _first_rate(price: types.ModelPrice, keys: tuple[str, ...]) -> Decimal | types.TieredPrices:
    return next((rate for key in keys if (rate := getattr(price, key)) is not None), Decimal(0))


def _rate_above(rate: Decimal | types.TieredPrices, start: int) -> int:
    if isinstance(rate, Decimal):
        return pico(rate)
    return pico(next((tier.price for tier in reversed(rate.tiers) if tier.start <= start and start), rate.base))


def _charges(model_id: str, price: types.ModelPrice) -> dict[str, dict[str, int]]:
    """What a model's other tokens and its tools cost; the output of models that only draw is images."""
    found: dict[str, int] = {}
    for kind, (scale, keys) in CHARGE_KEYS.items():
        drawn = ("output_mtok",) if kind == "image_output" and "image" in model_id else ()
        rate = next((rate for key in (*keys, *drawn) if (rate := getattr(price, key)) is not None), None)
        if rate is not None:
            found[kind] = _rate_above(rate * scale if isinstance(rate, Decimal) else rate, 0)
    return {"charges": found} if found else {}


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _entry(model_id: str, conditional: types.ConditionalPrice) -> dict[str, Any]:
    entry: dict[str, Any] = {"sizes": _sizes(conditional.prices)} | _charges(model_id, conditional.prices)
    if isinstance(conditional.constraint, types.StartDateConstraint):
        entry["from"] = conditional.constraint.start_date.isoformat()
    elif isinstance(conditional.constraint, types.TimeOfDateConstraint):
        entry["minutes"] = [_minute(conditional.constraint.start_time), _minute(conditional.constraint.end_time)]
    return entry


def _tier(model: types.ModelInfo, context: dict[str, str], entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Prices of another tier by start date, oldest first; empty where none is known."""
    variants = [v for v in model.price_variants or () if v.when == context and v.prices.input_mtok is not None]
    if not variants:
        return []
    dated = [v.constraint for v in variants if isinstance(v.constraint, types.StartDateConstraint)]
    starts = [constraint.start_date for constraint in dated]
    first = min(starts) if len(dated) == len(variants) else None
    days = {*starts, *(date.fromisoformat(entry["from"]) for entry in entries if "from" in entry)}
    baked = [_tier_entry(model, context, day) for day in sorted(days) if first is None or day >= first]
    return baked if first else [_tier_entry(model, context, None), *baked]


def _tier_entry(model: types.ModelInfo, context: dict[str, str], day: date | None) -> dict[str, Any]:
    moment = datetime.combine(day or date(1970, 1, 1), time(12), tzinfo=UTC)
    prices = model.get_prices(moment, context)
    entry: dict[str, Any] = {"sizes": _sizes(prices)} | _charges(model.id, prices)
    return entry | ({"from": day.isoformat()} if day else {})


def _by_token(price: types.ModelPrice) -> bool:
    """False for prices without an input rate, or with a fee per request."""
    return price.input_mtok is not None and price.requests_kcount is None


def _model(model: types.ModelInfo) -> dict[str, Any] | None:
    prices = model.prices if isinstance(model.prices, list) else [types.ConditionalPrice(prices=model.prices)]
    if not all(_by_token(price.prices) for price in prices):
        return None
    entries = [_entry(model.id, price) for price in prices]
    tiers = {tier: _tier(model, context, entries) for tier, context in CONTEXTS.items()}
    priced = {"standard": entries} | {tier: known for tier, known in tiers.items() if known}
    baked: dict[str, Any] = {"id": model.id, "match": _clause(model.match), "prices": priced}
    baked |= {"window": model.context_window} if model.context_window else {}
    return baked | ({"deprecated": True} if model.deprecated else {})


def _is_text(model: types.ModelInfo) -> bool:
    return not any(word in model.id.lower() for word in NOT_TEXT)


def _sound_models(provider: types.Provider) -> dict[str, list[dict[str, Any]]]:
    """Those whose tokens are sound or images first of all: only a row that tells these apart has a price."""
    baked = [each for model in provider.models if not _is_text(model) and (each := _model(model))]
    reporting = [each for each in baked if any("charges" in entry for entry in each["prices"]["standard"])]
    return {"sound_models": reporting} if reporting else {}


def _provider(provider: types.Provider) -> dict[str, Any]:
    texts = [each for model in provider.models if _is_text(model) and (each := _model(model))]
    baked: dict[str, Any] = {"id": provider.id, "models": texts} | _sound_models(provider)
    if provider.provider_match:
        baked["match"] = _clause(provider.provider_match)
    if provider.model_match:
        baked["model_match"] = _clause(provider.model_match)
    return baked | {"fallback": [p for p in provider.fallback_model_providers or () if p in PROVIDERS]}


def snapshot(day: date) -> dict[str, Any]:
    """The whole snapshot, ready for JSON."""
    known = {provider.id: provider for provider in data.providers}
    providers = applied([_provider(known[name]) for name in PROVIDERS])
    starts = {
        size[0]
        for provider in providers
        for model in provider["models"]
        for entries in model["prices"].values()
        for entry in entries
        for size in entry["sizes"]
    }
    source = f"genai-prices {version('genai-prices')} (MIT licence), pydantic; and the sources named in overrides.json"
    return {"as_of": day.isoformat(), "source": source, "size_starts": sorted(starts), "providers": providers}


def main() -> None:
    """Write snapshot.json beside this module."""
    day = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else datetime.now(UTC).date()
    text = json.dumps(snapshot(day), separators=(",", ":"), ensure_ascii=False)
    path = Path(__file__).with_name("snapshot.json")
    path.write_text(text.replace('{"id":', '\n{"id":') + "\n", encoding="utf-8")
    sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()

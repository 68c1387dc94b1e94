"""What genai-prices and litellm say that a request costs; the test of the price cells compares us with both."""

import csv
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from genai_prices import Usage, calc_price, data, types

from common.spend.model import ServiceTier
from common.spend.prices.bake import CONTEXTS
from common.spend.prices.engine import PICO, Model, match_model
from common.spend.tests.bake_litellm_prices import RETIRED, WINDOW

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PEAK = datetime(2026, 11, 20, 2, tzinfo=UTC)
"""Where prices depend on the hour: the last weekday's peak, for litellm knows no hours and lists the peak price."""

NO_LONGER_SOLD = {
    "x-ai/grok-code-fast-1": "ended on 2026-05-15, https://docs.x.ai/developers/migration/may-15-retirement",
    "deepseek/deepseek-v3.2": "no name of DeepSeek's API, https://api-docs.deepseek.com/quick_start/pricing",
}
"""Models that are not sold any more though litellm does not say so, and who says it."""

_SUFFIXES: dict[ServiceTier, str] = {"standard": "", "batch": "_batches", "flex": "_flex", "priority": "_priority"}
_LITELLM_KEYS = (
    ("input_cost_per_token",),
    ("cache_read_input_token_cost", "input_cost_per_token"),
    ("cache_creation_input_token_cost", "input_cost_per_token"),
    ("cache_creation_input_token_cost_above_1hr", "cache_creation_input_token_cost", "input_cost_per_token"),
    ("output_cost_per_token",),
    ("output_cost_per_reasoning_token", "output_cost_per_token"),
)
"""litellm's keys of each bucket, the first that a model has counts; litellm falls back to plain tokens likewise."""


@dataclass(frozen=True)
class Shape:
    """A request: its tier, and tokens in the order of BUCKETS."""

    tier: ServiceTier
    tokens: tuple[int, int, int, int, int, int]

    @property
    def input_tokens(self) -> int:
        """All input, cached included."""
        return sum(self.tokens[:4])


SHAPES = {
    "small": Shape("standard", (1_000, 0, 0, 0, 200, 0)),
    "cached": Shape("standard", (2_000, 8_000, 0, 0, 500, 0)),
    "cache write": Shape("standard", (1_000, 2_000, 5_000, 3_000, 500, 0)),
    "long": Shape("standard", (250_000, 50_000, 0, 0, 2_000, 0)),
    "reasoning": Shape("standard", (3_000, 0, 0, 0, 300, 4_000)),
    "batch": Shape("batch", (10_000, 2_000, 0, 0, 1_500, 0)),
    "flex": Shape("flex", (10_000, 2_000, 0, 0, 1_500, 0)),
    "priority": Shape("priority", (10_000, 2_000, 0, 0, 1_500, 0)),
}


def _moment(model: Model) -> datetime:
    return PEAK if model.hourly else AT


def ours(model: Model, shape: Shape) -> float:
    """USD by our own engine."""
    day, minute = _moment(model).toordinal(), _moment(model).hour * 60
    rates = model.rates(day, minute, tier=shape.tier, input_tokens=shape.input_tokens)
    return sum(map(int.__mul__, shape.tokens, rates)) / PICO


def genai(model: Model, shape: Shape) -> float | None:
    """USD by genai-prices; None where it knows no price of the model or the tier."""
    context = CONTEXTS.get(shape.tier)
    known = _genai_model(model)
    if known is None or (context and not any(v.when == context for v in known.price_variants or ())):
        return None
    _, read, short, long, visible, reasoning = shape.tokens
    usage = Usage(
        input_tokens=shape.input_tokens,
        cache_read_tokens=read,
        cache_write_tokens=short + long,
        cache_write_1h_tokens=long,
        output_tokens=visible + reasoning,
        output_reasoning_tokens=reasoning,
    )
    cost = calc_price(
        usage, model.id, provider_id=model.provider, genai_request_timestamp=_moment(model), price_context=context
    )
    return float(cost.total_price)


def _genai_model(model: Model) -> types.ModelInfo | None:
    provider = next(p for p in data.providers if p.id == model.provider)
    return next((m for m in provider.models if m.id == model.id), None)


def possible(model: Model, shape: Shape) -> bool:
    """False for requests that nobody can send: over the model's window, or writing to a cache that has no writes."""
    costs = litellm_models()[f"{model.provider}/{model.id}"]
    known = _genai_model(model)
    priced = known is not None and known.get_prices(AT).cache_write_mtok is not None
    writes = priced or bool(costs.get("cache_creation_input_token_cost"))
    return shape.input_tokens <= costs.get(WINDOW, shape.input_tokens) and (writes or not any(shape.tokens[2:4]))


@cache
def compared_models() -> list[Model]:
    """All models that are sold at AT and that litellm lists too."""
    sold = [name for name, costs in litellm_models().items() if costs.get(RETIRED, "9999") > AT.date().isoformat()]
    pairs = (name.split("/", 1) for name in sold if name not in NO_LONGER_SOLD)
    return [model for provider, name in pairs if (model := match_model(provider, name.lower()))]


@cache
def litellm_models() -> dict[str, dict[str, Any]]:
    """{"provider/id": {price key: USD per token}}, see bake_litellm_prices.py."""
    path = Path(__file__).parent / "oracles" / "litellm_prices.json"
    models: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["models"]
    return models


def litellm(model: Model, shape: Shape) -> float | None:
    """USD by litellm's cost map; None where it knows no price of the tier."""
    costs = litellm_models()[f"{model.provider}/{model.id}"]
    suffix = _SUFFIXES[shape.tier]
    if f"input_cost_per_token{suffix}" not in costs:
        return None
    rates = (_litellm_rate(costs, keys, shape.input_tokens, suffix) for keys in _LITELLM_KEYS)
    return sum(count * rate for count, rate in zip(shape.tokens, rates, strict=True))


def _litellm_rate(costs: dict[str, Any], keys: tuple[str, ...], input_tokens: int, suffix: str) -> float:
    sizes = {int(found[1]) for key in costs if (found := re.search(r"_above_(\d+)k_tokens", key))}
    above = [f"_above_{size}k_tokens" for size in sorted(sizes, reverse=True) if input_tokens > size * 1000]
    names = [key + size + end for key in keys for end in dict.fromkeys((suffix, "")) for size in (*above, "")]
    return float(next(costs[name] for name in names if costs.get(name) is not None))


def trace_lengths(path: Path) -> list[tuple[int, int]]:
    """(input, output) tokens of each request of an Azure (CSV) or a Mooncake (JSON lines) trace."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".jsonl":
        return [(row["input_length"], row["output_length"]) for row in map(json.loads, lines)]
    return [(int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in csv.DictReader(lines)]

"""Which entries of the price list are one and the same model, sold by different providers.

The vendors' own models are recognised by their names, which the clouds only wrap. Models with open weights have
another name at each host: they are listed here where the names in the price list leave no doubt. What a host changed
on purpose (distilled, fine-tuned, faster at a higher price) is not the same model.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache

from common.spend.prices.engine import Model, all_models

OPEN_WEIGHTS: dict[str, tuple[str, ...]] = {
    "llama-3.1-8b": (
        "groq:llama-3.1-8b-instant", "together:meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo",
        "fireworks:llama-v3p1-8b-instruct", "cerebras:llama3.1-8b", "aws:meta.llama3-1-8b-instruct-v1:0",
    ),
    "llama-3.1-70b": (
        "groq:llama-3.1-70b-versatile", "together:meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo",
        "aws:meta.llama3-1-70b-instruct-v1:0",
    ),
    "llama-3.3-70b": (
        "groq:llama-3.3-70b-versatile", "together:meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "together:meta-llama/Meta-Llama-3.3-70B-Instruct-Turbo", "cerebras:llama-3.3-70b",
        "aws:meta.llama3-3-70b-instruct-v1:0",
    ),
    "llama-4-maverick": (
        "groq:meta-llama/llama-4-maverick-17b-128e-instruct",
        "together:meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", "fireworks:llama4-maverick-instruct-basic",
        "aws:meta.llama4-maverick-17b-instruct-v1:0",
    ),
    "llama-4-scout": (
        "groq:meta-llama/llama-4-scout-17b-16e-instruct", "together:meta-llama/Llama-4-Scout-17B-16E-Instruct",
        "aws:meta.llama4-scout-17b-instruct-v1:0",
    ),
    "gpt-oss-120b": (
        "openai:gpt-oss-120b", "groq:openai/gpt-oss-120b", "together:openai/gpt-oss-120b", "fireworks:gpt-oss-120b",
        "cerebras:gpt-oss-120b", "aws:openai.gpt-oss-120b-1:0",
    ),
    "gpt-oss-20b": (
        "openai:gpt-oss-20b", "groq:openai/gpt-oss-20b", "fireworks:gpt-oss-20b", "aws:openai.gpt-oss-20b-1:0",
    ),
    "mixtral-8x7b": (
        "mistral:mixtral-8x7b", "groq:mixtral-8x7b-32768", "together:mistralai/Mixtral-8x7B-Instruct-v0.1",
        "aws:mistral.mixtral-8x7b-instruct-v0:1",
    ),
    "qwen3-32b": ("groq:qwen/qwen3-32b", "cerebras:qwen-3-32b", "aws:qwen.qwen3-32b-v1:0"),
    "qwen3.8-27b": ("groq:qwen/qwen3.8-27b", "cerebras:qwen-3.8-27b"),
    "gemma-3-27b": ("fireworks:gemma-3-27b-it", "aws:google.gemma-3-27b-it"),
    "glm-4.7": ("zai:GLM-4.7", "fireworks:glm-4p7", "cerebras:zai-glm-4.7"),
    "glm-5.1": ("zai:GLM-5.1", "fireworks:glm-5p1"),
    "glm-5.2": ("zai:GLM-5.2", "fireworks:glm-5p2", "together:zai-org/GLM-5.2"),
    "glm-5.3": (
        "zai:GLM-5.3", "fireworks:glm-5p3", "together:zai-org/GLM-5.3", "mistral:zai-glm-5-3",
        "perplexity:perplexity/glm-5.3", "aws:global.zai.glm-5.3", "aws:regional.zai.glm-5.3",
    ),
    "kimi-k2.6": ("moonshotai:kimi-k2.6", "fireworks:kimi-k2p6"),
    "kimi-k3": (
        "moonshotai:kimi-k3", "fireworks:kimi-k3", "together:moonshotai/Kimi-K3", "perplexity:perplexity/kimi-k3",
        "aws:global.moonshotai.kimi-k3", "aws:regional.moonshotai.kimi-k3",
    ),
    "deepseek-v4-flash": ("deepseek:deepseek-v4-flash", "fireworks:deepseek-v4-flash"),
    "deepseek-v4-pro": ("deepseek:deepseek-v4-pro", "fireworks:deepseek-v4-pro"),
}  # fmt: skip
"""Models with open weights: provider and id of each entry."""
_NOT_SOLD = ("openai:gpt-oss-120b", "openai:gpt-oss-20b")
"""OpenAI gives these weights away and does not serve them; the price list has a price all the same."""
_LISTED = {entry: name for name, entries in OPEN_WEIGHTS.items() for entry in entries}
_CLOUD = re.compile(r"^(?:(?:global|regional)\.)?(?:anthropic|openai)\.")
_VENDORS_OWN = re.compile(r"gpt-(?!oss)|o[134](?:-|$)|claude-")
_RELEASE = re.compile(r"(?:-20\d\d-?\d\d-?\d\d)?(?:-v\d+(?::\d+)?)?(?:-latest)?$")
_VENDORS = ("openai", "anthropic")
_HOSTS = (*_VENDORS, "azure", "aws", "google")
_OTHER_ORDER = {
    "claude-4-opus": "claude-opus-4",
    "claude-4-sonnet": "claude-sonnet-4",
    "claude-opus-4-0": "claude-opus-4",
    "claude-sonnet-4-0": "claude-sonnet-4",
}


def same_model_key(model: Model) -> str:
    """Equal for entries that are one model: its weights, or its name at the vendor."""
    return _key_at(model.provider, model.id)


@lru_cache(maxsize=4096)
def _key_at(provider: str, model_id: str) -> str:
    """Kept: a search for savings asks for the same models thousands of times."""
    listed = _LISTED.get(f"{provider}:{model_id}")
    if listed is not None:
        return listed
    name = _CLOUD.sub("", model_id.lower())
    if provider not in _HOSTS or not _VENDORS_OWN.match(name):
        return f"{provider}:{model_id}"
    name = name if provider in _VENDORS else _RELEASE.sub("", name)
    name = name.removesuffix("-latest")
    return _OTHER_ORDER.get(name, name)


def has_open_weights(model: Model) -> bool:
    """True where hosts run the weights themselves, and may have quantised them."""
    return f"{model.provider}:{model.id}" in _LISTED


def sold_elsewhere(model: Model) -> tuple[Model, ...]:
    """The same model at other providers, without entries that are being retired."""
    return tuple(
        other
        for other in _by_key().get(same_model_key(model), ())
        if other.provider != model.provider and not other.deprecated and f"{other.provider}:{other.id}" not in _NOT_SOLD
    )


@cache
def _by_key() -> dict[str, tuple[Model, ...]]:
    found: dict[str, list[Model]] = defaultdict(list)
    for model in all_models():
        found[same_model_key(model)].append(model)
    return {key: tuple(models) for key, models in found.items() if len(models) > 1}

"""From a goal's words to the limits of the spend library: features as the data spell them, providers by exclusion."""

import re

from common.assistant.goals.goal import Goal
from common.spend import Limits, OpportunityKind, Rollup, Unanswerable, breakdown

PROVIDER_IDS = (
    "openai", "azure", "anthropic", "google", "aws", "mistral", "deepseek", "x-ai", "groq", "cohere", "together",
    "meta", "perplexity", "moonshotai", "zai", "cerebras", "fireworks",
)  # fmt: skip
"""Every provider of the price list."""


def fitted_limits(rollup: Rollup, goal: Goal) -> Limits:
    """The limits of `goal`; a latency limit without a feature holds for all ("*"), and so does a speed."""
    only = goal.only_providers
    excluded = {*goal.excluded_providers, *(p for p in PROVIDER_IDS if only and p not in only)}
    features = _features(rollup)
    latency: dict[str, float] = {}
    for limit in goal.latency:
        fitting = [name for name in features if same_name(limit.feature, name)]
        for name in fitting or [limit.feature or "*"]:
            latency[name] = min(limit.ms, latency.get(name, limit.ms))
    return Limits(
        excluded_models=goal.excluded_models,
        excluded_providers=tuple(sorted(excluded)),
        latency_ms=latency,
        growth_pct=goal.growth_pct,
        kinds=_kinds(goal),
        max_effort=goal.max_effort,
        speedup={"*": goal.speedup} if goal.speedup else {},
    )


def _kinds(goal: Goal) -> tuple[OpportunityKind, ...] | None:
    """Only what a question on batch or on caching is about; None: everything."""
    if goal.wants("reduce", "plan", "what_if", "follow_up"):
        return None
    kinds: list[OpportunityKind] = ["batch"] if goal.wants("batch") else []
    kinds += ["prompt_caching", "duplicates"] if goal.wants("caching") else []
    return tuple(kinds) or None


def unknown_features(rollup: Rollup, goal: Goal) -> list[str]:
    """One sentence for each feature of the question that the data do not know."""
    known = _features(rollup)
    asked = [limit.feature for limit in goal.latency] + [keep.feature or "" for keep in goal.kept]
    unknown = [name for name in dict.fromkeys(asked) if name and not any(same_name(name, item) for item in known)]
    have = f" The data know: {', '.join(known[:8])}." if known else " The data name no features."
    return [f"The data have no feature called {name}, so its limit cannot be checked.{have}" for name in unknown]


def same_name(asked: str, known: str) -> bool:
    """True if both are one feature: "chat assistant" is chat-assistant and ChatAssistant."""
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in (asked, known)]
    return plain[0] == plain[1]


def _features(rollup: Rollup) -> list[str]:
    try:
        return [share.key for share in breakdown(rollup, "feature")]
    except Unanswerable:
        return []

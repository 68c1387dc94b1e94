"""From what the customer wishes to the limits of the spend library, and what of it the library cannot check."""

from collections.abc import Iterable

from common.assistant.question.model import LatencyLimit, Wishes
from common.assistant.tools.found import fact
from common.core.vocabulary import LEVELS, Level
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence
from common.spend import Limits, OpportunityKind, Rollup
from common.spend.model import KINDS
from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.names import value_named

PROVIDER_IDS = (
    "openai", "azure", "anthropic", "google", "aws", "mistral", "deepseek", "x-ai", "groq", "cohere", "together",
    "meta", "perplexity", "moonshotai", "zai", "cerebras", "fireworks",
)  # fmt: skip
"""Every provider of the price list."""
ALL = "*"
"""Of limits: every feature."""
_CHECKED = 95
_DAYS_FOR: tuple[tuple[int, Level], ...] = ((7, "low"), (31, "medium"))
"""Which effort fits into so many days."""
_LISTED = 8


def limits_of(rollup: Rollup, wishes: Wishes) -> Limits:
    """The limits of these wishes; a limit without a feature holds for all ("*"). The stricter of two limits holds."""
    features = features_of(rollup)
    only = wishes.only_providers
    excluded = {*wishes.excluded_providers, *(each for each in PROVIDER_IDS if only and each not in only)}
    latency: dict[str, float] = {}
    for limit in wishes.latency:
        name = _feature_named(limit.feature, features)
        latency[name] = min(limit.ms, latency.get(name, limit.ms))
    speedup: dict[str, float] = {}
    for each in wishes.speedup:
        name = _feature_named(each.feature, features)
        speedup[name] = max(each.factor, speedup.get(name, each.factor))
    return Limits(
        excluded_models=wishes.excluded_models,
        excluded_providers=tuple(sorted(excluded)),
        latency_ms=latency,
        growth_pct=wishes.growth_pct,
        kinds=_kinds(wishes),
        max_effort=most_effort(wishes),
        speedup=speedup,
    )


def features_of(rollup: Rollup) -> tuple[str, ...]:
    """The features of the data."""
    return tuple(sorted({key.feature for key in rollup.cells if key.feature is not None}))


def same_feature(requested: str, feature: str) -> bool:
    """True if both are one feature: "chat assistant" is chat-assistant and ChatAssistant."""
    return value_named(DimensionName.FEATURE, requested, (feature,)) is not None


def most_effort(wishes: Wishes) -> Level | None:
    """Of each change; None: any. Without money for it, and within days, only what takes little."""
    allowed: list[Level] = [wishes.max_effort] if wishes.max_effort else []
    if wishes.no_investment:
        allowed.append("low")
    if (due := _effort_in(wishes.due_days)) is not None:
        allowed.append(due)
    return min(allowed, key=LEVELS.index, default=None)


def unknown_features(rollup: Rollup, wishes: Wishes) -> list[Sentence]:
    """One sentence for each feature of the wishes that the data do not know."""
    features = features_of(rollup)
    limited = [*(each.feature for each in wishes.latency), *(each.feature for each in wishes.speedup)]
    requested = [name for name in (*limited, *(each.feature for each in wishes.kept)) if name]
    names = joined((say("{name}", name=Name(name)) for name in features[:_LISTED]), ", ")
    have = say(" The data know: {names}.", names=names) if features else say(" The data name no features.")
    text = "The data have no feature called {name}, so its limit cannot be checked.{have}"
    unknown = [name for name in dict.fromkeys(requested) if not any(same_feature(name, each) for each in features)]
    return [say(text, name=Name(name), have=have, topic="unknown feature") for name in unknown]


def meant(wishes: Wishes) -> list[Sentence]:
    """What was made of wishes that the library cannot hold as they stand."""
    return [*_effort_said(wishes), *_percentiles_said(wishes.latency)]


def _feature_named(feature: str | None, features: Iterable[str]) -> str:
    if feature is None:
        return ALL
    return next((name for name in features if same_feature(feature, name)), feature)


def _kinds(wishes: Wishes) -> tuple[OpportunityKind, ...] | None:
    if not (wishes.only_kinds or wishes.excluded_kinds):
        return None
    return tuple(kind for kind in wishes.only_kinds or KINDS if kind not in wishes.excluded_kinds)


def _effort_in(days: int | None) -> Level | None:
    if days is None:
        return None
    return next((level for most, level in _DAYS_FOR if days <= most), None)


def _effort_said(wishes: Wishes) -> list[Sentence]:
    """Why no change takes more effort."""
    effort, due = most_effort(wishes), _effort_in(wishes.due_days)
    if effort is None or effort == wishes.max_effort:
        return []
    if wishes.due_days is not None and due == effort:
        days = fact("days until it must be done", wishes.due_days, "count")
        return [say(f"Changes take {effort} effort at most, to fit into {{days}} days.", days=days)]
    return [say(f"Changes take {effort} effort at most, as nothing is to be invested.")]


def _percentiles_said(limits: Iterable[LatencyLimit]) -> list[Sentence]:
    other = sorted({each.percentile for each in limits if each.percentile != _CHECKED})
    if not other:
        return []
    named = " and ".join(f"p{each}" for each in other)
    above = max(other) > _CHECKED
    how = "necessary, but does not prove it" if above else "stricter"
    return [say(f"Apex checks limits by the p95, not the {named}: p95 is held under them, which is {how}.")]

"""From what the customer constraints to the limits of the spend library, and what of it the library cannot check."""

from collections.abc import Iterable

from common.assistant.question.model import Constraints, LatencyLimit
from common.assistant.tools.tool_results import fact
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


def limits_of(rollup: Rollup, constraints: Constraints) -> Limits:
    """The limits of constraints; one without a feature holds for all ("*"). The stricter of two limits holds."""
    features = features_of(rollup)
    only = constraints.only_providers
    excluded = {*constraints.excluded_providers, *(each for each in PROVIDER_IDS if only and each not in only)}
    latency: dict[str, float] = {}
    for limit in constraints.latency:
        name = _feature_named(limit.feature, features)
        latency[name] = min(limit.ms, latency.get(name, limit.ms))
    speedup: dict[str, float] = {}
    for each in constraints.speedup:
        name = _feature_named(each.feature, features)
        speedup[name] = max(each.factor, speedup.get(name, each.factor))
    return Limits(
        excluded_models=constraints.excluded_models,
        excluded_providers=tuple(sorted(excluded)),
        latency_ms=latency,
        growth_pct=constraints.growth_pct,
        kinds=_kinds(constraints),
        max_effort=most_effort(constraints),
        speedup=speedup,
    )


def features_of(rollup: Rollup) -> tuple[str, ...]:
    """The features of the data."""
    return tuple(sorted({key.feature for key in rollup.cells if key.feature is not None}))


def same_feature(requested: str, feature: str) -> bool:
    """True if both are one feature: "chat assistant" is chat-assistant and ChatAssistant."""
    return value_named(DimensionName.FEATURE, requested, (feature,)) is not None


def most_effort(constraints: Constraints) -> Level | None:
    """Of each change; None: any. Without money for it, and within days, only what takes little."""
    allowed: list[Level] = [constraints.max_effort] if constraints.max_effort else []
    if constraints.no_investment:
        allowed.append("low")
    if (due := _effort_in(constraints.due_days)) is not None:
        allowed.append(due)
    return min(allowed, key=LEVELS.index, default=None)


def unknown_features(rollup: Rollup, constraints: Constraints) -> list[Sentence]:
    """One sentence for each feature of the constraints that the data do not know."""
    features = features_of(rollup)
    limited = [*(each.feature for each in constraints.latency), *(each.feature for each in constraints.speedup)]
    requested = [name for name in (*limited, *(each.feature for each in constraints.keeps)) if name]
    names = joined((say("{name}", name=Name(name)) for name in features[:_LISTED]), ", ")
    have = say(" The data know: {names}.", names=names) if features else say(" The data name no features.")
    text = "The data have no feature called {name}, so its limit cannot be checked.{have}"
    unknown = [name for name in dict.fromkeys(requested) if not any(same_feature(name, each) for each in features)]
    return [say(text, name=Name(name), have=have, topic="unknown feature") for name in unknown]


def meant(constraints: Constraints) -> list[Sentence]:
    """What was made of constraints that the library cannot hold as they stand."""
    return [*_effort_said(constraints), *_percentiles_said(constraints.latency)]


def _feature_named(feature: str | None, features: Iterable[str]) -> str:
    if feature is None:
        return ALL
    return next((name for name in features if same_feature(feature, name)), feature)


def _kinds(constraints: Constraints) -> tuple[OpportunityKind, ...] | None:
    if not (constraints.only_kinds or constraints.excluded_kinds):
        return None
    return tuple(kind for kind in constraints.only_kinds or KINDS if kind not in constraints.excluded_kinds)


def _effort_in(days: int | None) -> Level | None:
    if days is None:
        return None
    return next((level for most, level in _DAYS_FOR if days <= most), None)


def _effort_said(constraints: Constraints) -> list[Sentence]:
    """Why no change takes more effort."""
    effort, due = most_effort(constraints), _effort_in(constraints.due_days)
    if effort is None or effort == constraints.max_effort:
        return []
    if constraints.due_days is not None and due == effort:
        days = fact("days until it must be done", constraints.due_days, "count")
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

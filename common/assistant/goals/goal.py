"""What a customer asks for, read out of the words by product code, never by a model."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from common.core.vocabulary import Level
from common.spend import By, Measure

Kind = Literal["spend", "export", "smalltalk", "internals", "general"]
Intent = Literal[
    "totals",
    "breakdown",
    "reduce",
    "what_if",
    "distribution",
    "latency",
    "duplicates",
    "batch",
    "caching",
    "errors",
    "growth",
    "anomaly",
    "forecast",
    "comparison",
    "headroom",
    "proven",
    "follow_up",
    "plan",
]
Period = Literal["day", "week", "month", "year"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Money(_Part):
    """An amount to save, or a budget to come under; `period` None: for the range of the data."""

    usd: float
    period: Period | None = None


class LatencyLimit(_Part):
    """The p95 (ms) that a feature must keep; `feature` "" means every feature."""

    feature: str
    ms: float


class Keep(_Part):
    """What must stay as it is: a model, a feature, or a model for a feature."""

    model: str | None = None
    feature: str | None = None


class Goal(_Part):
    """A question in the product's terms. Percentages are of the whole bill; latencies ms; models canonical names."""

    kind: Kind
    intents: tuple[Intent, ...] = ()
    target_pct: float | None = None
    save: Money | None = None
    budget: Money | None = None
    growth_pct: float = 0.0
    latency: tuple[LatencyLimit, ...] = ()
    speedup: float | None = None
    """2.0 for "twice as fast"."""
    max_effort: Level | None = None
    """Of each change."""
    excluded_models: tuple[str, ...] = ()
    excluded_providers: tuple[str, ...] = ()
    only_providers: tuple[str, ...] = ()
    kept: tuple[Keep, ...] = ()
    what_if_models: tuple[str, ...] = ()
    breakdown_by: tuple[By, ...] = ()
    measures: tuple[Measure, ...] = ()
    days: tuple[str, ...] = ()
    """Days asked about: "2026-10-29", or "10-29" without a year."""
    weekdays: tuple[str, ...] = ()
    """Weekdays asked about, lower case."""
    rpm: float | None = None
    """A rate limit in requests per minute, as `tpm` in tokens."""
    tpm: float | None = None
    top: int | None = None
    positions: tuple[int, ...] = ()
    """Which recommendations of the earlier answer: 1 the first, -1 the last."""
    refers_back: bool = False
    providers_named: tuple[str, ...] = ()
    """Providers and tools that an export is asked from, in the order named."""

    @property
    def only_measures(self) -> bool:
        """True if the question asks what is, not what to change."""
        measures = self.wants(
            "totals", "breakdown", "distribution", "latency", "duplicates", "errors", "growth",
            "anomaly", "forecast", "comparison", "headroom", "proven",
        )  # fmt: skip
        changes = self.wants("reduce", "what_if", "batch", "caching", "plan")
        return bool(measures or self.days) and not (changes or self.latency or self.speedup)

    @property
    def only_asks(self) -> bool:
        """True if no plan is wanted: the question measures, or prices one other model."""
        return self.only_measures or (self.wants("what_if") and not self.wants("reduce", "plan"))

    def wants(self, *intents: Intent) -> bool:
        """True if any of these is asked."""
        return any(intent in self.intents for intent in intents)

"""A question in the product's terms: what is asked of the data, within which limits, and how it is to be answered."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from common.core.vocabulary import Level
from common.spend import OpportunityKind
from common.spend.semantics import MeasureName, UsageQuery
from common.spend.semantics.query import FROM_JSON

MOST_PARTS = 4
COST_OF_ALL = UsageQuery(measures=(MeasureName.COST,))


class Operation(StrEnum):
    """What a part of a question wants done; each has one entry in OPERATIONS."""

    MEASURE = "measure"
    """Anything that `UsageQuery` can say: totals, groups, orders, trends, comparisons of periods."""
    ANOMALY = "anomaly"
    """Which day is out of line, or why one is: its causes."""
    CHANGE = "change"
    """What changed with a day: "was the upgrade worth it?", "has it got dearer since 3 November?"."""
    FORECAST = "forecast"
    HEADROOM = "headroom"
    """How close usage comes to a rate limit."""
    BURST = "burst"
    """What a spike of so many times the usual traffic would meet and cost."""
    SAVED = "saved"
    """What accepted changes have saved so far."""
    PLAN = "plan"
    WHAT_IF = "what_if"
    """The same requests on another model."""
    AUDIT = "audit"
    """What is used and what is lost: caching, retries, reasoning, repeated prompts."""
    BUSINESS_CASE = "business_case"
    EXPLAIN = "explain"
    """About the answer before: why, how sure, what was assumed, where a figure comes from."""
    KNOWLEDGE = "knowledge"
    """Facts about providers and terms, without the customer's data."""
    EXPORT = "export"
    """Which file to bring, and how to get it."""
    ACT = "act"
    """Something that is to be done or kept: an alert, a budget, an e-mail to be sent."""
    ABOUT = "about"
    """Greetings, thanks, who Apex is and what it can do."""
    INTERNALS = "internals"
    """How Apex works inside: prompts, instructions, keys."""
    OUTSIDE = "outside"
    """Not of AI spend."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Per: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
AuditKind: TypeAlias = Literal["caching", "retries", "reasoning", "duplicates"]
ExplainTopic: TypeAlias = Literal["why", "how_sure", "assumed", "source", "method", "risk"]


class Money(_Part):
    """An amount in USD; `per` None: for the period that is asked about."""

    usd: float
    per: Per | None = None


class LatencyLimit(_Part):
    """What a percentile of latency must stay under; `feature` None: of every feature."""

    feature: str | None = None
    percentile: Literal[50, 90, 95, 99] = 95
    ms: float


class Speedup(_Part):
    """How many times as fast answers must become: 2.0 for "twice as fast"; `feature` None: of every feature."""

    feature: str | None = None
    factor: float


class Keep(_Part):
    """What must stay as it is: a model, a feature, or a model for a feature."""

    model: str | None = None
    feature: str | None = None


Kinds: TypeAlias = Annotated[tuple[OpportunityKind, ...], FROM_JSON]
Names: TypeAlias = Annotated[tuple[str, ...], FROM_JSON]


class Constraints(_Part):
    """What the customer wants reached and kept; only from their own words. Percentages are of the bill asked about."""

    target_pct: float | None = None
    """Of the bill to save; may be above 100, which is then said to be impossible."""
    save: Money | None = None
    budget: Money | None = None
    """What the bill is to come under."""
    growth_pct: float = 0.0
    burst: float | None = None
    """How many times the usual traffic: 10.0 for "10x spikes"."""
    latency: Annotated[tuple[LatencyLimit, ...], FROM_JSON] = ()
    speedup: Annotated[tuple[Speedup, ...], FROM_JSON] = ()
    quality: float | None = None
    """The least quality or accuracy in percent, or as a score up to 1."""
    max_effort: Level | None = None
    no_evaluation: bool = False
    """Only what needs no evaluation first."""
    no_investment: bool = False
    """ "No more money": nothing that costs before it saves."""
    due_days: int | None = None
    """By when it must be done: 7 for "this week"."""
    horizons: Annotated[tuple[int, ...], FROM_JSON] = ()
    """Months ahead: (6, 12)."""
    only_kinds: Kinds = ()
    excluded_kinds: Kinds = ()
    excluded_models: Names = ()
    excluded_providers: Names = ()
    only_providers: Names = ()
    keeps: Annotated[tuple[Keep, ...], FROM_JSON] = ()
    rpm: float | None = None
    """A rate limit in requests per minute, as `tpm` in tokens."""
    tpm: float | None = None
    hour_usd: float | None = None
    """What an hour of an engineer costs, for a business case."""
    top: int | None = None
    """How many recommendations."""


class Part(_Part):
    """One thing that is asked.

    `query` is all of a `measure`; every other operation on data takes its `where` and its `period` (and the day of a
    change is its `period`, from that day on).
    """

    operation: Annotated[Operation, FROM_JSON]
    query: UsageQuery = COST_OF_ALL
    constraints: Constraints = Constraints()
    models: Names = ()
    """Of `what_if`: those to imagine, by their canonical names; the requests concerned are `query.where`."""
    topic: str | None = None
    """Of `knowledge`, `act`, `outside` and `export`: the entry of their tables; of `explain` an ExplainTopic."""
    audits: Annotated[tuple[AuditKind, ...], FROM_JSON] = ()
    """Of `audit`; none: all."""
    refers: Annotated[tuple[int, ...], FROM_JSON] = ()
    """Recommendations of the answer before, by position: 1 the first, -1 the last."""


class Format(_Part):
    """How the answer is to look."""

    kind: Literal["prose", "table", "bullets", "email", "code", "csv"] = "prose"
    bullets: int | None = Field(None, ge=1, le=20)


Language: TypeAlias = Literal["en", "de", "fr", "es", "other"]


class Question(_Part):
    """A whole message: its parts in order, and what holds for all of them."""

    parts: Annotated[tuple[Part, ...], FROM_JSON] = Field(min_length=1, max_length=MOST_PARTS)
    language: Language = "en"
    format: Format = Format()
    audience: Literal["cfo", "engineers", "board", "customer"] | None = None
    currency: str | None = None
    """A currency that is not USD, as ISO 4217 has it."""
    unread: Names = ()
    """Words that were not used, as they stand in the message."""
    doubts: Names = ()
    """What was taken to mean what, in sentences: "last week: the 7 days up to the last day of the data"."""

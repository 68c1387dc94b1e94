"""The plain data of the spend library: usage rows in, totals, shares, distributions, opportunities and plans out.

Money is USD (float) at this seam, times are UTC, latencies ms. Token buckets are disjoint: no token is in two of them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from common.core.vocabulary import LEVELS, Level

BUCKETS = ("in_uncached", "cache_read", "cache_write_5m", "cache_write_1h", "out_visible", "out_reasoning")
"""The six disjoint token buckets, in the order of every token vector."""

Quality = Literal["safe", "needs_evaluation", "against"]
"""What evidence says of a change that can affect answers: it supports it, there is not enough, it speaks against it."""
Grain = Literal["request", "minute", "hour", "day"]
"""What a row is of: one request, or the sum of all that came in so long a time."""
ServiceTier = Literal["standard", "batch", "flex", "priority", "fast", "free"]
"""How a request was served, and is priced. "fast" is Anthropic's fast mode; OpenAI's "fast" is its priority, under a
newer name. "free": served, and billed to nobody, by what its log says; its tokens cost nothing in any model and at any
price.
"""
SERVICE_TIERS: tuple[ServiceTier, ...] = get_args(ServiceTier)
ChargeKind = Literal[
    "audio_input", "audio_cached", "audio_output", "image_input", "image_cached", "image_output",
    "web_search", "web_fetch", "file_search", "code_interpreter", "code_execution", "image_generation", "other_tools",
    "request_fee", "us_inference", "fast_mode", "images", "speech_characters", "transcription_seconds",
]  # fmt: skip
"""What is billed beside plain text tokens: tokens of sound and images, calls of server tools (of the code interpreter
its containers), a fee for the request, inference in the United States only, fast mode, and what has other units.
"""
CHARGE_KINDS: tuple[ChargeKind, ...] = get_args(ChargeKind)
By = Literal["model", "feature", "user", "day", "hour", "status", "provider"]
Measure = Literal["input_tokens", "output_tokens", "latency_ms", "ttft_ms", "cost_usd"]
OpportunityKind = Literal[
    "right_sizing",
    "provider_choice",
    "prompt_caching",
    "batch",
    "duplicates",
    "retry_waste",
    "prompt_trimming",
    "output_trimming",
    "reasoning_effort",
]
KINDS: tuple[OpportunityKind, ...] = get_args(OpportunityKind)
_NOTICEABLE = 0.01
"""Share of the savings below which their bounds are not worth a word."""


class Charge(NamedTuple):
    """Something billed beside plain text tokens, as a row tells it."""

    kind: ChargeKind
    units: int
    """Tokens, calls or whatever the kind counts; tokens of sound and images are in the row's buckets, too."""
    usd: float | None = None
    """What it cost, where the source says so; None: what the price list says."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One request to a model, or a sum of them as usage reports have it (`grain`).

    Texts of prompts and answers have no place here, only a hash of the prompt.
    """

    ts: datetime
    provider: str
    model: str
    in_uncached: int
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    out_visible: int = 0
    out_reasoning: int = 0
    cost_reported: float | None = None
    """In `currency`, as the file says it; negative for a credit. The whole cost of a row without tokens."""
    latency_ms: float | None = None
    ttft_ms: float | None = None
    """Time to the first token."""
    status: str = "ok"
    """"ok", or the kind of failure in the file's words, lower case."""
    user: str | None = None
    feature: str | None = None
    tags: tuple[str, ...] = ()
    session: str | None = None
    request_id: str | None = None
    prompt_hash: str | None = None
    tier: ServiceTier = "standard"
    prefix_reusable: int | None = None
    """Uncached input tokens that an earlier request sent as its own start at most 5 minutes before; None: not known."""
    requests: int = 1
    """How many an aggregate sums; 0 where the source has cost or tokens, but no requests."""
    grain: Grain = "request"
    quality: float | None = None
    """The customer's own score of the answer, on the customer's own scale."""
    currency: str = "USD"
    """Of cost_reported, three letters (ISO 4217)."""
    context_above: int | None = None
    """Input tokens above which an aggregate's requests were, each of them, as the source says; None: unknown."""
    prefix_reusable_1h: int | None = None
    """As prefix_reusable, of the hour before; None: no more than of the 5 minutes."""
    charges: tuple[Charge, ...] = ()
    """What is billed beside plain text tokens, each kind once."""

    @property
    def tokens(self) -> tuple[int, int, int, int, int, int]:
        """By bucket, in the order of BUCKETS."""
        return (
            self.in_uncached,
            self.cache_read,
            self.cache_write_5m,
            self.cache_write_1h,
            self.out_visible,
            self.out_reasoning,
        )


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that was not counted; `line` counts from 1, the header included."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a customer allows. `latency_ms`: the p95 (ms) that a feature must keep; `speedup`: how many times as fast
    its p95 must become; in both "*" is for every feature. `kinds`: only these, None: all.
    """

    excluded_models: tuple[str, ...] = ()
    excluded_providers: tuple[str, ...] = ()
    latency_ms: dict[str, float] = field(default_factory=dict)
    growth_pct: float = 0.0
    kinds: tuple[OpportunityKind, ...] | None = None
    max_effort: Level | None = None
    """Of each step of a plan; None: any."""
    speedup: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeTotal:
    """Something billed beside plain text tokens, in sum; of tokens `cost_usd` is all that they cost."""

    kind: ChargeKind
    units: int
    cost_usd: float
    """In the cost of all requests."""
    unpriced_units: int
    """In no cost, as they have no price."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a dataset holds. `days` is the span from first to last row; `has` names what at least one row has:
    latency, ttft, feature, user, status, prompt_hash, cache, session, prefix, reported_cost, quality, the groups of
    charges (rollup/row_charges.py), "no price of " and a kind of charge of which some has none; and how they
    count: aggregated (sums of requests, so that the cost is an estimate at base rates), billed (costs without tokens,
    as billed), other_currency (costs that are not in USD).
    """

    requests: int
    cost_usd: float
    """At the list price of each row's own day, priced requests only; `billed_usd` is in it."""
    unpriced_requests: int
    unpriced_models: tuple[str, ...]
    input_tokens: int
    output_tokens: int
    tokens: dict[str, int]
    """By bucket, see BUCKETS."""
    failed_requests: int
    failed_cost_usd: float
    first: datetime | None
    """None in an empty dataset."""
    last: datetime | None
    """Of sums the end of the last one, so that a report of one day spans one day."""
    days: float
    models: int
    features: int
    users: int | None
    """None where users are not kept of these requests alone."""
    has: frozenset[str]
    reported_usd: float | None = None
    """Sum of the file's own cost column, as far as it is in USD; None without one."""
    billed_usd: float = 0.0
    """Of rows with a cost and no tokens, or tokens without a price of their own: as billed."""
    unpriced_tokens: int = 0
    other_currencies: dict[str, float] = field(default_factory=dict)
    """Costs by currency, neither converted nor part of any other figure."""
    charges: tuple[ChargeTotal, ...] = ()
    """What is billed beside plain text tokens."""

    @property
    def is_unpriced(self) -> bool:
        """True when there are requests and none has a price, so that no cost is known: not the same as 0."""
        return bool(self.unpriced_requests) and self.unpriced_requests == self.requests and not self.cost_usd


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a breakdown; `cost_pct` is of all priced cost. Unpriced requests count, but add no cost."""

    key: str
    requests: int
    cost_usd: float | None
    """None where nothing has a price, as the next."""
    cost_pct: float | None
    input_tokens: int
    output_tokens: int
    failed_requests: int
    unpriced_requests: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How a measure spreads. `key` None: the whole dataset. Percentiles are right to 0.5 %, count, mean, max exact."""

    key: str | None
    measure: Measure
    unit: Literal["tokens", "ms", "usd"]
    count: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class SavingsBase:
    """What savings are a share of: the cost of some requests at the prices of one day."""

    usd: float | None
    """None where none of the requests has a price. Not grown; `Plan.baseline_usd` is."""
    requests: int
    """Priced ones."""
    unpriced_requests: int
    """In no figure of the savings."""
    first: str | None
    """ISO date of the first request; None in an empty dataset."""
    last: str | None
    scope: str
    """Which requests of the data, in words."""
    prices_as_of: str
    """ISO date."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One way to spend less. `savings_usd` is for the range of the data, on its own, both sides at one day's prices.

    Alternatives, of which a plan takes one, are for the same feature and from_model: other models or providers, flex
    instead of batch jobs, a cache that lives longer. `requests` and `input_tokens` are what the change touches:
    requests that are sent otherwise or no more, and of their input what is priced otherwise, repeated or not sent.
    """

    id: str
    kind: OpportunityKind
    title: str
    feature: str | None
    """None: all requests of the dataset, or a file without features."""
    from_model: str | None
    provider: str | None
    """Who sells `from_model`; None where the change concerns every model of the feature, even if that is one."""
    to_model: str | None
    to_provider: str | None
    """Who sells `to_model`."""
    requests: int
    input_tokens: int
    savings_usd: float
    savings_pct: float
    """Of the whole bill."""
    low_usd: float
    """What the change saves at least: by its own rule on the single requests, and with the longest answers that are
    likely; savings_usd where the data show it.
    """
    high_usd: float
    """At most."""
    effort: Level
    quality_risk: Level
    latency_risk: Level
    confidence: Level
    method: str
    assumptions: tuple[str, ...]
    evidence: str
    steps: tuple[str, ...]
    verify: str
    rollback: str
    snippet: str
    quality: Quality | None = None
    """None: the change cannot affect answers. `evidence` says on what it rests."""
    output_factors: tuple[float, float, float] | None = None
    """Output tokens on `to_model` per one of now, least, expected and most; None where answers stay as they are. An
    assumption says on what it rests.
    """
    needs_confirmation: bool = False
    """A question to the customer, as the data do not tell whether it is possible: in no plan unless asked for by id."""
    touched_usd: float | None = None
    """What the requests of its feature, or of its feature and model, cost now: the saving is a part of that, too."""
    base: SavingsBase | None = None
    """Of `savings_pct`."""

    @property
    def risk(self) -> Level:
        """The worse of quality and latency risk; what is not known to keep the quality is never low."""
        known: dict[Quality | None, Level] = {"needs_evaluation": "medium", "against": "high"}
        return max(known.get(self.quality, "low"), self.quality_risk, self.latency_risk, key=LEVELS.index)


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A kind that the data cannot answer, why, and which data would."""

    kind: OpportunityKind
    reason: str
    needs: str
    """A sentence on what to add to the data; "" when no data would change it."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Traffic of a feature to a model that is not in use any more: no saving is counted on it."""

    feature: str | None
    provider: str
    model: str
    last_day: str
    """ISO date of its last request."""
    requests: int
    """Priced ones."""
    cost_usd: float
    """In the range of the data, at the prices of the savings: the part of their base that no change can touch."""
    reason: str
    """In words, to follow a colon."""


@dataclass(frozen=True, slots=True)
class OpportunityReport:
    """`opportunities` by savings, largest first."""

    opportunities: tuple[Opportunity, ...]
    unavailable: tuple[Unavailable, ...]
    baseline_usd: float = 0.0
    """The dataset's cost at one day's prices, which all savings refer to."""
    prices_as_of: str = ""
    """ISO date of these prices."""
    left_out: tuple[LeftOut, ...] = ()
    """Of the baseline, the most expensive first."""
    base: SavingsBase | None = None
    """What `baseline_usd` is of."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """`savings_usd` is what this step adds after the steps before it."""

    opportunity: Opportunity
    savings_usd: float


@dataclass(frozen=True, slots=True)
class Speed:
    """Whether a plan makes one feature `factor` times as fast: p95 in ms, of requests that went well."""

    feature: str | None
    """None: requests without a feature."""
    factor: float
    now_ms: float | None
    """None: the data have no latency."""
    limit_ms: float | None
    after_ms: float | None
    """With the plan; None where a model has no latency in the data."""
    proven: bool
    """True when the data prove that `after_ms` is at most `limit_ms`."""
    missing: str
    """Why it is not proven, and what to measure; "" when it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps that compose without double counting, the largest first.

    All money but `today_usd` is for the range of the data, grown by `growth_pct`.
    """

    baseline_usd: float
    today_usd: float
    """What the range of the data costs as it is, without the growth."""
    steps: tuple[PlanStep, ...]
    savings_usd: float
    savings_pct: float
    after_usd: float
    target_pct: float | None
    target_met: bool
    """True too when no target was given."""
    best_savings_pct: float
    """What is reachable within the limits, at any risk."""
    binding: str | None
    """Which limit keeps the target out of reach, in the customer's words; None when it is met."""
    growth_pct: float
    monthly_factor: float | None
    """Multiply by this for 30 days; None when the data span less than 7 days."""
    prices_as_of: str = ""
    speeds: tuple[Speed, ...] = ()
    """Of each feature that is to become faster, the slowest first."""
    low_usd: float = 0.0
    """What the steps save at least together, see `Opportunity.low_usd`."""
    high_usd: float = 0.0
    """At most."""
    left_out: tuple[LeftOut, ...] = ()
    """Of the baseline, not grown; the most expensive first."""
    base: SavingsBase | None = None
    """What `today_usd` is of; `baseline_usd` is that with the growth."""

    @property
    def is_bounded(self) -> bool:
        """True where the data give the savings only within bounds that are worth a word."""
        return self.high_usd - self.low_usd > _NOTICEABLE * self.savings_usd

    @property
    def why_bounded(self) -> str:
        """What the bounds come from, in words."""
        moved = any(step.opportunity.output_factors for step in self.steps)
        return "other models write longer or shorter answers" if moved else "sums of requests tell no more"


class Unanswerable(Exception):  # noqa: N818 - it is an answer about the data, not a fault
    """The data lack what the question needs; `str` says what, and which export has it, in the customer's words."""

"""What the finders share: an opportunity with its action and its weights."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from common.core.vocabulary import LEVELS, Level
from common.spend.model import LeftOut, Limits, Opportunity, OpportunityKind, Quality, SavingsBase
from common.spend.opportunities.answer_lengths import Answers
from common.spend.opportunities.workload import Action, Side, Slot, SlotKey, Workload, after, cost_usd
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.engine import prices_as_of
from common.spend.prices.names import find_by_name, model_label
from common.spend.quality.evaluation import NO_EVALUATIONS, Evaluations
from common.spend.quality.scores import Scores
from common.spend.rollup.cells import RequestGroup, SketchKey
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.sketch import Sketch

MIN_SHARE = 0.001
"""Opportunities below this share of the bill are not worth a line."""
MIN_LATENCIES = 20
"""Requests from which a p95 is taken for a model's: of fewer it is no more than the slowest one."""
_BOUNDED: tuple[OpportunityKind, ...] = ("duplicates", "prompt_caching", "prompt_trimming", "output_trimming")
"""Kinds whose rule may need more than sums show."""


class Extent(NamedTuple):
    """How much an opportunity touches."""

    requests: float
    input_tokens: float


@dataclass(frozen=True, slots=True)
class Finding:
    """An opportunity and what it does to a workload. Findings with the same `choice` exclude one another."""

    opportunity: Opportunity
    action: Action

    @property
    def choice(self) -> tuple[OpportunityKind, RequestGroup | str | None]:
        """Equal for alternatives, of which a plan takes one: requests move to one model at one provider."""
        kind = self.action.kind if self.action.to is None else "right_sizing"
        return kind, self.action.group or self.action.feature

    @property
    def risk(self) -> int:
        """0 low, 1 medium, 2 high: the worst of quality and latency risk; a low confidence counts as high risk."""
        item = self.opportunity
        return max(
            map(LEVELS.index, (item.quality_risk, item.latency_risk, "high" if item.confidence == "low" else "low"))
        )

    @property
    def effort(self) -> int:
        """0 low, 1 medium, 2 high."""
        return LEVELS.index(self.opportunity.effort)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How an opportunity is weighed."""

    effort: Level
    quality: Quality | None = None
    quality_risk: Level = "low"
    latency_risk: Level = "low"
    confidence: Level
    needs_confirmation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the customer reads."""

    title: str
    method: str
    assumptions: tuple[str, ...]
    evidence: str
    steps: tuple[str, ...]
    verify: str
    rollback: str
    snippet: str


def _values(record: Weights | Advice) -> dict[str, Any]:
    """By name. Not copied, as `asdict` would: they are texts and tuples of texts."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


@dataclass(frozen=True, slots=True)
class Case:
    """What the finders look at. `workload`: what is in use, see in_use.py; `baseline_usd`: the cost of everything."""

    rollup: Rollup
    limits: Limits
    workload: Workload
    baseline_usd: float
    evaluations: Evaluations = NO_EVALUATIONS
    scores: Scores = field(default_factory=lambda: Scores({}))
    """The customer's own, out of the rows."""
    answers: Answers = field(default_factory=lambda: Answers({}, {}))
    left_out: tuple[LeftOut, ...] = ()
    base: SavingsBase | None = None
    book: PriceBook = LIST_PRICES
    _by_feature: dict[str | None, dict[SlotKey, Slot]] = field(init=False, repr=False, compare=False)
    """No action crosses features, and a case evaluates thousands of actions."""

    def __post_init__(self) -> None:
        features: dict[str | None, dict[SlotKey, Slot]] = defaultdict(dict)
        for slot_key, slot in self.workload.items():
            features[slot_key.group.feature][slot_key] = slot
        object.__setattr__(self, "_by_feature", dict(features))

    def savings(self, action: Action, side: Side = "expected") -> float:
        """Of one action on its own (USD)."""
        concerned = self.slots(action)
        return cost_usd(concerned) - cost_usd(after(concerned, [action], side))

    @property
    def left_out_usd(self) -> float:
        """Of the baseline, what is not in use."""
        return sum(line.cost_usd for line in self.left_out)

    def worth(self, savings: float) -> bool:
        """True when it deserves a line."""
        return savings > self.baseline_usd * MIN_SHARE and savings > 0

    def share(self, usd: float) -> float:
        """Percent of the whole bill."""
        return 100 * usd / self.baseline_usd if self.baseline_usd else 0.0

    def finding(
        self,
        action: Action,
        savings: float,
        *,
        weights: Weights,
        advice: Advice,
        about: Extent,
        from_model: str | None,
    ) -> Finding:
        """The finding of an action; `about` is how much it touches, `from_model` the one model that it touches."""
        bounded = action.kind in _BOUNDED or action.output is not None
        return Finding(
            Opportunity(
                id=_id_of(action),
                kind=action.kind,
                feature=action.feature,
                from_model=from_model,
                provider=action.group.provider if action.group else None,
                to_model=action.to.id if action.to else None,
                to_provider=action.to.provider if action.to else None,
                requests=round(about.requests),
                input_tokens=round(about.input_tokens),
                savings_usd=savings,
                savings_pct=self.share(savings),
                low_usd=self.savings(action, "low") if bounded else savings,
                high_usd=self.savings(action, "high") if bounded else savings,
                touched_usd=cost_usd(self.slots(action)),
                base=self.base,
                output_factors=action.output.factors if action.output else None,
                **_values(weights),
                **_values(advice) | {"assumptions": (*advice.assumptions, self.price_assumption)},
            ),
            action,
        )

    def latencies(self, provider: str, model: str, feature: str | None) -> Sketch | None:
        """Of a model's requests for a feature that went well; None where they are too few for a p95.

        Never those of another feature: its requests are of other sizes, so they prove nothing here.
        """
        found = self.rollup.entire.sketches.get(SketchKey("latency_ms", provider, model, feature))
        return found if found and found.count >= MIN_LATENCIES else None

    @property
    def priced_on(self) -> str:
        """ISO date of the prices on both sides."""
        return self.book.price_date.isoformat() if self.book.price_date else prices_as_of()

    @property
    def price_assumption(self) -> str:
        """What both sides are priced with."""
        if self.book.discounts or self.book.negotiated:
            return f"Both sides are priced with your contract, over the list prices of {self.priced_on}."
        return (
            f"Both sides are priced at the list prices of {self.priced_on}; discounts of your contract are not known."
        )

    def slots(self, action: Action) -> dict[SlotKey, Slot]:
        """The slots that an action concerns."""
        of_feature = self._by_feature.get(action.feature, {})
        return {key: slot for key, slot in of_feature.items() if action.concerns(key)}


def unrefuted(findings: Iterable[Finding]) -> list[Finding]:
    """Without findings that evidence speaks against, or that only the customer can confirm: a plan holds one only if it
    is requested by its id.
    """
    items = ((finding, finding.opportunity) for finding in findings)
    return [finding for finding, item in items if item.quality != "against" and not item.needs_confirmation]


def extent_of(slots: Iterable[Slot]) -> Extent:
    """All of some slots."""
    every = list(slots)
    return Extent(sum(slot.requests for slot in every), sum(sum(slot.tokens[:4]) for slot in every))


def _id_of(action: Action) -> str:
    """Stable over uploads of the same traffic: kind, feature, models, variant."""
    parts = [action.kind, action.feature or "all"]
    if action.group is not None:
        parts.append(model_label(action.group.provider, action.group.model))
    if action.to is not None:
        parts.append(model_label(action.to.provider, action.to.id))
    if action.variant:
        parts.append(action.variant)
    return ":".join(parts)


def latency_limit(limits: Limits, feature: str | None) -> float | None:
    """The p95 (ms) that a feature must keep; the key "*" is for all; None without a limit."""
    return limits.latency_ms.get(feature or "*", limits.latency_ms.get("*"))


def same_model(name: str, provider: str, model: str) -> bool:
    """True when a customer's word for a model means this one."""
    known = find_by_name(name)
    return name.strip().lower() == model.lower() or (
        known is not None and (known.provider, known.id) == (provider, model)
    )


def label(feature: str | None) -> str:
    """A feature in a sentence."""
    return "all requests" if feature is None else feature

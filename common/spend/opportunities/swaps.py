"""What right-sizing and the choice of a provider share: which models may be proposed, and how fast they have been."""

from dataclasses import dataclass
from typing import NamedTuple

from common.core.vocabulary import Level
from common.spend.measures.totals import percentile_of
from common.spend.model import Limits, Measure
from common.spend.opportunities.finding import MIN_LATENCIES, Case, label, same_model
from common.spend.opportunities.slots import HOSTS
from common.spend.prices.engine import Model, match_provider
from common.spend.rollup.cells import RequestGroup, SketchKey


class LatencyRisk(NamedTuple):
    """What a move does to latency, as far as it is known."""

    level: Level
    evidence: str


@dataclass(frozen=True, slots=True)
class ObservedLatency:
    """The latency of a model in the customer's own data."""

    p95_ms: float
    risk: LatencyRisk


def same_provider(group: RequestGroup, to: Model | None) -> bool:
    """True when a group's requests stay with who serves them."""
    return to is not None and to.provider in (group.provider, HOSTS.get(group.provider))


def allowed(limits: Limits, model: Model) -> bool:
    """True when neither the model nor its provider is excluded."""
    barred = {match_provider(name) or name.strip().lower() for name in limits.excluded_providers}
    excluded = any(same_model(name, model.provider, model.id) for name in limits.excluded_models)
    return model.provider not in barred and not excluded


def fits(case: Case, group: RequestGroup, to: Model) -> bool:
    """True when the largest request of the group fits into the model's window; sums have no sizes, and pass."""
    sizes: tuple[Measure, Measure] = ("input_tokens", "output_tokens")
    sketches = (case.rollup.entire.sketches.get(SketchKey(measure, *group)) for measure in sizes)
    largest = sum(sketch.maximum for sketch in sketches if sketch)
    return to.window is None or largest <= to.window


def measured_latency(case: Case, group: RequestGroup, to: Model) -> ObservedLatency | None:
    """Of a model beside that of a group's, both for the group's feature; None where the data have too few of it."""
    before = _p95(case, group.provider, group.model, group.feature)
    after = _p95(case, to.provider, to.id, group.feature)
    if after is None:
        return None
    there = f" at {to.provider}" if to.id == group.model else ""
    evidence = f"Your own data have p95 {after:,.0f} ms for {to.id}{there}"
    evidence += f", {before:,.0f} ms for {group.model}." if before is not None else "."
    return ObservedLatency(after, LatencyRisk("medium" if before is not None and after > before else "low", evidence))


def _p95(case: Case, provider: str, model: str, feature: str | None) -> float | None:
    sketch = case.latencies(provider, model, feature)
    return percentile_of(sketch, "latency_ms", 0.95) if sketch else None


def no_latency(case: Case, group: RequestGroup, to: Model) -> str:
    """Why the latency of a model is not known for a group's feature, as a sentence."""
    feature = label(group.feature)
    counts = {
        key.feature: sketch.count
        for key, sketch in case.rollup.entire.sketches.items()
        if (key.measure, key.provider, key.model) == ("latency_ms", to.provider, to.id)
    }
    own = counts.get(group.feature)
    if own:
        return f"Your data have {own} latencies of {to.id} for {feature}, too few for a p95 (it needs {MIN_LATENCIES})."
    if counts:
        return f"Your data have latencies of {to.id} for other features only; they prove nothing for {feature}."
    return f"Your data have no latency of {to.id} at {to.provider}."

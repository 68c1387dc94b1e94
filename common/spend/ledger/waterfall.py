"""One feature on one day: its accepted recommendations undone one after another, from the last in the order of effect.

What is left after all of them, the unexplained rest, is undone last: it is what else changed in the requests on which
the recommendations took effect.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.spend.ledger.baseline import SWAPS, Baseline, leads
from common.spend.ledger.behaviour import Behaviour, Kin
from common.spend.ledger.footprints import UNDO
from common.spend.ledger.steps import OUTPUTS, StepReversal, WaterfallStep
from common.spend.ledger.traffic import DayPrices, RequestMix, Traffic, joined
from common.spend.model import OpportunityKind
from common.spend.opportunities.workload import KIND_ORDER
from common.spend.rollup.priced_requests import REQUESTS, ServedModel

_RESPECTS: tuple[OpportunityKind, ...] = (
    "batch", *OUTPUTS.values(), "prompt_caching", "retry_waste",
)  # fmt: skip
"""The respects in which the unexplained rest is measured."""


@dataclass(frozen=True, slots=True)
class Effect:
    """USD at the day's prices, and the counterfactual at those of the day of acceptance."""

    counterfactual_usd: float
    actual_usd: float
    frozen_usd: float
    requests: float = 0.0
    footprint: float = 0.0
    chance: float = 0.0
    """Standard deviation of the requests."""

    @property
    def chance_usd(self) -> float:
        """Standard deviation of the savings by chance on the day."""
        return abs(self.saved_usd) * self.chance / self.requests if self.requests else 0.0

    @property
    def saved_usd(self) -> float:
        """May be negative."""
        return self.counterfactual_usd - self.actual_usd

    @property
    def price_effect_usd(self) -> float:
        """What prices did to the counterfactual since acceptance."""
        return self.frozen_usd - self.counterfactual_usd


@dataclass(frozen=True, slots=True)
class DayMeasurement:
    """By recommendation in the order of effect, the unexplained rest, and the scope as a whole, from end to end."""

    effects: dict[str, Effect]
    rest: Effect
    scope: Effect


class Waterfall:
    """The accepted recommendations of a feature; `without` leaves a part of each baseline out."""

    def __init__(self, baselines: Sequence[Baseline], without: int | None = None) -> None:
        self._order = sorted(baselines, key=lambda b: (KIND_ORDER.index(b.kind), b.accepted, b.id))
        self._oldest = sorted(baselines, key=lambda b: (b.accepted, b.id))
        self._behaviours = {b.id: b.behaviour(without) for b in baselines}
        self._kin = _kin(self._order)
        self._steps = {b.id: self._step(b) for b in self._order}
        self._rest = list(self._respects())

    def effects(self, traffic: Traffic, prices: DayPrices, day: int) -> tuple[dict[str, Effect], RequestMix]:
        """By recommendation on a day (ordinal), in the order of effect; and the requests as they were without any."""
        sent: RequestMix = traffic.sent
        found: dict[str, Effect] = {}
        for baseline in reversed(self._order):
            undone = UNDO[baseline.kind](sent, traffic.repeats, self._steps[baseline.id])
            found[baseline.recommendation] = _effect(undone, prices, day, baseline.accepted_day)
            sent = joined(joined(sent, undone.now, -1), undone.before)
        return {b.recommendation: found[b.recommendation] for b in self._order}, sent

    def measure(self, traffic: Traffic, prices: DayPrices, day: int) -> DayMeasurement:
        """The effects on a day (ordinal), the unexplained rest, and the scope as a whole."""
        effects, sent = self.effects(traffic, prices, day)
        drifted = self._covered(sent)
        for step, kind in self._rest:
            undone = UNDO[kind](sent, traffic.repeats, step)
            sent = joined(joined(sent, undone.now, -1), undone.before)
        first = self._covered(sent)
        frozen = prices.usd(first, self._oldest[0].accepted_day)
        usd, drifted_usd = prices.usd(first, day), prices.usd(drifted, day)
        actual = self._covered(traffic.sent)
        requests = sum(counts[REQUESTS] for counts in actual.values())
        return DayMeasurement(
            effects=effects,
            rest=Effect(usd, drifted_usd, frozen, requests),
            scope=Effect(usd, prices.usd(actual, day), frozen, requests),
        )

    def _step(self, baseline: Baseline) -> WaterfallStep:
        behaviour = self._behaviours[baseline.id]
        if baseline.source is None:
            return WaterfallStep(behaviour=behaviour, concerns=lambda _: True, kin=self._kin)
        return WaterfallStep(
            behaviour=behaviour,
            concerns=lambda group: group == baseline.source,
            kin=self._kin,
            source=baseline.source,
            target=baseline.target,
            usual=self._usual(baseline),
            keeps=frozenset(
                other.kind for other in self._order[: self._order.index(baseline)] if other.source == baseline.source
            ),
        )

    def _usual(self, baseline: Baseline) -> dict[ServedModel, tuple[Behaviour, int]]:
        """The models whose requests meet at the target of a swap, with the baseline that has their number."""
        if baseline.target is None:
            return {}
        behaviour = self._behaviours[baseline.id]
        found = {group: (behaviour, baseline.days) for group in behaviour.groups if leads(baseline.target, group)}
        rivals = (other for other in self._order if other.kind in SWAPS and other.target == baseline.target)
        for other in [*rivals, baseline]:
            if other.source is not None:
                found[other.source] = (self._behaviours[other.id], other.days)
        return found

    def _respects(self) -> Iterator[tuple[WaterfallStep, OpportunityKind]]:
        """Every respect of each model that no recommendation owns, against the oldest baseline that knows the model."""
        taken: set[ServedModel] = set()
        for baseline in self._oldest:
            behaviour = self._behaviours[baseline.id]
            models = {group for group in behaviour.groups if group not in taken}
            taken |= models
            for kind in _RESPECTS:
                free = frozenset(group for group in models if not self._owned(kind, group))
                yield WaterfallStep(behaviour=behaviour, concerns=free.__contains__, kin=self._kin), kind

    def _owned(self, kind: OpportunityKind, group: ServedModel) -> bool:
        return any(b.kind == kind and b.source in (None, group) for b in self._order)

    def _covered(self, sent: RequestMix) -> RequestMix:
        """The scope of the recommendations: the whole feature when one concerns all its models."""
        if any(baseline.source is None for baseline in self._order):
            return sent
        return {
            key: counts
            for key, counts in sent.items()
            if any(b.source == key.served or leads(b.target, key.served) for b in self._order)
        }


def _kin(baselines: Sequence[Baseline]) -> Kin:
    found: dict[str, tuple[ServedModel, ...]] = {}
    for baseline in baselines:
        if baseline.target is not None and baseline.source is not None:
            found[baseline.target.model] = (*found.get(baseline.target.model, ()), baseline.source)
    return found


def _effect(undone: StepReversal, prices: DayPrices, day: int, accepted: int) -> Effect:
    return Effect(
        prices.usd(undone.before, day),
        prices.usd(undone.now, day),
        prices.usd(undone.before, accepted),
        undone.requests,
        undone.footprint,
        undone.chance,
    )

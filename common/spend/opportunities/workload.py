"""A what-if: the priced requests of a rollup as token vectors, and steps that change them. Pure values throughout.

Prices are linear in tokens within a tier of input size, and the tier is part of a slot's key, so costs of sums are sums
of costs: a plan computed on slots equals the same plan computed request by request.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from common.spend.cells import PREFIX, TOKENS, CellKey, N
from common.spend.model import OpportunityKind
from common.spend.prices.engine import PICO, Model, Rates, today
from common.spend.prices.names import resolve
from common.spend.rollup import Rollup

NOON = 720
KIND_ORDER: tuple[OpportunityKind, ...] = (
    "retry_waste", "duplicates", "prompt_caching", "right_sizing", "provider_choice", "batch",
)  # fmt: skip
"""The order in which steps take effect: drop requests, then cheapen the input, then the model, then the mode."""


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that are decided about together."""

    provider: str
    model: str
    feature: str | None


@dataclass(frozen=True, slots=True)
class SlotKey:
    """What a slot's requests have in common. `floor` as in rollup cells; `batch` as it was sent."""

    group: Group
    ok: bool
    batch: bool
    floor: int


@dataclass(frozen=True, slots=True)
class Slot:
    """Requests and tokens by bucket, where they go now, and which part of the input a cache could serve."""

    model: Model
    batch: bool
    requests: float
    tokens: tuple[float, ...]
    reusable: float
    repeated: tuple[float, ...]
    """(requests, tokens by bucket, reusable prefix) that repeat an earlier request of the day, all but the first."""

    def cost_usd(self, floor: int) -> float:
        """At today's list price."""
        return sum(count * rate for count, rate in zip(self.tokens, self.rates(floor), strict=True)) / PICO

    def rates(self, floor: int) -> Rates:
        """Today's six rates for requests above `floor` input tokens."""
        return self.model.rates(today(), NOON, tier="batch" if self.batch else "standard", input_tokens=floor + 1)


Workload = Mapping[SlotKey, Slot]


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a plan. `feature` is what it is about; `group` for steps on one model; `to` for a swap."""

    kind: OpportunityKind
    feature: str | None
    group: Group | None = None
    to: Model | None = None

    def concerns(self, key: SlotKey) -> bool:
        """True for the slots that the step changes."""
        return key.group == self.group if self.group else key.group.feature == self.feature

    def apply(self, workload: Workload) -> Workload:
        """The workload after this step."""
        changed = {key: self._changed(key, slot) if self.concerns(key) else slot for key, slot in workload.items()}
        return {key: slot for key, slot in changed.items() if slot is not None}

    def _changed(self, key: SlotKey, slot: Slot) -> Slot | None:
        if self.kind == "retry_waste":
            return slot if key.ok else None
        if self.kind == "duplicates":
            return _without_repeats(slot)
        if self.kind == "prompt_caching":
            return _cached(slot)
        if self.to is not None:
            return replace(slot, model=self.to)
        return replace(slot, batch=True)


def _without_repeats(slot: Slot) -> Slot:
    requests, *tokens, reusable = slot.repeated
    return replace(
        slot,
        requests=max(0.0, slot.requests - requests),
        tokens=tuple(max(0.0, a - b) for a, b in zip(slot.tokens, tokens, strict=True)),
        reusable=max(0.0, slot.reusable - reusable),
        repeated=(0.0,) * len(slot.repeated),
    )


def _cached(slot: Slot) -> Slot:
    """The reusable part is read from the cache. Where writing costs extra, all the rest of the input is written: that
    is the most that it can cost.
    """
    uncached, read, write, *rest = slot.tokens
    if slot.reusable <= 0:
        return slot
    left = uncached - slot.reusable
    if pays_for_writes(slot.model):
        return replace(slot, tokens=(0.0, read + slot.reusable, write + left, *rest), reusable=0.0)
    return replace(slot, tokens=(left, read + slot.reusable, write, *rest), reusable=0.0)


def pays_for_writes(model: Model) -> bool:
    """True when writing to the cache costs more than plain input (Anthropic)."""
    rates = model.rates(today(), NOON, tier="standard", input_tokens=1)
    return rates[2] > rates[0]


def workload_of(rollup: Rollup) -> Workload:
    """The priced requests of a rollup, over all its days."""
    counts: dict[SlotKey, list[int]] = defaultdict(lambda: [0] * 8)
    for key, cell in rollup.cells.items():
        slot = counts[_slot_key(key)]
        for place, count in enumerate((cell[N], *cell[TOKENS], cell[PREFIX])):
            slot[place] += count
    repeated: dict[SlotKey, list[float]] = defaultdict(lambda: [0.0] * 8)
    for key, part in rollup.duplicates.repeats():
        mine = repeated[_slot_key(key)]
        for place, share in enumerate(part):
            mine[place] += share
    return {
        key: Slot(model, key.batch, c[0], tuple(map(float, c[1:7])), float(c[7]), tuple(repeated[key]))
        for key, c in counts.items()
        if (model := resolve(key.group.provider, key.group.model)) is not None
    }


def _slot_key(key: CellKey) -> SlotKey:
    _, provider, model, feature, status, tier, floor = key
    return SlotKey(Group(provider, model, feature), status == "ok", tier == "batch", floor)


def cost_usd(workload: Workload) -> float:
    """At today's list prices."""
    return sum(slot.cost_usd(key.floor) for key, slot in workload.items())


def in_order(actions: Iterable[Action]) -> list[Action]:
    """Actions in the order in which they take effect."""
    return sorted(actions, key=lambda action: KIND_ORDER.index(action.kind))


def after(workload: Workload, actions: Iterable[Action]) -> Workload:
    """The workload after all actions, in their order."""
    for action in in_order(actions):
        workload = action.apply(workload)
    return workload

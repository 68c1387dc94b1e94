"""A what-if: the priced requests of a rollup as token vectors, and steps that change them. Pure values throughout.

Prices are linear in tokens within a tier of input size, and the tier is part of a slot's key, so costs of sums are sums
of costs: a plan computed on slots equals the same plan computed request by request. Where a step needs more than sums
show, its low and high side hold what it comes to request by request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from common.spend.model import OpportunityKind
from common.spend.opportunities import changes
from common.spend.opportunities.changes import Cut, NewOutput
from common.spend.opportunities.sampling import repeats_of
from common.spend.opportunities.slots import Side, Slot, SlotKey
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.charges import BUCKET_OF
from common.spend.prices.engine import Model
from common.spend.prices.names import resolve
from common.spend.rollup.cells import CHARGE_EXTRA, CHARGE_UNPRICED, LONG, PREFIX, CellKey, RequestGroup
from common.spend.rollup.parts import Part
from common.spend.rollup.priced_requests import counts_of, price_key_of
from common.spend.rollup.rollup import Rollup

__all__ = [
    "KIND_ORDER",
    "Action",
    "Side",
    "Slot",
    "SlotKey",
    "Workload",
    "after",
    "cost_usd",
    "in_order",
    "slots_apart",
    "workload_of",
]

KIND_ORDER: tuple[OpportunityKind, ...] = (
    "retry_waste", "duplicates", "output_trimming", "prompt_trimming", "prompt_caching", "reasoning_effort",
    "right_sizing", "provider_choice", "batch",
)  # fmt: skip
"""The order in which steps take effect: fewer requests, fewer and cheaper tokens, then the model, then the mode.

Prompts are trimmed after outputs: that can move a slot to another floor, and what is above a cap is known by slot.
"""

Workload = Mapping[SlotKey, Slot]
Variant = Literal["", "flex", "1h"]
"""Another way of the same kind: flex instead of batch jobs, a cache that lives an hour instead of 5 minutes."""


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a plan. `feature` is what it is about; `group` for steps on one model; `to` for a swap, and `output`
    for what that does to the answers, None: nothing; `cut` for trimming.
    """

    kind: OpportunityKind
    feature: str | None
    group: RequestGroup | None = None
    to: Model | None = None
    variant: Variant = ""
    cut: Cut | None = None
    output: NewOutput | None = None

    def concerns(self, key: SlotKey) -> bool:
        """True for the slots that the step changes."""
        return key.group == self.group if self.group else key.group.feature == self.feature

    def apply(self, workload: Workload, side: Side = "expected") -> Workload:
        """The workload after this step."""
        changed: dict[SlotKey, Slot] = {}
        for key, slot in workload.items():
            if not self.concerns(key):
                changed[key] = slot
            elif self.kind != "retry_waste" or key.price.ok:
                at, left = self._changed(key, slot, side)
                changed[at] = changes.together(changed[at], left) if at in changed else left
        return changed

    def _changed(self, key: SlotKey, slot: Slot, side: Side) -> tuple[SlotKey, Slot]:
        if self.kind == "prompt_trimming" and self.cut is not None:
            return changes.with_less_input(key, slot, self.cut, side)
        return key, self._at(key, slot, side)

    def _at(self, key: SlotKey, slot: Slot, side: Side) -> Slot:
        if self.to is not None:
            answered = self.output.of(slot, side) if self.output else slot
            return answered.on_model(self.to, stays=self.kind == "right_sizing")
        if self.kind == "duplicates":
            return changes.without_repeats(slot, side)
        if self.kind == "prompt_caching":
            return changes.cached(slot, key.price.floor, side, for_an_hour=self.variant == "1h")
        if self.kind == "output_trimming" and self.cut is not None:
            return changes.with_less_output(key, slot, self.cut, side)
        if self.kind == "reasoning_effort":
            return changes.with_less_reasoning(slot)
        return slot.on_tier("flex" if self.variant == "flex" else "batch") if self.kind == "batch" else slot


def workload_of(rollup: Rollup, book: PriceBook = LIST_PRICES) -> Workload:
    """The priced requests of a rollup, over all its days, at the prices of a book on one day; without slots with tokens
    of sound or images, which on another model would pass for text.
    """
    counts: dict[SlotKey, list[int]] = {}
    apart = slots_apart(rollup)
    for key, cell in rollup.cells.items():
        if (slot_key := _slot_key(key)) in apart:
            continue
        slot = counts.setdefault(slot_key, [0] * 9)
        for place, count in enumerate((*counts_of(cell), cell[PREFIX], cell[LONG])):
            slot[place] += count
    repeated = repeats_of(rollup.repeats, counts, _slot_key)
    return {
        key: Slot(
            model=model,
            seller=key.group.provider,
            tier=key.price.tier,
            book=book,
            requests=float(c[0]),
            tokens=tuple(map(float, c[1:7])),
            reusable=float(c[7]),
            reusable_1h=float(c[8]),
            repeated=repeated[key],
        )
        for key, c in sorted(counts.items(), key=_by_text)  # one order of adding, so that equal rollups give equal sums
        if (model := resolve(key.group.provider, key.group.model)) is not None
    }


def slots_apart(rollup: Rollup) -> frozenset[SlotKey]:
    """Those with tokens that do not cost what text does."""
    return frozenset(
        _slot_key(key.cell)
        for key, counts in (rollup.charges.items() if rollup.tells(Part.CHARGES) else ())
        if key.kind in BUCKET_OF and (counts[CHARGE_EXTRA] or counts[CHARGE_UNPRICED])
    )


def _by_text(item: tuple[SlotKey, list[int]]) -> str:
    return repr(item[0])


def _slot_key(key: CellKey) -> SlotKey:
    return SlotKey(key.group, price_key_of(key))


def cost_usd(workload: Workload) -> float:
    """At the prices of the workload's book."""
    return sum(slot.cost_usd(key.price.floor) for key, slot in workload.items())


def in_order(actions: Iterable[Action]) -> list[Action]:
    """Actions in the order in which they take effect."""
    return sorted(actions, key=lambda action: KIND_ORDER.index(action.kind))


def after(workload: Workload, actions: Iterable[Action], side: Side = "expected") -> Workload:
    """The workload after all actions, in their order.

    On the low side it costs at least what the actions leave request by request, on the high side at most that.
    """
    for action in in_order(actions):
        workload = action.apply(workload, side)
    return workload

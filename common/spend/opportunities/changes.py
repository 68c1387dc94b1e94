"""What the steps of a plan do to a slot: the row rule of each kind, on sums.

Where sums do not show what the rule needs, the low side saves at most, the high side at least what the rule saves on
the rows. Tokens are then cut by price, which rises from what a cache serves to what is written to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from common.spend.opportunities.slots import SIDES, Side, Slot, SlotKey, Vector
from common.spend.prices.engine import floor_of

LESS_REASONING = 0.5
"""Share of its reasoning that a model is assumed to do without at a lower effort."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Most tokens that a request may have, and the tokens above it of each slot, by side, before any other step."""

    cap: int
    above: tuple[tuple[SlotKey, Vector], ...]

    @property
    def floor(self) -> int:
        """Of requests that are cut to the cap, as in rollup cells."""
        return floor_of(self.cap)

    def of(self, key: SlotKey, side: Side) -> float:
        """Tokens above the cap."""
        return next((sided[SIDES.index(side)] for slot, sided in self.above if slot == key), 0.0)


@dataclass(frozen=True, slots=True)
class NewOutput:
    """What a move to another model does to the output: tokens per one of now, `factors` the least, expected and most.

    `reasoning`: the part of the new output that is reasoning (0..1); None: the same part as now.
    """

    factors: tuple[float, float, float]
    reasoning: float | None = None

    def of(self, slot: Slot, side: Side) -> Slot:
        """A slot with the new output; on the low side, which saves least, the most."""
        least, expected, most = self.factors
        factor = {"low": most, "expected": expected, "high": least}[side]
        *incoming, visible, reasoning = (*slot.tokens[:4], slot.tokens[4] * factor, slot.tokens[5] * factor)
        if self.reasoning is not None:
            whole = visible + reasoning
            visible, reasoning = whole * (1 - self.reasoning), whole * self.reasoning
        return replace(slot, tokens=(*incoming, visible, reasoning))


def without_repeats(slot: Slot, side: Side) -> Slot:
    """Of equal prompts of a day only the first is sent."""
    repeated = slot.repeated[SIDES.index(side)]
    requests, *tokens, reusable, long = repeated
    return replace(
        slot,
        requests=max(0.0, slot.requests - requests),
        tokens=tuple(max(0.0, a - b) for a, b in zip(slot.tokens, tokens, strict=True)),
        reusable=max(0.0, slot.reusable - reusable),
        reusable_1h=max(0.0, slot.reusable_1h - long),
        repeated=((0.0,) * len(repeated),) * 3,
        dropped=repeated,
    )


def cached(slot: Slot, floor: int, side: Side, *, for_an_hour: bool) -> Slot:
    """Reusable input is read from the cache, and where writing costs extra, all other input is written to it.

    For an hour, what was written for 5 minutes is written for an hour, too. On the high side, no more is written than
    before.
    """
    uncached, read, short, long, *out = slot.tokens
    reusable = slot.reusable_1h if for_an_hour else slot.reusable
    left = max(0.0, uncached - reusable)
    rates = slot.rates(floor)
    pays = side != "high" and rates[3 if for_an_hour else 2] > rates[0]
    if pays and for_an_hour:
        tokens = (0.0, read + reusable, 0.0, long + short + left, *out)
    elif pays:
        tokens = (0.0, read + reusable, short + left, long, *out)
    else:
        tokens = (left, read + reusable, short, long, *out)
    return replace(slot, tokens=tokens, reusable=0.0, reusable_1h=0.0)


def with_less_input(key: SlotKey, slot: Slot, cut: Cut, side: Side) -> tuple[SlotKey, Slot]:
    """No request has more input than the cap; above it, new input is cut first, then reusable, written, read input."""
    incoming = sum(slot.tokens[:4])
    if cut.cap <= key.price.floor:  # every request of the slot is above
        moved = key._replace(price=key.price._replace(floor=cut.floor))
        return moved, _shortened(slot, max(0.0, incoming - slot.requests * cut.cap), side)
    return key, _shortened(slot, _left(cut.of(key, side), incoming, sum(slot.dropped[1:5]), side), side)


def _shortened(slot: Slot, above: float, side: Side) -> Slot:
    uncached, read, short, long, *out = slot.tokens
    once, twice = max(0.0, uncached - slot.reusable_1h), max(0.0, slot.reusable_1h - slot.reusable)
    parts = [once, twice, slot.reusable, short, long, read]
    order = {"expected": range(6), "low": (5, 2, 1, 0, 3, 4), "high": (4, 3, 0, 1, 2, 5)}[side]
    once, twice, reusable, short, long, read = _reduced(parts, order, above)
    return replace(
        slot,
        tokens=(once + twice + reusable, read, short, long, *out),
        reusable=reusable,
        reusable_1h=twice + reusable,
    )


def with_less_output(key: SlotKey, slot: Slot, cut: Cut, side: Side) -> Slot:
    """No request has more output than the cap; above it, the visible part is cut first."""
    outgoing = slot.tokens[4:]
    above = _left(cut.of(key, side), sum(outgoing), sum(slot.dropped[5:7]), side)
    left = _reduced(list(outgoing), (1, 0) if side == "low" else (0, 1), above)
    return replace(slot, tokens=(*slot.tokens[:4], *left))


def _left(above: float, tokens: float, dropped: float, side: Side) -> float:
    """What is above a cap without the requests that are not sent any more."""
    if side == "low":
        return max(0.0, above - dropped)
    if side == "high" or not dropped:
        return above
    return above * tokens / (tokens + dropped)


def _reduced(parts: list[float], order: Iterable[int], amount: float) -> list[float]:
    """`parts` without `amount`, taken from them in `order` as far as they go."""
    for place in order:
        part = min(parts[place], amount)
        parts[place] -= part
        amount -= part
    return parts


def with_less_reasoning(slot: Slot) -> Slot:
    """Every request does without a fixed share of its reasoning."""
    *others, reasoning = slot.tokens
    return replace(slot, tokens=(*others, reasoning * (1 - LESS_REASONING)))


def together(one: Slot, other: Slot) -> Slot:
    """Two slots of one price as one, after all requests that repeat were dropped."""
    return replace(
        one,
        requests=one.requests + other.requests,
        tokens=tuple(map(float.__add__, one.tokens, other.tokens)),
        reusable=one.reusable + other.reusable,
        reusable_1h=one.reusable_1h + other.reusable_1h,
        dropped=tuple(map(float.__add__, one.dropped, other.dropped)),
    )

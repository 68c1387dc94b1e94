"""A step of a waterfall, its reversal, and what the ways to reverse it share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from common.spend.ledger.baseline import SwapTarget
from common.spend.ledger.behaviour import Behaviour, Kin
from common.spend.ledger.traffic import RequestMix
from common.spend.model import OpportunityKind
from common.spend.rollup.priced_requests import (
    NO_REQUESTS,
    REASONING,
    REQUESTS,
    VISIBLE,
    Counts,
    PriceKey,
    ServedModel,
    plus,
    scaled,
)

CHANCE = 3.0
"""Standard deviations of a share that are taken for chance."""


OUTPUTS: Mapping[int, OpportunityKind] = {VISIBLE: "output_trimming", REASONING: "reasoning_effort"}
"""By place in the counts, what shortens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallStep:
    """One recommendation in effect, or one respect of what nobody explains."""

    behaviour: Behaviour
    concerns: Callable[[ServedModel], bool]
    kin: Kin = field(default_factory=dict)
    source: ServedModel | None = None
    target: SwapTarget | None = None
    usual: Mapping[ServedModel, tuple[Behaviour, int]] = field(default_factory=dict)
    """Of a swap: every model that is led to the same target, and that target, with the baseline that has its requests
    and its days.
    """
    keeps: frozenset[OpportunityKind] = frozenset()
    """Of a swap: recommendations that take effect before it, whose part is theirs also for what was moved."""


@dataclass(frozen=True, slots=True)
class StepReversal:
    """`requests` of the log that the effect was measured on, how far it went (`footprint`, a share), and the standard
    deviation of these requests where chance alone moves some.
    """

    before: RequestMix
    now: RequestMix
    requests: float
    footprint: float
    chance: float = 0.0


def by_group(sent: RequestMix, step: WaterfallStep) -> Iterator[tuple[ServedModel, dict[PriceKey, Counts]]]:
    """Requests that went well, by model."""
    groups: dict[ServedModel, dict[PriceKey, Counts]] = {}
    for key, counts in sent.items():
        if key.ok and step.concerns(key.served):
            groups.setdefault(key.served, {})[key] = counts
    yield from groups.items()


def put(mix: dict[PriceKey, Counts], key: PriceKey, counts: Counts) -> None:
    """Add counts to those of a key."""
    mix[key] = plus(mix.get(key, NO_REQUESTS), counts)


def negative(mix: RequestMix) -> dict[PriceKey, Counts]:
    """As much taken away."""
    return {key: scaled(counts, -1) for key, counts in mix.items()}


def requests_in(mix: RequestMix) -> float:
    """Well or failed."""
    return sum(counts[REQUESTS] for counts in mix.values())

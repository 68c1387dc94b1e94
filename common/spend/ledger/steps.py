"""A step that is undone, what undoing it gives, and what the ways to undo it share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from common.spend.ledger.baseline import Target
from common.spend.ledger.behaviour import Behaviour, Kin
from common.spend.ledger.traffic import NOTHING, REASONING, VISIBLE, Counts, Group, Load, Place, added, times
from common.spend.model import OpportunityKind

CHANCE = 3.0
"""Standard deviations of a share that are taken for chance."""


OUTPUTS: Mapping[int, OpportunityKind] = {VISIBLE: "output_trimming", REASONING: "reasoning_effort"}
"""By place in the counts, what shortens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One recommendation in effect, or one respect of what nobody explains."""

    behaviour: Behaviour
    concerns: Callable[[Group], bool]
    kin: Kin = field(default_factory=dict)
    source: Group | None = None
    target: Target | None = None
    usual: Mapping[Group, tuple[Behaviour, int]] = field(default_factory=dict)
    """Of a swap: every model that is led to the same target, and that target, with the baseline that tells its requests
    and its days.
    """
    keeps: frozenset[OpportunityKind] = frozenset()
    """Of a swap: recommendations that take effect before it, whose part is theirs also for what was moved."""


@dataclass(frozen=True, slots=True)
class Undone:
    """`requests` of the log that the effect was measured on, how far it went (`footprint`, a share), and the standard
    deviation of these requests where chance alone moves some.
    """

    before: Load
    now: Load
    requests: float
    footprint: float
    chance: float = 0.0


def by_group(sent: Load, step: Step) -> Iterator[tuple[Group, dict[Place, Counts]]]:
    """Requests that went well, by model."""
    groups: dict[Group, dict[Place, Counts]] = {}
    for place, counts in sent.items():
        if place.ok and step.concerns(place.group):
            groups.setdefault(place.group, {})[place] = counts
    yield from groups.items()


def put(load: dict[Place, Counts], place: Place, counts: Counts) -> None:
    """Add counts to those of a place."""
    load[place] = added(load.get(place, NOTHING), counts)


def negative(load: Load) -> dict[Place, Counts]:
    """As much taken away."""
    return {place: times(counts, -1) for place, counts in load.items()}


def requests_in(load: Load) -> float:
    """Well or failed."""
    return sum(counts[0] for counts in load.values())

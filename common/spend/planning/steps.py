"""The steps of a plan in their order, each with what it adds to those before it."""

from collections import defaultdict
from collections.abc import Sequence

from common.spend.model import PlanStep
from common.spend.opportunities.finding import Case, Finding
from common.spend.opportunities.workload import Group
from common.spend.planning.bills import GroupBill, Places, effect_order, slots_by_group
from common.spend.prices.engine import PICO

_RANKINGS = 3
"""What a step adds depends on those before it, so the order by what they add settles in a few rounds."""
_NOTICEABLE = 1000
"""Pico-USD below which rounding may be all that a step adds."""
_Added = list[tuple[int, int]]
"""(place in the order of effect, pico-USD)."""


class _Bill:
    """What each group costs after some of the steps."""

    def __init__(self, case: Case, in_effect: Sequence[Finding]) -> None:
        slots = slots_by_group(case)
        self._bills = {group: GroupBill(workload, in_effect) for group, workload in slots.items()}
        self._concerned = [
            [group for group, workload in slots.items() if any(map(finding.action.concerns, workload))]
            for finding in in_effect
        ]

    def added(self, order: Sequence[int]) -> _Added:
        """What each step adds to the savings of those before it in `order`."""
        taken: dict[Group, Places] = defaultdict(tuple)
        found = []
        for place in order:
            saved = 0
            for group in self._concerned[place]:
                before, after = taken[group], tuple(sorted((*taken[group], place)))
                saved += self._bills[group].cost(before) - self._bills[group].cost(after)
                taken[group] = after
            found.append((place, saved))
        return found


def steps_in_rank(case: Case, chosen: Sequence[Finding], growth: float) -> tuple[PlanStep, ...]:
    """By what each adds in the order of effect, with what it adds in the order of rank; who adds nothing is left out.

    Where a step would add nothing at its rank, the order of effect is the rank.
    """
    in_effect = effect_order(chosen)
    bill = _Bill(case, in_effect)
    useful = [pair for pair in bill.added(range(len(in_effect))) if pair[1] > _NOTICEABLE]
    by_rank = useful
    for _ in range(_RANKINGS):
        by_rank = bill.added([place for place, _ in sorted(by_rank, key=lambda pair: -pair[1])])
    steps = by_rank if all(saved > _NOTICEABLE for _, saved in by_rank) else useful
    return tuple(PlanStep(in_effect[place].opportunity, saved / PICO * growth) for place, saved in steps)

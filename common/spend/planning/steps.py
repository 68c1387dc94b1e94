"""The steps of a plan in their order, each with what it adds to those before it."""

from collections.abc import Iterable, Sequence

from common.spend.model import PlanStep
from common.spend.opportunities.finding import Case, Finding
from common.spend.planning.bills import GroupBill, effect_order, slots_by_group
from common.spend.prices.engine import PICO
from common.spend.rollup.cells import RequestGroup

_RANKINGS = 3
"""What a step adds depends on those before it, so the order by what they add settles in a few rounds."""
_NOTICEABLE = 1000
"""Pico-USD below which rounding may be all that a step adds."""
_Savings = list[tuple[int, int]]
"""(place in the order of effect, pico-USD)."""


class _Bill:
    """What each group costs after some of the steps."""

    def __init__(self, case: Case, in_effect: Sequence[Finding]) -> None:
        slots = slots_by_group(case)
        self._bills = {group: GroupBill(workload, in_effect) for group, workload in slots.items()}
        self._concerned = [
            {group for group, workload in slots.items() if any(map(finding.action.concerns, workload))}
            for finding in in_effect
        ]

    def adds(self, place: int, others: Iterable[int]) -> int:
        """What a step adds to the savings of others."""
        settled = set(others)
        return sum(self._in_group(group, place, settled) for group in self._concerned[place])

    def savings(self, order: Sequence[int]) -> _Savings:
        """What each step adds to the savings of those before it in `order`."""
        return [(place, self.adds(place, order[:rank])) for rank, place in enumerate(order)]

    def _in_group(self, group: RequestGroup, place: int, others: set[int]) -> int:
        before = tuple(sorted(other for other in others if group in self._concerned[other]))
        after = tuple(sorted((*before, place)))
        return self._bills[group].cost(before) - self._bills[group].cost(after)


def steps_in_rank(case: Case, chosen: Iterable[Finding], growth: float) -> tuple[PlanStep, ...]:
    """By what each adds to those before it, the largest first; whatever adds nothing to all others is left out."""
    in_effect = effect_order(chosen)
    bill = _Bill(case, in_effect)
    useful = list(range(len(in_effect)))
    for place in reversed(range(len(in_effect))):
        others = [other for other in useful if other != place]
        if bill.adds(place, others) <= _NOTICEABLE:
            useful = others
    return tuple(
        PlanStep(in_effect[place].opportunity, saved / PICO * growth) for place, saved in _ranked(bill, useful)
    )


def _ranked(bill: _Bill, places: list[int]) -> _Savings:
    """Sorted by what each adds. Where one would add nothing at its rank, the next is always the one that adds most."""
    by_rank = bill.savings(places)
    for _ in range(_RANKINGS):
        by_rank = bill.savings([place for place, _ in sorted(by_rank, key=lambda pair: -pair[1])])
    if all(saved > _NOTICEABLE for _, saved in by_rank):
        return by_rank
    order: list[int] = []
    left = list(places)
    while left:
        order.append(max(left, key=lambda place: bill.adds(place, order)))
        left.remove(order[-1])
    return bill.savings(order)

"""What requests cost after some steps, computed once for each group of requests and set of steps."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from common.spend.opportunities.finding import Case, Finding
from common.spend.opportunities.workload import KIND_ORDER, Slot, SlotKey, Workload, cost_usd
from common.spend.prices.engine import PICO
from common.spend.rollup.cells import RequestGroup

Places = tuple[int, ...]
"""Places of steps in the order of effect, ascending."""


class GroupBill:
    """The bill of one group. A step is applied once to each set of steps before it, however many sets share those."""

    def __init__(self, workload: Workload, in_effect: Sequence[Finding]) -> None:
        self._in_effect = in_effect
        self._after: dict[Places, Workload] = {(): workload}
        self._cost: dict[Places, int] = {}

    def cost(self, steps: Places) -> int:
        """After these steps, in pico-USD."""
        known = self._cost.get(steps)
        if known is None:
            known = self._cost[steps] = round(cost_usd(self._workload(steps)) * PICO)
        return known

    def _workload(self, steps: Places) -> Workload:
        known = self._after.get(steps)
        if known is None:
            known = self._after[steps] = self._in_effect[steps[-1]].action.apply(self._workload(steps[:-1]))
        return known


def effect_order(findings: Iterable[Finding]) -> list[Finding]:
    """In the order in which steps take effect; of one kind the largest first."""
    return sorted(findings, key=lambda f: (KIND_ORDER.index(f.action.kind), -f.opportunity.savings_usd))


def slots_by_group(case: Case) -> dict[RequestGroup, Workload]:
    """The workload by group: no step on one group changes another."""
    groups: dict[RequestGroup, dict[SlotKey, Slot]] = defaultdict(dict)
    for key in sorted(case.workload, key=repr):
        groups[key.group][key] = case.workload[key]
    return dict(groups)

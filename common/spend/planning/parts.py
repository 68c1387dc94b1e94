"""Parts: features do not affect one another, and within one, given the steps on all of it, its models do not either.

So every combination of steps is covered without listing the combinations of two parts: for each set of steps on
the whole feature, each model's own steps are listed with their exact cost, interplay included, and only their fronts
are added up. Kinds are a closed list, and an opportunity is at least a thousandth of the bill, so a model has at most
a few hundred combinations.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from common.spend.opportunities.finding import Case, Finding
from common.spend.opportunities.workload import Workload
from common.spend.planning.bills import GroupBill, effect_order, slots_by_group
from common.spend.planning.burden import burden_of
from common.spend.planning.fronts import Front, Option, front_of, merged
from common.spend.prices.engine import Model
from common.spend.rollup.cells import RequestGroup

Slow = Callable[[RequestGroup, Model | None], int | None]
"""Requests of a group that are too slow (millionths), on the model that it moves to; None: not allowed there."""


@dataclass(frozen=True, slots=True)
class FeaturePart:
    """A feature's requests, by group, and the findings about them in the order of effect."""

    feature: str | None
    groups: dict[RequestGroup, Workload]
    findings: tuple[Finding, ...]

    @property
    def cost(self) -> int:
        """Without any step, in pico-USD."""
        return sum(GroupBill(workload, ()).cost(()) for workload in self.groups.values())


def parts_of(case: Case, findings: Iterable[Finding]) -> list[FeaturePart]:
    """One for each feature."""
    about: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        about[finding.action.feature].append(finding)
    features: dict[str | None, dict[RequestGroup, Workload]] = defaultdict(dict)
    for group, workload in slots_by_group(case).items():
        features[group.feature][group] = workload
    return [FeaturePart(name, groups, tuple(effect_order(about[name]))) for name, groups in features.items()]


def options_of(part: FeaturePart, slow: Slow) -> Front:
    """The front of all combinations of the part's findings; empty when none is allowed."""
    places = {id(finding): place for place, finding in enumerate(part.findings)}
    groups = [_GroupOptions(part, group, places, slow) for group in part.groups]
    found: Front = []
    for wide in _combinations(finding for finding in part.findings if finding.action.group is None):
        whole: Front = [Option(sum(map(burden_of, wide)), 0, 0, wide)]
        for group in groups:
            whole = merged(whole, group.front([places[id(step)] for step in wide]))
        found += whole
    return front_of(found)


class _GroupOptions:
    """The combinations of one group's own steps, those that are not allowed left out."""

    def __init__(self, part: FeaturePart, group: RequestGroup, places: dict[int, int], slow: Slow) -> None:
        self._bill = GroupBill(part.groups[group], part.findings)
        self._listed: list[tuple[Option, list[int]]] = []
        for steps in _combinations(finding for finding in part.findings if finding.action.group == group):
            late = slow(group, next((step.action.to for step in steps if step.action.to is not None), None))
            if late is not None:
                option = Option(sum(map(burden_of, steps)), 0, late, steps)
                self._listed.append((option, [places[id(step)] for step in steps]))

    def front(self, wide: list[int]) -> Front:
        """Given the steps on the whole feature, which count for neither burden nor steps here."""
        return front_of(
            option._replace(cost=self._bill.cost(tuple(sorted(wide + own)))) for option, own in self._listed
        )


def _combinations(findings: Iterable[Finding]) -> Iterator[tuple[Finding, ...]]:
    """Every set of findings with at most one of each choice, the empty one first."""
    choices: dict[object, list[Finding | None]] = defaultdict(lambda: [None])
    for finding in findings:
        choices[finding.choice].append(finding)
    for taken in product(*choices.values()):
        yield tuple(finding for finding in taken if finding is not None)

"""The plan of least burden within a budget, over parts that add up; or the proof that there is none.

The four counts of a burden are settled one after the other: first the fewest high-risk steps with which the budget can
be kept, then the fewest medium-risk ones with that number, and so on. Each pass adds up the fronts of all parts,
alternately from the first part on and from the last one on. It keeps of a sum only what can still end within the budget
at the burden settled so far, which it knows from the pass before: that one came to the same place from the other side.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import accumulate

from common.spend.planning.burden import COMPONENTS, first_of
from common.spend.planning.fronts import Front, Option, combined, front_of

_NOTHING = Option(0, 0, 0, ())


def cheapest(fronts: Iterable[Front]) -> Option:
    """Of all sums of one option each, the one that costs least, and of those one of least burden."""
    return reduce(combined, (front[-1] for front in fronts), _NOTHING)


def least_burden(fronts: list[Front], budget: int) -> Option | None:
    """Of all sums of one option each that cost at most `budget` (pico-USD), the one of least burden, and of those the
    cheapest. None when not even the cheapest sum keeps the budget.
    """
    if cheapest(fronts).cost > budget:
        return None
    lowest = accumulate((front[-1].cost for front in reversed(fronts)), initial=0)
    tables: list[Front] = [[Option(0, cost, 0, ())] for cost in lowest]
    best = _NOTHING
    for levels in range(1, COMPONENTS + 1):
        order = fronts if levels % 2 else fronts[::-1]
        tables = _pass([_cut(front, levels) for front in order], tables, best.burden, budget)
        best = tables[-1][0]
    return best


def _cut(front: Front, levels: int) -> Front:
    """With the first counts of each burden only."""
    return front_of(option._replace(burden=first_of(option.burden, levels)) for option in front)


def _pass(fronts: list[Front], rest: list[Front], settled: int, budget: int) -> list[Front]:
    """The front of the first 0, 1, ... fronts. `rest[n]` is that of the last n, in one count less; `settled` is the
    burden, in the same counts, that all of them together end at.
    """
    tables: list[Front] = [[_NOTHING]]
    for number, front in enumerate(fronts, start=1):
        sums = _possible(tables[-1], front, rest[len(fronts) - number], settled, budget)
        tables.append(front_of(sums))
    return tables


def _possible(first: Front, second: Front, rest: Front, settled: int, budget: int) -> Iterator[Option]:
    """Sums of `first` and `second` that some option of `rest` completes within budget and settled burden."""
    burdens = [option.burden for option in rest]
    for one in first:
        for other in second:
            place = bisect_right(burdens, settled - first_of(one.burden + other.burden, COMPONENTS - 1))
            if place and one.cost + other.cost + rest[place - 1].cost <= budget:
                yield combined(one, other)

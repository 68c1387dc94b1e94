"""Fronts: of all options of a part, those that no other one betters. All numbers are whole, so sums are exact.

An option is dropped when another one has no more burden, costs no more, and answers no more requests too slowly. The
sum of a dropped option and any options of other parts is bettered by the sum of its better and the same ones: no plan
needs what is dropped.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from common.spend.opportunities.finding import Finding


class Option(NamedTuple):
    """Some steps, and what comes of them."""

    burden: int
    cost: int
    """What remains of the bill, pico-USD."""
    slow: int
    """Requests that are too slow, in millionths; 0 where no speed is requested."""
    steps: tuple[Any, ...]
    """Findings, nested as the option was added up: see `steps_of`."""


Front = list[Option]
"""By burden, and within one burden by cost, ascending. Where no speed is requested, more burden always costs less."""


def front_of(options: Iterable[Option]) -> Front:
    """Without the options that others better; of equal ones the first stays."""
    kept: Front = []
    costs: list[int] = []
    slows: list[int] = []  # of the kept, so that a more expensive one is faster
    for option in sorted(options, key=lambda option: option[:3]):
        place = bisect_right(costs, option.cost)
        if place and slows[place - 1] <= option.slow:
            continue
        end = place
        while end < len(costs) and slows[end] >= option.slow:
            end += 1
        costs[place:end], slows[place:end] = [option.cost], [option.slow]
        kept.append(option)
    return kept


def combined(first: Option, second: Option) -> Option:
    """Both together."""
    return Option(
        first.burden + second.burden,
        first.cost + second.cost,
        first.slow + second.slow,
        (first.steps, second.steps),
    )


def merged(first: Front, second: Front) -> Front:
    """The front of all sums of one option each."""
    return front_of(combined(a, b) for a in first for b in second)


def steps_of(option: Option) -> list[Finding]:
    """The steps of an option, of whatever nesting."""
    return list(_flat(option.steps))


def _flat(steps: tuple[Any, ...]) -> Iterator[Finding]:
    waiting = [steps]
    while waiting:
        for part in waiting.pop():
            if isinstance(part, Finding):
                yield part
            else:
                waiting.append(part)

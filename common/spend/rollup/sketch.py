"""A mergeable log-histogram of whole numbers: percentiles right to 0.5 %, count, sum and maximum exact."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

ACCURACY = 0.005
_GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
_MIDDLE = 2 * _GAMMA / (1 + _GAMMA)
FIRSTS = tuple(math.ceil(_GAMMA**index) for index in range(4_000))
"""The smallest whole number of each bin; the last bin has everything above 10^17, too."""


@lru_cache(maxsize=262_144)
def bin_of(value: int) -> int:
    """The bin of a value >= 0; zero has one of its own, -1."""
    return bisect_right(FIRSTS, value) - 1


def value_of(index: int) -> float:
    """The value that stands for a bin, at most ACCURACY away from any value in it."""
    return _GAMMA**index * _MIDDLE if index >= 0 else 0.0


class Sketch:
    """Holds counts by bin; adding and merging commute, so any order and any cut give the same sketch."""

    __slots__ = ("bins", "count", "maximum", "total")

    def __init__(self) -> None:
        self.bins: dict[int, int] = {}
        self.count = 0
        self.total = 0
        self.maximum = 0

    def add(self, values: Sequence[int]) -> None:
        """Count some values >= 0, at least one."""
        for index, count in Counter(map(bin_of, values)).items():
            self.bins[index] = self.bins.get(index, 0) + count
        self.count += len(values)
        self.total += sum(values)
        self.maximum = max(self.maximum, *values)

    def merge(self, other: "Sketch") -> None:
        """Count everything that `other` counted."""
        for index, count in other.bins.items():
            self.bins[index] = self.bins.get(index, 0) + count
        self.count += other.count
        self.total += other.total
        self.maximum = max(self.maximum, other.maximum)

    def percentile(self, share: float) -> float:
        """The value that `share` (0..1) of the values do not exceed (nearest rank); 0 when empty."""
        rank = max(1, math.ceil(share * self.count))
        seen = 0
        for index in sorted(self.bins):
            seen += self.bins[index]
            if seen >= rank:
                return min(value_of(index), float(self.maximum))
        return 0.0

    def as_list(self) -> list[int]:
        """[count, total, maximum, bin, count of it, ...] with bins as differences, ascending."""
        flat = [self.count, self.total, self.maximum]
        previous = 0
        for index in sorted(self.bins):
            flat += [index - previous, self.bins[index]]
            previous = index
        return flat

    @classmethod
    def from_list(cls, flat: list[int]) -> "Sketch":
        """The reverse of `as_list`."""
        sketch = cls()
        sketch.count, sketch.total, sketch.maximum = flat[:3]
        sketch.bins = dict(zip(accumulate(flat[3::2]), flat[4::2], strict=True))
        return sketch

    @classmethod
    def union(cls, sketches: Iterable["Sketch"]) -> "Sketch":
        """One sketch of all."""
        whole = cls()
        for sketch in sketches:
            whole.merge(sketch)
        return whole

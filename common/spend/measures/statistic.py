"""The few statistics that the measures need, in plain Python: scientific libraries cost seconds of a cold start."""

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from statistics import NormalDist, median

_NORMAL = 1.4826
"""Median absolute deviation to standard deviation, for normal values."""


def spread(values: Sequence[float]) -> float:
    """A robust standard deviation: the median absolute deviation, scaled."""
    middle = median(values)
    return _NORMAL * median(abs(value - middle) for value in values)


def spread_in(groups: Iterable[Sequence[float]]) -> float:
    """A robust standard deviation inside groups, from the differences of their pairs (after Rousseeuw and Croux 1993).

    Unlike deviations from the medians of small groups it is not too small. 0 without a pair.
    """
    differences = [abs(a - b) for group in groups for a, b in combinations(group, 2)]
    return _NORMAL * median(differences) / 2**0.5 if differences else 0.0


def theil_sen(groups: Iterable[Sequence[tuple[float, float]]]) -> float:
    """The median of the slopes of all pairs of points in a group (Theil 1950, Sen 1968); 0 without a pair."""
    slopes = [(y2 - y1) / (x2 - x1) for points in groups for (x1, y1), (x2, y2) in combinations(points, 2) if x2 != x1]
    return median(slopes) if slopes else 0.0


def student_t(share: float, degrees: float) -> float:
    """The quantile of Student's t (Abramowitz and Stegun 26.7.5): right to 1 % from 4 degrees of freedom on."""
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / degrees ** (power + 1) for power, term in enumerate(terms))


def autocorrelation(values: Sequence[float]) -> float:
    """Of neighbours in a sequence around zero, -1..1; 0 for one that is zero throughout."""
    whole = sum(value * value for value in values)
    return sum(a * b for a, b in pairwise(values)) / whole if whole else 0.0

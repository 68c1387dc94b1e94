"""Intervals of a difference in quality, candidate minus present model: of pairs, of scores and of published shares.

Plain Python, for the reason that common/spend/measures/statistic.py gives.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, variance

from common.spend.measures.statistic import student_t

SHARE = 0.95
"""Of all samples, the share whose interval holds the truth."""
Interval = tuple[float, float]
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Moments:
    """How many scores there are, their mean and their variance (that of a sample, 0 for a single one)."""

    count: int
    mean: float
    variance: float


def pairs_interval(better: float, worse: float, pairs: float, share: float = SHARE) -> Interval:
    """Of the share of pairs that the candidate wins less the share that it loses; what is neither is a tie.

    The score interval of T. Tango, "Equivalence test and confidence interval for the difference in proportions for the
    paired-sample design", Statistics in Medicine 17 (1998), 891-908: it keeps its level where few pairs differ, and is
    not of width 0 where none does. `pairs` is at least 1; counts need not be whole.
    """
    z = NormalDist().inv_cdf((1 + share) / 2)
    found = (better - worse) / pairs
    low = _root(lambda at: _tango(better, worse, pairs, at) - z, -1.0, found)
    high = _root(lambda at: _tango(better, worse, pairs, at) + z, found, 1.0)
    return low, high


def _tango(better: float, worse: float, pairs: float, difference: float) -> float:
    """How far the counts are from a true difference, in standard errors; infinite where it cannot be."""
    linear = (2 * pairs - better + worse) * difference - better - worse
    root = sqrt(max(0.0, linear * linear + 8 * pairs * worse * difference * (1 - difference)))
    losing = (root - linear) / (4 * pairs)
    spread = pairs * (2 * losing + difference * (1 - difference))
    gap = better - worse - pairs * difference
    if spread <= 0:
        return 0.0 if gap == 0 else gap * float("inf")
    return gap / sqrt(spread)


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses 0; the end that is nearest when it does not."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def moments(values: Sequence[float]) -> Moments:
    """Of at least one value."""
    return Moments(len(values), fmean(values), variance(values) if len(values) > 1 else 0.0)


def mean_interval(differences: Moments, share: float = SHARE) -> Interval:
    """Of the mean of paired differences, at least two of them, by Student's t."""
    half = student_t((1 + share) / 2, differences.count - 1) * sqrt(differences.variance / differences.count)
    return differences.mean - half, differences.mean + half


def means_interval(before: Moments, after: Moments, share: float = SHARE) -> Interval:
    """Of the difference of two means, each of at least two scores of its own requests.

    B. L. Welch, Biometrika 34 (1947), 28-35: the two may spread differently.
    """
    one, two = before.variance / before.count, after.variance / after.count
    difference = after.mean - before.mean
    if one + two == 0:
        return difference, difference
    degrees = (one + two) ** 2 / (one**2 / (before.count - 1) + two**2 / (after.count - 1))
    half = student_t((1 + share) / 2, degrees) * sqrt(one + two)
    return difference - half, difference + half


def wilson(successes: float, trials: float, share: float = SHARE) -> Interval:
    """Of a share. E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212."""
    z = NormalDist().inv_cdf((1 + share) / 2)
    middle = (successes + z * z / 2) / (trials + z * z)
    half = z * sqrt(successes * (trials - successes) / trials + z * z / 4) / (trials + z * z)
    return max(0.0, middle - half), min(1.0, middle + half)


def shares_interval(before: tuple[float, int], after: tuple[float, int]) -> Interval:
    """Of the difference of two shares, each of (successes, trials) of its own.

    R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10.
    """
    one, two = before[0] / before[1], after[0] / after[1]
    (one_low, one_high), (two_low, two_high) = wilson(*before), wilson(*after)
    down = sqrt((two - two_low) ** 2 + (one_high - one) ** 2)
    up = sqrt((two_high - two) ** 2 + (one - one_low) ** 2)
    return two - one - down, two - one + up

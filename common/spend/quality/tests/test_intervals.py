"""Intervals: known tables, the definition by brute force, and how often they hold the truth."""

import random
from math import log, sqrt
from statistics import NormalDist

import pytest

from common.spend.quality.intervals import (
    mean_interval,
    means_interval,
    moments,
    pairs_interval,
    shares_interval,
    wilson,
)

Z = NormalDist().inv_cdf(0.975)


def test_the_interval_of_pairs_is_that_of_the_r_package_propcis() -> None:
    """Its scoreci.mp(25, 28, 618, 0.90)."""
    assert pairs_interval(28, 25, 618, 0.90) == pytest.approx((-0.0148, 0.0247), abs=5e-5)


def _statistic_by_search(better: int, worse: int, pairs: int, difference: float) -> float:
    """The score statistic from its definition: the likelihood is maximised over a grid, not solved."""
    same = pairs - better - worse

    def likelihood(losing: float) -> float:
        shares = (losing + difference, losing, 1 - 2 * losing - difference)
        counts = (better, worse, same)
        return sum(count * log(share) for count, share in zip(counts, shares, strict=True) if count)

    low, high = max(0.0, -difference), (1 - difference) / 2
    best = max((low + (high - low) * step / 20_000 for step in range(1, 20_000)), key=likelihood)
    return (better - worse - pairs * difference) / sqrt(pairs * (2 * best + difference - difference**2))


@pytest.mark.parametrize(("better", "worse", "pairs"), [(12, 2, 50), (95, 383, 1319), (3, 7, 40), (1, 0, 30)])
def test_the_ends_of_the_interval_are_where_the_score_statistic_is_critical(
    better: int, worse: int, pairs: int
) -> None:
    low, high = pairs_interval(better, worse, pairs)
    assert _statistic_by_search(better, worse, pairs, low) == pytest.approx(Z, abs=2e-3)
    assert _statistic_by_search(better, worse, pairs, high) == pytest.approx(-Z, abs=2e-3)


def test_where_no_pair_differs_the_interval_shrinks_with_their_number_and_is_never_empty() -> None:
    for pairs in (1, 30, 1_000):
        half = Z * Z / (pairs + Z * Z)
        assert pairs_interval(0, 0, pairs) == pytest.approx((-half, half), abs=1e-9)


def test_two_models_that_change_places_have_the_mirrored_interval() -> None:
    low, high = pairs_interval(5, 11, 60)
    assert pairs_interval(11, 5, 60) == pytest.approx((-high, -low), abs=1e-9)


def test_intervals_of_pairs_hold_the_truth_in_95_of_100_samples() -> None:
    draw = random.Random(1)  # noqa: S311 - a simulation
    for better, worse, pairs in ((0.05, 0.08, 150), (0.02, 0.02, 100), (0.25, 0.05, 60)):
        held = 0
        for _ in range(400):
            sample = draw.choices((1, -1, 0), (better, worse, 1 - better - worse), k=pairs)
            low, high = pairs_interval(sample.count(1), sample.count(-1), pairs)
            held += low <= better - worse <= high
        assert 0.92 <= held / 400 <= 0.99


def test_intervals_of_means_hold_the_truth_in_95_of_100_samples() -> None:
    draw = random.Random(2)  # noqa: S311 - a simulation
    alone = paired = 0
    for _ in range(400):
        one, two = [draw.gauss(4, 1) for _ in range(40)], [draw.gauss(3.8, 2) for _ in range(60)]
        low, high = means_interval(moments(one), moments(two))
        alone += low <= -0.2 <= high
        low, high = mean_interval(moments([a - 1 for a in one]))
        paired += low <= 3 <= high
    assert 0.92 <= alone / 400 <= 0.98
    assert 0.92 <= paired / 400 <= 0.98


def test_intervals_of_shares_are_those_that_newcombe_published() -> None:
    """Statistics in Medicine 17 (1998): 857-872, table I, Wilson; 873-890, table II, 56/70 less 48/80, method 10."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert shares_interval((48, 80), (56, 70)) == pytest.approx((0.0524, 0.3339), abs=5e-5)

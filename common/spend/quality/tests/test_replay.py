"""Replays: a blind judge, both orders, and what comes of it."""

import random
from collections import Counter

import pytest

from common.spend.quality.evaluation import MARGIN, PreferenceCounts, compare_tally, verdict_of
from common.spend.quality.intervals import pairs_interval
from common.spend.quality.replay import Pair, Preference, replay, tally_of, trials


def _longer(_: str, first: str, second: str) -> Preference:
    return "tie" if len(first) == len(second) else "first" if len(first) > len(second) else "second"


def _always_first(_: str, __: str, ___: str) -> Preference:
    return "first"


def _pairs(wins: int, ties: int, losses: int) -> list[Pair]:
    kinds = [("a", "bb")] * wins + [("a", "b")] * ties + [("aa", "b")] * losses
    return [Pair(f"request {n}", *kind) for n, kind in enumerate(kinds)]


def test_wins_ties_and_losses_are_the_candidates_whatever_the_order() -> None:
    for seed in range(5):
        found = replay(_pairs(7, 3, 2), _longer, seed)
        assert found == PreferenceCounts(wins=7, ties=3, losses=2)
        comparison = compare_tally(found)
        assert comparison.after == pytest.approx((7 + 1.5) / 12)
        assert comparison.interval[0] < comparison.after - comparison.before < comparison.interval[1]


def test_a_judge_that_prefers_a_place_decides_nothing() -> None:
    found = replay(_pairs(20, 5, 0), _always_first)
    assert (found.wins, found.ties, found.losses, found.contradictions) == (0, 25, 0, 25)
    assert compare_tally(found).after == 0.5


def test_a_win_in_one_order_and_a_tie_in_the_other_is_a_tie() -> None:
    judged = [(trial, "tie" if trial.swapped else "second") for trial in trials(_pairs(1, 0, 0), 0)]
    found = tally_of(judged)  # type: ignore[arg-type]  # the literals are inferred as str
    assert (found.wins, found.ties, found.contradictions) == (0, 1, 0)


def test_every_pair_is_asked_in_both_orders_in_an_order_that_the_seed_draws() -> None:
    pairs = _pairs(40, 0, 0)
    asked = trials(pairs, 1)
    assert Counter((trial.place, trial.swapped) for trial in asked) == Counter(
        (place, swapped) for place in range(40) for swapped in (False, True)
    )
    firsts = sum(trial.swapped for trial in asked[::2])
    assert 8 < firsts < 32
    assert asked == trials(pairs, 1)
    assert asked != trials(pairs, 2)


def test_the_judge_sees_the_request_and_both_answers_and_nothing_else() -> None:
    seen: list[tuple[str, str, str]] = []

    def judge(request: str, first: str, second: str) -> Preference:
        seen.append((request, first, second))
        return "tie"

    replay([Pair("q", "old", "new")], judge)
    assert sorted(seen) == [("q", "new", "old"), ("q", "old", "new")]


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [((0, 400, 0), "supports"), ((2, 10, 60), "against"), ((5, 20, 4), "open"), ((60, 10, 2), "supports")],
)
def test_the_verdict_is_that_of_the_pairs(counts: tuple[int, int, int], verdict: str) -> None:
    found = compare_tally(replay(_pairs(*counts), _longer))
    assert found.verdict == verdict == verdict_of(pairs_interval(counts[0], counts[2], sum(counts)), MARGIN)
    assert (found.more is None) == (verdict != "open")


def test_a_candidate_that_is_better_by_chance_alone_is_seldom_called_worse() -> None:
    draw = random.Random(4)  # noqa: S311 - a simulation
    verdicts = Counter(
        compare_tally(replay(_pairs(wins := draw.randrange(20, 31), 50, 50 - wins), _longer)).verdict for _ in range(20)
    )
    assert verdicts["against"] == 0


def test_parts_of_a_replay_add_up_to_the_whole() -> None:
    pairs = _pairs(7, 3, 2)
    parts = [replay(pairs[first : first + 5], _longer, seed=first) for first in range(0, 12, 5)]
    assert parts[0] + parts[1] + parts[2] == replay(pairs, _longer)


def test_a_replay_with_a_trial_missing_is_refused() -> None:
    half = [(trial, "tie") for trial in trials(_pairs(2, 0, 0), 0)[:3]]
    with pytest.raises(ValueError, match="both orders"):
        tally_of(half)  # type: ignore[arg-type]  # the literals are inferred as str

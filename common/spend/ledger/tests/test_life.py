"""The life of a recommendation."""

from itertools import product

import pytest

from common.core.vocabulary import RecommendationStatus
from common.spend.ledger import TRANSITIONS, TransitionError, transition

ALLOWED: set[tuple[RecommendationStatus, RecommendationStatus]] = {
    ("proposed", "accepted"),
    ("accepted", "implemented"),
    ("implemented", "verified"),
    ("proposed", "rejected"),
    ("accepted", "rejected"),
    ("implemented", "rejected"),
}
OTHERS = sorted(set(product(TRANSITIONS, repeat=2)) - ALLOWED)


@pytest.mark.parametrize(("now", "to"), sorted(ALLOWED))
def test_a_step_of_the_table_leads_to_its_state(now: RecommendationStatus, to: RecommendationStatus) -> None:
    assert transition(now, to) == to


@pytest.mark.parametrize(("now", "to"), OTHERS)
def test_any_other_step_is_refused_with_what_is_possible(now: RecommendationStatus, to: RecommendationStatus) -> None:
    with pytest.raises(TransitionError, match=f"is {now} and cannot become {to}: ") as refused:
        transition(now, to)
    assert all(state in str(refused.value) for state in TRANSITIONS[now] or ("final",))

"""The search over fronts against every combination there is."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.planning.burden import COMPONENTS, first_of
from common.spend.planning.fronts import Front, Option, combined, front_of, merged
from common.spend.planning.search import cheapest, least_burden

_NOTHING = Option(0, 0, 0, ())
_counts = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 4), st.integers(0, 3))
_options = st.lists(
    st.builds(
        lambda counts, cost, slow: Option(_packed(counts), cost, slow, ()),
        _counts,
        st.integers(0, 60),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=6,
)
_parts = st.lists(_options, min_size=0, max_size=4)


def _packed(counts: tuple[int, ...]) -> int:
    whole = 0
    for count in counts:
        whole = (whole << 16) + count
    return whole


def _all(parts: list[list[Option]]) -> list[Option]:
    """Every sum of one option of each part."""
    sums = []
    for chosen in product(*parts):
        whole = _NOTHING
        for option in chosen:
            whole = combined(whole, option)
        sums.append(whole)
    return sums


def _in_time(parts: list[list[Option]]) -> list[list[Option]]:
    return [[option._replace(slow=0) for option in part] for part in parts]


@settings(max_examples=300, deadline=None)
@given(parts=_parts, budget=st.integers(0, 200))
def test_the_search_finds_the_optimum_of_all_combinations_or_that_none_keeps_the_budget(
    parts: list[list[Option]], budget: int
) -> None:
    parts = _in_time(parts)
    kept = [option[:2] for option in _all(parts) if option.cost <= budget]
    found = least_burden([front_of(part) for part in parts], budget)
    assert (found and found[:2]) == min(kept, default=None)


@settings(max_examples=100, deadline=None)
@given(parts=_parts)
def test_the_cheapest_sum_is_the_cheapest_of_all_and_of_those_the_least_burden(parts: list[list[Option]]) -> None:
    parts = _in_time(parts)
    found = cheapest([front_of(part) for part in parts])
    assert (found.cost, found.burden) == min((option.cost, option.burden) for option in _all(parts))


@settings(max_examples=100, deadline=None)
@given(first=_options, second=_options, third=_options)
def test_whatever_is_dropped_from_a_front_is_bettered_by_what_stays(
    first: list[Option], second: list[Option], third: list[Option]
) -> None:
    front = merged(merged(front_of(first), front_of(second)), front_of(third))
    for option in _all([first, second, third]):
        assert any(all(a <= b for a, b in zip(better[:3], option[:3], strict=True)) for better in front)
    assert not any(_betters(a, b) for a, b in product(front, front) if a is not b)


@given(first=_counts, second=_counts, more=_counts)
def test_burdens_compare_by_their_counts_in_order_and_the_same_steps_more_change_no_comparison(
    first: tuple[int, ...], second: tuple[int, ...], more: tuple[int, ...]
) -> None:
    assert (_packed(first) < _packed(second)) == (first < second)
    assert (_packed(first) + _packed(more) < _packed(second) + _packed(more)) == (first < second)
    assert [first_of(_packed(first), levels) for levels in range(COMPONENTS + 1)] == [
        _packed(first[:levels]) for levels in range(COMPONENTS + 1)
    ]


def _betters(one: Option, other: Option) -> bool:
    return all(a <= b for a, b in zip(one[:3], other[:3], strict=True))


def test_of_equal_options_one_stays() -> None:
    front: Front = front_of([Option(1, 5, 0, ()), Option(1, 5, 0, ()), Option(0, 9, 0, ())])
    assert [option[:2] for option in front] == [(0, 9), (1, 5)]

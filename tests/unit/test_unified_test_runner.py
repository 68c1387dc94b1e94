"""The test runner loses no category and no test of one."""

from itertools import chain

from tests.unified_test_runner import CATEGORIES, LANES


def test_every_category_has_its_place_in_one_lane() -> None:
    assert sorted(chain.from_iterable(LANES)) == sorted(CATEGORIES)

"""The test runner loses no category and no test of one."""

from itertools import chain

from tests.unified_test_runner import CATEGORIES, LANES, PACKAGES, _command, _options


def test_every_category_has_its_place_in_one_lane() -> None:
    assert sorted(chain.from_iterable(LANES)) == sorted(CATEGORIES)


def test_only_a_fast_run_leaves_out_the_emulators() -> None:
    every, fast = (set(_command("unit", _options(arguments))) for arguments in ([], ["--fast"]))
    assert {*PACKAGES, "tests/unit"} <= every
    assert (every - fast) & {*PACKAGES, "tests/unit"} == {"emulators"}

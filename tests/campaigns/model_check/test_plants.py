"""The model check finds the bugs that are planted in the protocol: so it can fail."""

import subprocess
import sys

import pytest

from common.environment.isolated import IsolatedEnvironment
from common.environment.variables import VARIABLES
from emulators.platform.addresses import child_environment
from emulators.platform.layout import REPOSITORY
from tests.campaigns.faults.plants import PLANTS

_FOUND_BY = {
    "no_fence": ("accepted-claim-cancel", "an ended run has a lease"),
    "enqueue_before_commit": ("nobody-accept_first-deliver_enqueued", "first is running: it lost its task"),
    "cancel_ignored_after_claim": ("working-commit-cancel", "the reply said that first is cancelled"),
    "name_reuse_swallowed": ("lost-ensure_head-ensure_head", "first is running: it lost its task"),
    "tool_completed_lost_in_takeover": ("lapsed-claim-claim", "an open tool was forgotten"),
    "quota_charged_on_retry": ("nobody-accept_first-accept_first", "units for"),
}
"""By plant: the meeting that finds it, and what that says."""


def _check(plant: str, tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests of the model check on this stack, with a bug planted."""
    here = IsolatedEnvironment.of_process().for_child({}, inherit=tuple(VARIABLES))
    options = (
        "-p",
        "tests.campaigns.model_check.planting",
        "--plant",
        plant,
        "--every-order",
        "--tb=short",
        "-k",
        tests,
    )
    return subprocess.run(  # noqa: S603 - this interpreter, and arguments from above
        (sys.executable, "-m", "pytest", *options, "tests/campaigns/model_check"),
        cwd=REPOSITORY,
        env=child_environment(here),
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_plant_has_a_meeting_that_finds_it() -> None:
    assert _FOUND_BY.keys() == PLANTS.keys()


@pytest.mark.parametrize("plant", PLANTS)
def test_an_order_of_two_operations_shows_a_planted_bug(stack: object, plant: str) -> None:  # noqa: ARG001 - it must be up
    meeting, words = _FOUND_BY[plant]
    checked = _check(plant, meeting)
    assert checked.returncode == pytest.ExitCode.TESTS_FAILED, checked.stdout + checked.stderr
    assert words in checked.stdout


def test_a_random_life_shows_a_planted_bug_that_one_operation_after_another_can_show(stack: object) -> None:  # noqa: ARG001 - it must be up
    checked = _check("quota_charged_on_retry", "lives")
    assert checked.returncode == pytest.ExitCode.TESTS_FAILED, checked.stdout + checked.stderr
    assert "units for" in checked.stdout

"""Whatever a user, the step functions and Cloud Tasks do one after another, the run protocol keeps its invariants."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.campaigns.model_check.background import BackgroundLoop
from tests.campaigns.model_check.life import Life
from tests.campaigns.model_check.place import Wires

_LIVES = 25
_RULES = 30


@pytest.mark.timeout(600)  # a failing life is made as short as it can be
def test_random_lives_of_a_user_keep_every_invariant_and_end(
    background: BackgroundLoop, wires: Wires, pytestconfig: pytest.Config
) -> None:
    planted = pytestconfig.getoption("--plant", None)
    limits = settings(
        max_examples=_LIVES,
        stateful_step_count=_RULES,
        derandomize=True,
        deadline=None,
        print_blob=False,
        phases=(Phase.generate,) if planted else tuple(Phase),  # a planted bug needs no short life
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(lambda: Life(background, wires), settings=limits)  # type: ignore[arg-type]  # any maker will do

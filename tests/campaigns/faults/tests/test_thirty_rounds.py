"""The small campaign of every test run; `make faults` is the large one."""

import json
import subprocess
import sys

import pytest

from common.environment.isolated import IsolatedEnvironment
from emulators.platform.addresses import child_environment
from emulators.platform.client import TOOLS
from emulators.platform.layout import REPOSITORY
from tests.campaigns.faults.checker import KINDS

_ROUNDS = 30


@pytest.mark.timeout(600)
def test_thirty_rounds_lose_duplicate_reorder_stick_double_bill_and_leak_nothing() -> None:
    command = (sys.executable, "-m", "tests.campaigns.faults", "--rounds", str(_ROUNDS), "--seed", "1", "--json")
    tools = IsolatedEnvironment.of_process().for_child({}, inherit=TOOLS)
    done = subprocess.run(  # noqa: S603 - our own program
        command, cwd=REPOSITORY, env=child_environment(tools), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["rounds"] == _ROUNDS
    assert {kind: found[kind] for kind in KINDS} == dict.fromkeys(KINDS, 0)
    assert found["points"]["hit"] > _ROUNDS

"""`python -m emulators dev`: one process that a developer starts, looks at and ends."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from common.environment.profiles import EnvironmentName
from emulators.platform import local_http, page
from emulators.platform.addresses import child_environment
from emulators.platform.api import Stack, running
from emulators.platform.layout import REPOSITORY

DEVELOPMENT = EnvironmentName.DEVELOPMENT
COMMAND = (sys.executable, "-m", "emulators", "dev")
Dev = subprocess.Popen[str]


def next_line(process: Dev, words: str) -> str:
    """The next line with these words; the test's own timeout bounds the wait."""
    assert process.stdout
    return next(line for line in process.stdout if words in line)


@pytest.fixture(scope="module")
def ran_before() -> bool:
    """A stack that a developer already runs is joined, and stays."""
    return running(DEVELOPMENT) is not None


@pytest.fixture(scope="module")
def dev(ran_before: bool) -> Iterator[Dev]:  # noqa: ARG001, FBT001 - looked at first
    """The running command."""
    with subprocess.Popen(  # noqa: S603 - our own program
        COMMAND, cwd=REPOSITORY, env=child_environment({}), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield process
        process.kill()


@pytest.fixture(scope="module")
def stack(dev: Dev) -> Stack:
    """What it started."""
    line = next_line(dev, "Apex is at")
    stack = running(DEVELOPMENT)
    assert stack
    assert line.strip() == f"Apex is at {stack.page_url}"
    return stack


def test_the_printed_address_serves_the_page(stack: Stack) -> None:
    assert local_http.get(stack.page_url).text == (page.BUILT / "index.html").read_text(encoding="utf-8")


def test_a_restarted_service_is_reported(dev: Dev, stack: Stack) -> None:
    stack.refresh("upkeep")
    assert "upkeep was restarted: refreshed" in next_line(dev, "upkeep")


def test_a_new_build_is_served_without_a_restart(dev: Dev, stack: Stack) -> None:
    before = stack.pid("firebase")
    name = f"assets/added-{uuid.uuid4().hex}.js"
    (page.BUILT / name).write_text("1")
    next_line(dev, "reload it")
    assert local_http.get(f"{stack.page_url}/{name}").text == "1"
    (page.BUILT / name).unlink()
    next_line(dev, "reload it")
    assert local_http.get(f"{stack.page_url}/{name}").status_code == 404
    assert stack.pid("firebase") == before


def test_ending_it_ends_what_it_started_and_no_more(dev: Dev, stack: Stack, ran_before: bool) -> None:  # noqa: FBT001
    os.kill(dev.pid, signal.SIGTERM)
    assert dev.wait() == 0  # the limit of the test bounds the wait
    assert (running(stack.environment) is not None) == ran_before

"""Every test here runs on the test stack that `tests/unified_test_runner.py` (`make test`) has started."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from cli.ask.client import ApexClient
from common.environment.profiles import EnvironmentName
from emulators.platform.api import Stack, running
from tests.support.faults import clear_model_faults


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The running test stack; without it the run fails loudly."""
    stack = running(EnvironmentName.TEST)
    if stack is None:
        pytest.exit("The test stack is not up. Run `make test`, or `python -m emulators up --env test` first.", 3)
    return stack


@pytest.fixture
def new_guest(stack: Stack) -> Iterator[Callable[[], ApexClient]]:
    """Makes signed-in guests, each a user of its own."""
    with ExitStack() as clients:
        yield lambda: clients.enter_context(ApexClient.sign_in_guest(stack))


@pytest.fixture
def guest(new_guest: Callable[[], ApexClient]) -> ApexClient:
    """One fresh guest."""
    return new_guest()


@pytest.fixture
def account(stack: Stack) -> Iterator[ApexClient]:
    """Somebody with an account, and with nothing in it."""
    with ApexClient.sign_in_as(stack, f"ann-{uuid.uuid4().hex[:8]}") as client:
        yield client


@pytest.fixture
def tag(stack: Stack) -> Iterator[str]:
    """A reference that marks a question, so that one test's faults strike no other; rules leave it to the model."""
    word = f"#T{uuid.uuid4().hex[:10]}"
    yield word
    clear_model_faults(stack, word)

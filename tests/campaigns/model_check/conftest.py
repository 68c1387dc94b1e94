"""The emulators of the test stack, and connections to them in a loop of the model check's own."""

from collections.abc import Iterator

import pytest

from tests.campaigns.model_check.background import BackgroundLoop
from tests.campaigns.model_check.place import Place, Wires, open_wires


def pytest_addoption(parser: pytest.Parser) -> None:
    """All orders take minutes; a few of each meeting are drawn otherwise, the same every time."""
    parser.addoption("--every-order", action="store_true", help="play every order of two operations that matters")


@pytest.fixture(scope="session")
def background() -> Iterator[BackgroundLoop]:
    """Where all coroutines of the model check run."""
    loop = BackgroundLoop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def wires(stack: object, background: BackgroundLoop) -> Wires:  # noqa: ARG001 - the stack must be up
    """Warm connections."""
    return background.run(open_wires())


@pytest.fixture
def place(wires: Wires, background: BackgroundLoop) -> Iterator[Place]:
    """A database and a queue of this test's own."""
    new = Place(wires)
    background.run(new.open())
    yield new
    background.run(new.close())

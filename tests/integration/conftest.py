"""Workers of the run protocol in the tests' own process, and users of their own."""

import uuid

import pytest

from common.runs.ports import Ports
from tests.support.protocol import open_ports


@pytest.fixture(scope="session")
async def ports(stack: object) -> Ports:  # noqa: ARG001 - the stack must be up
    """The stack's database, and a queue that delivers nothing."""
    return await open_ports()


@pytest.fixture
def uid() -> str:
    """A user whom nobody else has."""
    return f"user{uuid.uuid4().hex}"

"""One local model for all tests of this folder; each test has questions of its own."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from emulators.model.tests.server_process import model_server


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with model_server() as url:
        yield url


@pytest_asyncio.fixture(scope="session")
async def http(server_url: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": "Bearer local"}
    async with httpx.AsyncClient(base_url=server_url, headers=headers, timeout=10) as client:
        yield client

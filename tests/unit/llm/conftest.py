"""The real adapters against the local model as a real process; each test has questions of its own."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from common.llm.openai_model import OpenAIModel, open_openai_model
from emulators.model.tests.server_process import model_server
from tests.unit.llm.wires import MODEL, WIRES, Bench


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with model_server() as url:
        yield url


@pytest_asyncio.fixture(scope="session")
async def admin(server_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{server_url}/admin") as client:
        yield client


@pytest_asyncio.fixture(scope="session", params=WIRES, ids=lambda wire: wire.name)
async def bench(request: pytest.FixtureRequest, server_url: str, admin: httpx.AsyncClient) -> AsyncIterator[Bench]:
    wire = request.param
    model = wire.open(server_url, wire.model, 5.0)
    yield Bench(wire, server_url, model, admin)
    await model.close()


@pytest_asyncio.fixture(scope="session")
async def model(server_url: str) -> AsyncIterator[OpenAIModel]:
    opened = open_openai_model(base_url=f"{server_url}/v1", api_key="local", model=MODEL, timeout_s=5)
    yield opened
    await opened.close()

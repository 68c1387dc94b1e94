"""The local model as a process, behind the real adapter; data of a small month in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from common.assistant.tests.rows import bare_hour, busy_month
from common.assistant.workspace import DatasetInfo
from common.llm.openai_model import OpenAIModel, open_openai_model
from common.spend import Rollup
from emulators.model.tests.server_process import model_server
from tests.unit.agents.memory import MemoryWorkspace


@pytest.fixture(scope="session")
def model_url() -> Iterator[str]:
    with model_server() as url:
        yield url


@pytest_asyncio.fixture(scope="session")
async def model(model_url: str) -> AsyncIterator[OpenAIModel]:
    opened = await asyncio.to_thread(
        open_openai_model, base_url=f"{model_url}/v1", api_key="local", model="gpt-5.4-mini", timeout_s=20.0
    )
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def month() -> MemoryWorkspace:
    return MemoryWorkspace((DatasetInfo("d1", "month.csv", None, 3000, 2, ("line 7: no model",)),), busy_month())


@pytest.fixture(scope="session")
def fortnight() -> MemoryWorkspace:
    return MemoryWorkspace((DatasetInfo("d1", "fortnight.csv", None, 1400, 0),), busy_month(1400, days=14))


@pytest.fixture(scope="session")
def hour() -> MemoryWorkspace:
    return MemoryWorkspace((DatasetInfo("d1", "conv.csv", "gpt-4o", 400, 0),), bare_hour())


@pytest.fixture(scope="session")
def nothing() -> MemoryWorkspace:
    return MemoryWorkspace((), Rollup())

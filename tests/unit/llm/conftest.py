"""The real adapter against the local model as a real process; each test has questions of its own."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from common.environment.profiles import PROFILES, EnvironmentName
from common.llm.openai_model import OpenAIModel, open_openai_model
from common.llm.port import Item, ModelReply, ModelRequest, ToolSpec
from emulators.model.tests.server_process import model_server

MODEL = PROFILES[EnvironmentName.TEST].model
COSTS = ToolSpec(
    name="costs",
    description="Cost by model.",
    parameters={
        "type": "object",
        "properties": {"purpose": {"type": "string"}},
        "required": ["purpose"],
        "additionalProperties": False,
    },
)
CALL = {"tool": "costs", "arguments": {}, "purpose": "See what costs most"}


def brief(question: str, **changes: Any) -> Item:
    """The first item of a conversation, as agents send it."""
    document = {"agent": "data", "write": "summary", "question": question, **changes}
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": json.dumps(document)}]}


def request(question: str, **changes: Any) -> ModelRequest:
    """A request whose reply is text, unless `suggested_calls` are given: then calls of `costs`."""
    tools = (COSTS,) if "suggested_calls" in changes else ()
    return ModelRequest(instructions="Be good.", items=(brief(question, **changes),), tools=tools)


async def ask(model: OpenAIModel, sent: ModelRequest) -> tuple[ModelReply, list[str]]:
    """The reply, and the text deltas as they came."""
    deltas: list[str] = []

    async def on_text(delta: str) -> None:
        deltas.append(delta)

    return await model.respond(sent, on_text), deltas


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with model_server() as url:
        yield url


@pytest_asyncio.fixture(scope="session")
async def model(server_url: str) -> AsyncIterator[OpenAIModel]:
    opened = open_openai_model(base_url=f"{server_url}/v1", api_key="local", model=MODEL, timeout_s=5)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="session")
async def admin(server_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{server_url}/admin") as client:
        yield client

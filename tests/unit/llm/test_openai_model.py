"""What is OpenAI's own: the form of its requests, and of the items that go back to it."""

import json
from collections.abc import AsyncIterator

import httpx2
import openai
import pytest
import pytest_asyncio

from common.llm.openai_model import OpenAIModel, open_openai_model
from common.llm.port import ModelRequest, ModelUnavailableError
from tests.unit.llm.replay import replayed
from tests.unit.llm.wires import CALL, COSTS, MODEL, READING, ask, brief


def request(question: str) -> ModelRequest:
    return ModelRequest(instructions="Be good.", items=(brief(question, suggested_calls=[CALL]),), tools=(COSTS,))


async def test_transcript_items_are_json_without_ids_that_need_a_stored_response(model: OpenAIModel) -> None:
    reply, _ = await ask(model, request("items"))
    message, call = reply.items
    assert json.loads(json.dumps(reply.items)) == list(reply.items)
    assert message == {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": reply.text}],
    }
    assert set(call) == {"type", "call_id", "name", "arguments"}


@pytest_asyncio.fixture
async def sent(server_url: str) -> AsyncIterator[tuple[OpenAIModel, list[bytes]]]:
    """A model whose request bodies are kept as they leave this process."""
    bodies: list[bytes] = []

    async def keep(outgoing: httpx2.Request) -> None:
        bodies.append(outgoing.content)

    transport = openai.DefaultAsyncHttpx2Client(event_hooks={"request": [keep]})
    client = openai.AsyncOpenAI(base_url=f"{server_url}/v1", api_key="local", max_retries=0, http_client=transport)
    yield OpenAIModel(client=client, model=MODEL, timeout_s=5), bodies
    await client.close()


async def test_the_prefix_bytes_are_equal_from_call_to_call(sent: tuple[OpenAIModel, list[bytes]]) -> None:
    model, bodies = sent
    for question in ("prefix one", "prefix two is another question"):
        await ask(model, request(question))
    prefixes = [
        json.dumps({key: json.loads(body)[key] for key in ("instructions", "tools")}).encode() for body in bodies
    ]
    assert len(prefixes) == 2
    assert prefixes[0] == prefixes[1]


async def test_nothing_is_stored_at_the_provider_and_calls_may_be_parallel(
    sent: tuple[OpenAIModel, list[bytes]],
) -> None:
    model, bodies = sent
    await ask(model, request("stateless"))
    body = json.loads(bodies[0])
    assert (body["store"], body["stream"], body["parallel_tool_calls"]) == (False, True, True)
    assert body["tools"][0]["strict"] is True


async def test_structured_output_is_strict_and_written_without_reasoning() -> None:
    sent = ModelRequest(instructions="Read.", items=(brief("strict"),), schema=READING, max_output_tokens=400)
    async with replayed(b"{}", status=500) as replay:
        model = open_openai_model(base_url=replay.url, api_key="local", model=MODEL, timeout_s=2)
        with pytest.raises(ModelUnavailableError):
            await ask(model, sent)
        await model.close()
    body = replay.bodies[0]
    form = {"type": "json_schema", "name": "reading", "schema": READING.json_schema, "strict": True}
    assert body["text"] == {"format": form}
    assert (body["max_output_tokens"], body["reasoning"]) == (400, {"effort": "none"})

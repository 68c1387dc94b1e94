"""What the adapter gives its callers when all goes well: text, calls, transcript, usage."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import httpx2
import openai
import pytest
import pytest_asyncio

from common.llm.openai_model import OpenAIModel
from common.llm.port import ModelCall, ModelRequest, ModelUsage
from tests.unit.llm.conftest import CALL, COSTS, MODEL, ask, brief, request

FINDINGS = ["gpt-4o costs 96.79 USD.", "It is used for chat."]


async def ending_of(admin: httpx.AsyncClient, match: str) -> dict[str, int]:
    """How the matching replies ended, once none is open any more."""
    async with asyncio.timeout(2):
        while True:
            endings: dict[str, int] = (await admin.get("/requests", params={"match": match})).json()["endings"]
            if "open" not in endings:
                return endings


async def test_text_comes_in_several_deltas_that_add_up_to_the_reply(model: OpenAIModel) -> None:
    reply, deltas = await ask(model, request("text deltas", evidence=[{"findings": FINDINGS}]))
    assert reply.text == "gpt-4o costs 96.79 USD. It is used for chat."
    assert "".join(deltas) == reply.text
    assert len(deltas) > 1
    assert reply.calls == ()


async def test_a_tool_round_trip_takes_two_calls(model: OpenAIModel) -> None:
    sent = request("round trip", suggested_calls=[CALL])
    first, thought = await ask(model, sent)
    assert first.text == "".join(thought) != ""
    call_id = first.calls[0].call_id
    assert first.calls == (ModelCall(call_id=call_id, tool="costs", arguments={"purpose": "See what costs most"}),)

    output = {"type": "function_call_output", "call_id": call_id, "output": json.dumps({"findings": FINDINGS})}
    items = (*sent.items, *first.items, output)
    second, _ = await ask(model, ModelRequest(instructions=sent.instructions, items=items, tools=sent.tools))
    assert (second.text, second.calls) == ("gpt-4o costs 96.79 USD. It is used for chat.", ())


async def test_transcript_items_are_json_without_ids_that_need_a_stored_response(model: OpenAIModel) -> None:
    reply, _ = await ask(model, request("items", suggested_calls=[CALL]))
    message, call = reply.items
    assert json.loads(json.dumps(reply.items)) == list(reply.items)
    assert message == {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": reply.text}],
    }
    assert set(call) == {"type", "call_id", "name", "arguments"}


async def test_usage_says_what_the_provider_counted_and_what_it_read_from_its_cache(model: OpenAIModel) -> None:
    sent = ModelRequest(instructions="Stable rules of the usage test. " * 150, items=(brief("usage"),), tools=(COSTS,))
    first, second = [(await ask(model, sent))[0].usage for _ in range(2)]
    assert first.cache_read_tokens == 0
    assert second.cache_read_tokens == 1152
    assert (second.model, second.reasoning_tokens) == (MODEL, 0)
    assert second.input_tokens > 1200
    assert second.output_tokens > 0


async def test_usage_is_that_of_the_reply(model: OpenAIModel) -> None:
    reply, _ = await ask(model, request("usage exact", evidence=[{"findings": ["Four characters a token."]}]))
    counted = ModelUsage(model=MODEL, input_tokens=0, cache_read_tokens=0, output_tokens=6, reasoning_tokens=0)
    assert replace(reply.usage, input_tokens=0) == counted
    assert reply.usage.input_tokens > 40


async def test_twenty_conversations_at_once_get_their_own_answers(model: OpenAIModel) -> None:
    sent = [request(f"many {n}", evidence=[{"findings": [f"Finding number {n}."]}]) for n in range(20)]
    replies = await asyncio.gather(*(ask(model, one) for one in sent))
    assert [reply.text for reply, _ in replies] == [f"Finding number {n}." for n in range(20)]


async def test_a_cancelled_call_closes_its_stream_at_the_server(model: OpenAIModel, admin: httpx.AsyncClient) -> None:
    await admin.post("/faults", json={"kind": "silence", "seconds": 30, "match": "cancel me"})
    begun = asyncio.Event()

    async def on_text(_delta: str) -> None:
        begun.set()

    call = asyncio.create_task(model.respond(request("cancel me", evidence=[{"findings": FINDINGS}]), on_text))
    await begun.wait()
    call.cancel()
    await asyncio.wait([call])
    assert call.cancelled()
    assert await ending_of(admin, "cancel me") == {"disconnected": 1}


async def test_an_error_of_the_listener_passes_unchanged_and_closes_the_stream(
    model: OpenAIModel, admin: httpx.AsyncClient
) -> None:
    await admin.post("/faults", json={"kind": "silence", "seconds": 20, "match": "listener"})

    async def on_text(_delta: str) -> None:
        raise KeyError("lease lost")

    with pytest.raises(KeyError, match="lease lost"):
        await model.respond(request("listener", evidence=[{"findings": FINDINGS}]), on_text)
    assert await ending_of(admin, "listener") == {"disconnected": 1}


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
        await ask(model, request(question, suggested_calls=[CALL]))
    prefixes = [
        json.dumps({key: json.loads(body)[key] for key in ("instructions", "tools")}).encode() for body in bodies
    ]
    assert len(prefixes) == 2
    assert prefixes[0] == prefixes[1]


async def test_nothing_is_stored_at_the_provider_and_calls_may_be_parallel(
    sent: tuple[OpenAIModel, list[bytes]],
) -> None:
    model, bodies = sent
    await ask(model, request("stateless", suggested_calls=[CALL]))
    body = json.loads(bodies[0])
    assert (body["store"], body["stream"], body["parallel_tool_calls"]) == (False, True, True)
    assert body["tools"][0]["strict"] is True


def test_the_sdk_is_not_loaded_before_a_model_is_opened() -> None:
    code = "import sys, common.llm.openai_model; sys.exit('openai' in sys.modules)"
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0  # noqa: S603 - our own code

"""Streams as the real services sent them (recorded/*.sse), through the real adapters.

Sources, with signatures, ids and pieces of text cut short:
- vertex_*: pydantic/pydantic-ai (MIT), tests/models/cassettes/test_google: streaming_tool_call_thought_signature,
  auto_native_structured_stream_gemini_3, model_armor_prompt_template_text_gets_blocked (there as one object).
- chat_*: openai/openai-python (Apache 2.0), .inline-snapshot/external of tests/lib/chat/test_completions_streaming.py:
  c6aa7e397b71 (call), 173417d55340 (refusal), 4cc50a6135d2 (length).
- responses_call: pydantic/pydantic-ai, test_openai_responses_phase_streamed_on_part_start.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from common.llm.port import ModelMisbehavedError, ModelRejectedError, ModelRequest, ModelUnavailableError, ToolSpec
from common.llm.port import message_item as said
from tests.unit.llm.replay import Replay, replayed
from tests.unit.llm.wires import READING, WIRES, OpenedModel, ask, output

_RECORDED = Path(__file__).with_name("recorded")
_OPEN = {wire.name: wire for wire in WIRES}
QUESTION = said("What is the capital of the user country? Call the tool")


def request_with(*tools: str) -> ModelRequest:
    specs = tuple(ToolSpec(name=tool, description="", parameters={"type": "object"}) for tool in tools)
    return ModelRequest(instructions="", items=(QUESTION,), tools=specs)


@asynccontextmanager
async def playing(wire: str, body: bytes, **how: Any) -> AsyncIterator[tuple[OpenedModel, Replay]]:
    async with replayed(body, **how) as replay:
        model = _OPEN[wire].open(replay.url, _OPEN[wire].model, 5.0)
        yield model, replay
        await model.close()


def recorded(name: str) -> AbstractAsyncContextManager[tuple[OpenedModel, Replay]]:
    return playing(name.split("_", 1)[0], (_RECORDED / f"{name}.sse").read_bytes())


async def test_gemini_s_call_comes_with_its_signature_which_goes_back_in_the_same_part() -> None:
    sent = request_with("get_country")
    async with recorded("vertex_call") as (model, replay):
        reply, deltas = await ask(model, sent)
        items = (*sent.items, *reply.items, output(reply.calls[0].call_id, country="Mexico"))
        await ask(model, replace(sent, items=items))
    assert [(call.tool, call.arguments) for call in reply.calls] == [("get_country", {})]
    assert (reply.text, deltas) == ("", [])
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.reasoning_tokens) == (29, 120, 110)
    contents = replay.bodies[1]["contents"]
    assert [content["role"] for content in contents] == ["user", "model", "user"]
    call = {"functionCall": {"name": "get_country", "args": {}}, "thoughtSignature": "Et8ECtwEAXLI2nyCB1jK"}
    assert contents[1]["parts"] == [call]
    result = {"functionResponse": {"name": "get_country", "response": {"country": "Mexico"}}}
    assert contents[2]["parts"] == [result]


async def test_gemini_s_text_comes_in_pieces_and_its_usage_is_that_of_the_last_chunk() -> None:
    async with recorded("vertex_text") as (model, _):
        reply, deltas = await ask(model, request_with())
    assert deltas == ["The capital of Mexico", " is Mexico City."]
    assert reply.text == "The capital of Mexico is Mexico City."
    assert (reply.usage.model, reply.usage.input_tokens, reply.usage.output_tokens) == ("gemini-3-pro-preview", 165, 8)


async def test_gemini_s_structured_reply_keeps_a_signature_that_came_alone() -> None:
    sent = replace(request_with(), schema=READING, max_output_tokens=400)
    async with recorded("vertex_structured") as (model, replay):
        reply, _ = await ask(model, sent)
        await ask(model, replace(sent, items=(*sent.items, *reply.items, said("And then?"))))
    assert json.loads(reply.text) == {"city": "Mexico City", "country": "Mexico"}
    assert replay.bodies[0]["generationConfig"] == {
        "maxOutputTokens": 400,
        "responseJsonSchema": READING.json_schema,
        "responseMimeType": "application/json",
        "thinkingConfig": {"thinking_level": "MINIMAL"},  # the API takes both spellings
    }
    alone = {"text": "", "thoughtSignature": "EusICugIAb4-9vvTPy2U"}
    assert replay.bodies[1]["contents"][1]["parts"] == [{"text": reply.text}, alone]


async def test_a_question_that_vertex_blocks_is_a_refusal_of_unknown_cost() -> None:
    async with recorded("vertex_blocked") as (model, _):
        with pytest.raises(ModelMisbehavedError, match="refusal") as failure:
            await ask(model, request_with())
    assert failure.value.usage is None


async def test_a_chat_completion_s_call_is_put_together_from_its_pieces() -> None:
    sent = request_with("GetWeatherArgs")
    async with recorded("chat_call") as (model, replay):
        reply, _ = await ask(model, sent)
        items = (*sent.items, *reply.items, output(reply.calls[0].call_id, celsius=12))
        await ask(model, replace(sent, items=items))
    assert reply.calls[0].arguments == {"city": "Edinburgh", "country": "UK", "units": "c"}
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (76, 24)
    _, call, result = replay.bodies[1]["messages"]
    assert call["tool_calls"][0]["id"] == result["tool_call_id"] == "call_c91SqDXlYFuETYv8mUHzz6pp"
    assert json.loads(result["content"]) == {"celsius": 12}


@pytest.mark.parametrize(("name", "words"), [("chat_refusal", "refusal"), ("chat_length", "cut short")])
async def test_a_chat_completion_that_is_no_answer_is_misbehaviour_with_its_cost(name: str, words: str) -> None:
    async with recorded(name) as (model, _):
        with pytest.raises(ModelMisbehavedError, match=words) as failure:
            await ask(model, replace(request_with(), schema=READING))
    assert failure.value.usage is not None
    assert failure.value.usage.input_tokens == 79


async def test_a_response_keeps_its_reasoning_its_phase_and_its_call() -> None:
    async with recorded("responses_call") as (model, _):
        reply, deltas = await ask(model, request_with("get_capital"))
    assert "".join(deltas) == reply.text == "I\u2019ll check the capital lookup tool for \u201cPotatoLand.\u201d"
    assert [item["type"] for item in reply.items] == ["reasoning", "message", "function_call"]
    assert reply.items[0]["encrypted_content"] == "gAAAAABqaR3__TqUW4ue"
    assert reply.items[1]["phase"] == "commentary"
    assert reply.calls[0].arguments == {"country": "PotatoLand"}
    assert reply.usage.reasoning_tokens == 26


def _google(code: int, status: str, **more: Any) -> bytes:
    return json.dumps({"error": {"code": code, "message": "No.", "status": status, **more}}).encode()


def _openai(kind: str, code: str) -> bytes:
    return json.dumps({"error": {"message": "No.", "type": kind, "param": None, "code": code}}).encode()


RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}
QUOTA = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []}


@pytest.mark.parametrize(
    ("wire", "status", "body", "error", "retry_after_s"),
    [
        ("vertex", 429, _google(429, "RESOURCE_EXHAUSTED", details=[QUOTA, RETRY_INFO]), ModelUnavailableError, 34.07),
        ("vertex", 503, _google(503, "UNAVAILABLE"), ModelUnavailableError, None),
        ("vertex", 403, _google(403, "PERMISSION_DENIED"), ModelRejectedError, None),
        ("vertex", 502, b"<html>Bad gateway</html>", ModelUnavailableError, None),
        ("responses", 429, _openai("tokens", "rate_limit_exceeded"), ModelUnavailableError, None),
        ("responses", 502, b"<html>Bad gateway</html>", ModelUnavailableError, None),
        ("chat", 401, _openai("invalid_request_error", "invalid_api_key"), ModelRejectedError, None),
    ],
)
async def test_a_refusal_is_read_in_each_provider_s_own_form(
    wire: str, status: int, body: bytes, error: Callable[..., Exception], retry_after_s: float | None
) -> None:
    async with playing(wire, body, status=status, media_type=b"application/json") as (model, _):
        with pytest.raises((ModelUnavailableError, ModelRejectedError), match=str(status)) as failure:
            await ask(model, request_with())
    assert type(failure.value) is error
    assert getattr(failure.value, "retry_after_s", None) == retry_after_s

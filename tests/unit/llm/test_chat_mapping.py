"""The Chat Completions adapter's pure parts: what other servers send, and what they get."""

from typing import Any

import pytest
from openai.types.chat import ChatCompletionChunk

from common.llm.chat_reply import ChatStream, chat_messages
from common.llm.port import ModelMisbehavedError, ModelReply, ModelRequest, message_item
from common.llm.reply import message
from tests.unit.llm.wires import COSTS, DELAYS

REQUEST = ModelRequest(instructions="Be good.", items=(), tools=(COSTS, DELAYS))
USAGE = {"prompt_tokens": 50, "completion_tokens": 5, "total_tokens": 55}


def chunk(delta: dict[str, Any] | None = None, *, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "llama3.2", "choices": choices, **more}


def call(name: str | None, arguments: str, *, index: int, call_id: str | None = None) -> dict[str, Any]:
    function = {"arguments": arguments} | ({"name": name} if name else {})
    return {"tool_calls": [{"index": index, "function": function, **({"id": call_id} if call_id else {})}]}


def read(*chunks: dict[str, Any]) -> ModelReply:
    stream = ChatStream("llama")
    for one in (*chunks, chunk(usage=USAGE)):
        list(stream.take(ChatCompletionChunk.model_validate(one)))
    return stream.reply(REQUEST)


def test_the_calls_of_a_reply_stand_in_the_message_before_them() -> None:
    calls = [
        {"type": "function_call", "call_id": name, "name": name, "arguments": "{}"} for name in ("costs", "delays")
    ]
    result = {"type": "function_call_output", "call_id": "costs", "output": "{}"}
    reasoning = {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "x"}
    messages = chat_messages("Be good.", [message_item("Why?"), reasoning, message("I look."), *calls, result, *calls])
    assert [one["role"] for one in messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert [one["id"] for one in messages[2]["tool_calls"]] == ["costs", "delays"]
    assert messages[2]["content"] == "I look."
    assert (messages[4]["content"], len(messages[4]["tool_calls"])) == (None, 2)


def test_calls_that_a_server_numbers_alike_stay_apart() -> None:
    first, second = call("costs", '{"purpose": "a"}', index=0), call("delays", '{"purpose": "b"}', index=0)
    reply = read(chunk(first), chunk(second), chunk({}, finish="tool_calls"))
    assert [(one.tool, one.arguments) for one in reply.calls] == [
        ("costs", {"purpose": "a"}),
        ("delays", {"purpose": "b"}),
    ]
    assert reply.calls[0].call_id != reply.calls[1].call_id


def test_pieces_of_two_calls_may_come_in_turns() -> None:
    pieces = [
        call("costs", '{"purp', index=0, call_id="c0"),
        call("delays", '{"purpose":', index=1, call_id="c1"),
        call(None, 'ose": "a"}', index=0),
        call(None, ' "b"}', index=1),
    ]
    reply = read(*map(chunk, pieces), chunk({}, finish="tool_calls"))
    assert [one.arguments["purpose"] for one in reply.calls] == ["a", "b"]
    assert [one.call_id for one in reply.calls] == ["c0", "c1"]


def test_usage_needs_no_details() -> None:
    usage = read(chunk({"content": "Done."}, finish="stop")).usage
    assert (usage.model, usage.input_tokens, usage.cache_read_tokens) == ("llama3.2", 50, 0)
    assert (usage.output_tokens, usage.reasoning_tokens) == (5, 0)


def test_a_filtered_reply_is_a_refusal() -> None:
    with pytest.raises(ModelMisbehavedError, match="refusal"):
        read(chunk({"content": "Half a"}, finish="content_filter"))

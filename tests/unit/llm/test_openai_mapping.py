"""The adapter's pure parts: what a provider may send that the local model never does."""

from datetime import UTC, datetime
from typing import Any

import pytest
from openai.types.responses import Response

from common.llm.openai_errors import stream_failure
from common.llm.openai_reply import read_reply
from common.llm.port import (
    ModelMisbehavedError,
    ModelRejectedError,
    ModelRequest,
    ModelUnavailableError,
)
from common.llm.statuses import retry_after_s
from tests.unit.llm.wires import COSTS

REQUEST = ModelRequest(instructions="", items=(), tools=(COSTS,))
USAGE = {
    "input_tokens": 50,
    "input_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 0},
    "output_tokens": 30,
    "output_tokens_details": {"reasoning_tokens": 25},
    "total_tokens": 80,
}
REASONING = {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "gAAA", "status": "completed"}


def message(text: str, **more: Any) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content, **more}


def function_call(arguments: str) -> dict[str, Any]:
    return {"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "costs", "arguments": arguments}


def response(*output: dict[str, Any], usage: dict[str, Any] | None = USAGE) -> Response:
    fixed = {"id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5.4-mini-2026-03-17"}
    choices = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    return Response.model_validate({**fixed, **choices, "output": list(output), "usage": usage})


def test_reasoning_goes_back_encrypted_and_is_dropped_when_it_is_only_stored_at_the_provider() -> None:
    stored = {**REASONING, "id": "rs_2", "encrypted_content": None}
    reply = read_reply(response(REASONING, stored, message("Done.")), REQUEST)
    assert [item["type"] for item in reply.items] == ["reasoning", "message"]
    assert reply.items[0] == {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "gAAA"}


def test_usage_holds_the_model_that_answered_cached_and_reasoning_tokens() -> None:
    usage = read_reply(response(message("Done.")), REQUEST).usage
    assert usage.model == "gpt-5.4-mini-2026-03-17"
    assert (usage.input_tokens, usage.cache_read_tokens) == (50, 20)
    assert (usage.output_tokens, usage.reasoning_tokens) == (30, 25)


def test_two_messages_of_one_reply_are_set_apart_and_keep_their_phase() -> None:
    reply = read_reply(response(message("First.", phase="commentary"), message("Then.")), REQUEST)
    assert reply.text == "First.\n\nThen."
    assert [item.get("phase") for item in reply.items] == ["commentary", None]


@pytest.mark.parametrize("arguments", ['{"a": ', "[1]", ""])
def test_arguments_that_are_not_a_json_object_are_misbehaviour(arguments: str) -> None:
    with pytest.raises(ModelMisbehavedError, match="arguments of costs"):
        read_reply(response(function_call(arguments)), REQUEST)


def test_a_refusal_is_misbehaviour() -> None:
    refused = message("")
    refused["content"] = [{"type": "refusal", "refusal": "I cannot help with that."}]
    with pytest.raises(ModelMisbehavedError, match="refusal"):
        read_reply(response(refused), REQUEST)


def test_a_reply_without_usage_is_misbehaviour_because_its_cost_is_unknown() -> None:
    with pytest.raises(ModelMisbehavedError, match="usage"):
        read_reply(response(message("Done."), usage=None), REQUEST)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
    ],
)
def test_the_provider_s_delay_is_read_from_every_form_of_the_header(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after_s(headers, datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("server_error", ModelUnavailableError),
        ("rate_limit_exceeded", ModelUnavailableError),
        (None, ModelUnavailableError),
        ("invalid_prompt", ModelRejectedError),
        ("context_length_exceeded", ModelRejectedError),
    ],
)
def test_a_code_in_the_stream_says_whether_trying_again_helps(code: str | None, error: type[Exception]) -> None:
    assert type(stream_failure(code, "words")) is error

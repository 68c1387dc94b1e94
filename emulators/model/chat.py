"""The Chat Completions wire, streamed: its request read into ours, and a reply as its chunks.

Source: OpenAI's reference of `POST /chat/completions`, which Ollama, vLLM and llama.cpp follow.
"""

import time
from collections.abc import Iterator
from typing import Any

from emulators.model.request import WireError, WireName, WireRequest, compact, digest_of, json_body, served_model
from emulators.model.wire import WireReply, first_half, pieces

_END = b"data: [DONE]\n\n"


def read_chat_request(raw: bytes, seed: int) -> WireRequest:
    """Validate a body; raises WireError 400 (unusable body, no stream) or 404 (unknown model)."""
    body = json_body(raw)
    model = served_model(body)
    messages = body.get("messages")
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise WireError(400, "Missing or invalid parameter: 'messages' must be a list of messages.")
    if not body.get("stream"):
        raise WireError(400, "This server answers chat completions only as a stream.")
    form = (body.get("response_format") or {}).get("json_schema") or {}
    return WireRequest(
        wire=WireName.CHAT,
        body=body,
        model=model,
        instructions="".join(str(message.get("content")) for message in messages if message.get("role") == "system"),
        items=tuple(item for message in messages for item in _items(message)),
        tools=tuple({"type": "function", **tool["function"]} for tool in body.get("tools") or ()),
        schema=form.get("schema"),
        stream=True,
        max_output_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        digest=digest_of(body, seed),
    )


def stream_of(reply: WireReply) -> list[bytes]:
    """The whole stream."""
    return [*map(_encode, _chunks(reply)), _END]


def broken_halfway(reply: WireReply) -> list[bytes]:
    """The stream interrupted by an error."""
    error = {"error": {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}}
    return [*map(_encode, first_half(list(_chunks(reply)))), _encode(error)]


def _items(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    role, content = message.get("role"), message.get("content")
    if role == "tool":
        yield {"type": "function_call_output", "call_id": message.get("tool_call_id"), "output": content}
    elif role in ("user", "assistant") and content:
        yield {"type": "message", "role": role, "content": content}
    for call in message.get("tool_calls") or ():
        yield {"type": "function_call", "call_id": call["id"], **call["function"]}


def _chunks(reply: WireReply) -> Iterator[dict[str, Any]]:
    """A first delta with the role, the text, the calls, the reason to finish, and the usage without a choice."""
    field = "refusal" if reply.fitting.refused else "content"
    yield _chunk(reply, {"role": "assistant", "content": ""})
    for words in pieces(reply.fitting.text):
        yield _chunk(reply, {field: words})
    for index, item in enumerate(item for item in reply.items if item["type"] == "function_call"):
        yield from (_chunk(reply, {"tool_calls": [{"index": index, **delta}]}) for delta in _call_deltas(item))
    finish = "length" if reply.incomplete else "tool_calls" if reply.fitting.calls else "stop"
    yield _chunk(reply, {}, finish)
    if (reply.request.body.get("stream_options") or {}).get("include_usage"):
        yield {**_chunk(reply, {}), "choices": [], "usage": _usage(reply)}


def _call_deltas(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"id": item["call_id"], "type": "function", "function": {"name": item["name"], "arguments": ""}}
    for words in pieces(item["arguments"]):
        yield {"function": {"arguments": words}}


def _chunk(reply: WireReply, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{reply.request.digest[:29]}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": reply.request.model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}],
        "usage": None,
    }


def _usage(reply: WireReply) -> dict[str, Any]:
    usage = reply.usage
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def _encode(chunk: dict[str, Any]) -> bytes:
    return f"data: {compact(chunk)}\n\n".encode()

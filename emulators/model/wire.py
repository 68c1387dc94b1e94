"""A finished reply, and its Responses form: one object, or the sequence of events that streams it."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from emulators.model.decision import DraftCall, DraftReply
from emulators.model.request import WireRequest, compact
from emulators.model.usage import CHARACTERS_A_TOKEN, TokenUsage, count_input, count_tokens

WireEvent = dict[str, Any]
_WORDS_A_DELTA = 4
_SAME_FOR_ALL: dict[str, Any] = {
    "object": "response",
    "background": False,
    "error": None,
    "incomplete_details": None,
    "metadata": {},
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "top_p": 1.0,
    "truncation": "disabled",
    "usage": None,
    "user": None,
}
"""Fields of a response object that do not depend on the request."""


@dataclass(frozen=True)
class WireReply:
    """`fitting`: what the token limit left of the draft; `incomplete`: whether it took something off.

    `items`: the same in Responses form.
    """

    request: WireRequest
    fitting: DraftReply
    items: tuple[dict[str, Any], ...]
    usage: TokenUsage
    incomplete: bool

    @property
    def status(self) -> str:
        """The final status of the response object."""
        return "incomplete" if self.incomplete else "completed"


def build_reply(request: WireRequest, draft: DraftReply, cached_tokens: int) -> WireReply:
    """Put a draft into wire form; text and calls beyond `max_output_tokens` are cut, as at the provider."""
    fitting, incomplete = _fit(draft, request.max_output_tokens)
    status = "incomplete" if incomplete else "completed"
    messages = [_message(request, fitting, status)] if fitting.text else []
    calls = [_function_call(request, index, call.tool, call.arguments) for index, call in enumerate(fitting.calls)]
    output_tokens = count_tokens(fitting.text, *(call.tool + call.arguments for call in fitting.calls))
    usage = TokenUsage(count_input(request), cached_tokens, output_tokens)
    return WireReply(request, fitting, (*messages, *calls), usage, incomplete)


def final_object(reply: WireReply) -> dict[str, Any]:
    """The finished response object: the body without streaming, the payload of the last event otherwise."""
    details = {"reason": "max_output_tokens"} if reply.incomplete else None
    changes = {"output": list(reply.items), "usage": reply.usage.as_json(), "incomplete_details": details}
    return {**_object(reply.request, reply.status), **changes}


def events_of(reply: WireReply) -> list[WireEvent]:
    """The whole event sequence, numbered from 0."""
    return _numbered(_events(reply))


def failed_halfway(reply: WireReply) -> list[WireEvent]:
    """The sequence interrupted by `response.failed`."""
    error = {"code": "server_error", "message": "The model had an error while answering."}
    broken = {**_object(reply.request, "failed"), "error": error}
    return _numbered([*first_half(list(_events(reply))), {"type": "response.failed", "response": broken}])


def error_halfway(reply: WireReply) -> list[WireEvent]:
    """The sequence interrupted by an `error` event."""
    error = {"type": "error", "code": "server_error", "message": "The server had an error.", "param": None}
    return _numbered([*first_half(list(_events(reply))), error])


def first_half(events: list[WireEvent]) -> list[WireEvent]:
    """The events before the break."""
    return events[: len(events) // 2]


def _numbered(events: Iterator[WireEvent] | list[WireEvent]) -> list[WireEvent]:
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def _events(reply: WireReply) -> Iterator[WireEvent]:
    begun = _object(reply.request, "in_progress")
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(reply.items):
        yield from _message_events(index, item) if item["type"] == "message" else _call_events(index, item)
    yield {"type": f"response.{reply.status}", "response": final_object(reply)}


def _message_events(index: int, item: dict[str, Any]) -> Iterator[WireEvent]:
    part = item["content"][0]
    kind, field = ("refusal", "refusal") if part["type"] == "refusal" else ("output_text", "text")
    place = {"item_id": item["id"], "output_index": index, "content_index": 0}
    empty = {**item, "status": "in_progress", "content": []}
    yield {"type": "response.output_item.added", "output_index": index, "item": empty}
    yield {"type": "response.content_part.added", **place, "part": {**part, field: ""}}
    for words in pieces(part[field]):
        yield {"type": f"response.{kind}.delta", **place, "delta": words, "logprobs": []}
    yield {"type": f"response.{kind}.done", **place, field: part[field], "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": part}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _call_events(index: int, item: dict[str, Any]) -> Iterator[WireEvent]:
    place = {"item_id": item["id"], "output_index": index}
    begun = {**item, "status": "in_progress", "arguments": ""}
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    for words in pieces(item["arguments"]):
        yield {"type": "response.function_call_arguments.delta", **place, "delta": words}
    done = {"name": item["name"], "arguments": item["arguments"]}
    yield {"type": "response.function_call_arguments.done", **place, **done}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def pieces(text: str) -> list[str]:
    """The text as it is streamed: a few words at a time."""
    words = re.findall(r"\s*\S+\s*", text)
    return ["".join(words[start : start + _WORDS_A_DELTA]) for start in range(0, len(words), _WORDS_A_DELTA)]


def _fit(draft: DraftReply, limit: int | None) -> tuple[DraftReply, bool]:
    if limit is None:
        return draft, False
    spent = count_tokens(draft.text)
    if spent > limit:
        return replace(draft, text=draft.text[: limit * CHARACTERS_A_TOKEN], calls=()), True
    calls: list[DraftCall] = []
    for call in draft.calls:
        spent += count_tokens(call.tool, call.arguments)
        if spent > limit:
            return replace(draft, calls=tuple(calls)), True
        calls.append(call)
    return draft, False


def _message(request: WireRequest, draft: DraftReply, status: str) -> dict[str, Any]:
    said = {"type": "output_text", "text": draft.text, "annotations": [], "logprobs": []}
    part = {"type": "refusal", "refusal": draft.text} if draft.refused else said
    return {
        "id": f"msg_{request.digest[:32]}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [part],
    }


def _function_call(request: WireRequest, index: int, tool: str, arguments: str) -> dict[str, Any]:
    return {
        "id": f"fc_{request.digest[:28]}{index:04}",
        "type": "function_call",
        "call_id": f"call_{request.digest[:20]}{index:04}",
        "name": tool,
        "arguments": arguments,
        "status": "completed",
    }


def _object(request: WireRequest, status: str) -> dict[str, Any]:
    body = request.body
    return {
        **_SAME_FOR_ALL,
        "id": f"resp_{request.digest[:32]}",
        "created_at": int(time.time()),
        "status": status,
        "instructions": body.get("instructions"),
        "max_output_tokens": request.max_output_tokens,
        "model": request.model,
        "output": [],
        "parallel_tool_calls": body.get("parallel_tool_calls", True),
        "store": body.get("store", True),
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": list(request.tools),
    }


def encode(event: WireEvent) -> bytes:
    """One server-sent event."""
    return f"event: {event['type']}\ndata: {compact(event)}\n\n".encode()

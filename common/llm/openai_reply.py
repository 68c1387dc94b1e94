"""From OpenAI's response object to the port's reply, and from the port's tools to OpenAI's."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from common.llm.port import Item, ModelCall, ModelMisbehavedError, ModelReply, ModelUsage, ToolSpec

if TYPE_CHECKING:
    from openai.types.responses import (
        Response,
        ResponseFunctionToolCall,
        ResponseOutputItem,
        ResponseOutputMessage,
        ResponseReasoningItem,
    )

MESSAGE_BREAK = "\n\n"
"""Stands between two messages of one reply, in the streamed text and in `ModelReply.text`."""


def tool_definitions(tools: Iterable[ToolSpec]) -> list[dict[str, Any]]:
    """The tools in wire form; the same tools give the same bytes, so that the provider's cache hits."""
    return [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
            "strict": True,
        }
        for tool in tools
    ]


def read_reply(response: "Response", offered: frozenset[str]) -> ModelReply:
    """Check and convert a completed response; raises ModelMisbehavedError when it cannot be used."""
    usage = read_usage(response)
    try:
        return _reply(response, offered, usage)
    except ModelMisbehavedError as error:
        error.usage = usage
        raise


def incomplete_reply(response: "Response") -> ModelMisbehavedError:
    """The error for a reply that the provider cut short, with its usage."""
    reason = response.incomplete_details.reason if response.incomplete_details else None
    return ModelMisbehavedError(f"The reply was cut short ({reason}): write less.", usage=read_usage(response))


def read_usage(response: "Response") -> ModelUsage:
    """Tokens of a finished response; raises ModelMisbehavedError when the provider left them out."""
    usage = response.usage
    if usage is None:
        raise ModelMisbehavedError("The reply came without usage, so its cost is not known.")
    return ModelUsage(
        model=response.model,
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.input_tokens_details.cached_tokens,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.output_tokens_details.reasoning_tokens,
    )


def _reply(response: "Response", offered: frozenset[str], usage: ModelUsage) -> ModelReply:
    texts = [_text(item) for item in response.output if item.type == "message"]
    calls = tuple(_call(item, offered) for item in response.output if item.type == "function_call")
    if not calls and not any(text.strip() for text in texts):
        raise ModelMisbehavedError("The reply is empty: write text, or call a tool.")
    items = tuple(item for output in response.output if (item := _transcript_item(output)))
    return ModelReply(items=items, text=MESSAGE_BREAK.join(texts), calls=calls, usage=usage)


def _text(message: "ResponseOutputMessage") -> str:
    texts = []
    for part in message.content:
        if part.type == "refusal":
            raise ModelMisbehavedError("The reply is a refusal. Answer the question from the data, or call a tool.")
        texts.append(part.text)
    return "".join(texts)


def _call(item: "ResponseFunctionToolCall", offered: frozenset[str]) -> ModelCall:
    if item.name not in offered:
        raise ModelMisbehavedError(f"There is no tool {item.name!r}. Call one of: {', '.join(sorted(offered))}.")
    try:
        arguments = json.loads(item.arguments)
    except ValueError as error:
        raise ModelMisbehavedError(f"The arguments of {item.name} are not valid JSON: {error}") from error
    if not isinstance(arguments, dict):
        raise ModelMisbehavedError(f"The arguments of {item.name} must be a JSON object.")
    return ModelCall(call_id=item.call_id, tool=item.name, arguments=arguments)


def _transcript_item(item: "ResponseOutputItem") -> Item | None:
    """The item in a form that can be sent back although the provider stores nothing: without ids."""
    match item.type:
        case "message":
            return _message_item(item)
        case "function_call":
            return {"type": item.type, "call_id": item.call_id, "name": item.name, "arguments": item.arguments}
        case "reasoning":
            return _reasoning_item(item)
    raise ModelMisbehavedError(f"The reply holds an item of type {item.type!r}. Write text, or call a tool.")


def _message_item(item: "ResponseOutputMessage") -> Item:
    phase = {"phase": item.phase} if item.phase else {}
    content = [{"type": "output_text", "text": _text(item)}]
    return {"type": "message", "role": "assistant", "content": content, **phase}


def _reasoning_item(item: "ResponseReasoningItem") -> Item | None:
    """Reasoning can be sent back only with its encrypted content; its id is then a required, unresolved label."""
    if not item.encrypted_content:
        return None
    return item.model_dump(mode="json", include={"id", "type", "summary", "encrypted_content"})

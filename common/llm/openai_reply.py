"""From OpenAI's response object to the port's reply, and from the port's tools and schemas to OpenAI's."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from common.llm.port import Item, ModelMisbehavedError, ModelReply, ModelRequest, ModelUsage, OutputSchema, ToolSpec
from common.llm.reply import REFUSAL, checked_call, message, usable_reply

if TYPE_CHECKING:
    from openai.types.responses import (
        Response,
        ResponseOutputItem,
        ResponseOutputMessage,
        ResponseReasoningItem,
    )


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


def text_format(schema: OutputSchema) -> dict[str, Any]:
    """Structured output in wire form (the API's `text.format`)."""
    return {"type": "json_schema", "name": schema.name, "schema": schema.json_schema, "strict": True}


def read_reply(response: "Response", request: ModelRequest) -> ModelReply:
    """Check and convert a completed response; raises ModelMisbehavedError when it cannot be used."""
    usage = read_usage(response)
    try:
        return _reply(response, request, usage)
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


def _reply(response: "Response", request: ModelRequest, usage: ModelUsage) -> ModelReply:
    texts = [_text(item) for item in response.output if item.type == "message"]
    calls = [
        checked_call(request, item.call_id, item.name, item.arguments)
        for item in response.output
        if item.type == "function_call"
    ]
    items = [item for output in response.output if (item := _transcript_item(output))]
    return usable_reply(request, usage, items=items, texts=texts, calls=calls)


def _text(output: "ResponseOutputMessage") -> str:
    texts = []
    for part in output.content:
        if part.type == "refusal":
            raise ModelMisbehavedError(REFUSAL)
        texts.append(part.text)
    return "".join(texts)


def _transcript_item(item: "ResponseOutputItem") -> Item | None:
    """The item in a form that can be sent back although the provider stores nothing: without ids."""
    match item.type:
        case "message":
            return {**message(_text(item)), **({"phase": item.phase} if item.phase else {})}
        case "function_call":
            return {"type": item.type, "call_id": item.call_id, "name": item.name, "arguments": item.arguments}
        case "reasoning":
            return _reasoning_item(item)
    raise ModelMisbehavedError(f"The reply holds an item of type {item.type!r}. Write text, or call a tool.")


def _reasoning_item(item: "ResponseReasoningItem") -> Item | None:
    """Reasoning can be sent back only with its encrypted content; its id is then a required, unresolved label."""
    if not item.encrypted_content:
        return None
    return item.model_dump(mode="json", include={"id", "type", "summary", "encrypted_content"})

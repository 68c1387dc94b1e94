"""From the port's request to Gemini's contents and configuration.

The transcript is in Responses wire form. Contents of Gemini alternate otherwise: all calls of a reply are parts of one
content of the model, and all their results parts of one content of the user.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from common.llm.port import Item, ModelRequest

OF_NEXT = "signature_of_next"
ALONE = "signature_alone"
"""Labels (`id`) of reasoning items: Gemini's thought signatures, `encrypted_content`, in base64.

A signature belongs to the part that it came with, which is the item after it, or an empty text that nothing else holds.
It has to go back in the same part, or the request is refused (Gemini 3 and later). Source: Gemini's guide to thought
signatures.
"""


def configuration(request: ModelRequest) -> dict[str, Any]:
    """The SDK's GenerateContentConfig; the same instructions and tools give the same bytes, so that the cache hits."""
    return {
        "system_instruction": request.instructions or None,
        "max_output_tokens": request.max_output_tokens,
        # the loop of tools is ours, and a reply that is too long is to be written shorter
        "automatic_function_calling": {"disable": True},
        "automatic_continuation": False,
        **_tools(request),
        **_form(request),
    }


def contents(items: Sequence[Item]) -> list[dict[str, Any]]:
    """The conversation as the SDK's list of Content; bytes are not encoded yet."""
    tools = {item["call_id"]: item["name"] for item in items if item["type"] == "function_call"}
    return [
        {"role": "model" if by == "model" else "user", "parts": list(_parts(list(of), tools))}
        for by, of in groupby(items, key=_speaker)
    ]


def _tools(request: ModelRequest) -> dict[str, Any]:
    if not request.tools:
        return {}
    declarations = [
        {"name": tool.name, "description": tool.description, "parameters_json_schema": tool.parameters}
        for tool in request.tools
    ]
    return {"tools": [{"function_declarations": declarations}]}


def _form(request: ModelRequest) -> dict[str, Any]:
    """As JSON schema: `response_schema` is the older OpenAPI form, which has no lists of types."""
    if request.schema is None:
        return {}
    return {
        "response_mime_type": "application/json",
        "response_json_schema": request.schema.json_schema,
        "thinking_config": {"thinking_level": "MINIMAL"},
    }


def _speaker(item: Item) -> str:
    """Results of tools stand apart from what the customer says: as many results as calls have to follow the calls."""
    if item["type"] == "function_call_output":
        return "tools"
    return "user" if item.get("role") == "user" else "model"


def _parts(items: list[Item], tools: dict[str, str]) -> Iterable[dict[str, Any]]:
    signature: dict[str, bytes] = {}
    for item in items:
        if item["type"] != "reasoning":
            yield {**_part(item, tools), **signature}
            signature = {}
            continue
        signature = {"thought_signature": base64.b64decode(item["encrypted_content"])}
        if item["id"] == ALONE:
            yield {"text": "", **signature}
            signature = {}


def _part(item: Item, tools: dict[str, str]) -> dict[str, Any]:
    match item["type"]:
        case "function_call":  # without ids, which Vertex refuses: results are matched by name and order
            return {"function_call": {"name": item["name"], "args": json.loads(item["arguments"])}}
        case "function_call_output":
            return {"function_response": {"name": tools[item["call_id"]], "response": _response(item["output"])}}
    content = item["content"]
    return {"text": content if isinstance(content, str) else "".join(part["text"] for part in content)}


def _response(output: str) -> dict[str, Any]:
    """Results are JSON objects; any other text goes under the API's own key for it."""
    try:
        value = json.loads(output)
    except ValueError:
        return {"output": output}
    return value if isinstance(value, dict) else {"output": value}

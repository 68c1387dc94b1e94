"""Which schemas a request for structured output may bring: the part of JSON schema that both providers take.

Sources: OpenAI's guide to structured outputs (every field required, `additionalProperties` false, no defaults), and
Vertex AI's (large and deeply nested schemas are refused as having too many states).
"""

from collections.abc import Iterator
from typing import Any

from emulators.model.request import WireError

_DEEPEST = 3
_KEYWORDS = frozenset(
    {
        *("type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"),
        *("description", "title", "$defs", "$ref"),
    }
)


def require_strict(schema: dict[str, Any]) -> None:
    """Raises WireError 400 with the place and the reason, as OpenAI does."""
    for reason in _breaches(schema, (), 1, schema.get("$defs", {})):
        raise WireError(400, f"Invalid schema for response_format: {reason}", code="invalid_json_schema")


def _breaches(
    schema: dict[str, Any], path: tuple[str, ...], depth: int, shared: dict[str, dict[str, Any]]
) -> Iterator[str]:
    yield from (f"in context={path}, {reason}" for reason in _own_breaches(schema, depth))
    if "$ref" in schema:
        yield from _breaches(shared[schema["$ref"].removeprefix("#/$defs/")], path, depth, shared)
    for name, inner in schema.get("properties", {}).items():
        yield from _breaches(inner, (*path, "properties", name), depth + 1, shared)
    if "items" in schema:
        yield from _breaches(schema["items"], (*path, "items"), depth, shared)
    for number, inner in enumerate(schema.get("anyOf", ())):
        yield from _breaches(inner, (*path, "anyOf", str(number)), depth, shared)


def _own_breaches(schema: dict[str, Any], depth: int) -> Iterator[str]:
    if unknown := sorted(set(schema) - _KEYWORDS):
        yield f"{unknown[0]!r} is not permitted."
    if "properties" not in schema:
        return
    if schema.get("additionalProperties") is not False:
        yield "'additionalProperties' is required to be supplied and to be false."
    if sorted(schema.get("required", ())) != sorted(schema["properties"]):
        yield "'required' is required to be an array including every key in properties."
    if depth > _DEEPEST:
        yield f"objects are nested deeper than {_DEEPEST}."

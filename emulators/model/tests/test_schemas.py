"""Which schemas are refused, and with which words."""

from typing import Any

import pytest

from emulators.model.request import WireError
from emulators.model.schemas import require_strict


def strict(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


TEXT = {"type": ["string", "null"], "description": "In the customer's words."}


def test_nested_lists_and_alternatives_of_three_levels_are_taken() -> None:
    inner = strict(words=TEXT, kind={"type": ["string", "null"], "enum": ["list", "billed", None]})
    part = strict(because={"type": ["array", "null"], "items": inner}, top={"type": ["integer", "null"]})
    require_strict(strict(parts={"anyOf": [{"type": "array", "items": part}, {"type": "null"}]}))
    shared = {"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}]}
    require_strict({**strict(part=shared), "$defs": {"Part": part}})


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "object", "properties": {"a": TEXT}, "required": ["a"]}, "additionalProperties"),
        ({**strict(a=TEXT, b=TEXT), "required": ["a"]}, "including every key"),
        (strict(a={"type": "integer", "minimum": 1}), r"\('properties', 'a'\), 'minimum' is not permitted"),
        (strict(a={"type": "string", "default": "x"}), "'default' is not permitted"),
        (strict(a=strict(b=strict(c=strict(d=TEXT)))), "nested deeper than 3"),
        ({**strict(a=strict(b={"$ref": "#/$defs/C"})), "$defs": {"C": strict(c=strict(d=TEXT))}}, "deeper than 3"),
        (strict(a={"type": "array", "items": {"properties": {"b": TEXT}}}), r"'a', 'items'\)"),
    ],
)
def test_a_schema_that_a_provider_refuses_is_refused_with_its_place(schema: dict[str, Any], words: str) -> None:
    with pytest.raises(WireError, match=words) as refusal:
        require_strict(schema)
    assert (refusal.value.status, refusal.value.code) == (400, "invalid_json_schema")

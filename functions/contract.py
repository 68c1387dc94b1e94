"""What clients may rely on, as one JSON Schema document: `python -m functions.contract` prints it.

`$defs` hold events, answers, errors, requests, replies and stored documents; `constants` hold limits and lists. What
clients read is described as it is written: all fields are there, except those that are left out where they are None.
"""

import json
import sys
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from common.accounts.quotas import MESSAGE_LIMIT, OPEN_RUNS_LIMIT, TIERS, TITLE_LIMIT
from common.assistant.registry import TOOLS
from common.contract import documents
from common.contract.answer import Answer, Block, Unit
from common.contract.events import AGENT_ORDER, AgentName, Event
from common.contract.status import Status
from common.core.vocabulary import RecommendationStatus, TierName
from common.datasets.chunks import CHUNK_BYTES, DATASET_BYTES, PIECE_BYTES
from common.errors import ErrorBody
from common.evaluations.sample import SAMPLE_BYTES, SAMPLE_LIMIT
from common.spend import priced_models
from common.spend.ledger import FEE_PERCENT
from functions.account.evaluations import EVALUATION_BYTES
from functions.account.requests import KEY_NAME_LIMIT
from functions.registry import client_routes
from functions.usage.requests import NAME_LIMIT

Schema = dict[str, Any]

_DOCUMENTS: tuple[type[BaseModel], ...] = (
    *(documents.UserDocument, documents.ThreadDocument, documents.RunDocument, documents.EventsDocument),
    *(documents.DatasetDocument, documents.RejectsDocument),
    *(documents.RecommendationDocument, documents.LedgerDocument, documents.EvaluationDocument),
)
_UNIONS: dict[str, Any] = {"Event": Event, "Block": Block, "Message": documents.Message}
_WORDS: dict[str, tuple[Any, str]] = {
    "Unit": (Unit, "What a number counts; pct: 12.5 means 12.5 %."),
    "AgentName": (AgentName, "The agents, in the order in which they work."),
    "RunStatus": (Status, "queued: waits for the run before it in its thread."),
    "RecommendationStatus": (RecommendationStatus, "The life of a recommendation; rejected ends it."),
    "TierName": (TierName, "The tiers, the smallest first."),
}
_TIMESTAMP: Schema = {
    "title": "Timestamp",
    "description": "A time as Firestore's SDK gives it; its own class fits.",
    "type": "object",
    "properties": {"seconds": {"type": "integer"}, "nanoseconds": {"type": "integer"}},
    "required": ["seconds", "nanoseconds"],
    "additionalProperties": False,
}


def contract() -> Schema:
    """The contract, complete."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ApexContract",
        "$defs": _definitions(),
        "constants": _constants(),
    }


def _constants() -> dict[str, object]:
    return {
        "AGENT_ORDER": AGENT_ORDER,
        "CHUNK_BYTES": CHUNK_BYTES,
        "DATASET_BYTES": DATASET_BYTES,
        "DATASET_NAME_LIMIT": NAME_LIMIT,
        "KEY_NAME_LIMIT": KEY_NAME_LIMIT,
        "EVALUATION_BYTES": EVALUATION_BYTES,
        "EVALUATION_SAMPLE_BYTES": SAMPLE_BYTES,
        "EVALUATION_SAMPLE_LIMIT": SAMPLE_LIMIT,
        "FEE_PCT": FEE_PERCENT,
        "MESSAGE_LIMIT": MESSAGE_LIMIT,
        "MODEL_NAMES": priced_models(),
        "OPEN_RUNS_LIMIT": OPEN_RUNS_LIMIT,
        "PIECE_BYTES": PIECE_BYTES,
        "TOOL_TITLES": {name: tool.title for name, tool in TOOLS.items()},
        "QUESTIONS_PER_MONTH": {tier.name: tier.turns_per_month for tier in TIERS.values()},
        "TITLE_LIMIT": TITLE_LIMIT,
    }


def _definitions() -> Schema:
    routes = [route for _, route in client_routes()]
    read: list[type[BaseModel]] = [Answer, ErrorBody, *(route.reply for route in routes), *_DOCUMENTS]
    sent = (route.request.model for route in routes if route.request.model is not None)
    replies = _schemas("serialization", {model.__name__: model for model in read} | _UNIONS)
    requests = _schemas("validation", {model.__name__: model for model in sent})
    definitions = {name: _as_written(schema) for name, schema in replies.items()} | requests
    definitions |= {
        name: {"enum": list(get_args(words)), "type": "string", "description": text}
        for name, (words, text) in _WORDS.items()
    }
    named = {_key(definitions[name]): name for name in _UNIONS}
    named |= {_key({**definitions[name], "description": None}): name for name in _WORDS}
    named[_key(documents.TIMESTAMP)] = "Timestamp"
    definitions["Timestamp"] = _TIMESTAMP
    return {name: _refer(schema, named, top=True) | {"title": name} for name, schema in sorted(definitions.items())}


def _schemas(mode: JsonSchemaMode, types: dict[str, Any]) -> Schema:
    """A definition for each of `types` and for all that they hold."""
    adapters: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        (name, mode, TypeAdapter(kind)) for name, kind in types.items()
    ]
    top, shared = TypeAdapter.json_schemas(adapters)
    direct = {name: schema for (name, _), schema in top.items() if "$ref" not in schema}
    definitions: Schema = shared.get("$defs", {}) | direct
    return definitions


def _as_written(schema: Schema) -> Schema:
    """All properties are there, except those whose default is None: they are left out then."""
    if "properties" not in schema:
        return schema
    optional = {name for name, field in schema["properties"].items() if "default" in field and field["default"] is None}
    properties = {
        name: _without_null(field) if name in optional else field for name, field in schema["properties"].items()
    }
    return {**schema, "properties": properties, "required": [name for name in properties if name not in optional]}


def _without_null(field: Schema) -> Schema:
    (kind,) = (choice for choice in field["anyOf"] if choice != {"type": "null"})
    return dict(kind)


def _refer(value: Any, names: dict[str, str], *, top: bool = False) -> Any:
    """`value` with names in place of what is defined under a name, and without the titles that pydantic makes up."""
    if isinstance(value, list):
        return [_refer(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if not top and (name := names.get(_key(value)) or names.get(_key({**value, "description": None}))):
        return {"$ref": f"#/$defs/{name}"}
    fields = {
        key: item for key, item in value.items() if not (key in ("title", "default") and not isinstance(item, dict))
    }
    return {key: _refer(item, names) for key, item in fields.items()}


def _key(schema: Schema) -> str:
    """Tells equal schemas, whatever pydantic calls them."""
    plain = {key: item for key, item in schema.items() if key != "title" or schema == documents.TIMESTAMP}
    return json.dumps(plain, sort_keys=True)


if __name__ == "__main__":
    json.dump(contract(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")

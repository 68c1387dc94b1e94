"""The contract of clients describes what is written: every field is there, but those that are left out when None."""

import json
from collections.abc import Iterator
from typing import Any

from common.errors import ErrorCode
from common.spend import known_model
from functions.contract import contract
from functions.http import Reply
from functions.registry import FUNCTIONS

LEFT_OUT_WHEN_NONE = {
    "AgentCompleted": {"answer"},
    "Answer": {"reading", "used"},
    "AnswerMessage": {"reading", "used"},
    "ChartBlock": {"comparison"},
    "Fact": {"of"},
    "Scope": {"first", "last"},
    "AgentThinking": {"replaces"},
    "DatasetDocument": {"error", "content_sha256", "shared", "unread_usd"},
    "Recommendation": {"feature", "from_model", "provider", "to_model", "to_provider"},
    "RecommendationDocument": {
        *("accepted_at", "implemented_at", "verified_at", "rejected_at"),
        *("baseline", "measured"),
    },
    "RunDocument": {"ended_at", "error"},
    "EvaluationDocument": {"scores", "replay", "due_at", "ended_at", "error"},
    "ReplayProgress": {"win_rate", "low", "high", "verdict", "more"},
    "UserDocument": {"merged_into", "moved"},
}
REQUESTS = {"TurnRequest": {"thread_id", "dataset_ids", "click"}, "CancelRequest": {"client_request_id"}}
REQUESTS |= {"ClickRequest": {"choice", "chip", "to"}}
REQUESTS |= {"BeginRequest": {"model", "size_bytes"}, "KeyRequest": {"live"}}
REQUESTS |= {
    "StatementQuery": {"format"},
    "FileParameters": {"model"},
    "QueryRequest": {"dataset_ids"},
    "UsageQuery": {"where", "period", "versus", "by", "order", "top", "threshold"},
    "Condition": {"negated"},
    "Period": {"days", "first", "last"},
    "Order": {"measure", "descending", "by_difference"},
    "Threshold": {"at_least", "at_most"},
    "EvaluationQuery": {"reference", "candidate", "feature"},
}


def references(value: Any) -> Iterator[str]:
    """Every name that a schema refers to."""
    if isinstance(value, dict):
        yield from (value["$ref"],) if "$ref" in value else ()
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from references(item)


def test_only_what_is_left_out_when_none_is_optional() -> None:
    optional = {
        name: set(schema["properties"]) - set(schema.get("required", ()))
        for name, schema in contract()["$defs"].items()
        if "properties" in schema
    }
    assert {name: fields for name, fields in optional.items() if fields} == LEFT_OUT_WHEN_NONE | REQUESTS


def test_every_reference_is_defined_and_every_error_code_listed() -> None:
    document = contract()
    names = {name.removeprefix("#/$defs/") for name in references(document)}
    assert names - set(document["$defs"]) == set()
    assert document["$defs"]["ErrorCode"]["enum"] == [code.value for code in ErrorCode]


def test_unions_and_words_are_named_wherever_they_are_used() -> None:
    definitions = contract()["$defs"]
    assert definitions["EventsDocument"]["properties"]["events"]["items"] == {"$ref": "#/$defs/Event"}
    assert definitions["Answer"]["properties"]["blocks"]["items"] == {"$ref": "#/$defs/Block"}
    assert definitions["Fact"]["properties"]["unit"] == {"$ref": "#/$defs/Unit"}
    assert definitions["AgentStarted"]["properties"]["agent"] == {"$ref": "#/$defs/AgentName"}
    assert definitions["RunDocument"]["properties"]["created_at"] == {"$ref": "#/$defs/Timestamp"}


def test_the_same_code_gives_the_same_contract() -> None:
    assert json.dumps(contract()) == json.dumps(contract())


def test_every_tier_has_a_quota_and_a_fee() -> None:
    constants = contract()["constants"]
    tiers = contract()["$defs"]["TierName"]["enum"]
    assert list(constants["QUESTIONS_PER_MONTH"]) == list(constants["FEE_PCT"]) == tiers


def test_every_model_that_is_proposed_has_a_price() -> None:
    names = contract()["constants"]["MODEL_NAMES"]
    assert {"gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-pro"} <= set(names)
    assert [name for name in names if known_model(name) is None] == []


def test_no_reply_has_a_field_that_may_be_left_out() -> None:
    models = {route.reply for function in FUNCTIONS for route in function.served}
    replies = [model for model in models if isinstance(model, type) and issubclass(model, Reply)]
    assert len(replies) > len(FUNCTIONS)
    fields = [(model, name, field) for model in replies for name, field in model.model_fields.items()]
    assert [(model.__name__, name) for model, name, field in fields if field.default is None] == []

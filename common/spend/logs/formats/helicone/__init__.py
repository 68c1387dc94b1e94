"""Helicone requests: the command line's CSV, and rows of the REST API or HQL as JSON.

Fields: Helicone's CLI and HeliconeRequest. The CSV has no cached tokens; whether those of the JSON are part of the
prompt tokens is not documented, so the data decide. An answer from Helicone's cache refers to the request that it
repeats (`cache_reference_id`, of zeros for any other) and costs nothing: its tokens are not counted.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.fields.columns import ALIASES, plain
from common.spend.logs.formats.accessors import first, has, inner, number, pick
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide

_SESSION = "heliconesessionid"


def _recognises(record: Record) -> bool:
    known = has(record, "requestcreatedat", "prompttokens", "completiontokens")
    return known and any(has(record, name) for name in ("responseid", "requestid", "requestproperties", "properties"))


def _read(record: Record) -> Iterator[Fields]:
    properties = {plain(key): value for key, value in _properties(record).items()}
    yield {
        "ts": record.get("request_created_at"),
        "model": pick(record, "model", "response_model", "request_model", "model_override"),
        "provider": record.get("provider"),
        **_tokens(record),
        "latency": pick(record, "latency", "delay_ms", "latency_ms"),
        "latency_scale": 1.0 if record.get("latency") in (None, "") else None,
        "ttft": record.get("time_to_first_token"),
        "status": pick(record, "response_status", "status"),
        "user": pick(record, "request_user_id", "user_id"),
        "feature": next((properties[name] for name in ALIASES["feature"] if properties.get(name)), None),
        "session": properties.get(_SESSION),
        "request_id": pick(record, "request_id", "response_id"),
        "prompt": first(inner(record.get("request_body")) or None, record.get("request_body")),
    }


def _tokens(record: Record) -> Fields:
    cost = pick(record, "cost", "cost_usd", "costUSD")
    if str(record.get("cache_reference_id") or "").strip("0-") and not number(cost):
        return {"input": 0, "output": 0, "cost": 0}
    return {
        "input": record.get("prompt_tokens"),
        "output": record.get("completion_tokens"),
        "cached": record.get("prompt_cache_read_tokens"),
        "write": record.get("prompt_cache_write_tokens"),
        "reasoning": record.get("reasoning_tokens"),
        "audio_input": record.get("prompt_audio_tokens"),
        "audio_output": record.get("completion_audio_tokens"),
        "total": record.get("total_tokens"),
        "cost": cost,
    }


def _properties(record: Record) -> dict[str, Any]:
    return inner(record.get("request_properties")) or inner(record.get("properties"))


FORMATS = (
    Format(
        name="helicone",
        title="Helicone requests",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "request_created_at", "model": "model", "input": "prompt_tokens", "output": "completion_tokens",
            "cached": "prompt_cache_read_tokens", "write": "prompt_cache_write_tokens", "cost": "cost",
            "latency": "latency", "ttft": "time_to_first_token", "status": "response_status", "user": "request_user_id",
            "feature": "request_properties", "request_id": "request_id", "prompt": "request_body",
        },
        cached_outside=None,
        reasoning_outside=None,
        latency_scale=None,
    ),
)  # fmt: skip

GUIDE = Guide(
    name="Helicone",
    words=("helicone",),
    best="the request export",
    steps=(
        "In Helicone open Requests and choose the last full month.",
        "Press Export; choose JSON, because the CSV leaves out cached tokens.",
        "Drop the file here.",
    ),
    note="It has latency, status, users and properties, which Apex takes as features.",
)

"""Portkey's log export (JSON lines).

Fields: Portkey's documentation of log exports, and Portkey-AI/gateway's issues. Units are tokens; a cost is in US
cents; answers from Portkey's own cache ("HIT", "SIMPLE HIT", "SEMANTIC HIT") are no requests to a provider.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner, pick
from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    return record.keys() >= {"ai_model", "req_units", "res_units"}


def _read(record: Record) -> Iterator[Fields]:
    metadata = inner(record.get("metadata"))
    if str(record.get("cache_status") or "").casefold().split()[-1:] == ["hit"]:
        return
    yield {
        "ts": record.get("created_at"),
        "model": record.get("ai_model"),
        "provider": record.get("ai_org"),
        "input": record.get("req_units"),
        "output": first(record.get("res_units"), 0),
        "cost": record.get("cost"),
        "currency": record.get("cost_currency"),
        "latency": record.get("response_time"),
        "status": _status(record),
        "user": pick(metadata, "_user", "user"),
        "feature": pick(metadata, "feature", "_feature", "use_case"),
        "session": record.get("trace_id"),
        "request_id": record.get("id"),
    }


def _status(record: Record) -> Any:
    return first(record.get("response_status_code"), "ok" if record.get("is_success") is True else "error")


FORMATS = (
    Format(
        name="portkey",
        title="Portkey log export",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "created_at", "model": "ai_model", "provider": "ai_org", "input": "req_units", "output": "res_units",
            "cost": "cost", "currency": "cost_currency", "latency": "response_time", "status": "response_status_code",
            "user": "metadata._user", "session": "trace_id", "request_id": "id",
        },
        cost_scale=0.01,
        others="answers from Portkey's cache",
    ),
)  # fmt: skip

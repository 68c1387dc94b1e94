"""Logs of New API and One API, gateways that many resell models with: pages of /api/log, or the database's table.

Fields: QuantumNous/new-api, model/log.go and service/log_info_generate.go. Cached tokens are in `other`, an object or
its JSON text: part of the prompt, except for Claude (`claude`). The quota is in units of the gateway's own and has its
operator's prices: it is no cost. Of the types of records only 2 (used) and 5 (failed) are requests.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner, number, objects
from common.spend.logs.formats.format import Fields, Format, Record

_REQUESTS = {"2": "ok", "5": "error"}
"""Status by type."""


def _is_log(record: Record) -> bool:
    return record.keys() >= {"type", "quota", "token_name", "model_name", "prompt_tokens", "completion_tokens"}


def _page(record: Record) -> list[Record]:
    return objects(inner(record.get("data")).get("items"))


def _recognises(record: Record) -> bool:
    return _is_log(record) or any(map(_is_log, _page(record)))


def _read(record: Record) -> Iterator[Fields]:
    for row in _page(record) or [record]:
        status = _REQUESTS.get(str(row.get("type")))
        yield _request(row, status) if status else {}


def _request(row: Record, status: str) -> Fields:
    other = inner(row.get("other"))
    wait = number(other.get("frt"))
    return {
        "ts": row.get("created_at"),
        "model": row.get("model_name"),
        "input": row.get("prompt_tokens"),
        "output": row.get("completion_tokens"),
        **_cache(other),
        "latency": row.get("use_time"),
        "ttft": wait if wait and wait > 0 else None,
        "status": status,
        "user": row.get("username"),
        "feature": row.get("token_name"),
        "request_id": first(row.get("request_id"), f"{row.get('created_at')} {row.get('id')}"),
    }


def _cache(other: dict[str, Any]) -> Fields:
    return {
        "cached": other.get("cache_tokens"),
        "write": first(other.get("cache_creation_tokens"), other.get("cache_write_tokens")),
        "write_5m": other.get("cache_creation_tokens_5m"),
        "write_1h": other.get("cache_creation_tokens_1h"),
        "cached_outside": other.get("claude") is True,
    }


FORMATS = (
    Format(
        name="new_api",
        title="New API or One API logs",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "created_at", "model": "model_name", "input": "prompt_tokens", "output": "completion_tokens",
            "cached": "other.cache_tokens", "latency": "use_time", "status": "type", "user": "username",
            "feature": "token_name",
        },
        latency_scale=1000.0,
        others="records of no request (top-ups, management)",
    ),
)  # fmt: skip

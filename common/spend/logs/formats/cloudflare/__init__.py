"""Cloudflare AI Gateway's logs: pages of its API, or single logs as JSON lines.

Fields: Cloudflare's API reference, AI Gateway, "List Gateway Logs". `cached` says that the gateway itself answered:
that is no request to a provider, and cost nothing.
"""

from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, inner, objects, pick
from common.spend.logs.formats.format import Fields, Format, Record

_LOG = {"tokens_in", "tokens_out", "model", "created_at"}


def _recognises(record: Record) -> bool:
    return record.keys() >= _LOG or any(log.keys() >= _LOG for log in objects(record.get("result")))


def _read(record: Record) -> Iterator[Fields]:
    """{} for an answer of the gateway's cache."""
    for log in objects(record["result"]) if "result" in record else [record]:
        metadata = inner(log.get("metadata"))
        if str(log.get("cached")).casefold() in ("true", "1"):
            yield {}
            continue
        yield {
            "ts": log.get("created_at"),
            "model": log.get("model"),
            "provider": log.get("provider"),
            "input": log.get("tokens_in"),
            "output": first(log.get("tokens_out"), 0),
            "cost": log.get("cost"),
            "latency": log.get("duration"),
            "status": first(log.get("status_code"), "ok" if log.get("success") is True else "error"),
            "user": pick(metadata, "user", "user_id"),
            "feature": pick(metadata, "feature", "app"),
            "request_id": log.get("id"),
        }


FORMATS = (
    Format(
        name="cloudflare",
        title="Cloudflare AI Gateway logs",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "created_at", "model": "model", "provider": "provider", "input": "tokens_in", "output": "tokens_out",
            "cost": "cost", "latency": "duration", "status": "status_code", "request_id": "id",
        },
        others="answers from the gateway's cache",
    ),
)  # fmt: skip

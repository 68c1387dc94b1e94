"""Sessions of the coding agent pi, and of OpenClaw, which is built on it (JSON lines). Only messages of the assistant
are requests.

Fields: badlogic/pi-mono, session format version 3. The counts are disjoint; output includes reasoning.
"""

from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, inner
from common.spend.logs.formats.format import Fields, Format, Record

_OTHERS = frozenset({"model_change", "thinking_level_change", "compaction", "branch_summary", "custom_message"})


def _recognises(record: Record) -> bool:
    message, kind = inner(record.get("message")), record.get("type")
    if kind == "message":
        return "parentId" in record and "role" in message and ("usage" not in message or "api" in message)
    return record.keys() >= {"type", "version", "id", "timestamp", "cwd"} or (kind in _OTHERS and "parentId" in record)


def _read(record: Record) -> Iterator[Fields]:
    message = inner(record.get("message"))
    usage = inner(message.get("usage"))
    if message.get("role") != "assistant" or not usage:
        return
    yield {
        "ts": first(record.get("timestamp"), message.get("timestamp")),
        "model": message.get("model"),
        "provider": message.get("provider"),
        "uncached": first(usage.get("input"), 0),
        "cached": usage.get("cacheRead"),
        "write": usage.get("cacheWrite"),
        "output": first(usage.get("output"), 0),
        "cost": inner(usage.get("cost")).get("total"),
        "status": message.get("stopReason") if message.get("stopReason") in ("error", "aborted") else "ok",
        "request_id": record.get("id"),
    }


FORMATS = (
    Format(
        name="pi",
        title="pi or OpenClaw session",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "timestamp", "model": "message.model", "provider": "message.provider", "uncached": "usage.input",
            "cached": "usage.cacheRead", "write": "usage.cacheWrite", "output": "usage.output",
            "cost": "usage.cost.total", "status": "stopReason", "request_id": "id",
        },
        others="lines that are no answers of a model (questions, tool results, changes of the session)",
    ),
)  # fmt: skip

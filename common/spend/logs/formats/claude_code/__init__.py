"""Claude Code's session logs (JSON lines), also those of sub-agents. Only messages of the assistant are requests.

A message is written once per block of its content, while its output grows, with the same message id and request id: of
an id the importer counts the fullest record. Fields: from logs of versions 1 and 2.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import anthropic_tokens, first, folder_of, inner
from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    if record.get("type") == "assistant" and inner(inner(record.get("message")).get("usage")):
        return "sessionId" in record or "requestId" in record
    return record.keys() >= {"type", "sessionId", "uuid", "parentUuid"} or record.keys() >= {"type", "leafUuid"}


def _read(record: Record) -> Iterator[Fields]:
    message = inner(record.get("message"))
    usage = inner(message.get("usage"))
    if record.get("type") != "assistant" or not usage:
        return
    failed = record.get("isApiErrorMessage") is True
    yield {
        "ts": record.get("timestamp"),
        "model": message.get("model"),
        "provider": None if failed else "anthropic",
        **anthropic_tokens(usage),
        "cost": record.get("costUSD"),
        "latency": record.get("durationMs"),
        "status": "api error" if failed else "ok",
        "feature": folder_of(record.get("cwd")),
        "tags": ["sidechain"] if record.get("isSidechain") is True else [],
        "session": record.get("sessionId"),
        "request_id": _identity(record, message),
    }


def _identity(record: Record, message: dict[str, Any]) -> Any:
    if message.get("id") and record.get("requestId"):
        return f"{message['id']} {record['requestId']}"
    return first(message.get("id"), record.get("uuid"))


FORMATS = (
    Format(
        name="claude_code",
        title="Claude Code session log",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "timestamp", "model": "message.model", "input": "input_tokens", "output": "output_tokens",
            "cached": "cache_read_input_tokens", "write": "cache_creation_input_tokens", "status": "isApiErrorMessage",
            "session": "sessionId", "request_id": "requestId", "feature": "cwd",
        },
        cached_outside=True,
        others="lines that are no answers of a model (questions, tool results, summaries)",
    ),
)  # fmt: skip

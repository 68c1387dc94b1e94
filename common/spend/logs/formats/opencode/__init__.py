"""OpenCode's messages (JSON lines, one JSON object a file, or a session with its messages as `opencode export` writes
it). Only messages of the assistant are requests; the parts of a message repeat its tokens.

Fields: as t3code and OpenCode's own issues show them (2026). Input is without cached tokens, output without reasoning.
Times are milliseconds since 1970.
"""

from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, inner, number, objects
from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    messages = objects(record.get("messages"))
    if messages and "info" in record:
        return all("info" in message and "parts" in message for message in messages)
    return record.keys() >= {"sessionID", "role"} and (record["role"] == "user" or "tokens" in record)


def _read(record: Record) -> Iterator[Fields]:
    for message in objects(record.get("messages")):
        yield from list(_message(inner(message.get("info")))) or [{}]
    yield from _message(record)


def _message(record: Record) -> Iterator[Fields]:
    tokens, times = inner(record.get("tokens")), inner(record.get("time"))
    if record.get("role") != "assistant" or not tokens:
        return
    cache, start, end = inner(tokens.get("cache")), number(times.get("created")), number(times.get("completed"))
    yield {
        "ts": times.get("created"),
        "model": record.get("modelID"),
        "provider": record.get("providerID"),
        "uncached": first(tokens.get("input"), 0),
        "cached": cache.get("read"),
        "write": cache.get("write"),
        "output": first(tokens.get("output"), 0),
        "reasoning": tokens.get("reasoning"),
        "cost": record.get("cost"),
        "latency": None if start is None or end is None else end - start,
        "status": "error" if record.get("error") else "ok",
        "session": record.get("sessionID"),
        "request_id": record.get("id"),
    }


FORMATS = (
    Format(
        name="opencode",
        title="OpenCode messages",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "time.created", "model": "modelID", "provider": "providerID", "uncached": "tokens.input",
            "cached": "tokens.cache.read", "write": "tokens.cache.write", "output": "tokens.output",
            "reasoning": "tokens.reasoning", "cost": "cost", "session": "sessionID", "request_id": "id",
        },
        reasoning_outside=True,
        others="messages of users",
    ),
)  # fmt: skip

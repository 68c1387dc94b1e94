"""Events of Anthropic's streams, one per line, alone or as the `data` of a line of one's own that has a time.

`message_start` has the input and a first count of the output; the usage of `message_delta` is cumulative and replaces
it (docs.anthropic.com, "Streaming messages"). Both give a row of one id, of which the importer counts the fullest: so a
stream that was cut off counts, too.
"""

from collections.abc import Iterator
from typing import Any, cast

from common.spend.logs.formats.accessors import anthropic_tokens, first, inner
from common.spend.logs.formats.format import Fields, Format, Memory, Record
from common.spend.logs.formats.responses import envelope_of

_EVENTS = frozenset(
    {
        "message_start",
        "message_delta",
        "message_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "ping",
    }
)
_MOST_OPEN = 100
"""Streams that are remembered."""
_LONGEST = 200
"""Characters of a name that is remembered."""


def _event(record: Record) -> Record:
    """The event itself; {} where there is none."""
    inside = (record, inner(record.get("data")), inner(record.get("event")))
    return next((each for each in inside if each.get("type") in _EVENTS), {})


def _recognises(record: Record) -> bool:
    return bool(_event(record))


def _follow(record: Record, memory: Memory) -> Iterator[Fields]:
    event, envelope = _event(record), envelope_of(record)
    streams = memory.setdefault("streams", {})
    if event.get("type") == "message_start":
        message = inner(event.get("message"))
        start = _start(envelope, message)
        memory["last"] = str(first(envelope.get("request_id"), start.get("request_id")))[:_LONGEST]
        streams.pop(memory["last"], None)
        streams[memory["last"]] = _small(start)
        while len(streams) > _MOST_OPEN:
            streams.pop(next(iter(streams)))
        yield start
    elif event.get("type") == "message_delta" and (usage := inner(event.get("usage"))):
        key = str(envelope.get("request_id"))[:_LONGEST]
        begun = streams.get(key) or streams.get(memory.get("last"))
        counted = {name: value for name, value in anthropic_tokens(usage).items() if value}
        yield cast("Fields", {**begun, **counted}) if begun else {}


def _start(envelope: Fields, message: dict[str, Any]) -> Fields:
    identity = first(message.get("id"), envelope.get("request_id"), envelope.get("ts"))
    named: Fields = {"model": first(message.get("model"), envelope.get("model")), "request_id": identity}
    return {**envelope, **named, **anthropic_tokens(inner(message.get("usage")))}


def _small(fields: Fields) -> dict[str, Any]:
    """What is remembered of the start: names and counts."""
    kept = ((name, value) for name, value in fields.items() if isinstance(value, str | int | float))
    return {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in kept if name != "prompt"}


FORMATS = (
    Format(
        name="anthropic_events",
        title="events of Anthropic's streams",
        recognises=_recognises,
        follow=_follow,
        labels={
            "ts": "timestamp", "model": "message.model", "input": "input_tokens", "output": "output_tokens",
            "cached": "cache_read_input_tokens", "write": "cache_creation_input_tokens", "request_id": "message.id",
        },
        cached_outside=True,
        others="events without usage (content, pings, ends)",
    ),
)  # fmt: skip

"""Traces of lengths and prefix hashes, as Mooncake publishes them: one request per line, times in ms from the start.

Fields: kvcache-ai/Mooncake, FAST25-release/traces. `hash_ids` are hashes of prefix blocks of 512 tokens. No model is
named, so the customer names one.
"""

from collections.abc import Iterator

from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    return {"timestamp", "input_length", "output_length", "hash_ids"} <= record.keys()


def _read(record: Record) -> Iterator[Fields]:
    yield {
        "ts": record.get("timestamp"),
        "model": record.get("model"),
        "input": record.get("input_length"),
        "output": record.get("output_length"),
        "blocks": record.get("hash_ids"),
        "session": record.get("session_id"),
    }


FORMATS = (
    Format(
        name="prefix_trace",
        title="trace of lengths and prefix hashes (Mooncake)",
        recognises=_recognises,
        read=_read,
        labels={"ts": "timestamp", "input": "input_length", "output": "output_length", "blocks": "hash_ids"},
    ),
)

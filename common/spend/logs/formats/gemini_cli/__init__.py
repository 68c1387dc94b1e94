"""Gemini CLI's session logs: JSON lines, or one JSON document with its `messages`. Only answers, of type "gemini", are
requests.

Fields: as codeburn and ai-engineering-fluency read them (2026). Cached tokens are part of the input; thoughts and the
tokens of tools' results come on top of output and input. An answer is written again, under the same id, when tools have
run: the importer counts an id once.
"""

from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, inner, objects, total
from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    if record.get("type") == "gemini":
        return "input" in inner(record.get("tokens"))
    return record.keys() >= {"sessionId", "projectHash"} or record.keys() == {"$set"}


def _read(record: Record) -> Iterator[Fields]:
    for message in objects(record.get("messages")):
        yield from _read(message)
    tokens = inner(record.get("tokens"))
    if record.get("type") != "gemini" or not tokens:
        return
    yield {
        "ts": record.get("timestamp"),
        "model": record.get("model"),
        "provider": "google",
        "input": total([tokens.get("input"), tokens.get("tool")]),
        "cached": tokens.get("cached"),
        "output": first(tokens.get("output"), 0),
        "reasoning": tokens.get("thoughts"),
        "request_id": record.get("id"),
    }


FORMATS = (
    Format(
        name="gemini_cli",
        title="Gemini CLI session log",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "timestamp", "model": "model", "input": "tokens.input", "cached": "tokens.cached",
            "output": "tokens.output", "reasoning": "tokens.thoughts", "request_id": "id",
        },
        reasoning_outside=True,
        others="lines that are no answers of a model (questions, changes of the session)",
    ),
)  # fmt: skip

"""Braintrust's logs (JSON lines, arrays, or CSV with JSON in its cells). Only spans of type "llm" are requests: those
above may repeat the sums of the calls below them.

Fields: braintrust.dev/docs, "Log token metrics to traced spans manually" and the reference of logs. Times are seconds,
of start and end since 1970. Cached tokens are part of the prompt, reasoning is part of the completion, unless the row's
own total says otherwise.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner, number, objects, pick
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide


def _recognises(record: Record) -> bool:
    known = record.keys() >= {"span_id", "root_span_id"}
    return known and any(name.partition(".")[0] == "span_attributes" for name in record)


def _object(record: Record, name: str) -> Record:
    """An object, also one whose members are columns of their own: "metrics.start"."""
    start = f"{name}."
    flat = {key.removeprefix(start): value for key, value in record.items() if key.startswith(start)}
    return inner(record.get(name)) or flat


def _read(record: Record) -> Iterator[Fields]:
    attributes = _object(record, "span_attributes")
    if attributes.get("type") != "llm":
        return
    metrics, metadata = _object(record, "metrics"), _object(record, "metadata")
    yield {
        "ts": first(metrics.get("start"), record.get("created")),
        "model": first(metadata.get("model"), attributes.get("model")),
        "provider": metadata.get("provider"),
        "input": metrics.get("prompt_tokens"),
        "cached": metrics.get("prompt_cached_tokens"),
        "write": metrics.get("prompt_cache_creation_tokens"),
        "output": first(metrics.get("completion_tokens"), 0),
        "reasoning": metrics.get("completion_reasoning_tokens"),
        "total": pick(metrics, "tokens", "total_tokens"),
        "cost": pick(metrics, "estimated_cost", "cost"),
        "latency": _elapsed(metrics),
        "ttft": metrics.get("time_to_first_token"),
        "status": "error" if record.get("error") else "ok",
        "user": pick(metadata, "user_id", "user"),
        "feature": pick(metadata, "feature", "workflow"),
        "session": pick(metadata, "session_id", "thread_id", "conversation_id"),
        "request_id": first(record.get("id"), record.get("span_id")),
        "prompt": _prompt(record.get("input")),
    }


def _elapsed(metrics: Record) -> float | None:
    start, end = number(metrics.get("start")), number(metrics.get("end"))
    return None if start is None or end is None or end < start else end - start


def _prompt(messages: Any) -> Any:
    return objects(messages) or messages


FORMATS = (
    Format(
        name="braintrust",
        title="Braintrust logs",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "metrics.start", "model": "metadata.model", "provider": "metadata.provider",
            "input": "metrics.prompt_tokens", "cached": "metrics.prompt_cached_tokens",
            "write": "metrics.prompt_cache_creation_tokens", "output": "metrics.completion_tokens",
            "reasoning": "metrics.completion_reasoning_tokens", "total": "metrics.tokens",
            "cost": "metrics.estimated_cost", "ttft": "metrics.time_to_first_token", "status": "error",
            "user": "metadata.user_id", "feature": "metadata.feature", "request_id": "id", "prompt": "input",
        },
        latency_scale=1000.0,
        ttft_scale=1000.0,
        others="spans that are no calls of a model (tasks, tools, scores); they may repeat the sums of their calls",
    ),
)  # fmt: skip

GUIDE = Guide(
    name="Braintrust",
    words=("braintrust",),
    best="an export of a project's logs",
    steps=(
        "In Braintrust open the project's Logs and choose the last full month.",
        "Download all spans as JSON, not only the traces.",
        "Drop the file here.",
    ),
    note="Each call of a model has tokens, latency, errors and prompts; log user_id and feature as metadata.",
)

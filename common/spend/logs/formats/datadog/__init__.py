"""Spans of Datadog's LLM Observability, as its export API gives them. Only spans of models are requests: those around
them repeat their tokens.

Fields: docs.datadoghq.com/llm_observability (HTTP API reference, export API). Input includes cached tokens. Times are
milliseconds since 1970, durations nanoseconds, and estimated costs billionths of a USD.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner, listed
from common.spend.logs.formats.format import Fields, Format, Record

_KINDS = frozenset({"llm", "embedding"})
_MS_PER_NS = 1e-6
_USD = 1e-9


def _recognises(record: Record) -> bool:
    return inner(record.get("attributes")).keys() >= {"span_kind", "span_id", "start_ms"}


def _read(record: Record) -> Iterator[Fields]:
    span = inner(record.get("attributes"))
    used, tags = inner(span.get("metrics")), _tags(span.get("tags"))
    if span.get("span_kind") not in _KINDS:
        return
    yield {
        "ts": span.get("start_ms"),
        "model": span.get("model_name"),
        "provider": span.get("model_provider"),
        "input": first(used.get("input_tokens"), 0 if span.get("status") == "error" else None),
        "output": first(used.get("output_tokens"), 0),
        "cached": used.get("cache_read_input_tokens"),
        "write": used.get("cache_write_input_tokens"),
        "reasoning": used.get("reasoning_output_tokens"),
        "cost": used.get("estimated_total_cost"),
        "latency": span.get("duration"),
        "status": span.get("status"),
        "user": tags.get("user_id"),
        "feature": span.get("ml_app"),
        "session": first(span.get("session_id"), tags.get("session_id")),
        "request_id": span.get("span_id"),
    }


def _tags(value: Any) -> dict[str, str]:
    """Of texts such as "env:prod"."""
    pairs = (str(tag).partition(":") for tag in listed(value))
    return {name: rest for name, _, rest in pairs}


FORMATS = (
    Format(
        name="datadog",
        title="Datadog LLM Observability spans",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "start_ms", "model": "model_name", "provider": "model_provider", "input": "metrics.input_tokens",
            "output": "metrics.output_tokens", "cached": "metrics.cache_read_input_tokens",
            "write": "metrics.cache_write_input_tokens", "reasoning": "metrics.reasoning_output_tokens",
            "cost": "metrics.estimated_total_cost", "latency": "duration", "status": "status", "user": "tags.user_id",
            "feature": "ml_app", "session": "session_id", "request_id": "span_id",
        },
        latency_scale=_MS_PER_NS,
        cost_scale=_USD,
        others="spans that are no model calls",
    ),
)  # fmt: skip

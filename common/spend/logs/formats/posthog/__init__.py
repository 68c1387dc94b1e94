"""PostHog's events of AI observability: $ai_generation and $ai_embedding. Traces and spans say the same money again.

Fields: posthog.com/docs/llm-analytics (manual capture). An event says whether cached tokens come on top of the input;
where it does not, they do for Anthropic and for Claude, and for no other.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner
from common.spend.logs.formats.format import Fields, Format, Record

_CALLS = frozenset({"$ai_generation", "$ai_embedding"})
_EXCLUSIVE = "$ai_cache_reporting_exclusive"


def _recognises(record: Record) -> bool:
    return str(record.get("event")).startswith("$ai_") and bool(inner(record.get("properties")))


def _read(record: Record) -> Iterator[Fields]:
    sent = inner(record.get("properties"))
    if record.get("event") not in _CALLS:
        return
    model, provider = sent.get("$ai_model"), sent.get("$ai_provider")
    yield {
        "ts": record.get("timestamp"),
        "model": model,
        "provider": provider,
        "input": first(sent.get("$ai_input_tokens"), 0 if _failed(sent) else None),
        "output": first(sent.get("$ai_output_tokens"), 0),
        "cached": sent.get("$ai_cache_read_input_tokens"),
        "write": sent.get("$ai_cache_creation_input_tokens"),
        "write_5m": sent.get("$ai_cache_creation_5m_input_tokens"),
        "write_1h": sent.get("$ai_cache_creation_1h_input_tokens"),
        "reasoning": sent.get("$ai_reasoning_tokens"),
        "cached_outside": _is_outside(sent.get(_EXCLUSIVE), f"{provider} {model}".lower()),
        "cost": sent.get("$ai_total_cost_usd"),
        "latency": sent.get("$ai_latency"),
        "ttft": sent.get("$ai_time_to_first_token"),
        "status": "error" if _failed(sent) else first(sent.get("$ai_http_status"), "ok"),
        "web_searches": sent.get("$ai_web_search_count"),
        "user": record.get("distinct_id"),
        "feature": sent.get("$ai_span_name"),
        "session": first(sent.get("$ai_session_id"), sent.get("$ai_trace_id")),
        "request_id": record.get("uuid"),
        "prompt": sent.get("$ai_input"),
    }


def _failed(sent: dict[str, Any]) -> bool:
    return str(sent.get("$ai_is_error")).lower() == "true"


def _is_outside(exclusive: Any, names: str) -> bool:
    if exclusive not in (None, ""):
        return str(exclusive).lower() == "true"
    return "anthropic" in names or "claude" in names


FORMATS = (
    Format(
        name="posthog",
        title="PostHog AI events",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "timestamp", "model": "$ai_model", "provider": "$ai_provider", "input": "$ai_input_tokens",
            "output": "$ai_output_tokens", "cached": "$ai_cache_read_input_tokens",
            "write": "$ai_cache_creation_input_tokens", "reasoning": "$ai_reasoning_tokens",
            "cost": "$ai_total_cost_usd", "latency": "$ai_latency", "ttft": "$ai_time_to_first_token",
            "status": "$ai_is_error", "user": "distinct_id", "feature": "$ai_span_name", "session": "$ai_session_id",
            "request_id": "uuid",
        },
        reasoning_outside=None,
        latency_scale=1000.0,
        ttft_scale=1000.0,
        others="events that are no calls of a model (traces, spans)",
    ),
)  # fmt: skip

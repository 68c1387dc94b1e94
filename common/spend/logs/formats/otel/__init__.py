"""OpenTelemetry spans of model calls: OTLP JSON (resourceSpans), one span per line with its attributes, or Jaeger's
traces.

Only calls of a model are requests: agent and tool spans repeat the tokens of the calls inside them. The conventions say
that the input SHOULD include cached tokens; where the data show otherwise, they win.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner, number, objects, pick, span_ms
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.otel.jaeger import spans_of
from common.spend.logs.formats.otel.names import value_of
from common.spend.prices.engine import match_provider

_CALLS = frozenset(
    {"chat", "text_completion", "completion", "generate_content", "embeddings", "responses", "fill_in_the_middle"}
)
_KINDS = frozenset({"LLM", "EMBEDDING"})
_COLUMN = "attributes."
_NESTED = frozenset({"gen_ai", "llm", "ai", "openinference"})
_NS_PER_MS = 1e6
_ERROR = frozenset({"2", "STATUS_CODE_ERROR", "ERROR"})


def _recognises(record: Record) -> bool:
    return any(map(_is_span, spans_of(record) or [record]))


def _is_span(record: Record) -> bool:
    attributes = _attributes(record)
    spans = {"traceId", "spanId", "startTimeUnixNano"} <= record.keys() or record.keys() & {
        "start_time",
        "start_timestamp",
    }
    return bool(spans) and any(
        name.startswith(("gen_ai.", "llm.", "openinference.", "ai.usage.", "ai.model.")) for name in attributes
    )


def attributes_of(value: Any) -> dict[str, Any]:
    """Attributes by name, of OTLP's list of keys and values or of a plain object."""
    if isinstance(value, dict):
        return dict(_flat(value))
    return {str(item.get("key")): _value(item.get("value")) for item in objects(value)}


def _flat(attributes: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Some stores nest attributes by the dots in their names."""
    for name, value in attributes.items():
        if isinstance(value, dict) and (above or name in _NESTED):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _value(typed: Any) -> Any:
    """OTLP wraps each value in its type: {"intValue": "12"}."""
    if not isinstance(typed, dict) or not typed:
        return typed
    kind, value = next(iter(typed.items()))
    if kind == "arrayValue":
        return [_value(item) for item in objects(inner(value).get("values"))]
    return attributes_of(inner(value).get("values")) if kind == "kvlistValue" else value


def _attributes(span: Record) -> dict[str, Any]:
    """A span's attributes; a table of spans has a column for each ("attributes.llm.model_name")."""
    if "attributes" in span:
        return attributes_of(span["attributes"])
    return {name.removeprefix(_COLUMN): value for name, value in span.items() if name.startswith(_COLUMN)}


def _read(record: Record) -> Iterator[Fields]:
    for span in spans_of(record):
        yield from list(_call(span)) or [{}]
    yield from _call(record)


def _call(span: Record) -> Iterator[Fields]:
    attributes = _attributes(span)
    if not _is_call(attributes):
        return
    resource = attributes_of(inner(span.get("resource")).get("attributes"))
    start, end = _bounds(span)
    yield {
        "ts": start,
        "model": value_of(attributes, "model"),
        "provider": _provider(value_of(attributes, "provider")),
        **_tokens(attributes),
        "cost": value_of(attributes, "cost"),
        "latency": _elapsed(start, end),
        "ttft": value_of(attributes, "ttft"),
        "status": _status(span, attributes),
        "tier": value_of(attributes, "tier"),
        **_labels(span, attributes, resource),
    }


def _is_call(attributes: dict[str, Any]) -> bool:
    """Outer spans repeat the tokens of the calls in them: those of an agent, and the AI SDK's ai.streamText."""
    operation, kind = attributes.get("gen_ai.operation.name"), attributes.get("openinference.span.kind")
    vercel = attributes.get("ai.operationId")
    if vercel is not None:
        return ".do" in str(vercel)
    if operation is not None:
        return str(operation) in _CALLS
    if kind is not None:
        return str(kind).upper() in _KINDS
    outer = "agent_name" in attributes or "traceloop.span.kind" in attributes
    return not outer and (value_of(attributes, "input") is not None or value_of(attributes, "output") is not None)


def _provider(name: Any) -> Any:
    """The AI SDK adds the kind of its API ("xai.chat"); OpenTelemetry writes x_ai."""
    head = str(name).partition(".")[0].replace("_", "-")
    return head if name and match_provider(str(name)) is None and match_provider(head) else name


def _tokens(attributes: dict[str, Any]) -> Fields:
    counted = first(value_of(attributes, "input"), value_of(attributes, "uncached"))
    return {
        "input": value_of(attributes, "input"),
        "uncached": value_of(attributes, "uncached"),
        "output": first(value_of(attributes, "output"), None if counted is None else 0),
        "cached": value_of(attributes, "cached"),
        "write": value_of(attributes, "write"),
        "write_5m": value_of(attributes, "write_5m"),
        "write_1h": value_of(attributes, "write_1h"),
        "reasoning": value_of(attributes, "reasoning"),
        "total": value_of(attributes, "total"),
        "audio_input": value_of(attributes, "audio_input"),
        "audio_cached": value_of(attributes, "audio_cached"),
        "audio_output": value_of(attributes, "audio_output"),
        "web_searches": value_of(attributes, "web_searches"),
    }


def _labels(span: Record, attributes: dict[str, Any], resource: dict[str, Any]) -> Fields:
    context = inner(span.get("context"))
    service = first(attributes.get("service.name"), resource.get("service.name"))
    return {
        "user": value_of(attributes, "user"),
        "feature": None if str(service).startswith("unknown_service") else first(service, span.get("name")),
        "session": value_of(attributes, "session"),
        "request_id": first(
            value_of(attributes, "request_id"), pick(span, "spanId", "context.span_id"), context.get("span_id")
        ),
        "prompt": value_of(attributes, "prompt"),
    }


def _bounds(span: Record) -> tuple[Any, Any]:
    return (
        pick(span, "startTimeUnixNano", "start_time", "start_timestamp"),
        pick(span, "endTimeUnixNano", "end_time", "end_timestamp"),
    )


def _elapsed(start: Any, end: Any) -> float | None:
    """Milliseconds; of whole nanoseconds without rounding them to microseconds first."""
    began, ended = number(start), number(end)
    if began is None or ended is None:
        return span_ms(start, end)
    return (int(end) - int(start)) / _NS_PER_MS if ended >= began else None


def _status(span: Record, attributes: dict[str, Any]) -> Any:
    code = first(pick(inner(span.get("status")), "code", "status_code"), span.get("status_code"))
    return first(attributes.get("error.type"), "error" if str(code) in _ERROR else "ok")


FORMATS = (
    Format(
        name="otel",
        title="OpenTelemetry spans of model calls",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "startTimeUnixNano", "model": "gen_ai.response.model", "provider": "gen_ai.provider.name",
            "input": "gen_ai.usage.input_tokens", "output": "gen_ai.usage.output_tokens",
            "cached": "gen_ai.usage.cache_read.input_tokens", "write": "gen_ai.usage.cache_creation.input_tokens",
            "reasoning": "gen_ai.usage.reasoning.output_tokens", "status": "error.type", "user": "enduser.id",
            "feature": "service.name", "session": "gen_ai.conversation.id", "request_id": "gen_ai.response.id",
        },
        cached_outside=None,
        reasoning_outside=None,
        ttft_scale=1000.0,
        others="spans that are no model calls",
    ),
)  # fmt: skip

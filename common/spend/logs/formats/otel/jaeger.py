"""Jaeger's traces as its page downloads them and its API gives them: a trace with its spans, tags as a list of keys and
values, times in microseconds (jaegertracing.io/docs, /api/traces).
"""

from typing import Any

from common.spend.logs.formats.accessors import inner, number, objects
from common.spend.logs.formats.format import Record

_NS_PER_US = 1000


def spans_of(trace: Record) -> list[Record]:
    """The spans of a trace in the names of OTLP; none for any other record."""
    spans = objects(trace.get("spans"))
    if not all("operationName" in span and "spanID" in span for span in spans):
        return []
    processes = inner(trace.get("processes"))
    return [_span(span, inner(processes.get(str(span.get("processID"))))) for span in spans]


def _span(span: Record, process: dict[str, Any]) -> Record:
    start, length = number(span.get("startTime")), number(span.get("duration"))
    attributes = {str(tag.get("key")): tag.get("value") for tag in objects(span.get("tags"))}
    service = process.get("serviceName")
    return {
        "traceId": span.get("traceID"),
        "spanId": span.get("spanID"),
        "name": span.get("operationName"),
        "startTimeUnixNano": None if start is None else int(start) * _NS_PER_US,
        "endTimeUnixNano": None if start is None or length is None else int(start + length) * _NS_PER_US,
        "status": {"code": "ERROR" if attributes.get("error") is True else "OK"},
        "attributes": attributes,
        "resource": {"attributes": {"service.name": service} if service else {}},
    }

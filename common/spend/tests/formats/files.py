"""Records as files: CSV, JSON lines, arrays, pages and OTLP documents."""

import csv
import io
import json
from collections.abc import Callable, Iterable

from common.spend.logs.formats import Record
from common.spend.tests.formats.workload import WORKLOAD, Request

Writer = Callable[[Iterable[Record]], str]


def as_csv(records: Iterable[Record]) -> str:
    """With objects as JSON text in their cells."""
    rows = list(records)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)))
    writer.writeheader()
    for row in rows:
        writer.writerow({k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()})
    return out.getvalue()


def as_lines(records: Iterable[Record]) -> str:
    """JSON lines."""
    return "\n".join(json.dumps(record) for record in records)


def as_array(records: Iterable[Record]) -> str:
    """A JSON array over several lines."""
    return json.dumps(list(records), indent=1)


def as_page(records: Iterable[Record]) -> str:
    """A page of an API, over several lines."""
    return json.dumps({"object": "list", "data": list(records), "has_more": False}, indent=2)


def as_otlp(spans: Iterable[Record]) -> str:
    """An OTLP document, over several lines."""
    scope = {"scope": {"name": "llm"}, "spans": list(spans)}
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "backend"}}]}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}, indent=2)


def written(record: Callable[[Request], Record], writer: Writer, providers: tuple[str, ...]) -> str:
    """The workload, as far as it is of these providers, in one format."""
    return writer(record(request) for request in requests_of(providers))


def requests_of(providers: tuple[str, ...]) -> list[Request]:
    """Of the workload, those to these providers."""
    return [request for request in WORKLOAD if request.row.provider in providers]

"""Records inside others: JSON text in a cell or a value, and what log stores put around the line that a program wrote.

Docker's json-file driver (`log`), Cloud Logging (`jsonPayload`, `textPayload`), CloudWatch Logs Insights (`@message`),
Elasticsearch (`_source`), Splunk (`result`, `_raw`), Azure Monitor (`customDimensions`), Logfire's records
(`attributes`), Vertex AI's request-response log (`full_response`), OTLP's log records, and a line of text that ends in
JSON, as Python's logging writes it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from common.spend.logs.fields.columns import ALIASES, FieldName, find_fields, plain
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.objects import flat

_IN_PLACE = frozenset({"usage", "usagemetadata", "attributes", "response", "tokendetails"})
"""Names that formats and the generic reader look into: their text is parsed, and they stay."""
_TEXTS = frozenset({"message", "body", "log", "textpayload", "raw", "line", "msg", "event", "record", "fullresponse"})
"""Names of values that are taken out where they are the text of an object."""
_AROUND = frozenset({"jsonpayload", "source", "result", "res", "customdimensions", "data", "log", "event", "record"})
"""Names of objects, and of their text, whose values count as the record's own."""
_DEPTH = 3
_MOST_BEFORE = 400
"""Characters before the JSON in a line of text."""
_OBJECT = re.compile(r'\{\s*"')
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_OF_CALLS: frozenset[FieldName] = frozenset({"model", "input", "uncached", "output"})
_PAIR = 2
_NS = 10**9


def unwrapped(record: dict[str, Any], depth: int = _DEPTH) -> dict[str, Any]:
    """The record with the values of those inside it, which go before its own of the same meaning: its time is kept
    where they have none. Equal to `record` where nothing is inside. Raises BadRowError for JSON that is cut off.
    """
    kept: dict[str, Any] = {}
    inside: list[dict[str, Any]] = []
    for key, value in record.items():
        name = plain(key)
        found = _object_in(name, value) if name in _IN_PLACE or name in _TEXTS or name in _AROUND else None
        if name == "hrtime":
            kept["timeUnixNano"] = _nanoseconds(value)
        elif found is None or name in _IN_PLACE:
            kept[key] = value if found is None else found
        else:
            inside.append(found)
    for each in inside if depth else ():
        kept = _within(kept, unwrapped(each, depth - 1))
    return kept


def _within(outer: dict[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    taken = {name for field in find_fields(flat(inner)) for name in ALIASES[field]}
    kept = {
        key: value
        for key, value in outer.items()
        if plain(key) not in taken and (plain(key) in _IN_PLACE or not isinstance(value, dict))
    }
    return kept | inner


def _object_in(name: str, value: Any) -> dict[str, Any] | None:
    """The object that a value is, or is the text of; None for anything else."""
    if isinstance(value, dict):
        return value if name in _AROUND or name in _IN_PLACE else None
    if isinstance(value, list):
        return _of_pairs(value) if name == "attributes" else None
    if not isinstance(value, str):
        return None
    start = value.find("{", 0, _MOST_BEFORE)
    before = value[: max(start, 0)].strip()
    if start < 0 or (before and name in _IN_PLACE):
        return None
    try:
        found = json.loads(value[start:])
    except (ValueError, RecursionError) as error:
        if before or not _OBJECT.match(value, start):
            return None
        raise BadRowError("the JSON inside it is cut off or broken") from error
    return found if isinstance(found, dict) else None


def _of_pairs(attributes: list[Any]) -> dict[str, Any] | None:
    """OTLP has a list of keys and typed values: {"key": "model", "value": {"stringValue": "gpt-5"}}."""
    pairs = [item for item in attributes if isinstance(item, dict) and isinstance(item.get("value"), dict)]
    values = {str(item.get("key")): next(iter(item["value"].values()), None) for item in pairs}
    return values if len(pairs) == len(attributes) else None


def _nanoseconds(time: Any) -> Any:
    """OpenTelemetry for JavaScript writes [seconds, nanoseconds]."""
    is_pair = isinstance(time, list) and len(time) == _PAIR and all(isinstance(part, int) for part in time)
    return time[0] * _NS + time[1] if is_pair else time


def of_text(line: str) -> dict[str, Any]:
    """A line of text as a record, with the time that it begins with."""
    time = _TIME.search(line.partition("{")[0])
    return {"timestamp": time[0]} | {"message": line} if time else {"message": line}


def is_call(record: dict[str, Any], mapping: Mapping[FieldName, str]) -> bool:
    """Whether a record speaks of a call of a model, by its names and those that the customer gave."""
    names = flat(record, paths=bool(mapping))
    fields = find_fields(names).keys() | {field for field, name in mapping.items() if name in names}
    return not fields.isdisjoint(_OF_CALLS)

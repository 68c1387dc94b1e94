"""JSON rows to the fields of a request: the provider's own `usage` objects, or flat rows with known keys."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from common.spend.logs.fields.columns import FIELDS, FieldName, find_fields, plain
from common.spend.logs.fields.errors import BadRowError

CONTAINERS = frozenset(
    {
        "usage", "usagemetadata", "response", "message", "body", "metadata", "usageobject", "usagedetails",
        "prompttokensdetails", "inputtokensdetails", "completiontokensdetails", "outputtokensdetails",
        "cachecreation", "cachecreationtokendetails", "attributes", "request", "servertooluse",
        "inputtokendetails", "outputtokendetails", "responsemetadata", "providermetadata", "anthropic",
        "billedunits", "meta", "tokendetails",
    }
)  # fmt: skip
"""Objects whose keys count as keys of the row, outer keys first."""
MAX_DEPTH = 5
CONTENT = frozenset({"content", "choices", "output", "candidates", "tools", "instructions"})
"""Names of what was asked and answered."""

Values = tuple[Any, ...]
"""One value per field, in the order of FIELDS; None where the row has none."""


def parse_object(text: str) -> dict[str, Any]:
    """One JSON object; raises BadRowError otherwise."""
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadRowError(f"the line is not valid JSON ({error.msg}, at character {error.colno})") from error
    except ValueError as error:
        raise BadRowError("the line holds a number of thousands of digits") from error
    except RecursionError as error:
        raise BadRowError("the line is JSON nested too deep") from error
    if not isinstance(row, dict):
        raise BadRowError("the line is not a JSON object")
    return row


def flat(row: dict[str, Any], *, paths: bool = False) -> dict[str, Any]:
    """The row's values under plain names, those of known inner objects included; with `paths` also those of any other
    object, under the names that lead there: {"tokens": {"in": 1}} as tokensin.
    """
    values: dict[str, Any] = {}
    _collect(row, values, MAX_DEPTH)
    if paths:
        values = {**{plain(path): value for path, value in _leaves(row)}, **values}
    return values


def written_columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The values of each leaf by its path as written, such as tokens.in."""
    columns: dict[str, list[Any]] = {}
    for row in rows:
        for path, value in _leaves(row):
            columns.setdefault(path, []).append(value)
    return columns


def _leaves(row: dict[str, Any], before: str = "", depth: int = MAX_DEPTH) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if value.__class__ is dict and value and depth:
            yield from _leaves(value, f"{before}{key}.", depth - 1)
        else:
            yield f"{before}{key}", value


def _collect(row: dict[str, Any], values: dict[str, Any], depth: int) -> None:
    inner: list[dict[str, Any]] = []
    for key, value in row.items():
        name = plain(key)
        if value.__class__ is dict and name in CONTAINERS:
            inner.append(value)
        elif value is not None and name not in CONTENT and name not in values:
            values[name] = value
    for value in inner if depth else ():
        _collect(value, values, depth - 1)


@lru_cache(maxsize=4096)
def _fields_of(names: tuple[str, ...]) -> dict[FieldName, str]:
    return find_fields(names)


def fields_of(values: dict[str, Any], corrections: Mapping[FieldName, str] | None = None) -> dict[FieldName, str]:
    """Field -> plain name in this row; `corrections` are the customer's own, "" for a field that is not there."""
    found = _fields_of(tuple(values))
    if not corrections:
        return found
    taken = set(corrections.values())
    kept = {field: name for field, name in found.items() if field not in corrections and name not in taken}
    return kept | {field: name for field, name in corrections.items() if name in values}


def values_of(values: dict[str, Any], fields: Mapping[FieldName, str]) -> Values:
    """The row's values in the order of FIELDS."""
    return tuple(values.get(fields[field]) if field in fields else None for field in FIELDS)

"""The API of customers' browsers and programs as OpenAPI 3.1: `python -m functions.openapi` prints it.

Derived from the routes; schemas are those of the contract (functions/contract.py).
"""

import inspect
import json
import re
import sys
from typing import Any

from functions.contract import Schema, contract
from functions.http import File, Json, Query, Route
from functions.registry import client_routes

_DEFINITIONS = "#/$defs/"
_SCHEMAS = "#/components/schemas/"
_PARAMETER = re.compile(r"{(\w+)}")
_REFERENCE = re.compile(rf'"{_SCHEMAS}(\w+)"')
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "user": [{"idToken": []}],
    "user_or_key": [{"idToken": []}, {"apiKey": []}],
}
_BEARERS = {
    "idToken": {"type": "http", "scheme": "bearer", "description": "A Firebase ID token, of a guest, too."},
    "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key (docs/usage-api.md)."},
}


def openapi() -> Schema:
    """The description, complete."""
    definitions = contract()["$defs"]
    paths: dict[str, Schema] = {}
    for function, route in client_routes():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(function.name, route, definitions)
    document: Schema = {
        "openapi": "3.1.1",
        "info": {"title": "Apex", "version": "1"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": _used(paths, definitions), "securitySchemes": _BEARERS},
    }
    return {name: _with_references(part) for name, part in document.items()}


def _used(paths: Schema, definitions: Schema) -> Schema:
    """The definitions that paths refer to, directly or through one another."""
    names: set[str] = set()
    waiting = [_with_references(paths)]
    while waiting:
        new = set(_REFERENCE.findall(json.dumps(waiting.pop()))) - names
        names |= new
        waiting += [_with_references(definitions[name]) for name in new]
    return {name: schema for name, schema in definitions.items() if name in names}


def _operation(function: str, route: Route, definitions: Schema) -> Schema:
    described = inspect.getdoc(route.handler) or ""
    body = _body(route)
    return {
        "operationId": route.handler.__name__,
        "tags": [function],
        "summary": described.partition("\n")[0],
        "description": described,
        "security": _SECURITY[route.auth.name],
        "parameters": [*_path_parameters(route), *_query_parameters(route, definitions)],
        **({"requestBody": {"required": True, "content": body}} if body else {}),
        "responses": {
            str(route.status): {"description": inspect.getdoc(route.reply), "content": _content(route)},
            "default": {"description": "A refusal or a failure.", "content": _json("ErrorBody")},
        },
    }


def _content(route: Route) -> Schema:
    other = {route.media: {"schema": {"type": "string"}}} if route.media else {}
    return {**_json(route.reply.__name__), **other}


def _body(route: Route) -> Schema:
    if isinstance(route.request, Json):
        return _json(route.request.model.__name__)
    if isinstance(route.request, File) or (isinstance(route.request, Query) and route.request.file):
        return {"application/octet-stream": {}}
    return {}


def _path_parameters(route: Route) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route, definitions: Schema) -> list[Schema]:
    if not isinstance(route.request, Query):
        return []
    model = definitions[route.request.model.__name__]
    return [
        {"name": name, "in": "query", "required": name in model["required"], "schema": schema}
        for name, schema in model["properties"].items()
    ]


def _json(name: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{name}"}}}


def _with_references(value: Any) -> Any:
    """`value`, whose references lead to where OpenAPI keeps schemas."""
    if isinstance(value, list):
        return [_with_references(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_references(item) for key, item in value.items()}
    return value.replace(_DEFINITIONS, _SCHEMAS) if isinstance(value, str) else value


if __name__ == "__main__":
    json.dump(openapi(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")

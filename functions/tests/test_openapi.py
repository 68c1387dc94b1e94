"""The OpenAPI description: valid, and of every route of clients."""

import re

from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from functions.openapi import openapi
from functions.registry import client_routes


def test_it_is_valid() -> None:
    validate(openapi(), cls=OpenAPIV31SpecValidator)


def test_it_has_each_route_of_clients_with_its_replies_and_no_other() -> None:
    operations = {
        (method.upper(), path): operation
        for path, methods in openapi()["paths"].items()
        for method, operation in methods.items()
    }
    routes = {(route.method, route.path): route for _, route in client_routes()}
    assert operations.keys() == routes.keys()
    for address, operation in operations.items():
        schema = operation["responses"][str(routes[address].status)]["content"]["application/json"]["schema"]
        assert schema == {"$ref": f"#/components/schemas/{routes[address].reply.__name__}"}
        assert operation["security"]


def test_each_operation_has_a_name_of_its_own_a_summary_and_the_parameters_of_its_path() -> None:
    operations = [(path, item) for path, methods in openapi()["paths"].items() for item in methods.values()]
    names = [operation["operationId"] for _, operation in operations]
    assert len(names) == len(set(names))
    for path, operation in operations:
        assert operation["summary"]
        parameters = [item["name"] for item in operation["parameters"] if item["in"] == "path"]
        assert parameters == re.findall("{(.*?)}", path)


def test_a_file_travels_as_the_body_and_what_it_is_called_in_the_query() -> None:
    operation = openapi()["paths"]["/api/usage"]["post"]
    assert list(operation["requestBody"]["content"]) == ["application/octet-stream"]
    assert [(item["name"], item["required"]) for item in operation["parameters"]] == [("name", True), ("model", False)]
    assert operation["security"] == [{"idToken": []}, {"apiKey": []}]

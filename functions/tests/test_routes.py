"""Route records: how a request finds its route, and what every route must have."""

import json
import re

import pytest
from starlette.requests import Request

from common.accounts import auth
from functions.chat.app import FUNCTION as CHAT
from functions.http import Function, Route
from functions.registry import FUNCTIONS

ROUTES = [
    pytest.param(route, id=f"{function.name} {route.method} {route.path}")
    for function in FUNCTIONS
    for route in function.served
]
SERVED = [
    pytest.param(function, route, id=f"{function.name} {route.method} {route.path}")
    for function in FUNCTIONS
    for route in function.served
]
RULES = {name: rule for name, rule in vars(auth).items() if isinstance(rule, auth.AuthRule)}


def request(method: str, path: str) -> Request:
    """A request without headers and body."""
    return Request(
        {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [],
            "query_string": b"",
            "server": ("localhost", 80),
        }
    )


async def refusal(function: Function, method: str, path: str) -> tuple[int, str, str]:
    """Status, code and message of a request that is refused."""
    response = await function.handle(request(method, path))
    error = json.loads(bytes(response.body))["error"]
    assert set(error) == {"code", "message", "retryable", "support_id"}
    return response.status_code, error["code"], error["message"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/turns/", "/api/threads/a/b", "/"])
async def test_an_unknown_address_is_not_found(path: str) -> None:
    assert await refusal(CHAT, "POST", path) == (404, "not_found", "There is nothing at this address.")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/api/turns", "POST"), ("/api/threads/a", "DELETE, PATCH"), ("/healthz", "GET, HEAD")],
)
async def test_a_wrong_method_is_refused_with_those_that_are_right(path: str, allowed: str) -> None:
    expected = f"This address does not accept PUT; use {allowed}."
    assert await refusal(CHAT, "PUT", path) == (405, "method_not_allowed", expected)


@pytest.mark.parametrize(("function", "route"), SERVED)
def test_no_route_hides_another(function: Function, route: Route) -> None:
    sample = re.sub("{.*?}", "1", route.path)
    assert function.find(request(route.method, sample)) is route


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_has_one_of_the_rules_and_only_health_is_public(route: Route) -> None:
    assert route.auth in RULES.values()
    assert (route.auth is auth.PUBLIC) == (route.path == "/healthz")


@pytest.mark.parametrize("route", ROUTES)
def test_clients_call_what_is_below_api_and_services_the_rest(route: Route) -> None:
    assert route.path.startswith("/api/") == route.auth.for_clients


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_no_address_of_a_function_is_declared_twice(function: Function) -> None:
    addresses = [(route.method, route.path) for route in function.served]
    assert len(addresses) == len(set(addresses))

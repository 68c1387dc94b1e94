"""Hosting's rewrites in firebase.json against the routes: browsers reach each of theirs, and nothing else."""

import json
import re
from pathlib import Path

import pytest

from functions.http import Route
from functions.registry import FUNCTIONS, client_routes

_CONFIGURATION = json.loads((Path(__file__).parents[2] / "firebase.json").read_text(encoding="utf-8"))
REWRITES: dict[str, str] = {
    rewrite["source"]: rewrite["run"]["serviceId"]
    for rewrite in _CONFIGURATION["hosting"]["rewrites"]
    if "run" in rewrite
}
"""Pattern to service, in the order in which Hosting tries them."""


def rewrite_of(route: Route) -> str | None:
    """The pattern that Hosting finds for a path of this route: its first match; ** is any rest of a path."""
    path = re.sub("{.*?}", "1", route.path)
    patterns = {source: re.escape(source).replace(re.escape("**"), ".*") for source in REWRITES}
    return next((source for source, pattern in patterns.items() if re.fullmatch(pattern, path)), None)


@pytest.mark.parametrize(
    ("service", "route"),
    [pytest.param(function.name, route, id=f"{route.method} {route.path}") for function, route in client_routes()],
)
def test_hosting_brings_each_route_of_clients_to_its_function(service: str, route: Route) -> None:
    found = REWRITES.get(rewrite_of(route) or "")
    assert found == service, f"{route.method} {route.path} needs a rewrite to {service} in firebase.json"


def test_each_rewrite_leads_to_a_route() -> None:
    assert REWRITES.keys() - used() == set()


def used() -> set[str | None]:
    """The patterns that some route of clients needs."""
    return {rewrite_of(route) for _, route in client_routes()}


def test_hosting_brings_nobody_to_a_route_of_services() -> None:
    internal = [route for function in FUNCTIONS for route in function.served if not route.auth.for_clients]
    assert len(internal) > len(FUNCTIONS)
    assert [route.path for route in internal if rewrite_of(route) is not None] == []

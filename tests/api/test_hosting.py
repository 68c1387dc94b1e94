"""The page and the API as a browser gets them: through Hosting, with the rewrites and headers of production."""

import gzip
import re
import uuid

import httpx
import pytest

from cli.ask.client import ApexClient, new_request_id
from common.datasets.chunks import CHUNK_BYTES
from common.errors import ErrorCode
from emulators.platform import local_http, page
from emulators.platform.api import Stack
from functions.registry import client_routes

INDEX = (page.BUILT / "index.html").read_text(encoding="utf-8")
ASSET = next(file for file in (page.BUILT / "assets").iterdir() if file.suffix == ".js")


def get(stack: Stack, path: str) -> httpx.Response:
    return local_http.get(f"{stack.page_url}{path}", timeout=30)


def at(stack: Stack, path: str) -> str:
    """An address of a route, with a value for each parameter of its path."""
    return f"{stack.page_url}{re.sub('{.*?}', '1', path)}"


def refused(reply: httpx.Response, code: ErrorCode) -> None:
    assert reply.json()["error"]["code"] == code
    assert reply.headers["content-type"] == "application/json"


def at_page(user: ApexClient, path: str) -> str:
    return f"{user.stack.page_url}{path}"


@pytest.mark.parametrize("path", ["/", "/t/abc", "/t/abc?from=mail", "/index.html"])
def test_the_page_is_served_at_its_root_and_at_every_deep_link_and_is_never_stale(stack: Stack, path: str) -> None:
    reply = get(stack, path)
    assert (reply.status_code, reply.text) == (200, INDEX)
    assert reply.headers["cache-control"] == "no-cache"


def test_an_asset_is_cached_for_ever_and_a_missing_one_is_not_found(stack: Stack) -> None:
    asset = get(stack, f"/assets/{ASSET.name}")
    assert asset.content == ASSET.read_bytes()
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    missing = get(stack, "/assets/missing-1a2b3c.js")
    assert missing.status_code == 404
    assert missing.text == (page.BUILT / "404.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/", "/assets/missing.js", "/t/abc"])
def test_every_page_carries_the_headers_that_protect_it(stack: Stack, path: str) -> None:
    headers = get(stack, path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["script-src"] == "'self' https://apis.google.com"
    assert policy["style-src"] == "'self'"
    assert policy["img-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert f"http://{stack.auth_host} http://{stack.firestore_host}" in policy["connect-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin-allow-popups"


def test_the_page_gets_its_project_and_the_emulators_at_run_time(stack: Stack) -> None:
    configuration = get(stack, "/__/firebase/init.json").json()
    assert configuration["projectId"] == stack.project
    assert configuration["apiKey"]
    assert configuration["authDomain"]
    emulators = get(stack, "/emulators.json").json()
    assert emulators == {"auth": f"http://{stack.auth_host}", "firestore": stack.firestore_host}


@pytest.mark.parametrize(("method", "path"), [(route.method, route.path) for _, route in client_routes()])
def test_a_request_below_api_reaches_its_function_which_asks_who_it_is(stack: Stack, method: str, path: str) -> None:
    refused(local_http.request(method, at(stack, path), timeout=30), ErrorCode.UNAUTHENTICATED)


def test_an_unknown_address_below_api_is_a_typed_error_too(stack: Stack) -> None:
    refused(get(stack, "/api/nothing"), ErrorCode.NOT_FOUND)


def test_a_turn_sent_through_hosting_is_the_turn_that_the_function_has(guest: ApexClient) -> None:
    body = {"client_request_id": new_request_id(), "message": "hello, 你好"}
    through = guest.http("POST", at_page(guest, "/api/turns"), json=body)
    direct = guest.http("POST", "/api/turns", json=body)
    assert through.status_code == direct.status_code == 202
    for name in ("run_id", "thread_id"):  # its status goes on meanwhile
        assert through.json()[name] == direct.json()[name]


def test_an_error_through_hosting_is_word_for_word_that_of_the_function(guest: ApexClient) -> None:
    body = {"client_request_id": new_request_id(), "message": "hello", "thread_id": uuid.uuid4().hex}
    through = guest.http("POST", at_page(guest, "/api/turns?page=1"), json=body)
    direct = guest.http("POST", "/api/turns", json=body)
    errors = [reply.json()["error"] | {"support_id": ""} for reply in (through, direct)]
    assert errors[0] == errors[1]
    assert through.status_code == direct.status_code == 404


def test_a_chunk_of_the_largest_size_passes(guest: ApexClient) -> None:
    begun = {"client_request_id": new_request_id(), "name": "a.csv"}
    dataset = guest.http("POST", at_page(guest, "/api/uploads"), json=begun).json()["dataset_id"]
    address = at_page(guest, f"/api/uploads/{dataset}")
    log = b"timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,gpt-4o,100,10\n"
    filled = gzip.compress(log)
    filled += bytes(CHUNK_BYTES - len(filled))  # gzip ignores zeros at the end
    assert guest.http("PUT", f"{address}/chunks/0", content=filled).status_code == 200
    too_large = guest.http("PUT", f"{address}/chunks/1", content=bytes(CHUNK_BYTES + 1))
    assert too_large.json()["error"]["code"] == ErrorCode.BODY_TOO_LARGE
    assert guest.http("POST", f"{address}/complete", json={"chunks": 1}).json()["rows"] == 1

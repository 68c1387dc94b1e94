"""Invalid requests are refused with a typed error, the right status and a helpful message; nothing is stored."""

import base64
import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cli.ask.client import ApexClient, new_request_id
from common.accounts.quotas import MESSAGE_LIMIT
from common.datasets.chunks import CHUNK_BYTES, DATASET_BYTES, PIECE_BYTES
from common.errors import SPECS, ErrorCode
from emulators.platform import local_http
from emulators.platform.api import Stack


def refused(reply: httpx.Response, code: ErrorCode) -> dict[str, Any]:
    """The error of a reply, whose code, status and form must be right."""
    error: dict[str, Any] = reply.json()["error"]
    assert (error["code"], reply.status_code) == (code, SPECS[code].status)
    assert set(error) == {"code", "message", "retryable", "support_id"}
    assert len(error["message"]) > 20
    return error


def turn(**changes: object) -> dict[str, object]:
    return {"client_request_id": new_request_id(), "message": "hello", **changes}


def open_runs(client: ApexClient) -> list[str]:
    user = client.firestore.document(f"users/{client.uid}").get().to_dict()
    return [] if user is None else list(user["open_runs"])


@pytest.mark.parametrize("message", ["", "   \n\t "])
def test_an_empty_message_is_refused(guest: ApexClient, message: str) -> None:
    refused(guest.http("POST", "/api/turns", json=turn(message=message)), ErrorCode.EMPTY_MESSAGE)
    assert open_runs(guest) == []


def test_a_message_that_is_too_long_is_refused_with_the_limit(guest: ApexClient) -> None:
    error = refused(
        guest.http("POST", "/api/turns", json=turn(message="a" * (MESSAGE_LIMIT + 1))), ErrorCode.MESSAGE_TOO_LONG
    )
    assert f"{MESSAGE_LIMIT:,}" in error["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"message": 7},
        {"message": None},
        {"message": ["hello"]},
        {"client_request_id": "short"},
        {"client_request_id": "has/slash-and-more"},
        {"client_request_id": "__reserved__"},
        {"thread_id": "__reserved__"},
        {"thread_id": "../../etc"},
        {"dataset_ids": "all"},
        {"unknown_field": 1},
    ],
)
def test_a_field_of_the_wrong_kind_is_refused_by_name(guest: ApexClient, changes: dict[str, object]) -> None:
    error = refused(guest.http("POST", "/api/turns", json=turn(**changes)), ErrorCode.INVALID_REQUEST)
    assert next(iter(changes)) in error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"hello", b"[1]", b"null", b'"text"', b"{" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(guest: ApexClient, body: bytes) -> None:
    refused(guest.http("POST", "/api/turns", content=body), ErrorCode.INVALID_JSON)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"\xe9t\xe9", b"\\ud800"])
def test_a_text_that_is_not_utf_8_is_refused(guest: ApexClient, text: bytes) -> None:
    body = b'{"client_request_id": "request-123", "message": "' + text + b'"}'
    refused(guest.http("POST", "/api/turns", content=body), ErrorCode.NOT_UTF8)


def test_a_body_that_is_too_large_is_refused(guest: ApexClient) -> None:
    refused(guest.http("POST", "/api/turns", content=b"a" * 400_000), ErrorCode.BODY_TOO_LARGE)


def test_an_unknown_thread_and_a_foreign_one_are_refused_alike(
    guest: ApexClient, new_guest: Callable[[], ApexClient]
) -> None:
    foreign = new_guest().post_turn("hello").thread_id
    for thread in ("f" * 32, foreign):
        refused(guest.http("POST", "/api/turns", json=turn(thread_id=thread)), ErrorCode.THREAD_NOT_FOUND)
    assert open_runs(guest) == []


def test_an_unknown_dataset_is_refused(guest: ApexClient) -> None:
    refused(guest.http("POST", "/api/turns", json=turn(dataset_ids=["f" * 32])), ErrorCode.DATASET_NOT_FOUND)


def test_an_unknown_address_and_a_wrong_method_are_refused(guest: ApexClient) -> None:
    refused(guest.http("GET", "/api/nothing"), ErrorCode.NOT_FOUND)
    refused(guest.http("DELETE", "/api/turns"), ErrorCode.METHOD_NOT_ALLOWED)


def test_an_odd_run_id_or_chunk_number_is_not_found(guest: ApexClient) -> None:
    for run in ("__reserved__", "%2E%2E", "short"):
        refused(guest.http("POST", f"/api/runs/{run}/cancel", json={}), ErrorCode.RUN_NOT_FOUND)
    address = f"/api/uploads/{begin(guest)}/chunks/{'9' * 5_000}"
    refused(guest.http("PUT", address, content=gzip.compress(LOG)), ErrorCode.NOT_FOUND)


def forge(stack: Stack, *, project: str | None = None, uid: str = "nobody", expires_in_s: int = 3600) -> str:
    """An unsigned ID token, as the Auth emulator makes them."""
    now = int(time.time())
    claims = {
        "iss": f"https://securetoken.google.com/{project or stack.project}",
        "aud": project or stack.project,
        "sub": uid,
        "user_id": uid,
        "iat": now - 7200,
        "auth_time": now - 7200,
        "exp": now + expires_in_s,
        "firebase": {"identities": {}, "sign_in_provider": "anonymous"},
    }
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def test_tokens_that_are_missing_broken_expired_or_forged_are_refused(stack: Stack, guest: ApexClient) -> None:
    header, payload, _ = guest.session.token.split(".")
    tokens = [
        None,
        "",
        "Basic abc",
        "Bearer nonsense",
        f"Bearer {header}.{payload[:-6]}.x",
        f"Bearer {forge(stack)}",
        f"Bearer {forge(stack, uid=guest.uid, expires_in_s=-60)}",
        f"Bearer {forge(stack, uid=guest.uid, project='demo-other')}",
    ]
    for token in tokens:
        headers = {"Authorization": token} if token is not None else {}
        reply = local_http.post(f"{stack.chat_url}/api/turns", json=turn(), headers=headers, timeout=30)
        refused(reply, ErrorCode.UNAUTHENTICATED)
    assert open_runs(guest) == []


def test_step_and_upkeep_are_closed_to_users(stack: Stack, guest: ApexClient) -> None:
    for url in (f"{stack.step_url}/", f"{stack.upkeep_url}/sweep"):
        refused(guest.http("POST", url, json={}), ErrorCode.FORBIDDEN)
        refused(local_http.post(url, json={}, timeout=30), ErrorCode.FORBIDDEN)


def begin(client: ApexClient, **changes: object) -> str:
    reply = client.http(
        "POST", "/api/uploads", json={"client_request_id": new_request_id(), "name": "a.csv", **changes}
    )
    assert reply.status_code == 201, reply.text
    dataset: str = reply.json()["dataset_id"]
    return dataset


def send(client: ApexClient, dataset: str, number: int, text: bytes) -> httpx.Response:
    return client.http("PUT", f"/api/uploads/{dataset}/chunks/{number}", content=gzip.compress(text))


def complete(client: ApexClient, dataset: str, chunks: int) -> httpx.Response:
    return client.http("POST", f"/api/uploads/{dataset}/complete", json={"chunks": chunks})


LOG = b"timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,gpt-4o,100,10\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", ErrorCode.NO_USABLE_ROWS),
        (b"timestamp,model,input_tokens,output_tokens\n", ErrorCode.NO_USABLE_ROWS),
        (b"timestamp,model,input_tokens,output_tokens\nyesterday,gpt-4o,1,1\n", ErrorCode.NO_USABLE_ROWS),
        (b"name,colour\nann,red\n", ErrorCode.UNKNOWN_FORMAT),
        (b"timestamp,input_tokens,output_tokens\n2026-11-01T00:00:00Z,100,10\n", ErrorCode.MODEL_NEEDED),
        (b"%PDF-1.7 \x00\x01\x02\n", ErrorCode.UNREADABLE_FILE),
        (b"PK\x03\x04" + b"\x00" * 40, ErrorCode.UNREADABLE_FILE),
        ("timestamp,model\n".encode("utf-16"), ErrorCode.NOT_UTF8),
        (
            b"timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,\xcf\xf0\xe8\xe2\xe5\xf2,1,1\n",
            ErrorCode.NOT_UTF8,
        ),
    ],
)
def test_a_file_that_is_no_usage_log_is_refused_and_leaves_nothing(
    guest: ApexClient, text: bytes, code: ErrorCode
) -> None:
    dataset = begin(guest)
    reply = send(guest, dataset, 0, text)
    if reply.status_code == 200:
        reply = complete(guest, dataset, 1)
    refused(reply, code)
    stored = guest.firestore.document(f"users/{guest.uid}/datasets/{dataset}").get().to_dict()
    assert stored is not None
    assert (stored["status"], stored["shards"]) == ("failed", [])


def test_bad_rows_are_counted_with_their_reason_and_good_ones_are_imported(guest: ApexClient) -> None:
    dataset = begin(guest)
    bad = b"not-a-time,gpt-4o,1,1\n2026-11-01T00:00:00Z,gpt-4o,-5,1\n2026-11-01T00:00:00Z,gpt-4o,NaN,1\n"
    assert send(guest, dataset, 0, LOG + bad).status_code == 200
    reply = complete(guest, dataset, 1)
    assert {name: reply.json()[name] for name in ("rows", "rejects")} == {"rows": 1, "rejects": 3}
    stored = guest.firestore.document(f"users/{guest.uid}/datasets/{dataset}").get()
    (chunk,) = stored.get("reject_chunks")
    rejects = stored.reference.collection("rejects").document(f"{chunk:06d}").get().get("rejects")
    assert [reject["line"] for reject in rejects] == [3, 4, 5]
    assert all(reject["reason"] for reject in rejects)


def test_a_chunk_sent_twice_counts_once_and_one_out_of_order_is_refused(guest: ApexClient) -> None:
    dataset = begin(guest)
    refused(send(guest, dataset, 1, LOG), ErrorCode.CHUNK_OUT_OF_ORDER)
    assert send(guest, dataset, 0, LOG).json() == send(guest, dataset, 0, LOG).json()
    refused(complete(guest, dataset, 2), ErrorCode.CHUNK_OUT_OF_ORDER)
    assert complete(guest, dataset, 1).json()["rows"] == 1
    assert complete(guest, dataset, 1).json()["rows"] == 1
    refused(send(guest, dataset, 1, LOG), ErrorCode.DATASET_CLOSED)


def test_a_chunk_that_is_no_gzip_cut_off_or_a_bomb_is_refused(guest: ApexClient) -> None:
    dataset = begin(guest)
    address = f"/api/uploads/{dataset}/chunks/0"
    archive = gzip.compress(LOG)
    refused(guest.http("PUT", address, content=LOG), ErrorCode.UNREADABLE_FILE)
    refused(guest.http("PUT", address, content=archive[:-4]), ErrorCode.UNREADABLE_FILE)
    bomb = gzip.compress(b"0" * (PIECE_BYTES + 1), compresslevel=1)
    refused(guest.http("PUT", address, content=bomb), ErrorCode.CHUNK_TOO_LARGE)
    refused(guest.http("PUT", address, content=b"a" * (CHUNK_BYTES + 1)), ErrorCode.BODY_TOO_LARGE)
    assert guest.http("PUT", address, content=archive).status_code == 200


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(guest: ApexClient) -> None:
    body = {"client_request_id": new_request_id(), "name": "huge.csv", "size_bytes": 2 * DATASET_BYTES}
    refused(guest.http("POST", "/api/uploads", json=body), ErrorCode.DATASET_TOO_LARGE)


def test_an_unknown_model_is_refused_before_the_file_is_sent(guest: ApexClient) -> None:
    body = {"client_request_id": new_request_id(), "name": "a.csv", "model": "gpt-nonsense"}
    error = refused(guest.http("POST", "/api/uploads", json=body), ErrorCode.UNKNOWN_MODEL)
    assert "gpt-nonsense" in error["message"]


def test_somebody_elses_dataset_is_not_found(guest: ApexClient, new_guest: Callable[[], ApexClient]) -> None:
    dataset = begin(new_guest())
    refused(send(guest, dataset, 0, LOG), ErrorCode.DATASET_NOT_FOUND)
    refused(complete(guest, dataset, 0), ErrorCode.DATASET_NOT_FOUND)
    refused(guest.http("POST", "/api/turns", json=turn(dataset_ids=[dataset])), ErrorCode.DATASET_NOT_FOUND)

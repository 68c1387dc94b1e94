"""API keys: made by an account, returned once, valid for sending usage data only, and invalid once deleted."""

import hashlib
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from google.api_core.exceptions import PermissionDenied
from google.cloud.firestore_v1.base_query import FieldFilter

from cli.ask.client import ApexClient, new_request_id
from common.errors import ErrorCode
from emulators.platform.api import Stack
from tests.api.test_bad_input import LOG, refused, send, turn
from tests.support.keys import NAME, database, new_key, with_key


def listed(account: ApexClient) -> list[dict[str, object]]:
    keys: list[dict[str, object]] = account.http("GET", "/api/keys").raise_for_status().json()["keys"]
    return keys


def begin_with(account: ApexClient, secret: str) -> int:
    """The status of an upload that is begun with a key."""
    body = {"client_request_id": new_request_id(), "name": "a.csv"}
    return account.http("POST", "/api/uploads", json=body, headers=with_key(secret)).status_code


def test_a_secret_is_returned_once_and_its_key_is_listed_without_it(account: ApexClient) -> None:
    assert listed(account) == []
    secret = new_key(account)
    other = new_key(account, name="second", live=True)
    assert (secret[:5], len(secret) > 45, secret != other) == ("apex_", True, True)
    first, second = listed(account)
    assert (first["name"], first["last_four"], first["live"]) == (NAME, secret[-4:], False)
    assert (second["name"], second["last_four"], second["live"]) == ("second", other[-4:], True)
    assert first["last_used_day"] is None
    assert datetime.fromisoformat(str(first["created_at"])).utcoffset() is not None
    assert secret[:-4] not in repr(listed(account))


def test_a_key_sends_a_file_in_parts_as_its_owner_does_and_the_list_says_when(account: ApexClient) -> None:
    header = with_key(new_key(account))
    body = {"client_request_id": new_request_id(), "name": "a.csv"}
    dataset = account.http("POST", "/api/uploads", json=body, headers=header).json()["dataset_id"]
    assert send(account, dataset, 0, LOG).status_code == 200  # the owner, too
    reply = account.http("POST", f"/api/uploads/{dataset}/complete", json={"chunks": 1}, headers=header)
    assert reply.json() == {"dataset_id": dataset, "rows": 1, "rejects": 0, "status": "ready"}
    assert account.firestore.document(f"users/{account.uid}").get().get("datasets") == [dataset]
    (key,) = listed(account)
    assert key["last_used_day"] == datetime.now(UTC).date().isoformat()


def test_a_key_opens_nothing_but_the_sending_of_usage(account: ApexClient) -> None:
    header = with_key(new_key(account))
    for method, path, body in (
        ("POST", "/api/turns", turn()),
        ("DELETE", f"/api/threads/{'f' * 32}", {}),
        ("POST", "/api/keys", {"name": "another"}),
        ("GET", "/api/keys", None),
        ("POST", "/api/account/merge", {"guest_token": "x"}),
    ):
        refused(account.http(method, path, json=body, headers=header), ErrorCode.UNAUTHENTICATED)
    assert len(listed(account)) == 1


def test_a_deleted_key_is_refused_by_the_next_request(account: ApexClient) -> None:
    secret, other = new_key(account), new_key(account, name="other")
    assert begin_with(account, secret) == 201
    key_id = listed(account)[0]["key_id"]
    reply = account.http("DELETE", f"/api/keys/{key_id}")
    assert (reply.status_code, reply.json()) == (200, {"key_id": key_id, "status": "deleted"})
    assert begin_with(account, secret) == 401
    assert begin_with(account, other) == 201
    assert [key["name"] for key in listed(account)] == ["other"]
    refused(account.http("DELETE", f"/api/keys/{key_id}"), ErrorCode.KEY_NOT_FOUND)


def test_another_account_neither_sees_nor_deletes_a_key(stack: Stack, account: ApexClient) -> None:
    secret = new_key(account)
    (key,) = listed(account)
    with ApexClient.sign_in_as(stack, f"bob-{uuid4().hex[:8]}") as other:
        assert listed(other) == []
        refused(other.http("DELETE", f"/api/keys/{key['key_id']}"), ErrorCode.KEY_NOT_FOUND)
    assert begin_with(account, secret) == 201


def test_a_guest_cannot_have_keys_and_gets_the_reason(guest: ApexClient) -> None:
    for method, path in (("POST", "/api/keys"), ("GET", "/api/keys"), ("DELETE", "/api/keys/abc")):
        error = refused(guest.http(method, path, json={"name": "a"}), ErrorCode.ACCOUNT_NEEDED)
        assert "Sign in first" in error["message"]


@pytest.mark.parametrize("secret", ["apex_", "apex_" + "A" * 43, "apex_a/b"])
def test_an_unknown_key_is_refused_as_a_key(account: ApexClient, secret: str) -> None:
    body = {"client_request_id": new_request_id(), "name": "a.csv"}
    reply = account.http("POST", "/api/uploads", json=body, headers=with_key(secret))
    assert "API key" in refused(reply, ErrorCode.INVALID_KEY)["message"]


def test_a_key_for_live_data_sends_no_files(account: ApexClient) -> None:
    assert begin_with(account, new_key(account, live=True)) == 401
    assert begin_with(account, new_key(account)) == 201


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "a" * 101}, {"name": 7}, {"name": "a", "live": "yes"}])
def test_a_key_needs_a_name_of_sensible_length(account: ApexClient, body: dict[str, object]) -> None:
    refused(account.http("POST", "/api/keys", json=body), ErrorCode.INVALID_REQUEST)
    assert listed(account) == []


def test_only_the_hash_of_a_key_is_stored(stack: Stack, account: ApexClient) -> None:
    secret = new_key(account)
    (stored,) = database(stack).collection("api_keys").where(filter=FieldFilter("uid", "==", account.uid)).get()
    assert stored.id == hashlib.sha256(secret.encode()).hexdigest()
    assert secret[5:-4] not in repr(stored.to_dict())


def test_no_client_reads_keys_or_marks_of_messages(account: ApexClient) -> None:
    key_hash = hashlib.sha256(new_key(account).encode()).hexdigest()
    for path in (f"api_keys/{key_hash}", "pushed/any"):
        with pytest.raises(PermissionDenied):
            account.firestore.document(path).get(retry=None, timeout=10)
        with pytest.raises(PermissionDenied):
            account.firestore.document(path).set({"uid": account.uid}, retry=None, timeout=10)
    with pytest.raises(PermissionDenied):
        account.firestore.collection("api_keys").where(filter=FieldFilter("uid", "==", account.uid)).get(
            retry=None, timeout=10
        )

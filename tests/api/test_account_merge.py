"""A guest signs in to an account that exists: the account reads all that the guest had, the guest nothing any more."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from google.api_core.exceptions import PermissionDenied

from cli.ask.client import ApexClient
from cli.ask.turn import ask
from common.errors import ErrorCode
from emulators.platform import local_http
from emulators.platform.api import Stack
from tests.api.test_bad_input import LOG, begin, forge, refused, send, turn
from tests.api.test_datasets import BAD_ROW, ready


def merge(account: ApexClient, guest: ApexClient) -> Any:
    return account.http("POST", "/api/account/merge", json={"guest_token": guest.session.token})


def become_account(guest: ApexClient) -> None:
    """Link the guest to a Google account, as the page does; the token that the guest has stays as it is."""
    identity = {"sub": guest.uid, "email": f"{guest.uid}@example.com", "email_verified": True}
    linked = local_http.post(
        f"http://{guest.stack.auth_host}/identitytoolkit.googleapis.com/v1/accounts:signInWithIdp?key=local",
        json={
            "idToken": guest.session.token,
            "postBody": f"providerId=google.com&id_token={json.dumps(identity)}",
            "requestUri": "http://localhost",
            "returnSecureToken": True,
        },
        timeout=30,
    )
    assert linked.json()["localId"] == guest.uid


def readable(client: ApexClient, uid: str) -> dict[str, Any]:
    """Paths below `users/{uid}` and fields of all that `client` can read there."""
    documents: dict[str, Any] = {}
    root = client.firestore.document(f"users/{uid}")
    below = {"threads": ("messages",), "runs": ("events",), "datasets": ("rollups", "rejects")}
    for collection, names in below.items():
        for document in root.collection(collection).get():
            parts = [item for name in names for item in document.reference.collection(name).get()]
            documents |= {item.reference.path.split("/", 2)[2]: item.to_dict() for item in (document, *parts)}
    return documents


def test_the_account_reads_all_that_the_guest_had_and_the_guest_nothing(guest: ApexClient, account: ApexClient) -> None:
    dataset = ready(guest, LOG + BAD_ROW)
    thread = ask(guest, "What did I spend?").thread_id
    before = readable(guest, guest.uid)
    assert {path.split("/")[0] for path in before} == {"threads", "runs", "datasets"}
    reply = merge(account, guest)
    assert (reply.status_code, reply.json()) == (200, {"threads": 1, "datasets": 1})
    assert readable(account, account.uid) == before
    assert readable(guest, guest.uid) == {}
    assert not guest.firestore.document(f"users/{guest.uid}").get().exists
    with pytest.raises(PermissionDenied):
        guest.firestore.document(f"users/{account.uid}/threads/{thread}").get()
    user = account.firestore.document(f"users/{account.uid}").get().to_dict() or {}
    assert (user["datasets"], list(user["quota"].values()), user["guest"]) == ([dataset], [1], False)


def test_a_follow_up_in_a_moved_thread_knows_its_messages_and_data(guest: ApexClient, account: ApexClient) -> None:
    ready(guest)
    first = ask(guest, "How do I cut this bill by 30 %?")
    merge(account, guest).raise_for_status()
    followed = ask(account, "Why the first one?", thread_id=first.thread_id)
    assert first.answer is not None
    assert followed.answer is not None
    assert first.answer["recommendations"][0]["title"] in str(followed.answer).replace("`", "")


def test_a_moved_thread_can_be_deleted_by_its_new_owner(guest: ApexClient, account: ApexClient) -> None:
    moved = ask(guest, "Hello, who are you?")
    merge(account, guest).raise_for_status()
    assert account.cancel(moved.run_id) == "completed"
    assert account.http("DELETE", f"/api/threads/{moved.thread_id}").status_code == 200
    assert readable(account, account.uid) == {}


def test_the_questions_of_both_are_counted_and_what_the_account_had_stays(
    guest: ApexClient, account: ApexClient
) -> None:
    accounts_dataset, turn = ready(account), ask(account, "Hello, who are you?")
    dataset = ready(guest)
    for _ in range(2):
        ask(guest, "Hello, who are you?")
    assert merge(account, guest).json() == {"threads": 2, "datasets": 1}
    user = account.firestore.document(f"users/{account.uid}").get().to_dict() or {}
    assert (list(user["quota"].values()), user["datasets"]) == ([3], [accounts_dataset, dataset])
    assert f"threads/{turn.thread_id}" in readable(account, account.uid)


def test_a_repeat_succeeds_and_changes_nothing(guest: ApexClient, account: ApexClient) -> None:
    ready(guest)
    ask(guest, "Hello, who are you?")
    merge(account, guest).raise_for_status()
    before = readable(account, account.uid), account.firestore.document(f"users/{account.uid}").get().to_dict()
    assert merge(account, guest).status_code == 200
    after = readable(account, account.uid), account.firestore.document(f"users/{account.uid}").get().to_dict()
    assert before == after


def test_a_guest_who_did_nothing_is_merged_too(guest: ApexClient, account: ApexClient) -> None:
    assert merge(account, guest).json() == {"threads": 0, "datasets": 0}


def test_a_guest_with_an_open_question_or_upload_must_wait(guest: ApexClient, account: ApexClient) -> None:
    dataset = begin(guest)
    send(guest, dataset, 0, LOG)
    error = refused(merge(account, guest), ErrorCode.GUEST_BUSY)
    assert (error["retryable"], "uploaded" in error["message"]) == (True, True)
    guest.http("DELETE", f"/api/uploads/{dataset}").raise_for_status()
    run = guest.post_turn("How do I export my usage from OpenAI?").run_id
    error = refused(merge(account, guest), ErrorCode.GUEST_BUSY)
    assert error["message"] == "A question is still being answered. Wait for it or stop it, then sign in again."
    guest.cancel(run)
    assert merge(account, guest).json() == {"threads": 1, "datasets": 0}


def test_a_guest_who_continues_after_the_merge_starts_from_scratch(guest: ApexClient, account: ApexClient) -> None:
    moved = ask(guest, "Hello, who are you?")
    merge(account, guest).raise_for_status()
    refused(guest.http("POST", "/api/turns", json=turn(thread_id=moved.thread_id)), ErrorCode.THREAD_NOT_FOUND)
    assert ask(guest, "Hello, who are you?").status == "completed"
    assert merge(account, guest).json() == {"threads": 1, "datasets": 0}


def test_only_an_account_may_take_over_and_only_a_guest_be_taken_over(
    stack: Stack, guest: ApexClient, account: ApexClient, new_guest: Callable[[], ApexClient]
) -> None:
    ask(guest, "Hello, who are you?")
    for taker, other in ((new_guest(), guest), (account, account)):
        refused(merge(taker, other), ErrorCode.INVALID_REQUEST)
    with ApexClient.sign_in_as(stack, f"bob-{uuid4().hex[:8]}") as other:
        refused(merge(account, other), ErrorCode.INVALID_REQUEST)
    for token in ("nonsense", forge(stack), forge(stack, uid=guest.uid, expires_in_s=-60), "", 7, None):
        reply = account.http("POST", "/api/account/merge", json={"guest_token": token})
        refused(reply, ErrorCode.INVALID_REQUEST)
    missing = account.http("POST", "/api/account/merge", json={}, headers={"Authorization": ""})
    refused(missing, ErrorCode.UNAUTHENTICATED)
    assert len(readable(guest, guest.uid)) > 0


def test_a_token_from_before_the_guest_became_an_account_opens_nothing(guest: ApexClient, account: ApexClient) -> None:
    thread = ask(guest, "Hello, who are you?").thread_id
    become_account(guest)
    refused(guest.http("DELETE", f"/api/threads/{'f' * 32}"), ErrorCode.THREAD_NOT_FOUND)  # the token is still good
    refused(merge(account, guest), ErrorCode.INVALID_REQUEST)
    assert readable(account, account.uid) == {}
    assert f"threads/{thread}" in readable(guest, guest.uid)

"""A user renames and deletes threads; nobody else can, and no reader finds a deleted one."""

from collections.abc import Callable

import pytest

from cli.ask.client import ApexClient, new_request_id
from cli.ask.turn import ask
from common.errors import ErrorCode
from tests.api.test_bad_input import refused, turn


def title_of(client: ApexClient, thread: str) -> object:
    return client.firestore.document(f"users/{client.uid}/threads/{thread}").get().get("title")


def test_a_new_title_is_stored_without_the_spaces_around_it(guest: ApexClient) -> None:
    thread = guest.post_turn("hello").thread_id
    reply = guest.http(
        "PATCH", f"/api/threads/{thread}", json={"title": "  November, \u00e9t\u00e9 \U0001f468\u200d\U0001f4bb "}
    )
    assert reply.status_code == 200
    assert reply.json() == {"thread_id": thread, "title": "November, \u00e9t\u00e9 \U0001f468\u200d\U0001f4bb"}
    assert title_of(guest, thread) == reply.json()["title"]


@pytest.mark.parametrize("title", ["", "   ", "a" * 81, "two\nlines", "bell\a", "para\u2029graph", 7, None])
def test_a_title_that_no_list_can_show_is_refused_by_name(guest: ApexClient, title: object) -> None:
    thread = guest.post_turn("hello").thread_id
    error = refused(guest.http("PATCH", f"/api/threads/{thread}", json={"title": title}), ErrorCode.INVALID_REQUEST)
    assert "title" in error["message"]
    assert title_of(guest, thread) == "hello"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_unknown_thread_and_a_foreign_one_are_not_found(
    guest: ApexClient, new_guest: Callable[[], ApexClient], method: str
) -> None:
    owner = new_guest()
    foreign = owner.post_turn("hello").thread_id
    for thread in ("f" * 32, foreign, "__reserved__", "short"):
        refused(guest.http(method, f"/api/threads/{thread}", json={"title": "stolen"}), ErrorCode.THREAD_NOT_FOUND)
    assert title_of(owner, foreign) == "hello"


def test_a_deleted_thread_is_not_found_and_a_question_in_it_is_refused(guest: ApexClient) -> None:
    outcome = ask(guest, "Hello, who are you?")
    reply = guest.http("DELETE", f"/api/threads/{outcome.thread_id}")
    assert (reply.status_code, reply.json()) == (200, {"thread_id": outcome.thread_id, "status": "deleted"})
    assert guest.run(outcome.run_id) is None
    assert guest.message(outcome.thread_id, outcome.run_id) is None
    assert guest.firestore.collection(f"users/{guest.uid}/runs/{outcome.run_id}/events").get() == []
    refused(guest.http("POST", "/api/turns", json=turn(thread_id=outcome.thread_id)), ErrorCode.THREAD_NOT_FOUND)
    refused(guest.http("DELETE", f"/api/threads/{outcome.thread_id}"), ErrorCode.THREAD_NOT_FOUND)


def test_a_thread_is_deleted_while_its_question_is_worked_on(guest: ApexClient) -> None:
    request_id = new_request_id()
    with guest.watch(guest.run_id(request_id)) as watch:
        accepted = guest.post_turn("How do I export my usage from OpenAI?", client_request_id=request_id)
        next(watch.events())
        assert guest.http("DELETE", f"/api/threads/{accepted.thread_id}").status_code == 200
    user = guest.firestore.document(f"users/{guest.uid}").get()
    assert user.get("open_runs") == []
    assert guest.run(accepted.run_id) is None
    assert ask(guest, "Hello, who are you?").status == "completed"

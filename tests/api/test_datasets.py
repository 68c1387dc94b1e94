"""A user deletes datasets and abandons uploads; threads about them continue."""

from collections.abc import Callable

from cli.ask.client import ApexClient, new_request_id
from cli.ask.turn import ask
from common.errors import ErrorCode
from emulators.platform.api import Stack
from tests.api.test_bad_input import LOG, begin, complete, refused, send
from tests.support.faults import clear_model_faults, inject_model_fault

BAD_ROW = b"not-a-time,gpt-4o,1,1\n"


def ready(client: ApexClient, rows: bytes = LOG) -> str:
    dataset = begin(client)
    assert send(client, dataset, 0, rows).status_code == 200
    assert complete(client, dataset, 1).status_code == 200
    return dataset


def ready_ones(client: ApexClient) -> object:
    return client.firestore.document(f"users/{client.uid}").get().get("datasets")


def below(client: ApexClient, dataset: str) -> list[object]:
    address = f"users/{client.uid}/datasets/{dataset}"
    return [part for name in ("rollups", "rejects") for part in client.firestore.collection(f"{address}/{name}").get()]


def test_a_deleted_dataset_leaves_nothing_and_the_others_stay_complete(guest: ApexClient) -> None:
    other, dataset = ready(guest), ready(guest, LOG + BAD_ROW)
    assert len(below(guest, dataset)) == 2
    reply = guest.http("DELETE", f"/api/uploads/{dataset}")
    assert (reply.status_code, reply.json()) == (200, {"dataset_id": dataset, "status": "deleted"})
    assert not guest.firestore.document(f"users/{guest.uid}/datasets/{dataset}").get().exists
    assert below(guest, dataset) == []
    assert ready_ones(guest) == [other]
    refused(guest.http("DELETE", f"/api/uploads/{dataset}"), ErrorCode.DATASET_NOT_FOUND)


def test_an_abandoned_upload_accepts_no_more_chunks(guest: ApexClient) -> None:
    dataset = begin(guest)
    send(guest, dataset, 0, LOG)
    assert guest.http("DELETE", f"/api/uploads/{dataset}").status_code == 200
    refused(send(guest, dataset, 1, LOG), ErrorCode.DATASET_NOT_FOUND)
    refused(complete(guest, dataset, 1), ErrorCode.DATASET_NOT_FOUND)
    assert below(guest, dataset) == []


def test_somebody_elses_dataset_cannot_be_deleted(guest: ApexClient, new_guest: Callable[[], ApexClient]) -> None:
    owner = new_guest()
    dataset = ready(owner)
    for name in (dataset, "f" * 32, "__reserved__"):
        refused(guest.http("DELETE", f"/api/uploads/{name}"), ErrorCode.DATASET_NOT_FOUND)
    assert ready_ones(owner) == [dataset]


def test_a_thread_whose_dataset_was_deleted_says_so_and_goes_on_with_the_next_one(guest: ApexClient) -> None:
    dataset = ready(guest)
    thread = ask(guest, "What did I spend?").thread_id
    guest.http("DELETE", f"/api/uploads/{dataset}").raise_for_status()
    without = ask(guest, "What did I spend?", thread_id=thread)
    assert without.status == "completed"
    assert without.answer is not None
    assert "upload" in without.answer["text"].lower()
    ready(guest, LOG + b"2026-11-02T00:00:00Z,gpt-4o,1000000,100\n")
    again = ask(guest, "What did I spend?", thread_id=thread)
    assert again.answer is not None
    assert "2.50 USD" in again.answer["text"]


def test_a_dataset_deleted_while_it_is_asked_about_ends_the_question_with_the_reason(
    stack: Stack, guest: ApexClient
) -> None:
    dataset = ready(guest)
    question = f"How do I cut this bill by 30 %? #{dataset}"
    inject_model_fault(stack, "slow", match=dataset, agent="data", times=5, seconds=2.0)
    request_id = new_request_id()
    with guest.watch(guest.run_id(request_id)) as watch:
        guest.post_turn(question, client_request_id=request_id)
        events = watch.events()
        while next(events).event["type"] != "tool_completed":
            pass
        guest.http("DELETE", f"/api/uploads/{dataset}").raise_for_status()
        last = [arrived.event for arrived in events][-1]
    clear_model_faults(stack, dataset)
    assert (last["type"], last["code"]) == ("agent_failed", ErrorCode.DATASET_NOT_FOUND)
    assert "was deleted" in last["message"]

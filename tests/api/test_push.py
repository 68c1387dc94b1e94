"""Live usage data over Pub/Sub: counted once, for the owner of the key in the message and for nobody else."""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from cli.ask.client import ApexClient
from cli.ask.turn import ask
from common.contract.documents import DatasetDocument, RejectsDocument
from common.datasets.chunk_commits import REJECT_PARTS
from common.datasets.stored_shards import shard_in
from common.errors import ErrorCode
from common.spend import Rollup, totals
from emulators.platform import local_http
from emulators.platform.api import Stack
from tests.api.test_bad_input import LOG, refused
from tests.support.keys import database, new_key
from tests.support.pushes import Message, publish, push, token

WITHIN_S = 60.0
BAD_ROW = b"not-a-time,gpt-4o,1,1\n"
HALF_CENT = b"timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,gpt-4o,2000,0\n"
"""0.005 USD."""


@pytest.fixture
def live(account: ApexClient) -> dict[str, str]:
    """The attributes of the account's messages."""
    return {"user": account.uid, "key": new_key(account, live=True)}


def sets(client: ApexClient) -> list[dict[str, Any]]:
    """The datasets of a user, checked against the documents of the contract."""
    snapshots = client.firestore.collection(f"users/{client.uid}/datasets").get()
    documents = [snapshot.to_dict() or {} for snapshot in snapshots]
    for document in documents:
        DatasetDocument.model_validate(document)
    return documents


def rollup(client: ApexClient) -> Rollup:
    """What the live dataset of a user lists as its own; nothing else may be stored beside it."""
    (dataset,) = client.firestore.collection(f"users/{client.uid}/datasets").get()
    stored = {shard.id: shard_in(shard) for shard in dataset.reference.collection("rollups").get()}
    assert sorted(stored) == sorted(dataset.get("shards"))
    return Rollup.from_shards(stored.values())


def rejects(client: ApexClient) -> list[dict[str, Any]]:
    (dataset,) = client.firestore.collection(f"users/{client.uid}/datasets").get()
    parts = [part.to_dict() for part in dataset.reference.collection("rejects").get()]
    return [reject.model_dump() for part in parts for reject in RejectsDocument.model_validate(part).rejects]


def delivered(stack: Stack, message: Message) -> httpx.Response:
    """Push until it is accepted, as Pub/Sub does."""
    give_up = time.monotonic() + WITHIN_S
    while (reply := push(stack, message)).status_code == 503:
        assert time.monotonic() < give_up, reply.text
    return reply


def test_what_is_published_is_in_the_live_dataset_of_the_month_and_can_be_asked_about(
    stack: Stack, account: ApexClient, live: dict[str, str]
) -> None:
    half = [HALF_CENT, gzip.compress(HALF_CENT)]
    publish(stack, [Message(data=half[number % 2], attributes=live) for number in range(200)])
    give_up = time.monotonic() + WITHIN_S
    while not (datasets := sets(account)) or datasets[0]["rows"] < 200:
        assert time.monotonic() < give_up, datasets
        time.sleep(0.1)
    (dataset,) = datasets
    assert (dataset["name"], dataset["status"]) == (f"Live usage {datetime.now(UTC):%Y-%m}", "ready")
    assert (dataset["rows"], dataset["rejects"], len(dataset["shards"])) == (200, 0, 1)
    assert totals(rollup(account)).requests == 200
    answer = ask(account, "What did I spend?").answer
    assert answer is not None
    assert "1.00 USD" in answer["text"]


def test_a_redelivered_message_is_counted_once(stack: Stack, account: ApexClient, live: dict[str, str]) -> None:
    message = Message(data=LOG + BAD_ROW, attributes=live)
    first, again = (push(stack, message) for _ in range(2))
    assert [(reply.status_code, reply.json()) for reply in (first, again)] == [(200, {"status": "counted"})] * 2
    (dataset,) = sets(account)
    assert (dataset["rows"], dataset["rejects"], totals(rollup(account)).requests) == (1, 1, 1)


def test_copies_of_a_message_at_once_are_counted_once(stack: Stack, account: ApexClient, live: dict[str, str]) -> None:
    messages = [Message(data=LOG, attributes=live) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda message: delivered(stack, message), messages * 4))
    assert {reply.status_code for reply in replies} == {200}
    assert (sets(account)[0]["rows"], totals(rollup(account)).requests) == (4, 4)


def test_each_month_has_a_dataset_of_its_own(stack: Stack, account: ApexClient, live: dict[str, str]) -> None:
    for month in (10, 11):
        message = Message(data=LOG, attributes=live, published=datetime(2026, month, 30, 23, 59, tzinfo=UTC))
        assert push(stack, message).status_code == 200
    assert sorted(dataset["name"] for dataset in sets(account)) == ["Live usage 2026-10", "Live usage 2026-11"]
    user = account.firestore.document(f"users/{account.uid}").get()
    assert len(user.get("datasets")) == 2


def test_nobody_pushes_into_anothers_data(
    stack: Stack, account: ApexClient, guest: ApexClient, live: dict[str, str]
) -> None:
    with ApexClient.sign_in_as(stack, "mallory") as mallory:
        others = new_key(mallory, live=True)
    for attributes in (
        {"user": account.uid, "key": others},
        {"user": account.uid, "key": "apex_nonsense"},
        {"user": account.uid, "key": new_key(account)},  # a key for files
        {"user": account.uid},
        {"user": guest.uid, "key": live["key"]},
        {"user": f"{account.uid}/datasets/x", "key": live["key"]},
        {"key": live["key"]},
        {},
    ):
        reply = push(stack, Message(data=LOG, attributes=attributes))
        assert (reply.status_code, reply.json()) == (200, {"status": "dropped"})
    assert sets(account) == sets(guest) == []


def test_a_deleted_key_ends_live_data_at_once(stack: Stack, account: ApexClient, live: dict[str, str]) -> None:
    assert push(stack, Message(data=LOG, attributes=live)).json() == {"status": "counted"}
    (key,) = account.http("GET", "/api/keys").json()["keys"]
    assert key["last_used_day"] == datetime.now(UTC).date().isoformat()
    account.http("DELETE", f"/api/keys/{key['key_id']}").raise_for_status()
    assert push(stack, Message(data=LOG, attributes=live)).json() == {"status": "dropped"}
    assert sets(account)[0]["rows"] == 1


def test_only_pub_sub_gets_in(stack: Stack, account: ApexClient, live: dict[str, str]) -> None:
    message = Message(data=LOG, attributes=live).envelope(stack)
    invoker = f"{stack.profile.invoker_account}@{stack.project}.iam.gserviceaccount.com"
    for header in (
        "",
        f"Bearer {account.session.token}",
        f"Bearer {live['key']}",
        f"Bearer {token(stack, email=invoker)}",
        f"Bearer {token(stack, audience=stack.usage_url)}",
    ):
        reply = local_http.post(stack.push_url, json=message, headers={"Authorization": header}, timeout=30)
        refused(reply, ErrorCode.FORBIDDEN)
    assert sets(account) == []


@pytest.mark.parametrize("body", [b"", b"{}", b'{"message": {"data": ""}}', b"[]"])
def test_a_body_that_is_no_push_is_refused_so_that_it_is_noticed(stack: Stack, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {token(stack)}"}
    assert local_http.post(stack.push_url, content=body, headers=headers, timeout=30).status_code == 400


def test_an_unusable_message_is_accepted_and_reported_to_its_owner(
    stack: Stack, account: ApexClient, live: dict[str, str]
) -> None:
    bad = Message(data=b"name,colour\nann,red\n", attributes=live)
    assert [push(stack, bad).status_code for _ in range(2)] == [200, 200]
    (dataset,) = sets(account)
    assert (dataset["status"], dataset["rows"], dataset["rejects"]) == ("failed", 0, 1)
    assert dataset["error"]["code"] == ErrorCode.UNKNOWN_FORMAT
    (reject,) = rejects(account)
    assert f"message {bad.message_id}: The file is not a usage log" in reject["reason"]
    assert account.firestore.document(f"users/{account.uid}").get().get("datasets") == []
    assert push(stack, Message(data=LOG, attributes=live)).status_code == 200
    (dataset,) = sets(account)
    assert (dataset["status"], dataset["rows"], "error" in dataset) == ("ready", 1, False)
    push(stack, Message(data=gzip.compress(LOG)[:-4], attributes=live)).raise_for_status()
    (dataset,) = sets(account)
    assert (dataset["status"], dataset["rejects"]) == ("ready", 2)


def test_a_message_that_may_break_the_importer_is_accepted(
    stack: Stack, account: ApexClient, live: dict[str, str]
) -> None:
    assert push(stack, Message(data=b'{"a":' * 100_000, attributes=live)).json() == {"status": "counted"}
    (dataset,) = sets(account)
    assert (dataset["rows"], dataset["rejects"]) == (0, 1)


def test_rejected_rows_are_reported_with_their_message_and_the_newest_remain(
    stack: Stack, account: ApexClient, live: dict[str, str]
) -> None:
    messages = [Message(data=LOG + BAD_ROW, attributes=live) for _ in range(REJECT_PARTS + 5)]
    for message in messages:
        assert push(stack, message).status_code == 200
    assert sets(account)[0]["rejects"] == len(messages)
    rows = rejects(account)
    assert [reject["line"] for reject in rows] == [3] * REJECT_PARTS
    assert [reject["reason"].split(":")[0] for reject in rows] == [f"message {one.message_id}" for one in messages[5:]]


def test_while_a_dataset_is_being_deleted_its_messages_are_redelivered(
    stack: Stack, account: ApexClient, live: dict[str, str]
) -> None:
    message = Message(data=LOG, attributes=live)
    push(stack, message).raise_for_status()
    (dataset,) = account.firestore.collection(f"users/{account.uid}/datasets").get()
    database(stack).document(dataset.reference.path).update({"status": "deleting"})
    late = replace(message, message_id=f"late-{message.message_id}")
    refused(push(stack, late), ErrorCode.BUSY)
    account.http("DELETE", f"/api/uploads/{dataset.id}").raise_for_status()
    assert push(stack, late).status_code == 200
    assert push(stack, message).status_code == 200  # counted before it was deleted
    assert sets(account)[0]["rows"] == 1

"""Queries of usage data: what the page asks, of guests and accounts, on data that are really stored."""

from typing import Any

import httpx
import pytest

from cli.ask.client import ApexClient
from common.errors import ErrorCode
from common.spend.semantics import MeasureName
from tests.api.test_bad_input import refused

LOG = b"""timestamp,model,prompt_tokens,completion_tokens,feature,user,latency_ms
2026-11-01T10:00:00Z,gpt-4o,400000,0,chat,ada,900
2026-11-02T10:00:00Z,gpt-4o,800000,0,chat,ada,1100
2026-11-02T12:00:00Z,gpt-4o,400000,0,search,bob,300
"""


def ask(client: ApexClient, **query: Any) -> httpx.Response:
    return client.http("POST", "/api/usage/query", json={"query": {"measures": ["cost"], **query}})


@pytest.fixture
def customer(guest: ApexClient) -> ApexClient:
    assert guest.http("POST", "/api/usage?name=a.csv", content=LOG).status_code == 201
    return guest


def test_a_query_is_answered_by_lines_total_and_coverage(customer: ApexClient) -> None:
    reply = ask(customer, by=["feature"], period={"name": "last_days", "days": 1}, versus={"name": "previous"})
    assert reply.status_code == 200
    document = reply.json()
    assert document["unanswerable"] is None
    answer = document["answer"]
    assert [(row["keys"]["feature"], row["values"]["cost"], row["differences"]["cost"]) for row in answer["rows"]] == [
        ("chat", 2.0, 1.0),
        ("search", 1.0, 1.0),
    ]
    assert (answer["total"], answer["versus"]["total"]) == ({"cost": 3.0}, {"cost": 1.0})
    assert (answer["coverage"]["data_first"], answer["coverage"]["data_last"]) == ("2026-11-01", "2026-11-02")


def test_every_measure_is_answered_or_refused_with_a_reason(customer: ApexClient) -> None:
    for measure in MeasureName:
        document = ask(customer, measures=[measure], by=["model"]).json()
        assert (document["answer"] is None) != (document["unanswerable"] is None)
        assert document["answer"] or document["unanswerable"]["reason"].startswith("The data have no ")


def test_rejected_rows_are_said_to_be_in_no_figure(guest: ApexClient) -> None:
    content = LOG + b"2026-11-02T13:00:00Z,gpt-4o,many,0,search,bob,300\n"
    assert guest.http("POST", "/api/usage?name=bad.csv", content=content).status_code == 201
    assert ask(guest).json()["answer"]["coverage"]["notes"] == ["bad.csv: 1 row was rejected, and in no figure."]


def test_what_no_part_holds_names_the_nearest_query_and_that_one_is_answered(customer: ApexClient) -> None:
    refusal = ask(customer, by=["user", "model"]).json()["unanswerable"]
    assert refusal["reason"] == "Apex holds no sums by model and user together."
    assert ask(customer, **refusal["nearest"]).json()["answer"]["rows"]


def test_a_query_of_another_shape_is_an_error_that_names_the_field(customer: ApexClient) -> None:
    for wrong, field in (
        ({"measures": ["costs"]}, "query.measures.0"),
        ({"by": ["user", "day", "hour"]}, "query.by"),
        ({"by": ["day"], "top": 51}, "query.top"),
        ({"where": [{"dimension": "user", "values": "ada"}]}, "query.where.0.values"),
    ):
        error = refused(ask(customer, **wrong), ErrorCode.INVALID_REQUEST)
        assert repr(field) in error["message"]


def test_long_periods_are_refused_and_many_lines_are_in_the_rest(guest: ApexClient) -> None:
    rows = "".join(
        f"{2024 + n // 360}-{n // 30 % 12 + 1:02}-{n % 28 + 1:02}T00:00:00Z,gpt-4o,1000,0,f{n}\n" for n in range(600)
    )
    content = f"timestamp,model,prompt_tokens,completion_tokens,feature\n{rows}".encode()
    assert guest.http("POST", "/api/usage?name=long.csv", content=content).status_code == 201
    error = refused(ask(guest, by=["feature"]), ErrorCode.INVALID_REQUEST)
    assert "400 days at most" in error["message"]
    answer = ask(guest, by=["feature"], period={"name": "last_days", "days": 300}).json()["answer"]
    assert len(answer["rows"]) == 50
    assert answer["rest"]["lines"] > 100


def test_nobody_reads_the_data_of_others(customer: ApexClient, account: ApexClient) -> None:
    refused(ask(account), ErrorCode.DATASET_NOT_FOUND)
    dataset = customer.firestore.document(f"users/{customer.uid}").get().to_dict()
    assert dataset is not None
    body = {"query": {"measures": ["cost"]}, "dataset_ids": dataset["datasets"]}
    refused(account.http("POST", "/api/usage/query", json=body), ErrorCode.DATASET_NOT_FOUND)
    assert customer.http("POST", "/api/usage/query", json=body).json()["answer"]["total"] == {"cost": 4.0}

"""Savings over HTTP, as the page has them: accept, implement, upload again, read the proof and the statement."""

import csv
import io
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from google.api_core.exceptions import PermissionDenied
from google.cloud.firestore_v1.base_query import FieldFilter

from cli.ask.client import ApexClient
from cli.ask.turn import ask
from common.environment.profiles import EnvironmentName
from common.errors import ErrorCode
from common.spend.ledger import FEE_PERCENT
from emulators.platform.addresses import child_environment
from emulators.platform.api import Stack
from emulators.platform.layout import REPOSITORY
from tests.api.test_bad_input import refused
from tests.api.test_datasets import ready
from tests.support.keys import database
from tests.support.savings import COST_BEFORE, today, usage_after, usage_before

WITHIN_S = 20.0
"""Upkeep verifies every second here."""


def decide(client: ApexClient, recommendation: str, decision: str) -> Any:
    return client.http("POST", f"/api/recommendations/{recommendation}/{decision}")


def status_after(client: ApexClient, recommendation: str, decision: str) -> str:
    reply = decide(client, recommendation, decision)
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert set(body) == {"recommendation_id", "status"}
    return str(body["status"])


def swap_of(client: ApexClient) -> dict[str, Any]:
    """The swap in the answer to a question about the user's data."""
    ready(client, usage_before())
    outcome = ask(client, "How do I cut this bill?")
    assert outcome.answer is not None
    return next(item for item in outcome.answer["recommendations"] if item["kind"] == "right_sizing")


def stored(client: ApexClient, swap: dict[str, Any]) -> dict[str, Any]:
    document = client.firestore.document(f"users/{client.uid}/recommendations/{swap['stored_id']}").get()
    return document.to_dict() or {}


def statement(client: ApexClient, query: str = "") -> Any:
    return client.http("GET", f"/api/statement?month={today():%Y-%m}{query}")


def test_a_customer_accepts_implements_and_reads_what_was_saved(
    stack: Stack, guest: ApexClient, new_guest: Callable[[], ApexClient]
) -> None:
    swap = swap_of(guest)
    assert stored(guest, swap)["status"] == "proposed"
    assert status_after(guest, swap["stored_id"], "accept") == "accepted"
    assert status_after(guest, swap["stored_id"], "implement") == "implemented"
    assert status_after(guest, swap["stored_id"], "accept") == "implemented"
    ready(guest, usage_after(swap["to_model"]))
    give_up = time.monotonic() + WITHIN_S
    while stored(guest, swap)["status"] != "verified":
        assert time.monotonic() < give_up, stored(guest, swap)
        time.sleep(0.2)
    reply = statement(guest).raise_for_status().json()
    (line,) = [line for line in reply["lines"] if line["recommendation_id"] == swap["stored_id"]]
    assert (line["title"], line["basis"]) == (swap["title"], "measured")
    assert line["counterfactual_usd"] == pytest.approx(COST_BEFORE)
    assert reply["measured_usd"] == pytest.approx(stored(guest, swap)["measured"]["saved_usd"])
    assert (reply["tier"], reply["fee_usd"]) == ("free", 0.0)
    _reads_own_savings_only(guest, new_guest(), swap)
    _pays_by_tier(stack, guest, reply["measured_usd"])


def _reads_own_savings_only(guest: ApexClient, other: ApexClient, swap: dict[str, Any]) -> None:
    root = f"users/{guest.uid}"
    rows = guest.firestore.collection(f"{root}/ledger").where(filter=FieldFilter("month", "==", f"{today():%Y-%m}"))
    assert len(rows.get()) > 0
    for path in (f"{root}/recommendations/{swap['stored_id']}", f"{root}/ledger/{rows.get()[0].id}"):
        with pytest.raises(PermissionDenied):
            other.firestore.document(path).get()
        with pytest.raises(PermissionDenied):
            guest.firestore.document(path).update({"status": "verified"})
    for path in (f"{root}/baselines/{swap['stored_id']}", f"{root}/arrivals/any", "tier_changes/any"):
        with pytest.raises(PermissionDenied):
            guest.firestore.document(path).get()
    for decision in ("accept", "implement", "reject"):
        refused(decide(other, swap["stored_id"], decision), ErrorCode.RECOMMENDATION_NOT_FOUND)
    assert statement(other).json()["lines"] == []


def tier(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own program
        (sys.executable, "-m", "cli", "tier", *arguments, "--env", EnvironmentName.TEST),
        cwd=REPOSITORY,
        env=child_environment({}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def _pays_by_tier(stack: Stack, guest: ApexClient, measured_usd: float) -> None:
    done = tier(guest.uid, "early", "--reason", "signed contract 7", "--by", "ann")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{guest.uid}: free -> early, by ann" in done.stdout
    entries = database(stack).collection("tier_changes").where(filter=FieldFilter("uid", "==", guest.uid)).get()
    (entry,) = [document.to_dict() or {} for document in entries]
    change = {name: entry[name] for name in ("by", "before", "after", "reason")}
    assert change == {"by": "ann", "before": "free", "after": "early", "reason": "signed contract 7"}
    assert statement(guest).json()["fee_usd"] == pytest.approx(measured_usd * FEE_PERCENT["early"] / 100, abs=0.005)
    reply = statement(guest, "&format=csv")
    assert reply.headers["content-type"].startswith("text/csv")
    assert f"{today():%Y-%m}" in reply.headers["content-disposition"]
    *lines, total = csv.DictReader(io.StringIO(reply.text))
    assert [line["line"] for line in lines][:1] == ["measured"]
    assert total["line"] == "verified"
    assert float(total["saved_usd"]) == pytest.approx(measured_usd, abs=1e-6)


@pytest.mark.parametrize("query", ["month=2026-13", "month=2026", "", "month=2026-11&format=pdf", "month=2026-11&a=b"])
def test_an_impossible_statement_is_refused(guest: ApexClient, query: str) -> None:
    refused(guest.http("GET", f"/api/statement?{query}"), ErrorCode.INVALID_REQUEST)


def test_a_month_without_savings_is_a_statement_of_zeros(guest: ApexClient) -> None:
    empty = guest.http("GET", "/api/statement?month=2026-01").json()
    assert (empty["lines"], empty["measured_usd"], empty["fee_usd"], empty["tier"]) == ([], 0.0, 0.0, "free")


def test_savings_are_not_open_to_strangers(guest: ApexClient) -> None:
    for method, path in (("POST", f"/api/recommendations/{'a' * 32}/accept"), ("GET", "/api/statement?month=2026-11")):
        refused(guest.http(method, path, headers={"Authorization": "Bearer none"}), ErrorCode.UNAUTHENTICATED)

"""What is stored: every document and payload carries its schema version, and a run keeps the trace of its request."""

import gzip
import secrets
from collections import Counter
from typing import Any

from google.cloud.tasks_v2.types import Task
from pydantic import TypeAdapter

from cli.ask.client import ApexClient, new_request_id
from cli.ask.turn import ask
from common.contract import documents
from common.runs.end import end_run
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.ending import Ending
from common.runs.ids import task_id
from common.runs.ports import Ports
from common.runs.queue import tasks_client
from common.store import paths
from common.store.client import SCHEMA_VERSION
from tests.support.documents import stored
from tests.support.protocol import accept, held_settings, state_of

LOG = b"timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,gpt-4o,100,10\nnot a time,gpt-4o,1,1\n"


DESCRIPTIONS: dict[str, TypeAdapter[Any]] = {
    "users": TypeAdapter(documents.UserDocument),
    "threads": TypeAdapter(documents.ThreadDocument),
    "messages": TypeAdapter(documents.Message),
    "runs": TypeAdapter(documents.RunDocument),
    "events": TypeAdapter(documents.EventsDocument),
    "datasets": TypeAdapter(documents.DatasetDocument),
    "rejects": TypeAdapter(documents.RejectsDocument),
    "recommendations": TypeAdapter(documents.RecommendationDocument),
    "ledger": TypeAdapter(documents.LedgerDocument),
}
"""By the collection that a document stands in."""


def check_descriptions(written: dict[str, dict[str, Any]]) -> Counter[str]:
    """Raise ValidationError for a document with more, fewer or other fields; returns how many of a kind there are."""
    kinds = {path: path.split("/")[-2] for path in written}
    for path, kind in kinds.items():
        if kind in DESCRIPTIONS:
            DESCRIPTIONS[kind].validate_python(written[path])
    return Counter(kinds.values())


async def test_what_turns_and_uploads_write_is_as_clients_read_it(ports: Ports, guest: ApexClient) -> None:
    upload(guest)
    begun = guest.http("POST", "/api/uploads", json={"client_request_id": new_request_id(), "name": "b.csv"}).json()
    guest.http("PUT", f"/api/uploads/{begun['dataset_id']}/chunks/0", content=gzip.compress(b"%PDF-1.7"))
    guest.http("POST", "/api/uploads", json={"client_request_id": new_request_id(), "name": "c.csv", "model": "gpt-4o"})
    for question in ("How do I cut this bill by 30 %?", "Hello, who are you?"):
        assert ask(guest, question).status == "completed"
    guest.cancel(guest.post_turn("What did I spend?").run_id)
    kinds = check_descriptions(await stored(ports, paths.user(guest.uid)))
    expected = {"users": 1, "threads": 3, "messages": 6, "runs": 3, "datasets": 3, "rejects": 1}
    assert {kind: kinds[kind] for kind in expected} == expected
    assert kinds["events"] > 10


async def test_a_failed_run_is_written_as_clients_read_it(ports: Ports, uid: str) -> None:
    accepted = await accept(ports, uid, "request-1")
    error = RunFailedError(EndReason.ANSWER_FAILED)
    await end_run(ports.db, await state_of(ports, accepted.run_id), Ending(error=error))
    found = await stored(ports, paths.user(uid))
    assert check_descriptions(found)["messages"] == 2
    assert found[paths.run(uid, accepted.run_id)]["error"] == error.as_json()["error"]


def upload(guest: ApexClient) -> None:
    """A small log, ready to be asked about, with a rejected row."""
    opened = guest.http("POST", "/api/uploads", json={"client_request_id": new_request_id(), "name": "a.csv"}).json()
    address = f"/api/uploads/{opened['dataset_id']}"
    guest.http("PUT", f"{address}/chunks/0", content=gzip.compress(LOG)).raise_for_status()
    guest.http("POST", f"{address}/complete", json={"chunks": 1}).raise_for_status()


async def test_every_document_of_a_turn_carries_its_schema_version(ports: Ports, guest: ApexClient) -> None:
    upload(guest)
    outcome = ask(guest, "What did I spend?")
    versions = await stored(ports, paths.user(guest.uid), paths.run_state(outcome.run_id))
    kinds = {path.split("/")[-2] for path in versions}
    assert kinds >= {"users", "threads", "messages", "runs", "events", "claims", "datasets", "rollups", "rejects"}
    assert kinds >= {"run_state", "steps"}
    assert [path for path, document in versions.items() if document.get("v") != SCHEMA_VERSION] == []


async def test_a_task_carries_version_and_trace_of_the_request_that_began_the_run(ports: Ports) -> None:
    accepted = await accept(ports, f"user{secrets.token_hex(8)}", "request-1")
    state = await state_of(ports, accepted.run_id)
    settings = held_settings()
    name = f"{settings.steps_queue}/tasks/{task_id(accepted.run_id, 0, 0)}"
    task = await tasks_client(settings).get_task(request={"name": name, "response_view": Task.View.FULL})
    _, trace, span, _ = task.http_request.headers["traceparent"].split("-")
    assert state.traceparent.split("-")[1] == trace
    assert state.traceparent.split("-")[2] != span
    assert f'"v":{SCHEMA_VERSION}'.encode() in task.http_request.body

"""What is stored: every document and payload carries its schema version, and a run keeps the trace of its request."""

import gzip
import secrets

from google.cloud.tasks_v2.types import Task

from common.runs.ids import task_id
from common.runs.ports import Ports
from common.runs.queue import tasks_client
from common.store import paths
from common.store.client import SCHEMA_VERSION
from emulators.ask.client import ApexClient, new_request_id
from emulators.ask.turn import ask
from tests.support.documents import stored
from tests.support.protocol import accept, held_settings, state_of

LOG = b"timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,gpt-4o,100,10\nnot a time,gpt-4o,1,1\n"


async def test_every_document_of_a_turn_carries_its_schema_version(ports: Ports, guest: ApexClient) -> None:
    opened = guest.http("POST", "/api/uploads", json={"client_request_id": new_request_id(), "name": "a.csv"}).json()
    address = f"/api/uploads/{opened['dataset_id']}"
    guest.http("PUT", f"{address}/chunks/0", content=gzip.compress(LOG)).raise_for_status()
    guest.http("POST", f"{address}/complete", json={"chunks": 1}).raise_for_status()
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

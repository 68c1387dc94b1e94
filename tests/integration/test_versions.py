"""Two versions of Apex work side by side while a release is rolled out: each goes on with what the other wrote."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.ask.client import ApexClient, new_request_id
from cli.ask.turn import ask
from common.environment.isolated import IsolatedEnvironment
from common.environment.settings import load_settings
from common.runs.ports import Ports
from common.runs.queue import StepQueue, StepTask, tasks_client
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document
from tests.campaigns.versions.kept import decode, kept, moved, put
from tests.campaigns.versions.payload import payload
from tests.support.documents import stored
from tests.support.invariants import check_run
from tests.support.protocol import accept, state_of
from tests.support.usage_log import usage_log

PREVIOUS = SCHEMA_VERSION - 1
TASK = "tasks/next"
"""Where a task stands beside the documents."""
REPLACED = {("rollups", "blob")}
"""What the previous version cannot read (docs/decisions/0021-a-rollup-by-part.md): it waits for this one's workers."""
TRACE = f"00-{'1' * 32}-{'2' * 16}-01"


async def taken_over(ports: Ports, guest: ApexClient) -> tuple[dict[str, Document], StepTask]:
    """What the previous version wrote, as if `guest` had been its user just now; and the task that it left."""
    text = kept(PREVIOUS)
    written = decode(text)
    run_id, uid = written["task"]["run_id"], written["task"]["uid"]
    documents = decode(text.replace(uid, guest.uid).replace(run_id, guest.run_id(new_request_id())))
    task = StepTask.model_validate(documents.pop("task"))
    since: datetime = documents[paths.run_state(task.run_id)]["wake_at"]
    documents = moved(documents, datetime.now(UTC) + timedelta(minutes=1) - since)
    await put(ports.db, documents)
    return documents, task


async def test_a_run_that_the_previous_version_began_is_finished_by_this_one(ports: Ports, guest: ApexClient) -> None:
    _, task = await taken_over(ports, guest)
    settings = load_settings(IsolatedEnvironment.of_process(), "step")
    await StepQueue(tasks_client(settings), settings).enqueue(task, traceparent=TRACE)
    with guest.watch(task.run_id) as watch:
        events = [arrived.event for arrived in watch.events(30)]
    check_run(events)
    assert events[-1]["answer"]["figures"]


def test_a_conversation_of_the_previous_version_goes_on_with_its_data(guest: ApexClient, thread: str) -> None:
    outcome = ask(guest, "And how much did gpt-4o cost by day?", thread_id=thread)
    assert outcome.answer is not None
    assert outcome.answer["figures"]


@pytest.fixture
async def thread(ports: Ports, guest: ApexClient) -> str:
    """A conversation with an answer, begun under the previous version."""
    documents, _ = await taken_over(ports, guest)
    (found,) = {path.split("/")[3] for path, fields in documents.items() if fields.get("answered")}
    return found


async def test_what_this_version_writes_has_every_field_that_the_previous_one_reads(
    ports: Ports, guest: ApexClient, tmp_path: Path
) -> None:
    log = tmp_path / "small.csv"
    log.write_bytes(usage_log(60) + b"no row,gpt-4o,1,1\n")
    guest.upload(log)
    outcome = ask(guest, "How do I cut this bill by 30 %?")
    accepted = await accept(ports, guest.uid, "request-next", thread=outcome.thread_id)
    task: Document = json.loads(await payload(await state_of(ports, accepted.run_id)))
    now = fields_of({**await stored(ports, paths.user(guest.uid), paths.run_state(outcome.run_id)), TASK: task})
    before = decode(kept(PREVIOUS))
    before[TASK] = before.pop("task")
    absent = set(fields_of(before)) - set(now)
    other = {name for name, kinds in fields_of(before).items() if now.get(name) and not kinds <= now[name]}
    assert (absent, other) == (REPLACED, set())


def fields_of(documents: dict[str, Document]) -> dict[tuple[str, str], set[str]]:
    """The types of every field, None aside, by kind of document (of event) and name."""
    found: dict[tuple[str, str], set[str]] = {}
    for path, document in documents.items():
        for name, value in document.items():
            found.setdefault((path.split("/")[-2], name), set()).update(_kinds(value))
        for event in document.get("events", []):
            for name, value in event.items():
                found.setdefault((event["type"], name), set()).update(_kinds(value))
    return found


def _kinds(value: object) -> set[str]:
    if value is None:
        return set()
    return {"datetime" if isinstance(value, datetime) else type(value).__name__}

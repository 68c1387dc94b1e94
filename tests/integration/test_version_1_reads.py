"""While a release is rolled out, version 1 still reads what this version writes: here its reader, frozen, does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from pydantic import BaseModel, ValidationError

from cli.ask.client import ApexClient
from cli.ask.turn import ask
from common.contract.events import AGENT_ORDER, AgentName
from common.runs.advance import fail_step
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.ports import Ports
from common.runs.step import ToolCall, ToolEvidence
from common.store import paths
from common.store.client import Document
from emulators.platform.api import Stack
from functions.step.worker import work
from tests.campaigns.versions import v1_reader
from tests.campaigns.versions.payload import payload
from tests.support.documents import stored
from tests.support.protocol import Worker, accept, claim, held_settings, state_of
from tests.support.usage_log import usage_log

QUESTION = "How do I cut this bill by 30 %?"
LAST = AGENT_ORDER[-1]
CALL = ToolCall(call_id="call-1", tool="spend_totals", purpose="add up the bill", arguments={})
MODELS: dict[str, type[BaseModel]] = {
    "run_state": v1_reader.State,
    "steps": v1_reader.Step,
    "users": v1_reader.User,
    "threads": v1_reader.Thread,
    "runs": v1_reader.Run,
    "claims": v1_reader.Claim,
    "dead_letters": v1_reader.Letter,
}
"""By the collection that the documents lie in."""

refused = pytest.mark.xfail(
    raises=ValidationError,
    strict=True,
    reason="Version 1 refuses what it does not know in recommendations and facts (docs/decisions/0018, 0023).",
)


@dataclass(frozen=True)
class Written:
    """What this version wrote: a conversation with an answered run, one in a tool, and one that waits for that."""

    documents: dict[str, Document]
    answered: str
    working: str
    waiting: str
    task: bytes
    """The payload that the cursor of `working` was delivered with."""

    def state(self, run: str) -> v1_reader.State:
        """The control document of a run."""
        return v1_reader.State.model_validate(self.documents[paths.run_state(run)])

    def step(self, run: str, agent: AgentName) -> v1_reader.Step:
        """The step of an agent; this question needs all agents."""
        return v1_reader.Step.model_validate(self.documents[paths.step(run, AGENT_ORDER.index(agent))])

    def of(self, collection: str) -> list[Document]:
        """Every document of the collections of this name."""
        return [fields for path, fields in self.documents.items() if path.split("/")[-2] == collection]


@pytest.fixture(scope="module")
async def written(stack: Stack, ports: Ports, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Written]:
    """Real agents up to the last one of the second run; the third waits, and a fourth, elsewhere, has failed."""
    patient = replace(ports, profile=replace(ports.profile, lease_s=60.0))
    with ApexClient.sign_in_guest(stack) as guest:
        log = tmp_path_factory.mktemp("usage") / "small.csv"
        log.write_bytes(usage_log(60))
        guest.upload(log)
        answered = ask(guest, QUESTION)
        working = await accept(patient, guest.uid, "request-working", QUESTION, thread=answered.thread_id)
        waiting = await accept(patient, guest.uid, "request-waiting", QUESTION, thread=answered.thread_id)
        await work_up_to(patient, working.run_id, LAST)
        task = await payload(await state_of(patient, working.run_id))
        hanging = await hang_in_tool(patient, working.run_id)
        failed = await fail(patient, guest.uid)
        runs = (answered.run_id, working.run_id, waiting.run_id)
        roots = (paths.user(guest.uid), paths.dead_letter(failed), *map(paths.run_state, runs))
        yield Written(await stored(ports, *roots), *runs, task)
        hanging.cancel()


async def work_up_to(ports: Ports, run_id: str, agent: str) -> None:
    """Let the real agents work until it is the turn of `agent`."""
    while (await state_of(ports, run_id)).agent != agent:
        claimed = await claim(ports, run_id)
        assert claimed is not None
        await work(ports, held_settings(), claimed)


async def hang_in_tool(ports: Ports, run_id: str) -> "asyncio.Task[ToolEvidence]":
    """Claim the step and begin a tool that never returns."""
    worker = Worker(ports, await claim(ports, run_id))
    hanging = asyncio.ensure_future(worker.recorder.call_tool(CALL, asyncio.Event().wait))  # type: ignore[arg-type]  # never returns
    while (await state_of(ports, run_id)).open_tool is None:
        await asyncio.sleep(0.02)
    return hanging


async def fail(ports: Ports, uid: str) -> str:
    """A run that failed by our fault, and left a letter."""
    run_id = (await accept(ports, uid, "request-failed")).run_id
    worker = Worker(ports, await claim(ports, run_id))
    await fail_step(ports, worker.writer, RunFailedError(EndReason.ANSWER_FAILED))
    return run_id


@pytest.mark.parametrize("collection", MODELS)
def test_version_1_reads_every_document_of_a_collection(written: Written, collection: str) -> None:
    assert [MODELS[collection].model_validate(fields) for fields in written.of(collection)]


def test_version_1_finds_the_open_tool_of_a_run_and_takes_the_step_at_its_cursor(written: Written) -> None:
    state = written.state(written.working)
    assert state.open_tool == v1_reader.OpenTool(call_id=CALL.call_id, tool=CALL.tool)
    assert (state.status, state.started_agent, state.workflow[state.step]) == ("running", LAST, LAST)
    assert state.lease_until is not None
    assert written.step(written.working, LAST).memory.evidence == []
    task = v1_reader.Task.model_validate_json(written.task)
    assert (task.run_id, task.uid, task.thread_id) == (written.working, state.uid, state.thread_id)
    assert (task.step, task.dispatch) == (state.step, state.dispatch)


def test_version_1_finds_the_run_that_waits_behind_the_one_that_works(written: Written) -> None:
    state = written.state(written.waiting)
    assert (state.status, state.step, state.workflow, state.next_seq) == ("queued", 0, ["triage"], 0)
    assert (state.lease_until, state.started_agent, state.open_tool) == (None, None, None)
    fields = written.documents[paths.thread(state.uid, state.thread_id)]
    thread = v1_reader.Thread.model_validate(fields)
    assert (thread.answered, thread.open_runs) == ([written.answered], [written.working, written.waiting])


@refused
@pytest.mark.parametrize("agent", ["triage", "data", "optimization", "actions"])
def test_version_1_goes_on_from_the_steps_that_are_done(written: Written, agent: AgentName) -> None:
    step = written.step(written.working, agent)
    assert (step.agent, step.memory.failed) == (agent, {})
    assert step.memory.transcript
    assert step.memory.evidence
    assert step.output is not None
    assert v1_reader.unpacked(step.output)["summary"]


def test_version_1_reads_the_questions_of_a_conversation(written: Written) -> None:
    asked = [fields for fields in written.of("messages") if fields["role"] == "user"]
    assert {v1_reader.Question.model_validate(fields).text for fields in asked} == {QUESTION, "hello"}


@refused
def test_version_1_reads_the_answer_of_a_conversation(written: Written) -> None:
    state = written.state(written.answered)
    answer = v1_reader.Answer.model_validate(
        written.documents[paths.message(state.uid, state.thread_id, written.answered)]
    )
    assert answer.recommendations
    assert answer.figures

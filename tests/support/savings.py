"""A customer who swaps a model: usage of before and of after, and the plan that proposes it, as an answer stores it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Part, Question
from common.assistant.tool import Arguments
from common.assistant.tools import combined_plan
from common.contract.answer import Answer, Recommendation
from common.datasets.arrivals import arrival_document
from common.datasets.ingest import IngestionService
from common.runs.accept import accept_turn
from common.runs.advance import finish_step
from common.runs.claim import claim_step
from common.runs.ports import Ports
from common.runs.queue import StepTask
from common.runs.state import read_state
from common.runs.step import StepResult
from common.runs.turn import Turn
from common.savings.decisions import decide
from common.store import paths
from common.telemetry.trace import continue_trace
from functions.step.workspace import FirestoreWorkspace
from tests.support.protocol import Worker, user_of
from tests.support.usage_log import csv

BEFORE = "gpt-4o"
DAYS = 8
REQUESTS = 24
"""A day."""
COST_BEFORE = REQUESTS * (3000 * 2.5 + 400 * 10) / 1e6
"""Of a day's requests on the expensive model (USD)."""


@dataclass(frozen=True)
class Swap:
    """The change of model that the tests accept, as it is stored: its id, the opportunity's, and the cheaper model."""

    id: str
    opportunity: str
    model: str


def today() -> date:
    """The UTC day on which the tests decide and go on to use the model."""
    return datetime.now(UTC).date()


def log_of(model: str, first: date, days: int) -> bytes:
    """Some days of requests of one feature, all alike, from midnight on."""
    moments = [
        datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=day, seconds=number)
        for day in range(days)
        for number in range(REQUESTS)
    ]
    rows = [f"{moment:%Y-%m-%dT%H:%M:%SZ},{model},support-chat,3000,400,ok" for moment in moments]
    return csv("timestamp,model,feature,prompt_tokens,completion_tokens,status", rows)


def usage_before() -> bytes:
    """The days up to yesterday, on the expensive model."""
    return log_of(BEFORE, today() - timedelta(days=DAYS), DAYS)


def usage_after(model: str) -> bytes:
    """Today, on another model."""
    return log_of(model, today(), 1)


async def upload_quietly(ports: Ports, uid: str, name: str, content: bytes) -> str:
    """Upload a file without its arrival, so that only the test verifies by it; returns the dataset."""
    service = IngestionService(ports.db, user_of(uid))
    dataset = await service.begin(client_request_id=f"file-{name}", name=name, model=None)
    await service.receive(dataset, number=0, piece=content)
    await service.complete(dataset, chunks=1)
    await ports.db.document(paths.arrival(uid, dataset)).delete()
    return dataset


async def arrive(ports: Ports, uid: str, dataset: str) -> None:
    """Usage has arrived for the test alone to verify with: the platform's upkeep would not do so for a day."""
    due = datetime.now(UTC) + timedelta(days=1)
    await ports.db.document(paths.arrival(uid, dataset)).set(arrival_document(dataset, due))


async def planned(ports: Ports, uid: str, *datasets: str) -> Answer:
    """The answer that a plan for these datasets is given as."""
    part = Part(operation=Operation.PLAN)
    question = Question(parts=(part,))
    workspace = FirestoreWorkspace(ports.db, uid)
    context = ToolContext(workspace=workspace, dataset_ids=datasets, question=question, part=part)
    result = await combined_plan.TOOL.run(context, Arguments(purpose="to plan"))
    recommendations = [block for block in result.blocks if isinstance(block, Recommendation)]
    return Answer(text="A plan.", recommendations=recommendations)


async def working(ports: Ports, uid: str, request_id: str, *datasets: str) -> Worker:
    """A worker that has claimed the first step of a new turn about these datasets."""
    turn = Turn(
        user=user_of(uid),
        client_request_id=request_id,
        message="How do I save?",
        thread_id=None,
        dataset_ids=datasets,
        traceparent=continue_trace(None),
    )
    state = await read_state(ports.db, (await accept_turn(ports, turn)).run_id)
    assert state is not None
    return Worker(ports, await claim_step(ports, StepTask.at_cursor(state)))


def swap_in(answer: Answer) -> Swap:
    """The change of model of a plan."""
    item = next(each for each in answer.recommendations if each.kind == "right_sizing")
    assert item.to_model is not None
    return Swap(item.stored_id, item.id, item.to_model)


async def answer(ports: Ports, uid: str, request_id: str, *datasets: str) -> Swap:
    """Ask for a plan and record its answer."""
    worker = await working(ports, uid, request_id, *datasets)
    plan = await planned(ports, uid, *datasets)
    await finish_step(ports, worker.writer, worker.memory, StepResult(summary="done", answer=plan))
    return swap_in(plan)


async def in_effect(ports: Ports, uid: str, swap: Swap) -> None:
    """Accepted and implemented today."""
    await decide(ports.db, uid=uid, recommendation_id=swap.id, to="accepted")
    await decide(ports.db, uid=uid, recommendation_id=swap.id, to="implemented")

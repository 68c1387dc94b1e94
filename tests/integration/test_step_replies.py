"""What the step function answers Cloud Tasks while the model refuses: a 429 would slow the whole queue down."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.ask.client import ApexClient
from common.runs.ports import Ports
from common.runs.queue import StepTask
from emulators.platform.api import Stack
from emulators.platform.local_http import NO_CERTIFICATES
from functions.step.worker import WAITS
from tests.support.faults import inject_model_fault
from tests.support.invariants import check_run
from tests.support.protocol import accept, events_of, state_of

BUSY = WAITS[0]
QUESTION = "How do I cut this bill by 20 %?"


@pytest.fixture
async def cloud_tasks(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the step function with the token of Cloud Tasks' account."""
    async with httpx.AsyncClient(
        verify=NO_CERTIFICATES, base_url=stack.step_url, timeout=60, trust_env=False
    ) as client:
        reply = await client.post(f"{stack.googleapis_url}/token", json={"audience": stack.step_url})
        client.headers["Authorization"] = f"Bearer {reply.raise_for_status().json()['token']}"
        yield client


async def deliver(cloud_tasks: httpx.AsyncClient, ports: Ports, run_id: str) -> int:
    """Deliver the task that the run's cursor asks for; the status of the reply."""
    task = StepTask.at_cursor(await state_of(ports, run_id))
    return (await cloud_tasks.post("/", content=task.model_dump_json())).status_code


@pytest.fixture
def customer(guest: ApexClient, tmp_path: Path) -> ApexClient:
    """A guest with data, so that a plan is worth a model's words."""
    log = tmp_path / "usage.csv"
    log.write_text("timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,gpt-4o,100000,75000\n")
    guest.upload(log)
    return guest


async def delivered_to_the_end(cloud_tasks: httpx.AsyncClient, ports: Ports, run_id: str) -> list[int]:
    """Deliver beside Cloud Tasks itself until the run has ended; the statuses of the replies."""
    statuses = []
    while (await state_of(ports, run_id)).is_open:
        statuses.append(await deliver(cloud_tasks, ports, run_id))
    return statuses


@pytest.mark.parametrize("retry_after", [{}, {"seconds": 1.0}])
async def test_a_step_whose_model_answers_429_is_answered_with_2xx_and_continues_by_itself(
    stack: Stack, ports: Ports, customer: ApexClient, tag: str, cloud_tasks: httpx.AsyncClient,
    *, retry_after: dict[str, Any],
) -> None:  # fmt: skip
    inject_model_fault(stack, "rate_limit", match=tag, agent="data", **retry_after)
    accepted = await accept(ports, customer.uid, "request-1", f"{QUESTION} {tag}")
    statuses = await delivered_to_the_end(cloud_tasks, ports, accepted.run_id)
    assert {status // 100 for status in statuses} == {2}, statuses
    events = await events_of(ports, customer.uid, accepted.run_id)
    check_run(events)
    assert events[-1]["type"] == "agent_completed"
    assert [event["agent"] for event in events if event.get("thought") == BUSY] == ["data"]


@pytest.mark.parametrize(("times", "end"), [(3, "agent_completed"), (100, "agent_failed")])
async def test_every_attempt_whose_model_answers_429_is_answered_with_2xx(
    stack: Stack, ports: Ports, customer: ApexClient, tag: str, cloud_tasks: httpx.AsyncClient, *, times: int, end: str
) -> None:
    inject_model_fault(stack, "rate_limit", match=tag, agent="data", times=times)
    accepted = await accept(ports, customer.uid, "request-1", f"{QUESTION} {tag}")
    statuses = await delivered_to_the_end(cloud_tasks, ports, accepted.run_id)
    assert {status // 100 for status in statuses} == {2}, statuses
    events = await events_of(ports, customer.uid, accepted.run_id)
    check_run(events)
    assert events[-1]["type"] == end


async def test_a_question_is_read_by_the_rules_where_the_model_answers_429(
    stack: Stack, ports: Ports, uid: str, tag: str, cloud_tasks: httpx.AsyncClient
) -> None:
    inject_model_fault(stack, "rate_limit", match=tag, agent="triage", times=100)
    accepted = await accept(ports, uid, "request-1", f"What did I spend? {tag}")
    await delivered_to_the_end(cloud_tasks, ports, accepted.run_id)
    events = await events_of(ports, uid, accepted.run_id)
    check_run(events)
    assert events[-1]["type"] == "agent_completed"
    assert any("without the language model" in str(event.get("thought")) for event in events)

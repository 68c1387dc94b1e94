"""What the step function answers Cloud Tasks while the model refuses: a 429 would slow the whole queue down."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from common.runs.ports import Ports
from common.runs.queue import StepTask
from emulators.platform.api import Stack
from emulators.platform.local_http import NO_CERTIFICATES
from functions.step.worker import WAITS
from tests.support.faults import inject_model_fault
from tests.support.invariants import check_run
from tests.support.protocol import accept, events_of, state_of

BUSY = WAITS[0]
QUESTION = "What did I spend?"


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


@pytest.mark.parametrize("retry_after", [{}, {"seconds": 1.0}])
async def test_a_step_whose_model_answers_429_is_answered_with_2xx_and_continues_by_itself(
    stack: Stack, ports: Ports, uid: str, tag: str, cloud_tasks: httpx.AsyncClient, *, retry_after: dict[str, Any]
) -> None:
    inject_model_fault(stack, "rate_limit", match=tag, **retry_after)
    accepted = await accept(ports, uid, "request-1", f"{QUESTION} {tag}")
    assert await deliver(cloud_tasks, ports, accepted.run_id) // 100 == 2
    while (await state_of(ports, accepted.run_id)).is_open:
        await asyncio.sleep(0.05)
    events = await events_of(ports, uid, accepted.run_id)
    check_run(events)
    assert events[-1]["type"] == "agent_completed"
    assert [event["agent"] for event in events if event.get("thought") == BUSY] == ["triage"]


@pytest.mark.parametrize(("times", "end"), [(3, "agent_completed"), (100, "agent_failed")])
async def test_every_attempt_whose_model_answers_429_is_answered_with_2xx(
    stack: Stack, ports: Ports, uid: str, tag: str, cloud_tasks: httpx.AsyncClient, *, times: int, end: str
) -> None:
    inject_model_fault(stack, "rate_limit", match=tag, times=times)
    accepted = await accept(ports, uid, "request-1", f"{QUESTION} {tag}")
    statuses = []
    while (await state_of(ports, accepted.run_id)).is_open:  # beside the deliveries of Cloud Tasks itself
        statuses.append(await deliver(cloud_tasks, ports, accepted.run_id))
    assert {status // 100 for status in statuses} == {2}, statuses
    events = await events_of(ports, uid, accepted.run_id)
    check_run(events)
    assert events[-1]["type"] == end

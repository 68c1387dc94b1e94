"""Waiting until idle, reset, faults and minted tokens."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from google.api_core import exceptions

from emulators.googleapis.tests.conftest import http_task, lag_s
from emulators.googleapis.tests.emulator import INVOKER, Emulator
from emulators.googleapis.tests.target import Answer, Target


@pytest_asyncio.fixture
async def faulty(emulator: Emulator) -> AsyncIterator[Emulator]:
    """The emulator, without faults afterwards."""
    yield emulator
    await emulator.http.post("/tasks/faults", json={})


async def test_wait_idle_returns_when_the_last_retry_is_done(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    target.answers[path] = [Answer(500), Answer(500, delay_s=0.1)]
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    answer = await emulator.idle(queue)
    assert (answer.status_code, answer.json()) == (200, {"idle": True})
    assert len(target.calls[path]) == 3


async def test_wait_idle_counts_tasks_for_later_only_on_request(emulator: Emulator, queue: str) -> None:
    due = datetime.now(UTC) + timedelta(hours=1)
    task = http_task("http://127.0.0.1:9/never", f"{queue}/tasks/later", schedule_time=due)
    await emulator.tasks.create_task(parent=queue, task=task)
    assert (await emulator.idle(queue)).status_code == 200
    answer = await emulator.idle(queue, future="true", timeout_s="0.1")
    assert answer.status_code == 504
    assert answer.json() == {"idle": False, "outstanding": [f"{queue}/tasks/later"]}
    assert (await emulator.idle("not-made")).status_code == 404


async def test_reset_drops_tasks_and_used_names_and_keeps_queues(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    target.answers[path] = [Answer(delay_s=5)]
    task = http_task(target.url + path, f"{queue}/tasks/again")
    await emulator.tasks.create_task(parent=queue, task=task)
    await target.wait_for(path, 1)
    assert (await emulator.http.post("/tasks/reset")).status_code == 200
    with pytest.raises(exceptions.NotFound, match="Requested entity was not found"):
        await emulator.tasks.get_task(name=task["name"])
    await emulator.tasks.create_task(parent=queue, task=task)
    await target.wait_for(path, 2)
    assert (await emulator.idle(queue)).status_code == 200


async def test_a_duplicate_is_delivered_twice_at_once_and_the_next_once(
    faulty: Emulator, queue: str, target: Target, path: str
) -> None:
    await faulty.http.post("/tasks/faults", json={"duplicate": 1})
    target.answers[path] = [Answer(delay_s=0.1)] * 2
    created = await faulty.tasks.create_task(parent=queue, task=http_task(target.url + path))
    await faulty.idle(queue)
    await faulty.tasks.create_task(parent=queue, task=http_task(target.url + path))
    await faulty.idle(queue)
    names = [call.headers["x-cloudtasks-taskname"] for call in target.calls[path]]
    assert (len(names), target.most_open[path]) == (3, 2)
    assert names[0] == names[1] == created.name.rpartition("/")[2] != names[2]


async def test_a_dropped_response_makes_the_task_repeat(
    faulty: Emulator, queue: str, target: Target, path: str
) -> None:
    await faulty.http.post("/tasks/faults", json={"drop_response": 1})
    await faulty.tasks.create_task(parent=queue, task=http_task(target.url + path))
    calls = await target.wait_for(path, 2)
    assert (await faulty.idle(queue)).status_code == 200
    assert [call.headers["x-cloudtasks-taskretrycount"] for call in calls] == ["0", "1"]
    assert (await faulty.http.get("/tasks/stats")).json()["faults"]["drop_response"] == 0


async def test_a_delay_holds_deliveries_back(faulty: Emulator, queue: str, target: Target, path: str) -> None:
    await faulty.http.post("/tasks/faults", json={"delay_ms": 300})
    created = await faulty.tasks.create_task(parent=queue, task=http_task(target.url + path))
    call = (await target.wait_for(path, 1))[0]
    held_s = call.at - created.schedule_time.timestamp()
    await faulty.http.post("/tasks/faults", json={})
    assert 0.3 <= held_s < 0.8 + await lag_s(faulty, target)


async def test_an_echo_comes_again_beside_or_after_its_first_delivery(
    faulty: Emulator, queue: str, target: Target, path: str
) -> None:
    await faulty.http.post("/tasks/faults", json={"echo": 1, "later_ms": 200})
    created = await faulty.tasks.create_task(parent=queue, task=http_task(target.url + path))
    first, again = await target.wait_for(path, 2)
    later_s = again.at - created.schedule_time.timestamp()
    assert 0.2 <= later_s < 0.7 + await lag_s(faulty, target)
    assert first.headers["x-cloudtasks-taskname"] == again.headers["x-cloudtasks-taskname"]


async def test_of_reordered_tasks_the_second_overtakes_the_first(
    faulty: Emulator, queue: str, target: Target, path: str
) -> None:
    await faulty.http.post("/tasks/faults", json={"reorder": 1, "later_ms": 300})
    created = [await faulty.tasks.create_task(parent=queue, task=http_task(target.url + path)) for _ in range(2)]
    calls = await target.wait_for(path, 2)
    names = [call.headers["x-cloudtasks-taskname"] for call in calls]
    assert names == [task.name.rpartition("/")[2] for task in reversed(created)]


@pytest.mark.parametrize("body", [{"duplicate": -1}, {"duplicate": "two"}, {"explode": 1}, [1]])
async def test_wrong_faults_are_refused(emulator: Emulator, body: object) -> None:
    assert (await emulator.http.post("/tasks/faults", json=body)).status_code == 400


async def test_a_token_can_be_minted_for_tests(emulator: Emulator) -> None:
    answer = await emulator.http.post("/token", json={"audience": "https://upkeep.example"})
    claims = await emulator.claims(answer.json()["token"], "https://upkeep.example")
    assert claims["email"] == INVOKER
    assert (await emulator.http.post("/token", json={})).status_code == 400


async def test_it_is_healthy(emulator: Emulator) -> None:
    assert (await emulator.http.get("/healthz")).status_code == 200

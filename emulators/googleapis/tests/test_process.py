"""The life of the process: starts, deaths and what survives them; scheduled calls."""

import asyncio
import itertools
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google.api_core import exceptions
from google.cloud.secretmanager_v1.types import Secret, SecretPayload
from google.cloud.tasks_v2.types import RateLimits

from emulators.googleapis.tests.conftest import http_task, make_queue
from emulators.googleapis.tests.emulator import INVOKER, LOCATION, PROJECT, Emulator, spawn
from emulators.googleapis.tests.target import Answer, Target

QUEUE = f"{LOCATION}/queues/kept"


async def test_kill_9_loses_no_task_no_name_and_no_key(tmp_path: Path, target: Target, path: str) -> None:
    first = await Emulator.start(tmp_path)
    await make_queue(first, QUEUE, rate_limits=RateLimits(max_dispatches_per_second=33))
    await first.tasks.create_task(parent=QUEUE, task=http_task(target.url + path, f"{QUEUE}/tasks/done"))
    await first.idle(QUEUE)
    due = datetime.now(UTC) + timedelta(seconds=1.5)
    later = http_task(f"{target.url}{path}-later", f"{QUEUE}/tasks/later", schedule_time=due)
    await first.tasks.create_task(parent=QUEUE, task=later)
    target.answers[f"{path}-flight"] = [Answer(delay_s=30)]
    await first.tasks.create_task(parent=QUEUE, task=http_task(f"{target.url}{path}-flight", f"{QUEUE}/tasks/flight"))
    await target.wait_for(f"{path}-flight", 1)
    token = (await first.http.post("/token", json={"audience": "a"})).json()["token"]
    await first.kill()

    second = await Emulator.start(tmp_path)
    await target.wait_for(f"{path}-flight", 2)
    with pytest.raises(exceptions.AlreadyExists, match="too recently"):
        await second.tasks.create_task(parent=QUEUE, task=http_task(target.url + path, f"{QUEUE}/tasks/done"))
    assert (await second.tasks.get_queue(name=QUEUE)).rate_limits.max_dispatches_per_second == 33
    assert (await second.claims(token, "a"))["email"] == INVOKER
    call = (await target.wait_for(f"{path}-later", 1))[0]
    assert call.at >= due.timestamp()
    assert (await second.idle(QUEUE, future="true")).status_code == 200
    assert len(target.calls[path]) == 1
    assert await second.stop() == (0, "")


async def test_kill_9_loses_no_secret(tmp_path: Path) -> None:
    first = await Emulator.start(tmp_path)
    secret = await first.secrets.create_secret(parent=f"projects/{PROJECT}", secret_id="kept", secret=Secret())
    await first.secrets.add_secret_version(parent=secret.name, payload=SecretPayload(data=b"value"))
    await first.kill()
    second = await Emulator.start(tmp_path)
    assert (await second.secrets.access_secret_version(name=f"{secret.name}/versions/1")).payload.data == b"value"
    await second.stop()


async def test_every_task_that_was_accepted_before_a_kill_is_delivered(
    tmp_path: Path, target: Target, path: str
) -> None:
    first = await Emulator.start(tmp_path)
    await make_queue(first, QUEUE)
    many = asyncio.Event()
    creating = asyncio.create_task(_create_until_killed(first, target.url + path, many))
    await many.wait()
    await first.kill()
    accepted = await creating
    second = await Emulator.start(tmp_path)
    assert (await second.idle(QUEUE)).status_code == 200
    delivered = {call.headers["x-cloudtasks-taskname"] for call in target.calls[path]}
    assert set(accepted) <= delivered
    await second.stop()


async def _create_until_killed(emulator: Emulator, url: str, many: asyncio.Event) -> list[str]:
    """Names of the tasks that were accepted; ends with the emulator. `many` is set beyond 20."""
    accepted: list[str] = []
    for number in itertools.count():
        name = f"{QUEUE}/tasks/n{number}"
        creation = emulator.tasks.create_task(parent=QUEUE, task=http_task(url, name), retry=None, timeout=5)
        outcome = (await asyncio.gather(creation, return_exceptions=True))[0]
        if isinstance(outcome, BaseException):
            return accepted
        accepted.append(name.rpartition("/")[2])
        if len(accepted) > 20:
            many.set()
    raise AssertionError


async def test_a_second_process_on_the_same_data_is_refused(tmp_path: Path) -> None:
    first = await Emulator.start(tmp_path)
    second = await spawn(tmp_path)
    _, stderr = await second.communicate()
    assert second.returncode == 1
    assert b"is another emulator running on" in stderr
    await first.stop()


async def test_it_is_ready_little_later_than_its_imports_and_quiet_and_exits_cleanly(tmp_path: Path) -> None:
    began = time.monotonic()

    async def imported_after() -> float:
        command = (sys.executable, "-c", "import emulators.googleapis.__main__")
        assert await (await asyncio.create_subprocess_exec(*command)).wait() == 0
        return time.monotonic() - began

    async def started_after() -> tuple[Emulator, float]:
        return await Emulator.start(tmp_path), time.monotonic() - began

    floor_s, (emulator, ready_s) = await asyncio.gather(imported_after(), started_after())
    assert ready_s < 3 * floor_s
    assert (await emulator.http.get("/healthz")).status_code == 200
    waiting = asyncio.create_task(emulator.http.post("/tasks/wait-idle"))
    assert (await waiting).status_code == 200
    assert await emulator.stop() == (0, "")


async def test_scheduled_jobs_tick_one_at_a_time_with_the_invokers_token(
    tmp_path: Path, target: Target, path: str
) -> None:
    quick, slow = f"{path}-quick", f"{path}-slow"
    target.answers[slow] = [Answer(delay_s=0.6)] * 3
    jobs = (f"sweep={target.url}{quick},0.2,https://upkeep.example", f"slow={target.url}{slow},0.2,https://a.example")
    emulator = await Emulator.start(tmp_path, [part for job in jobs for part in ("--schedule", job)])
    calls = (await target.wait_for(quick, 5))[:5]
    due = [datetime.fromisoformat(call.headers["x-cloudscheduler-scheduletime"]).timestamp() for call in calls]
    assert all(call.at > time for call, time in zip(calls, due, strict=True))
    gaps = [later - earlier for earlier, later in itertools.pairwise(due)]
    assert all(gap > 0.19 for gap in gaps)
    assert min(gaps) < 0.6  # a busy machine delays some, not all
    await target.wait_for(slow, 1)
    assert (await emulator.http.post("/scheduler/slow/run")).json() == {"status": 200}
    assert target.most_open[slow] == 1
    headers = calls[0].headers
    assert calls[0].method == "POST"
    assert (headers["x-cloudscheduler"], headers["x-cloudscheduler-jobname"]) == ("true", "sweep")
    assert headers["user-agent"] == "Google-Cloud-Scheduler"
    claims = await emulator.claims(headers["authorization"].removeprefix("Bearer "), "https://upkeep.example")
    assert claims["email"] == INVOKER
    assert await emulator.stop() == (0, "")


async def test_a_job_can_be_run_now_and_reports_the_handlers_status(tmp_path: Path, target: Target, path: str) -> None:
    target.answers[path] = [Answer(503)]
    emulator = await Emulator.start(tmp_path, ["--schedule", f"sweep={target.url}{path},3600,https://a.example"])
    assert (await emulator.http.post("/scheduler/sweep/run")).json() == {"status": 503}
    assert (await emulator.http.post("/scheduler/sweep/run")).json() == {"status": 200}
    assert (await emulator.http.post("/scheduler/none/run")).status_code == 404
    assert len(target.calls[path]) == 2
    await emulator.stop()


async def test_a_run_service_has_a_url_and_an_unknown_one_is_a_typed_404(tmp_path: Path) -> None:
    emulator = await Emulator.start(tmp_path, ("--run-service", "us-central1/chat=http://127.0.0.1:7401"))
    services = f"/v1/{LOCATION}/services"
    assert (await emulator.http.get(f"{services}/chat")).json() == {"status": {"url": "http://127.0.0.1:7401"}}
    elsewhere = services.replace("us-central1", "europe-west1")
    for unknown in (f"{services}/shop", f"{elsewhere}/chat", services.replace(PROJECT, "other") + "/chat"):
        reply = await emulator.http.get(unknown)
        assert reply.status_code == 404
        assert reply.json()["error"]["status"] == "NOT_FOUND"
    assert await emulator.stop() == (0, "")


async def test_a_run_service_without_a_url_is_refused_in_words(tmp_path: Path) -> None:
    process = await spawn(tmp_path, ("--run-service", "chat"))
    _, stderr = await process.communicate()
    assert process.returncode == 2
    assert "'chat' is not location/name=URL" in stderr.decode()

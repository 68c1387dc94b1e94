"""What a handler gets, and when it gets it again."""

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from google.cloud.tasks_v2.types import HttpMethod, RateLimits, RetryConfig, Task

from emulators.googleapis.tests.conftest import http_task, lag_s, make_queue
from emulators.googleapis.tests.emulator import INVOKER, ISSUER, LOCATION, Emulator
from emulators.googleapis.tests.target import Answer, Target


def retry(**seconds: float) -> RetryConfig:
    durations = {name: timedelta(seconds=value) for name, value in seconds.items() if name != "max_doublings"}
    return RetryConfig(max_doublings=int(seconds.get("max_doublings", 0)), **durations)


async def attempted(emulator: Emulator, name: str, times: int = 1) -> Task:
    """The task, once that many of its attempts have ended."""
    async with asyncio.timeout(5):
        while True:
            task = await emulator.tasks.get_task(name=name)
            if task.dispatch_count >= times and "response_time" in task.last_attempt:
                return task
            await asyncio.sleep(0.01)


async def test_a_handler_gets_method_body_and_headers_from_the_sync_client(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    headers = {"Content-Type": "application/json", "traceparent": "00-ab-cd-01", "User-Agent": "mine", "Host": "no"}
    task = http_task(target.url + path, http={"http_method": HttpMethod.PUT, "headers": headers, "body": b'{"a":1}'})
    with grpc.insecure_channel(emulator.grpc_address) as channel:
        client = emulator.sync_tasks(channel)
        created = await asyncio.to_thread(client.create_task, parent=queue, task=task)
    call = (await target.wait_for(path, 1))[0]
    assert (call.method, call.body) == ("PUT", b'{"a":1}')
    assert call.headers["content-type"] == "application/json"
    assert call.headers["traceparent"] == "00-ab-cd-01"
    assert call.headers["host"] == target.url.removeprefix("http://")
    assert call.headers["user-agent"] == "Google-Cloud-Tasks"
    assert call.headers["x-cloudtasks-queuename"] == queue.rpartition("/")[2]
    assert call.headers["x-cloudtasks-taskname"] == created.name.rpartition("/")[2]
    assert float(call.headers["x-cloudtasks-tasketa"]) == pytest.approx(created.schedule_time.timestamp(), abs=1e-5)


async def test_a_task_waits_for_its_schedule_time(emulator: Emulator, queue: str, target: Target, path: str) -> None:
    due = datetime.now(UTC) + timedelta(seconds=0.4)
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path, schedule_time=due))
    call = (await target.wait_for(path, 1))[0]
    assert 0 <= call.at - due.timestamp() < 0.5 + await lag_s(emulator, target)


async def test_a_schedule_time_in_the_past_becomes_now(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    due = datetime.now(UTC) - timedelta(hours=1)
    created = await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path, schedule_time=due))
    assert datetime.now(UTC) - created.schedule_time < timedelta(seconds=5)
    await target.wait_for(path, 1)


async def test_a_token_is_signed_by_the_served_key_and_names_the_service_account(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    token = {"service_account_email": INVOKER, "audience": "https://step.example"}
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path, http={"oidc_token": token}))
    bearer = (await target.wait_for(path, 1))[0].headers["authorization"].removeprefix("Bearer ")
    claims = await emulator.claims(bearer, "https://step.example")
    assert (claims["email"], claims["email_verified"]) == (INVOKER, True)
    assert claims["exp"] - claims["iat"] == 3600
    discovery = (await emulator.http.get("/.well-known/openid-configuration")).json()
    assert (discovery["issuer"], discovery["jwks_uri"]) == (ISSUER, emulator.certs_url)


async def test_without_an_audience_a_token_is_for_the_url(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    token = {"service_account_email": INVOKER}
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path, http={"oidc_token": token}))
    bearer = (await target.wait_for(path, 1))[0].headers["authorization"].removeprefix("Bearer ")
    assert (await emulator.claims(bearer, target.url + path))["aud"] == target.url + path


async def test_retries_carry_the_headers_recorded_from_production(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    target.answers[path] = [Answer(503), Answer(404)]
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    calls = await target.wait_for(path, 3)
    seen = [
        tuple(
            call.headers.get(f"x-cloudtasks-task{name}")
            for name in ("retrycount", "executioncount", "previousresponse", "retryreason")
        )
        for call in calls
    ]
    assert seen == [("0", "0", None, None), ("1", "0", "503", ""), ("2", "1", "404", "")]


async def test_a_waiting_retry_shows_what_happened(emulator: Emulator, target: Target, path: str) -> None:
    queue = await make_queue(emulator, f"{LOCATION}/queues/shows-attempts", retry_config=retry(min_backoff=30))
    target.answers[path] = [Answer(500)]
    created = await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    task = await attempted(emulator, created.name)
    assert (task.dispatch_count, task.response_count) == (1, 1)
    assert task.last_attempt.response_status.code == 13
    assert task.last_attempt.response_status.message == "INTERNAL(13): HTTP status code 500"
    assert 25 < (task.schedule_time - datetime.now(UTC)).total_seconds() <= 30


async def test_backoff_doubles_then_grows_linearly_up_to_its_cap(emulator: Emulator, target: Target, path: str) -> None:
    config = retry(min_backoff=0.1, max_backoff=0.5, max_doublings=1)
    queue = await make_queue(emulator, f"{LOCATION}/queues/backs-off", retry_config=config)
    target.answers[path] = [Answer(500)] * 4
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    calls = await target.wait_for(path, 5)
    gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(calls)]
    late = 0.5 + await lag_s(emulator, target)
    assert all(-0.02 < gap - wanted < late for gap, wanted in zip(gaps, [0.1, 0.2, 0.4, 0.5], strict=True))


async def test_a_task_is_given_up_after_both_limits(emulator: Emulator, target: Target, path: str) -> None:
    config = retry(min_backoff=0.1, max_backoff=0.1, max_retry_duration=1.5)
    config.max_attempts = 2
    queue = await make_queue(emulator, f"{LOCATION}/queues/gives-up", retry_config=config)
    target.answers[path] = [Answer(500)] * 20
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    assert (await emulator.idle(queue)).status_code == 200
    assert 3 <= len(target.calls[path]) <= 16  # a busy machine makes fewer, and not as few as the first limit alone
    stats = (await emulator.http.get("/tasks/stats")).json()["queues"][queue]
    assert (stats["given_up"], stats["tasks"]) == (1, 0)


async def test_a_task_may_bring_its_own_retry_config(emulator: Emulator, queue: str, target: Target, path: str) -> None:
    target.answers[path] = [Answer(500)] * 5
    once = RetryConfig(max_attempts=1)
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path, retry_config=once))
    assert (await emulator.idle(queue)).status_code == 200
    assert len(target.calls[path]) == 1


async def test_an_unreachable_handler_is_retried(emulator: Emulator, queue: str) -> None:
    created = await emulator.tasks.create_task(parent=queue, task=http_task("http://127.0.0.1:9/nobody"))
    task = await attempted(emulator, created.name, 2)
    assert task.response_count == 0
    await emulator.tasks.delete_task(name=created.name)


async def test_a_handler_beyond_the_deadline_fails_the_attempt(emulator: Emulator, target: Target, path: str) -> None:
    queue = await make_queue(emulator, f"{LOCATION}/queues/deadline", retry_config=retry(min_backoff=5))
    target.answers[path] = [Answer(delay_s=1.0)]
    task = http_task(target.url + path, dispatch_deadline=timedelta(seconds=0.2))
    created = await emulator.tasks.create_task(parent=queue, task=task)
    seen = await attempted(emulator, created.name)
    assert seen.last_attempt.response_status.code == 4
    assert (seen.dispatch_count, seen.response_count) == (1, 0)
    held = seen.last_attempt.response_time - seen.last_attempt.dispatch_time
    assert 0.2 <= held.total_seconds() < 0.7


async def test_no_more_than_the_allowed_number_is_in_flight(emulator: Emulator, target: Target, path: str) -> None:
    limits = RateLimits(max_concurrent_dispatches=2)
    queue = await make_queue(emulator, f"{LOCATION}/queues/two-at-once", rate_limits=limits)
    target.answers[path] = [Answer(delay_s=0.05)] * 8
    for _ in range(8):
        await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    assert (await emulator.idle(queue)).status_code == 200
    assert (len(target.calls[path]), target.most_open[path]) == (8, 2)


async def test_beyond_its_burst_a_queue_keeps_its_rate(emulator: Emulator, target: Target, path: str) -> None:
    limits = RateLimits(max_dispatches_per_second=10)
    kept = await make_queue(emulator, f"{LOCATION}/queues/ten-a-second", rate_limits=limits)
    free = await make_queue(emulator, f"{LOCATION}/queues/as-they-come")

    async def send_all(queue: str) -> float:
        began = time.monotonic()
        for _ in range(15):
            await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
        assert (await emulator.idle(queue)).status_code == 200
        return time.monotonic() - began

    limited_s, floor_s = await asyncio.gather(send_all(kept), send_all(free))
    assert 0.45 < limited_s < floor_s + 1.5


async def test_a_handlers_503_slows_the_queue_and_its_retry_after_is_kept(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    target.answers[path] = [Answer(503, headers={"Retry-After": "1"})]
    created = await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    task = await attempted(emulator, created.name)
    stats = (await emulator.http.get("/tasks/stats")).json()["queues"][queue]
    assert stats["rate_per_s"] == 250.0
    wait = task.schedule_time - task.last_attempt.response_time
    assert wait.total_seconds() == pytest.approx(1.0, abs=0.01)
    calls = await target.wait_for(path, 2)
    assert calls[1].at - calls[0].at >= 1.0
    await emulator.idle(queue)
    stats = (await emulator.http.get("/tasks/stats")).json()["queues"][queue]
    assert stats["rate_per_s"] == 300.0


async def test_a_deleted_task_in_flight_is_not_retried(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    target.answers[path] = [Answer(500, delay_s=0.2)]
    created = await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    await target.wait_for(path, 1)
    await emulator.tasks.delete_task(name=created.name)
    assert (await emulator.idle(queue)).status_code == 200
    await asyncio.sleep(0.1)
    assert len(target.calls[path]) == 1


async def test_a_paused_queue_sends_only_what_is_run_manually(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    await emulator.tasks.pause_queue(name=queue)
    first = await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path))
    ran = await emulator.tasks.run_task(request={"name": first.name, "response_view": Task.View.FULL})
    assert (ran.dispatch_count, ran.http_request.body) == (1, b"{}")
    calls = await target.wait_for(path, 1)
    await asyncio.sleep(0.1)
    assert len(calls) == 1
    await emulator.tasks.resume_queue(name=queue)
    await target.wait_for(path, 2)


async def test_a_task_run_manually_does_not_run_again_at_its_time(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    due = datetime.now(UTC) + timedelta(seconds=0.3)
    task = await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path, schedule_time=due))
    await emulator.tasks.run_task(name=task.name)
    await target.wait_for(path, 1)
    await asyncio.sleep(0.4)
    assert len(target.calls[path]) == 1


async def test_a_task_that_failed_a_manual_run_waits_for_its_backoff_not_for_its_old_time(
    emulator: Emulator, target: Target, path: str
) -> None:
    queue = await make_queue(emulator, f"{LOCATION}/queues/by-hand", retry_config=retry(min_backoff=30))
    target.answers[path] = [Answer(500)]
    due = datetime.now(UTC) + timedelta(seconds=0.3)
    task = await emulator.tasks.create_task(parent=queue, task=http_task(target.url + path, schedule_time=due))
    await emulator.tasks.run_task(name=task.name)
    await attempted(emulator, task.name)
    after = http_task(f"{target.url}{path}-after", schedule_time=due + timedelta(seconds=0.1))
    await emulator.tasks.create_task(parent=queue, task=after)
    await target.wait_for(f"{path}-after", 1)
    assert len(target.calls[path]) == 1

"""Names, lists, queues and errors of the Cloud Tasks API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.tasks_v2.types import HttpMethod, Queue, RateLimits, RetryConfig, Task
from google.protobuf import field_mask_pb2

from emulators.googleapis.tests.conftest import http_task, make_queue
from emulators.googleapis.tests.emulator import INVOKER, LOCATION, Emulator
from emulators.googleapis.tests.target import Target

LATER = datetime.now(UTC) + timedelta(hours=1)
URL = "http://127.0.0.1:9/never"


async def test_a_name_in_use_is_refused(emulator: Emulator, queue: str) -> None:
    task = http_task(URL, f"{queue}/tasks/once", schedule_time=LATER)
    await emulator.tasks.create_task(parent=queue, task=task)
    with pytest.raises(exceptions.AlreadyExists, match="Requested entity already exists"):
        await emulator.tasks.create_task(parent=queue, task=task)


async def test_a_name_used_recently_is_refused_and_its_task_not_found(
    emulator: Emulator, queue: str, target: Target, path: str
) -> None:
    task = http_task(target.url + path, f"{queue}/tasks/once")
    await emulator.tasks.create_task(parent=queue, task=task)
    await emulator.idle(queue)
    with pytest.raises(exceptions.AlreadyExists, match="a task with this name existed too recently"):
        await emulator.tasks.create_task(parent=queue, task=task)
    with pytest.raises(exceptions.NotFound, match="The task no longer exists, though a task with this name existed"):
        await emulator.tasks.get_task(name=task["name"])
    assert len(target.calls[path]) == 1


async def test_a_deleted_name_is_used_up_too(emulator: Emulator, queue: str) -> None:
    task = http_task(URL, f"{queue}/tasks/once", schedule_time=LATER)
    await emulator.tasks.create_task(parent=queue, task=task)
    await emulator.tasks.delete_task(name=task["name"])
    with pytest.raises(exceptions.AlreadyExists, match="too recently"):
        await emulator.tasks.create_task(parent=queue, task=task)
    with pytest.raises(exceptions.NotFound, match="no longer exists"):
        await emulator.tasks.delete_task(name=task["name"])


async def test_unknown_tasks_and_queues_are_not_found(emulator: Emulator, queue: str) -> None:
    with pytest.raises(exceptions.NotFound, match=r"Requested entity was not found\."):
        await emulator.tasks.get_task(name=f"{queue}/tasks/never-made")
    with pytest.raises(exceptions.NotFound, match=r"Queue does not exist\. If you just created the queue"):
        await emulator.tasks.create_task(parent=f"{LOCATION}/queues/none", task=http_task(URL))
    with pytest.raises(exceptions.NotFound, match="Queue does not exist"):
        await emulator.tasks.get_queue(name=f"{LOCATION}/queues/none")


async def test_another_project_is_forbidden(emulator: Emulator) -> None:
    name = "projects/demo-other/locations/us-central1/queues/q"
    with pytest.raises(exceptions.PermissionDenied, match="Permission denied on resource project demo-other"):
        await emulator.tasks.create_task(parent=name, task=http_task(URL))


async def test_tasks_are_listed_page_by_page_without_their_bodies(emulator: Emulator, queue: str) -> None:
    for number in range(5):
        task = http_task(URL, f"{queue}/tasks/t{number}", schedule_time=LATER)
        await emulator.tasks.create_task(parent=queue, task=task)
    pager = await emulator.tasks.list_tasks(request={"parent": queue, "page_size": 2})
    pages = [[task.name[-2:] for task in page.tasks] async for page in pager.pages]
    assert pages == [["t0", "t1"], ["t2", "t3"], ["t4"]]
    basic = await emulator.tasks.get_task(name=f"{queue}/tasks/t0")
    full = await emulator.tasks.get_task(request={"name": f"{queue}/tasks/t0", "response_view": Task.View.FULL})
    assert (basic.http_request.body, full.http_request.body) == (b"", b"{}")
    assert full.http_request.headers["User-Agent"] == "Google-Cloud-Tasks"
    assert full.dispatch_deadline == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ({"name": ""}, "HttpRequest.url is required"),
        (http_task("ftp://x"), "must start with 'http://' or 'https://'"),
        (http_task(URL, "{queue}/tasks/not valid"), 'Task ID "not valid" can contain only'),
        (http_task(URL, "{queue}-other/tasks/t"), "must be the same as the queue name in the named task"),
        (http_task(URL, "no-name"), "Task name must be formatted"),
        (http_task(URL, dispatch_deadline=timedelta(minutes=31)), r"must be between \[15s, 30m\]"),
        (http_task(URL, schedule_time=LATER + timedelta(days=31)), "no more than 720h in the future"),
        (http_task(URL, http={"http_method": HttpMethod.GET}), "only allowed with the methods"),
        (http_task(URL, http={"body": b"x" * (1024 * 1024 + 1)}), "Task size too large"),
        (http_task(URL, http={"headers": {"X-Name": "Zoë"}}), "must be ASCII"),
        (http_task(URL, http={"oidc_token": {"service_account_email": "nobody"}}), "e-mail of a service account"),
    ],
)
async def test_an_invalid_task_is_refused(emulator: Emulator, queue: str, task: Any, text: str) -> None:
    named: Any = {**task, "name": task["name"].replace("{queue}", queue)}
    with pytest.raises(exceptions.InvalidArgument, match=text):
        await emulator.tasks.create_task(parent=queue, task=named)


async def test_a_task_just_under_the_limit_is_taken(emulator: Emulator, queue: str) -> None:
    body = b"x" * (1024 * 1024 - 1024)
    task = http_task(URL, schedule_time=LATER, http={"body": body, "oidc_token": {"service_account_email": INVOKER}})
    assert (await emulator.tasks.create_task(parent=queue, task=task)).name


async def test_a_new_queue_has_googles_defaults(emulator: Emulator, queue: str) -> None:
    name = await make_queue(emulator, f"{queue}-default")
    made = await emulator.tasks.get_queue(name=name)
    limits, retries = made.rate_limits, made.retry_config
    assert made.state == Queue.State.RUNNING
    assert (limits.max_dispatches_per_second, limits.max_burst_size, limits.max_concurrent_dispatches) == (
        500,
        100,
        1000,
    )
    assert (retries.max_attempts, retries.max_doublings) == (100, 16)
    assert (retries.min_backoff, retries.max_backoff) == (timedelta(seconds=0.1), timedelta(hours=1))


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"rate_limits": RateLimits(max_dispatches_per_second=501)}, "less than or equal to 500"),
        ({"rate_limits": RateLimits(max_concurrent_dispatches=5001)}, "less than or equal to 5000"),
        ({"retry_config": RetryConfig(max_attempts=-2)}, "greater or equal to -1"),
        ({"retry_config": RetryConfig(max_backoff={"nanos": 1000})}, "must be less than or equal to"),
        ({"retry_config": RetryConfig(min_backoff={"seconds": -1})}, "RetryConfig.minBackoff cannot be negative"),
    ],
)
async def test_an_invalid_queue_is_refused(emulator: Emulator, queue: str, settings: Any, text: str) -> None:
    with pytest.raises(exceptions.InvalidArgument, match=text):
        await make_queue(emulator, f"{queue}-bad", **settings)


async def test_an_update_changes_what_its_mask_names(emulator: Emulator, queue: str) -> None:
    changed = Queue(name=queue, rate_limits=RateLimits(max_dispatches_per_second=7, max_concurrent_dispatches=3))
    mask = field_mask_pb2.FieldMask(paths=["rate_limits.max_dispatches_per_second"])
    await emulator.tasks.update_queue(queue=changed, update_mask=mask)
    after = await emulator.tasks.get_queue(name=queue)
    assert after.rate_limits.max_dispatches_per_second == 7
    assert after.rate_limits.max_concurrent_dispatches == 1000
    assert after.retry_config.min_backoff == timedelta(seconds=0.05)


async def test_queues_are_listed_deleted_and_not_made_again_soon(emulator: Emulator, queue: str) -> None:
    listed = [made.name async for made in await emulator.tasks.list_queues(parent=LOCATION)]
    assert queue in listed
    await emulator.tasks.delete_queue(name=queue)
    with pytest.raises(exceptions.NotFound):
        await emulator.tasks.get_queue(name=queue)
    with pytest.raises(exceptions.FailedPrecondition, match="existed too recently"):
        await make_queue(emulator, queue)
    with pytest.raises(exceptions.NotFound, match="Requested entity was not found"):
        await emulator.tasks.delete_queue(name=queue)


async def test_a_queue_is_made_once(emulator: Emulator, queue: str) -> None:
    with pytest.raises(exceptions.AlreadyExists, match="Queue already exists"):
        await make_queue(emulator, queue)


async def test_purging_a_queue_deletes_its_tasks(emulator: Emulator, queue: str) -> None:
    await emulator.tasks.create_task(parent=queue, task=http_task(URL, schedule_time=LATER))
    purged = await emulator.tasks.purge_queue(name=queue)
    assert datetime.now(UTC) - purged.purge_time < timedelta(seconds=5)
    assert [task async for task in await emulator.tasks.list_tasks(parent=queue)] == []


async def test_what_is_not_emulated_says_so(emulator: Emulator, queue: str) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match="App Engine tasks"):
        await emulator.tasks.create_task(parent=queue, task=Task(app_engine_http_request={"relative_uri": "/x"}))

"""A task as the API shows it."""

from datetime import UTC, datetime

from google.cloud.tasks_v2.types import Attempt, Task
from google.rpc import status_pb2

from emulators.googleapis.task_record import TaskRecord


def show(record: TaskRecord, view: int) -> Task:
    """The task with its attempts; the basic view, which is the default, omits the body."""
    progress = record.progress
    full = view == Task.View.FULL
    task = Task(record.definition)
    if not full:
        task.http_request.body = b""
    task.view = Task.View(Task.View.FULL if full else Task.View.BASIC)
    task.create_time = _time(int(record.created))
    task.schedule_time = _time(record.due)
    task.dispatch_count = progress.dispatches
    task.response_count = progress.responses
    if progress.first_dispatch is not None:
        task.first_attempt = Attempt(dispatch_time=_time(progress.first_dispatch))
        task.last_attempt = _last_attempt(record)
    return task


def _last_attempt(record: TaskRecord) -> Attempt:
    progress = record.progress
    attempt = Attempt(schedule_time=_time(progress.last_scheduled), dispatch_time=_time(progress.last_dispatch))
    if progress.last_response is not None:
        attempt.response_time = _time(progress.last_response)
        attempt.response_status = status_pb2.Status(code=progress.last_code, message=progress.last_message)
    return attempt


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

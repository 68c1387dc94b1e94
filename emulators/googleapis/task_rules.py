"""Validation of new tasks, with the texts of production where they are known."""

import secrets
import time
from datetime import UTC, datetime, timedelta

from google.cloud.tasks_v2.types import CreateTaskRequest, HttpMethod, HttpRequest, Task

from emulators.googleapis.delivery import USER_AGENT
from emulators.googleapis.grpc_service import not_emulated, refuse
from emulators.googleapis.resource_names import QUEUE, TASK_ID, NameRules
from emulators.googleapis.task_record import TaskRecord

MAX_TASK_BYTES = 1024 * 1024
DEFAULT_DEADLINE = timedelta(minutes=10)
MAX_DEADLINE = timedelta(minutes=30)
MAX_SCHEDULE = timedelta(hours=720)
_TASK_FORM = (
    'Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"'
)
_WITH_BODY = (HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH)


class TaskRules:
    """Turns CreateTask requests into records. `min_deadline` is 15 s in production."""

    def __init__(self, names: NameRules, min_deadline: timedelta) -> None:
        self._names = names
        self._min_deadline = min_deadline

    def record(self, request: CreateTaskRequest) -> TaskRecord:
        """The record of a new task; raises INVALID_ARGUMENT."""
        task = request.task
        if Task.pb(task).ByteSize() > MAX_TASK_BYTES:
            refuse("Task size too large")
        definition = Task(
            name=self._name(request),
            http_request=_http_request(task),
            dispatch_deadline=self._deadline(task),
        )
        if "retry_config" in task:
            definition.retry_config = task.retry_config
        now = time.time()
        return TaskRecord(name=definition.name, definition=definition, created=now, due=_due(task, now))

    def check_task_name(self, name: str) -> None:
        """Raise INVALID_ARGUMENT for a malformed name of a task."""
        queue, separator, task_id = name.rpartition("/tasks/")
        if not separator:
            refuse(_TASK_FORM)
        self._names.check(queue, QUEUE, _TASK_FORM)
        if not TASK_ID.fullmatch(task_id):
            refuse(
                f'Task ID "{task_id}" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or '
                "underscores (_). Task ID must between 1 and 500 characters."
            )

    def _name(self, request: CreateTaskRequest) -> str:
        if not request.task.name:
            return f"{request.parent}/tasks/{secrets.randbelow(10**20):020d}"
        self.check_task_name(request.task.name)
        queue = request.task.name.rpartition("/tasks/")[0]
        if queue != request.parent:
            refuse(
                f"The queue name from request ('{request.parent}') must be the same as the queue name in the named "
                f"task ('{queue}')."
            )
        return request.task.name

    def _deadline(self, task: Task) -> timedelta:
        deadline: timedelta = task.dispatch_deadline or DEFAULT_DEADLINE
        if not self._min_deadline <= deadline <= MAX_DEADLINE:
            refuse("Task.dispatchDeadline must be between [15s, 30m].")
        return deadline


def _due(task: Task, now: float) -> float:
    if "schedule_time" not in task:
        return now
    scheduled: datetime = task.schedule_time
    if scheduled - datetime.now(UTC) > MAX_SCHEDULE:
        refuse(
            f"The Task.scheduleTime, {scheduled.isoformat(timespec='seconds')}, is too far in the future. "
            "Schedule time must be no more than 720h in the future."
        )
    return max(scheduled.timestamp(), now)


def _http_request(task: Task) -> HttpRequest:
    if "app_engine_http_request" in task:
        not_emulated("App Engine tasks")
    if "http_request" not in task or not task.http_request.url:
        refuse("HttpRequest.url is required.")
    http = HttpRequest(task.http_request)
    if not http.url.startswith(("http://", "https://")):
        refuse("HttpTarget.url must start with 'http://' or 'https://'.")
    http.http_method = HttpMethod(http.http_method or HttpMethod.POST)
    if http.body and http.http_method not in _WITH_BODY:
        refuse("HttpRequest.body is only allowed with the methods POST, PUT and PATCH.")
    if any(not (name + value).isascii() for name, value in http.headers.items()):
        refuse("HttpRequest.headers must be ASCII.")
    if "oauth_token" in http:
        not_emulated("OAuth tokens of tasks; use an OIDC token")
    if "oidc_token" in http and "@" not in http.oidc_token.service_account_email:
        refuse("OidcToken.serviceAccountEmail must be the e-mail of a service account.")
    http.headers["User-Agent"] = USER_AGENT  # stored and shown, as in production
    return http

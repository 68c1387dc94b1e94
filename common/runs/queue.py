"""Agent steps on Cloud Tasks: named tasks, OIDC, trace context. The name is an optimisation; Firestore is the truth."""

from datetime import datetime, timedelta
from functools import cache

import grpc.aio
from google.api_core import exceptions
from google.cloud.tasks_v2 import CloudTasksAsyncClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport
from google.cloud.tasks_v2.types import HttpMethod, HttpRequest, OidcToken, Task
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel, ConfigDict

from common.core.clock import now_utc
from common.environment.settings import Settings
from common.runs.ids import check_task_id, task_id
from common.runs.state import RunState
from common.store.client import SCHEMA_VERSION
from common.telemetry.trace import child_of


class StepTask(BaseModel):
    """The payload of a step task: where the cursor of a run stood when it was enqueued."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: int = SCHEMA_VERSION
    run_id: str
    uid: str
    thread_id: str
    step: int
    dispatch: int

    @classmethod
    def at_cursor(cls, state: RunState) -> "StepTask":
        """The task that the cursor of `state` asks for."""
        return cls(
            run_id=state.run_id, uid=state.user.uid, thread_id=state.thread_id, step=state.step, dispatch=state.dispatch
        )


class StepQueue:
    """Creates step tasks; holds a connection and nothing of any user."""

    def __init__(self, client: CloudTasksAsyncClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._step_url = settings.required_step_url

    async def enqueue(self, task: StepTask, *, traceparent: str, at: datetime | None = None) -> bool:
        """Create the task of a cursor position, to run now or at `at`; False when its name is in use or used up."""
        return await self._create(task_id(task.run_id, task.step, task.dispatch), task, traceparent, at)

    async def enqueue_check(self, task: StepTask, *, traceparent: str, at: datetime, lease_until: datetime) -> bool:
        """Create the check of `task`'s cursor after the lease that ends at `lease_until`."""
        name = check_task_id(task.run_id, task.step, task.dispatch, int(lease_until.timestamp() * 1000))
        return await self._create(name, task, traceparent, at)

    async def is_on_its_way(self, task: StepTask) -> bool:
        """True while the task of this cursor position waits, however late it is, or has just been delivered.

        A delivery that has neither claimed nor answered for the time of a lease is presumed dead.
        """
        name = f"{self._settings.steps_queue}/tasks/{task_id(task.run_id, task.step, task.dispatch)}"
        try:
            existing = await self._client.get_task(name=name)
        except exceptions.NotFound:
            return False
        last = existing.last_attempt
        if "last_attempt" not in existing or "response_time" in last:
            return True
        delivered: datetime = last.dispatch_time
        return now_utc() - delivered < timedelta(seconds=self._settings.profile.lease_s)

    async def _create(self, name: str, task: StepTask, traceparent: str, at: datetime | None) -> bool:
        message = Task(
            name=f"{self._settings.steps_queue}/tasks/{name}",
            http_request=HttpRequest(
                url=f"{self._step_url}/",
                http_method=HttpMethod.POST,
                headers={"Content-Type": "application/json", "traceparent": child_of(traceparent)},
                body=task.model_dump_json().encode(),
                oidc_token=OidcToken(service_account_email=self._settings.invoker, audience=self._step_url),
            ),
            dispatch_deadline=timedelta(seconds=self._settings.profile.delivery_s),
        )
        if at is not None:
            time = Timestamp()
            time.FromDatetime(at)
            message.schedule_time = time
        try:
            await self._client.create_task(parent=self._settings.steps_queue, task=message)
        except exceptions.AlreadyExists:
            return False
        return True


@cache
def step_queue(settings: Settings) -> StepQueue:
    """One warm client per process."""
    return StepQueue(tasks_client(settings), settings)


def tasks_client(settings: Settings) -> CloudTasksAsyncClient:
    """Google's client, for the emulator where there is one; belongs to the event loop that it is made in."""
    if settings.tasks_emulator is None:
        return CloudTasksAsyncClient()
    channel = grpc.aio.insecure_channel(settings.tasks_emulator)
    return CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=channel))

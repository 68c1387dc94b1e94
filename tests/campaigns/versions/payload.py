"""The payload of a step task as it lies in the queue, which the version that it is delivered to reads."""

from google.cloud.tasks_v2.types import GetTaskRequest, Task

from common.runs.ids import task_id
from common.runs.queue import tasks_client
from common.runs.state import RunState
from tests.support.protocol import held_settings


async def payload(state: RunState) -> bytes:
    """What the tests' own queue holds for the cursor of a run."""
    settings = held_settings()
    name = f"{settings.steps_queue}/tasks/{task_id(state.run_id, state.step, state.dispatch)}"
    request = GetTaskRequest(name=name, response_view=Task.View.FULL)
    found = await tasks_client(settings).get_task(request)
    body: bytes = found.http_request.body
    return body

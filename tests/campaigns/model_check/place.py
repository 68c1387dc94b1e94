"""Where the model check works: a database and a paused queue of its own, on the emulators of the test stack.

Nobody delivers its tasks and nobody sweeps its runs but the test. Leases and graces are so
long, or over so soon, that the clock decides nothing.
"""

import contextlib
import uuid
from dataclasses import dataclass, replace

import httpx
from google.api_core.exceptions import NotFound
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreAsyncClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcAsyncIOTransport
from google.cloud.tasks_v2 import CloudTasksAsyncClient, ListTasksRequest
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport
from google.cloud.tasks_v2.types import Queue, Task

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import Profile
from common.environment.settings import Settings, load_settings
from common.runs.ids import task_id
from common.runs.ports import Ports
from common.runs.queue import StepQueue, StepTask
from emulators.platform.local_http import NO_CERTIFICATES
from tests.campaigns.model_check.turns import gated_channel

LONG_S = 3600.0
_CLEAR_S = 30.0


@dataclass(frozen=True)
class Wires:
    """Connections that every place uses, and the settings that they come from."""

    settings: Settings
    firestore: FirestoreAsyncClient
    tasks: CloudTasksAsyncClient


async def open_wires() -> Wires:
    """Connect; call it inside the event loop that uses them."""
    settings = load_settings(IsolatedEnvironment.of_process(), "step")
    documents = gated_channel(str(settings.firestore_emulator))
    tasks = gated_channel(str(settings.tasks_emulator))
    return Wires(
        settings,
        FirestoreAsyncClient(transport=FirestoreGrpcAsyncIOTransport(channel=documents)),
        CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=tasks)),
    )


def _patient(profile: Profile) -> Profile:
    return replace(
        profile, lease_s=LONG_S, sweep_grace_s=LONG_S, run_budget_s=LONG_S, no_progress_s=LONG_S, retry_s=0.0
    )


class Place:
    """A database and a queue that are new; `ports` are those of a function that works here."""

    def __init__(self, wires: Wires) -> None:
        name = uuid.uuid4().hex[:12]
        profile = replace(_patient(wires.settings.profile), steps_queue=f"model-check-{name}")
        self._settings = replace(wires.settings, profile=profile)
        self._tasks = wires.tasks
        db = firestore.AsyncClient(project=f"{wires.settings.project}-{name}")
        db._firestore_api_internal = wires.firestore  # noqa: SLF001 - no public way to give a channel
        self.ports = Ports(db, StepQueue(wires.tasks, self._settings), profile)

    def timed(self, *, lease_s: float = LONG_S, grace_s: float = LONG_S) -> Ports:
        """Ports of somebody with other times; negative ones are over as soon as they are written."""
        return replace(self.ports, profile=replace(self.ports.profile, lease_s=lease_s, sweep_grace_s=grace_s))

    async def open(self) -> None:
        """Make the queue."""
        parent = f"projects/{self._settings.project}/locations/{self._settings.profile.region}"
        await self._tasks.create_queue(parent=parent, queue=Queue(name=self._settings.steps_queue))
        await self._tasks.pause_queue(name=self._settings.steps_queue)

    async def close(self) -> None:
        """Delete the queue, and all documents: the emulator keeps them in memory."""
        await self._tasks.delete_queue(name=self._settings.steps_queue)
        documents = f"projects/{self.ports.db.project}/databases/(default)/documents"
        async with httpx.AsyncClient(verify=NO_CERTIFICATES, timeout=_CLEAR_S) as client:
            reply = await client.delete(f"http://{self._settings.firestore_emulator}/emulator/v1/{documents}")
        reply.raise_for_status()

    async def enqueued(self) -> list[Task]:
        """All tasks that wait here or are being delivered."""
        request = ListTasksRequest(parent=self._settings.steps_queue, response_view=Task.View.FULL)
        return [task async for task in await self._tasks.list_tasks(request)]

    async def done(self, name: str) -> None:
        """What Cloud Tasks does with a task whose delivery was answered with 200: it is gone, its name is used up."""
        with contextlib.suppress(NotFound):  # it was delivered twice, and the other one was answered first
            await self._tasks.delete_task(name=name)

    def name_of(self, task: StepTask) -> str:
        """The name of the task of a cursor position."""
        return f"{self._settings.steps_queue}/tasks/{task_id(task.run_id, task.step, task.dispatch)}"

"""All queues: names in use or used recently, what is on disk, and when everything is idle."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

from google.cloud.tasks_v2.types import Queue

from emulators.googleapis.dispatcher import Deliver, QueueDispatcher
from emulators.googleapis.queue_store import QueueStore
from emulators.googleapis.task_record import TaskRecord

TASK_TOMBSTONE_S = 24 * 3600.0
"""How long the name of a finished task stays taken ("up to 24 hours", CreateTaskRequest)."""
QUEUE_TOMBSTONE_S = 3 * 24 * 3600.0
"""How long the name of a deleted queue stays taken (Cloud Tasks, DeleteQueue)."""


class TaskBoard:
    """The state of Cloud Tasks. Methods that change it write to disk before returning."""

    def __init__(self, store: QueueStore, deliver: Deliver) -> None:
        self._store = store
        self._deliver = deliver
        self._changed = asyncio.Event()
        self._tombstones = store.tombstones(time.time())
        self.queues: dict[str, QueueDispatcher] = {}
        for queue in store.queues():
            self._host(queue)
        for task in store.tasks():
            self.queues[task.queue].add(task)

    def buried(self, name: str) -> bool:
        """Whether a queue or task of this name existed too recently."""
        return self._tombstones.get(name, 0.0) > time.time()

    def save_queue(self, queue: Queue) -> None:
        """Create or change a queue."""
        self._store.save_queue(queue)
        if queue.name in self.queues:
            self.queues[queue.name].configure(queue)
        else:
            self._host(queue)

    def delete_queue(self, name: str) -> None:
        """Delete a queue and its tasks, and cancel attempts in flight."""
        expires = time.time() + QUEUE_TOMBSTONE_S
        self._store.delete_queue(name, expires)
        self.queues.pop(name).stop()
        self._tombstones[name] = expires
        self._changed.set()

    def add_task(self, task: TaskRecord) -> None:
        """Add a task."""
        self._store.add_task(task)
        self.queues[task.queue].add(task)

    def delete_tasks(self, queue: QueueDispatcher, names: list[str]) -> None:
        """Delete tasks; one in flight is not retried."""
        for name in names:
            del queue.tasks[name]
        self._bury(names)

    def reset(self) -> None:
        """Drop all tasks and used names, and cancel attempts in flight; queues keep their settings."""
        for queue in list(self.queues.values()):
            queue.stop()
            self._host(queue.queue)
        self._store.forget_tasks()
        self._tombstones.clear()
        self._changed.set()

    def stop(self) -> None:
        """Cancel attempts in flight; they are delivered again after the next start."""
        for queue in self.queues.values():
            queue.stop()

    def has_queue(self, queue_id: str) -> bool:
        """Whether a queue of this short name exists."""
        return any(name.endswith(f"/queues/{queue_id}") for name in self.queues)

    def outstanding(self, queue_id: str | None, *, future: bool) -> Iterator[str]:
        """Names of tasks in flight, due, or awaiting a retry; with `future` also those scheduled for later."""
        now = time.time()
        for name, queue in self.queues.items():
            if queue_id is None or name.endswith(f"/queues/{queue_id}"):
                yield from queue.in_flight
                for task in queue.tasks.values():
                    started = task.progress.dispatches > 0 or task.due <= now
                    if (future or started) and task.name not in queue.in_flight:
                        yield task.name

    async def wait_idle(self, queue_id: str | None, *, future: bool) -> None:
        """Return as soon as nothing is outstanding."""
        while any(True for _ in self.outstanding(queue_id, future=future)):
            self._changed.clear()
            await self._changed.wait()

    def stats(self) -> dict[str, dict[str, Any]]:
        """Counts per queue since the start of the process."""
        now = time.time()
        return {
            name: {
                "state": Queue.State(queue.queue.state).name,
                "tasks": len(queue.tasks),
                "due": sum(task.due <= now for task in queue.tasks.values()),
                "in_flight": len(queue.in_flight),
                "rate_per_s": queue.bucket.effective_rate_per_s,
                **queue.counts,
            }
            for name, queue in self.queues.items()
        }

    def _host(self, queue: Queue) -> None:
        self.queues[queue.name] = QueueDispatcher(queue, self._deliver, self._on_attempt_end)

    def _on_attempt_end(self, task: TaskRecord, over: bool) -> None:  # noqa: FBT001 - the dispatcher's callback
        if over:
            self._bury([task.name])
        else:
            self._store.update_task(task)
            self._changed.set()

    def _bury(self, names: list[str]) -> None:
        expires = time.time() + TASK_TOMBSTONE_S
        self._store.finish_tasks(names, expires)
        self._tombstones.update(dict.fromkeys(names, expires))
        self._changed.set()

"""Queues, tasks and tombstones on disk. The dispatcher's memory is the truth; this is what a restart begins from."""

import json
import sqlite3

from google.cloud.tasks_v2.types import Queue, Task

from emulators.googleapis.task_record import TaskProgress, TaskRecord


class QueueStore:
    """Every write is one short transaction, on disk (page cache) when the method returns."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def save_queue(self, queue: Queue) -> None:
        """Insert or replace a queue."""
        self._db.execute("INSERT OR REPLACE INTO queues VALUES (?, ?)", (queue.name, Queue.serialize(queue)))

    def delete_queue(self, name: str, tombstone_expires: float) -> None:
        """Delete a queue with its tasks, and remember its name."""
        with self._transaction():
            self._db.execute("DELETE FROM queues WHERE name = ?", (name,))
            self._db.execute("DELETE FROM tasks WHERE queue = ?", (name,))
            self._bury(name, tombstone_expires)

    def add_task(self, task: TaskRecord) -> None:
        """Insert a new task."""
        self._db.execute(
            "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?)",
            (task.name, task.queue, Task.serialize(task.definition), task.created, task.due, _dump(task.progress)),
        )

    def update_task(self, task: TaskRecord) -> None:
        """Save when a task is due and what became of its attempts."""
        self._db.execute(
            "UPDATE tasks SET due = ?, progress = ? WHERE name = ?", (task.due, _dump(task.progress), task.name)
        )

    def finish_tasks(self, names: list[str], tombstone_expires: float) -> None:
        """Delete tasks (done, given up, deleted or purged) and remember their names."""
        with self._transaction():
            for name in names:
                self._db.execute("DELETE FROM tasks WHERE name = ?", (name,))
                self._bury(name, tombstone_expires)

    def forget_tasks(self) -> None:
        """Drop all tasks and tombstones."""
        with self._transaction():
            self._db.execute("DELETE FROM tasks")
            self._db.execute("DELETE FROM tombstones")

    def queues(self) -> list[Queue]:
        """All queues."""
        return [Queue.deserialize(row[0]) for row in self._db.execute("SELECT definition FROM queues")]

    def tasks(self) -> list[TaskRecord]:
        """All tasks that are not done, in the order of their creation."""
        rows = self._db.execute("SELECT name, definition, created, due, progress FROM tasks ORDER BY rowid")
        return [
            TaskRecord(
                name=name,
                definition=Task.deserialize(definition),
                created=created,
                due=due,
                progress=TaskProgress(**json.loads(progress)),
            )
            for name, definition, created, due, progress in rows
        ]

    def tombstones(self, now: float) -> dict[str, float]:
        """Names that cannot be used again yet, and until when; expired ones are dropped."""
        self._db.execute("DELETE FROM tombstones WHERE expires <= ?", (now,))
        return dict(self._db.execute("SELECT name, expires FROM tombstones"))

    def _bury(self, name: str, expires: float) -> None:
        self._db.execute("INSERT OR REPLACE INTO tombstones VALUES (?, ?)", (name, expires))

    def _transaction(self) -> sqlite3.Connection:
        self._db.execute("BEGIN")
        return self._db


def _dump(progress: TaskProgress) -> str:
    return json.dumps(vars(progress))

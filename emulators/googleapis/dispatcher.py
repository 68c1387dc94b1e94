"""Sends the tasks of one queue under its limits. Driven by events and one timer; nothing polls."""

import asyncio
import functools
import heapq
import itertools
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from google.cloud.tasks_v2.types import Queue

from emulators.googleapis.backoff import RetryPolicy
from emulators.googleapis.task_record import AttemptOutcome, TaskRecord
from emulators.googleapis.token_bucket import TokenBucket

_LOG = logging.getLogger(__name__)
Deliver = Callable[[TaskRecord], Coroutine[Any, Any, AttemptOutcome]]
AttemptEnded = Callable[[TaskRecord, bool], None]
"""Called after each attempt with the task, and True when it is over (done or given up), False when it is retried."""


class QueueDispatcher:
    """Holds the live tasks of a queue and sends those that are due."""

    def __init__(self, queue: Queue, deliver: Deliver, on_attempt_end: AttemptEnded) -> None:
        self._deliver = deliver
        self._on_attempt_end = on_attempt_end
        self._waiting: list[tuple[float, int, TaskRecord]] = []
        self._order = itertools.count()
        self._stopped = False
        self._timer: asyncio.TimerHandle | None = None
        self.tasks: dict[str, TaskRecord] = {}
        self.in_flight: dict[str, asyncio.Task[AttemptOutcome]] = {}
        self.counts: Counter[str] = Counter(attempts=0, succeeded=0, failed=0, given_up=0)
        self.bucket = TokenBucket(queue.rate_limits.max_dispatches_per_second, time.time())
        self.configure(queue)

    def configure(self, queue: Queue) -> None:
        """Apply a queue's settings; a new rate starts with a full bucket, an unchanged one keeps its throttling."""
        self.queue = queue
        self._retry = RetryPolicy.of(queue.retry_config)
        if queue.rate_limits.max_dispatches_per_second != self.bucket.rate_per_s:
            self.bucket = TokenBucket(queue.rate_limits.max_dispatches_per_second, time.time())
        self.pump()

    def add(self, task: TaskRecord) -> None:
        """Add a task; it is sent at once if it is due and the limits allow it."""
        self.tasks[task.name] = task
        self._wait(task)
        self.pump()

    def run_now(self, task: TaskRecord) -> None:
        """Send a task regardless of its time, the limits or a pause; one in flight is left alone."""
        if task.name not in self.in_flight:
            task.due = time.time()
            self._start(task)

    def pump(self) -> None:
        """Send what is due and allowed; set the timer for the next task."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._may_send() and (task := self._next()) is not None:
            now = time.time()
            delay_s = max(task.due - now, self.bucket.wait_s(now))
            if delay_s > 0:
                self._timer = asyncio.get_running_loop().call_later(delay_s, self.pump)
                return
            heapq.heappop(self._waiting)
            self.bucket.take()
            self._start(task)

    def stop(self) -> None:
        """Cancel attempts in flight and send nothing more; the tasks stay where they are."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        for attempt in self.in_flight.values():
            attempt.cancel()

    def _may_send(self) -> bool:
        limit = self.queue.rate_limits.max_concurrent_dispatches
        return not self._stopped and self.queue.state == Queue.State.RUNNING and len(self.in_flight) < limit

    def _wait(self, task: TaskRecord) -> None:
        heapq.heappush(self._waiting, (task.due, next(self._order), task))

    def _next(self) -> TaskRecord | None:
        while self._waiting:
            due, _, task = self._waiting[0]
            if self.tasks.get(task.name) is task and task.due == due and task.name not in self.in_flight:
                return task
            heapq.heappop(self._waiting)  # deleted, run manually, or rescheduled since
        return None

    def _start(self, task: TaskRecord) -> None:
        task.progress.begin(task.due, time.time())
        self.counts["attempts"] += 1
        attempt = asyncio.get_running_loop().create_task(self._deliver(task))
        self.in_flight[task.name] = attempt
        attempt.add_done_callback(functools.partial(self._ended, task))

    def _ended(self, task: TaskRecord, attempt: asyncio.Task[AttemptOutcome]) -> None:
        del self.in_flight[task.name]
        if attempt.cancelled() or self._stopped:
            return
        outcome = attempt.result()
        now = time.time()
        task.progress.end(outcome, now)
        self.counts["succeeded" if outcome.succeeded else "failed"] += 1
        if outcome.overloaded:
            self.bucket.slow_down(now)
        elif outcome.succeeded:
            self.bucket.recover()
        over = outcome.succeeded or self._give_up(task, outcome, now)
        if over:
            self.tasks.pop(task.name, None)
        else:
            self._wait(task)
        self._on_attempt_end(task, over)
        self.pump()

    def _give_up(self, task: TaskRecord, outcome: AttemptOutcome, now: float) -> bool:
        """Decide on a failed task: True ends it; else `due` is set to its next attempt."""
        definition, progress = task.definition, task.progress
        policy = RetryPolicy.of(definition.retry_config) if "retry_config" in definition else self._retry
        given_up = policy.exhausted(attempts=progress.dispatches, age_s=now - (progress.first_dispatch or now))
        self.counts["given_up"] += given_up
        task.due = now + max(policy.delay_s(progress.dispatches), outcome.retry_after_s)
        then = "given up" if given_up else f"again in {task.due - now:.3f} s"
        _LOG.warning("%s attempt %d failed, %s: %s", task.name, progress.dispatches, then, outcome.message)
        return given_up

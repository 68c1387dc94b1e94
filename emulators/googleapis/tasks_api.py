"""The gRPC API google.cloud.tasks.v2.CloudTasks. Its error texts were recorded from production."""

from datetime import UTC, datetime
from typing import Any

import grpc
from google.cloud.tasks_v2 import types
from google.cloud.tasks_v2.types import Queue, Task

from emulators.googleapis.dispatcher import QueueDispatcher
from emulators.googleapis.grpc_service import ApiError, Rpc, not_emulated, refuse, service
from emulators.googleapis.queue_rules import complete_queue
from emulators.googleapis.resource_names import LOCATION, QUEUE, NameRules, page
from emulators.googleapis.task_board import TaskBoard
from emulators.googleapis.task_record import TaskRecord
from emulators.googleapis.task_rules import TaskRules
from emulators.googleapis.task_view import show

_QUEUE_FORM = 'Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>".'
_LOCATION_FORM = "Invalid resource field value in the request."
_NO_QUEUE = "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize."
_NO_ENTITY = "Requested entity was not found."
_TASK_OVER = (
    "The task no longer exists, though a task with this name existed recently. "
    "The task either successfully completed or was deleted."
)
_TASK_TOO_RECENT = (
    "The task cannot be created because a task with this name existed too recently. For more information about task "
    "de-duplication see https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/"
    "create#body.request_body.FIELDS.task."
)
_QUEUE_TOO_RECENT = "The queue cannot be created because a queue with this name existed too recently."
_MAX_TASKS_PAGE = 1000
_MAX_QUEUES_PAGE = 9800


class TasksApi:
    """Answers the RPCs from the board; each is atomic, as nothing here awaits."""

    def __init__(self, board: TaskBoard, names: NameRules, rules: TaskRules) -> None:
        self._board = board
        self._names = names
        self._rules = rules

    def handler(self) -> "grpc.GenericRpcHandler[Any, Any]":
        """The gRPC service."""
        rpcs: dict[str, Rpc] = {
            "CreateQueue": (types.CreateQueueRequest, self.create_queue),
            "GetQueue": (types.GetQueueRequest, lambda request: self._queue(request.name).queue),
            "ListQueues": (types.ListQueuesRequest, self.list_queues),
            "UpdateQueue": (types.UpdateQueueRequest, self.update_queue),
            "DeleteQueue": (types.DeleteQueueRequest, self.delete_queue),
            "PurgeQueue": (types.PurgeQueueRequest, self.purge_queue),
            "PauseQueue": (types.PauseQueueRequest, lambda request: self._set_state(request.name, Queue.State.PAUSED)),
            "ResumeQueue": (
                types.ResumeQueueRequest,
                lambda request: self._set_state(request.name, Queue.State.RUNNING),
            ),
            "CreateTask": (types.CreateTaskRequest, self.create_task),
            "GetTask": (types.GetTaskRequest, lambda request: show(self._task(request.name), request.response_view)),
            "ListTasks": (types.ListTasksRequest, self.list_tasks),
            "DeleteTask": (types.DeleteTaskRequest, self.delete_task),
            "RunTask": (types.RunTaskRequest, self.run_task),
        }
        return service("google.cloud.tasks.v2.CloudTasks", rpcs)

    def create_queue(self, request: types.CreateQueueRequest) -> Queue:
        """Create a queue, running, with defaults filled in."""
        self._names.check(request.parent, LOCATION, _LOCATION_FORM)
        name = request.queue.name
        self._names.check(name, QUEUE, _QUEUE_FORM)
        if not name.startswith(f"{request.parent}/queues/"):
            refuse(f"{name} must begin with {request.parent}.")
        if name in self._board.queues:
            raise ApiError(grpc.StatusCode.ALREADY_EXISTS, "Queue already exists")
        return self._save_new(request.queue)

    def update_queue(self, request: types.UpdateQueueRequest) -> Queue:
        """Change a queue, or create it; without a mask all settings are replaced."""
        name = request.queue.name
        self._names.check(name, QUEUE, _QUEUE_FORM)
        if name not in self._board.queues:
            return self._save_new(request.queue)
        current = self._board.queues[name].queue
        changed = Queue(current)
        mask = request.update_mask
        if mask and mask.paths:
            mask.MergeMessage(Queue.pb(request.queue), Queue.pb(changed), replace_message_field=True)
        else:
            changed = request.queue
        changed.name = name
        return self._save(complete_queue(changed, current.state), current)

    def list_queues(self, request: types.ListQueuesRequest) -> types.ListQueuesResponse:
        """A page of the queues of a location, by name."""
        self._names.check(request.parent, LOCATION, _LOCATION_FORM)
        if request.filter:
            not_emulated("filters of ListQueues")
        own = sorted(name for name in self._board.queues if name.startswith(f"{request.parent}/queues/"))
        names, token = page(own, request.page_size, request.page_token, _MAX_QUEUES_PAGE)
        queues = [self._board.queues[name].queue for name in names]
        return types.ListQueuesResponse(queues=queues, next_page_token=token)

    def delete_queue(self, request: types.DeleteQueueRequest) -> None:
        """Delete a queue; its name stays taken for days."""
        self._names.check(request.name, QUEUE, _QUEUE_FORM)
        if request.name not in self._board.queues:
            raise ApiError(grpc.StatusCode.NOT_FOUND, _NO_ENTITY)
        self._board.delete_queue(request.name)

    def purge_queue(self, request: types.PurgeQueueRequest) -> Queue:
        """Delete all tasks of a queue."""
        dispatcher = self._queue(request.name)
        self._board.delete_tasks(dispatcher, list(dispatcher.tasks))
        purged = Queue(dispatcher.queue)
        purged.purge_time = datetime.now(UTC)
        self._board.save_queue(purged)
        return purged

    def create_task(self, request: types.CreateTaskRequest) -> Task:
        """Add a task, once per name."""
        dispatcher = self._queue(request.parent)
        record = self._rules.record(request)
        if record.name in dispatcher.tasks:
            raise ApiError(grpc.StatusCode.ALREADY_EXISTS, "Requested entity already exists")
        if self._board.buried(record.name):
            raise ApiError(grpc.StatusCode.ALREADY_EXISTS, _TASK_TOO_RECENT)
        self._board.add_task(record)
        return show(record, request.response_view)

    def list_tasks(self, request: types.ListTasksRequest) -> types.ListTasksResponse:
        """A page of the tasks of a queue, by name."""
        tasks = self._queue(request.parent).tasks
        names, token = page(sorted(tasks), request.page_size, request.page_token, _MAX_TASKS_PAGE)
        shown = [show(tasks[name], request.response_view) for name in names]
        return types.ListTasksResponse(tasks=shown, next_page_token=token)

    def delete_task(self, request: types.DeleteTaskRequest) -> None:
        """Delete a task; its name stays taken."""
        record = self._task(request.name)
        self._board.delete_tasks(self._board.queues[record.queue], [record.name])

    def run_task(self, request: types.RunTaskRequest) -> Task:
        """Send a task now, regardless of its time, the queue's limits or a pause."""
        record = self._task(request.name)
        self._board.queues[record.queue].run_now(record)
        return show(record, request.response_view)

    def _queue(self, name: str) -> QueueDispatcher:
        self._names.check(name, QUEUE, _QUEUE_FORM)
        if name not in self._board.queues:
            raise ApiError(grpc.StatusCode.NOT_FOUND, _NO_QUEUE)
        return self._board.queues[name]

    def _task(self, name: str) -> TaskRecord:
        self._rules.check_task_name(name)
        dispatcher = self._board.queues.get(name.rpartition("/tasks/")[0])
        if dispatcher is not None and name in dispatcher.tasks:
            return dispatcher.tasks[name]
        raise ApiError(grpc.StatusCode.NOT_FOUND, _TASK_OVER if self._board.buried(name) else _NO_ENTITY)

    def _set_state(self, name: str, state: int) -> Queue:
        queue = Queue(self._queue(name).queue)
        queue.state = Queue.State(state)
        self._board.save_queue(queue)
        return queue

    def _save_new(self, queue: Queue) -> Queue:
        if self._board.buried(queue.name):
            raise ApiError(grpc.StatusCode.FAILED_PRECONDITION, _QUEUE_TOO_RECENT)
        return self._save(complete_queue(queue, Queue.State.RUNNING), queue)

    def _save(self, queue: Queue, before: Queue) -> Queue:
        if "purge_time" in before:
            queue.purge_time = before.purge_time
        self._board.save_queue(queue)
        return queue

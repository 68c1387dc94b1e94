"""A task as the emulator holds it, the history of its attempts, and the outcome of one attempt."""

from dataclasses import dataclass, field

from google.cloud.tasks_v2.types import Task

_CODES = {
    400: (3, "INVALID_ARGUMENT"),
    401: (16, "UNAUTHENTICATED"),
    403: (7, "PERMISSION_DENIED"),
    404: (5, "NOT_FOUND"),
    409: (10, "ABORTED"),
    429: (8, "RESOURCE_EXHAUSTED"),
    499: (1, "CANCELLED"),
    500: (13, "INTERNAL"),
    501: (12, "UNIMPLEMENTED"),
    503: (14, "UNAVAILABLE"),
    504: (4, "DEADLINE_EXCEEDED"),
}
"""HTTP status to google.rpc.Code, from google/rpc/code.proto."""


@dataclass(frozen=True, kw_only=True)
class AttemptOutcome:
    """How an attempt ended. `http_status` None: no answer came. `code` is a google.rpc.Code, 0 for success."""

    http_status: int | None
    code: int
    message: str
    retry_after_s: float = 0.0

    @classmethod
    def of_status(cls, http_status: int, retry_after_s: float = 0.0) -> "AttemptOutcome":
        """The outcome for an HTTP status; anything but 2xx is a failure."""
        if http_status // 100 == 2:  # noqa: PLR2004 - the class of HTTP success
            return cls(http_status=http_status, code=0, message="")
        other = (13, "INTERNAL") if http_status >= 500 else (9, "FAILED_PRECONDITION")  # noqa: PLR2004 - HTTP class
        code, name = _CODES.get(http_status, other)
        text = f"{name}({code}): HTTP status code {http_status}"
        return cls(http_status=http_status, code=code, message=text, retry_after_s=retry_after_s)

    @classmethod
    def unanswered(cls, code: int, message: str) -> "AttemptOutcome":
        """No answer came: the deadline passed, the handler was not reached, or the answer was lost."""
        return cls(http_status=None, code=code, message=message)

    @property
    def succeeded(self) -> bool:
        """Whether the task is done."""
        return self.code == 0

    @property
    def overloaded(self) -> bool:
        """Whether the handler asked the queue to slow down."""
        return self.http_status in (429, 503)


@dataclass(kw_only=True)
class TaskProgress:
    """Attempts so far; times are seconds since the epoch. `executions`: answers other than 5xx."""

    dispatches: int = 0
    responses: int = 0
    executions: int = 0
    first_dispatch: float | None = None
    last_scheduled: float = 0.0
    last_dispatch: float = 0.0
    last_response: float | None = None
    last_code: int = 0
    last_message: str = ""
    previous_status: int | None = None
    """HTTP status of the last answer received."""

    def begin(self, scheduled: float, now: float) -> None:
        """An attempt is being dispatched."""
        self.dispatches += 1
        self.first_dispatch = self.first_dispatch or now
        self.last_scheduled, self.last_dispatch, self.last_response = scheduled, now, None

    def end(self, outcome: AttemptOutcome, now: float) -> None:
        """The attempt ended."""
        self.last_response, self.last_code, self.last_message = now, outcome.code, outcome.message
        if outcome.http_status is not None:
            self.responses += 1
            self.executions += outcome.http_status < 500  # noqa: PLR2004 - HTTP class
            self.previous_status = outcome.http_status


@dataclass(kw_only=True, eq=False)
class TaskRecord:
    """`definition` is the task as created and never changes; `due` is the time of its next attempt."""

    name: str
    definition: Task
    created: float
    due: float
    progress: TaskProgress = field(default_factory=TaskProgress)

    @property
    def queue(self) -> str:
        """Full name of its queue."""
        return self.name.rpartition("/tasks/")[0]

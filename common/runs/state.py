"""The control document of a run, `run_state/{run}`: cursor, lease, event counter. Its update time is the fence."""

import dataclasses
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from google.cloud import firestore

from common.contract.answer import ModelTokens
from common.contract.events import AgentName
from common.contract.status import Status
from common.core.user import UserContext
from common.runs.step import NO_TOKENS
from common.runs.turn import Click
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document, Snapshot, fields, read_all, updated

OPEN: frozenset[Status] = frozenset({"queued", "running"})

NOT_STORED = datetime(1970, 1, 2, tzinfo=UTC)
"""The update time of a state that is not stored yet: no commit passes a fence of this time."""


@dataclass(frozen=True, kw_only=True)
class OpenTool:
    """A tool whose tool_executing is committed and whose tool_completed is not."""

    call_id: str
    tool: str


@dataclass(frozen=True, kw_only=True)
class RunState:
    """The control document: what the defaults describe is a run that was just accepted. Times are UTC."""

    run_id: str
    user: UserContext
    thread_id: str
    question: str
    dataset_ids: tuple[str, ...]
    quota_month: str
    traceparent: str
    click: Click | None = None
    """What was clicked instead of written."""
    status: Status = "queued"
    workflow: tuple[AgentName, ...] = ("triage",)
    """Agents of this run, as far as triage has decided; `workflow[step]` works now."""
    step: int = 0
    dispatch: int = 0
    """Counts the tasks of the current step: a task name that was used is never used again."""
    attempts: int = 0
    """Claims of the current step."""
    lease_epoch: int = 0
    """Counts the claims of the run: whoever holds an older epoch has lost the lease."""
    lease_until: datetime | None = None
    next_seq: int = 0
    started_agent: AgentName | None = None
    """The agent whose agent_started is committed and whose agent_completed is not."""
    open_tool: OpenTool | None = None
    draft_from: int | None = None
    """Seq of the first thought of a reply that is not in the transcript yet: if its worker dies, they are retracted."""
    started_at: datetime | None = None
    """When it became the head of its thread; the run's time budget counts from here."""
    progress_at: datetime | None = None
    """When a step was last claimed for the first time or handed over, or a tool completed; heartbeats do not count."""
    spent_usd: float = 0.0
    """What its model calls cost as far as providers report it, those of failed attempts too."""
    used: ModelTokens = NO_TOKENS
    """What they used, as far."""
    end_reason: str | None = None
    """An EndReason, perhaps one of a later version."""
    wake_at: datetime | None = None
    """When the sweeper looks at the run; None once it has ended."""
    commit_id: str = ""
    """Of the last commit: a writer whose reply was lost recognizes its commit by it."""
    update_time: datetime = NOT_STORED
    """The fence of the next commit."""
    missing: frozenset[str] = frozenset()
    """Fields that the stored document lacks, because an earlier version wrote it; a commit that moves the run on adds
    them.
    """

    @classmethod
    def parse(cls, snapshot: Snapshot) -> "RunState":
        """Read a control document of this or an earlier schema version; what a later version added is ignored."""
        since_version_2: Document = {"draft_from": None, "end_reason": None, "progress_at": updated(snapshot)}
        stored = fields(snapshot)
        document = {"click": None, "used": {}, **since_version_2, **stored}
        open_tool, click = document["open_tool"], document["click"]
        read: Document = {
            **{name: document[name] for name in _STORED},
            "dataset_ids": tuple(document["dataset_ids"]),
            "workflow": tuple(document["workflow"]),
            "open_tool": OpenTool(**open_tool) if open_tool else None,
            "click": Click.model_validate(click) if click else None,
            "used": ModelTokens.model_validate(document["used"]),
        }
        user = UserContext(uid=document["uid"], email=document["email"], guest=document["guest"])
        missing = frozenset(since_version_2.keys() - stored.keys())
        return cls(run_id=snapshot.id, user=user, update_time=updated(snapshot), missing=missing, **read)

    def document(self) -> Document:
        """The stored form."""
        user = {"uid": self.user.uid, "email": self.user.email, "guest": self.user.guest}
        return {"v": SCHEMA_VERSION, **user, **{name: _plain(getattr(self, name)) for name in _STORED}}

    def fields_changed_since(self, before: "RunState") -> frozenset[str]:
        """Names of the stored fields that differ from those of `before`."""
        return frozenset(name for name in _STORED if getattr(self, name) != getattr(before, name))

    def changes_since(self, before: "RunState") -> Document:
        """The stored form of what must be written where `before` is stored."""
        names = self.fields_changed_since(before)
        if names - _LOOKED_AFTER:
            names |= before.missing
        return {name: _plain(getattr(self, name)) for name in sorted(names)}

    @property
    def agent(self) -> AgentName:
        """The agent of the current step."""
        return self.workflow[self.step]

    @property
    def is_open(self) -> bool:
        """True until the terminal event."""
        return self.status in OPEN

    def lease_is_live(self, now: datetime) -> bool:
        """True while another worker may be writing; only a hint, the fence decides."""
        return self.lease_until is not None and self.lease_until > now

    def awaits_claim_of(self, seen: "RunState", now: datetime) -> bool:
        """True while a worker that has `seen` the run may claim it: same cursor and epoch, and no live lease."""
        unmoved = (self.step, self.dispatch, self.lease_epoch) == (seen.step, seen.dispatch, seen.lease_epoch)
        return self.is_open and unmoved and not self.lease_is_live(now)


_LOOKED_AFTER = frozenset({"dispatch", "lease_until", "wake_at", "commit_id"})
"""Changes that are no progress: a time of progress that they added would stand still while version 1 does the work."""
_UNSTORED = frozenset({"run_id", "user", "update_time", "missing"})
"""The id and the update time are the document's own; the user stands in three fields."""
_STORED = tuple(field.name for field in dataclasses.fields(RunState) if field.name not in _UNSTORED)


def _plain(value: Any) -> Any:
    """A field as Firestore stores it."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Click | ModelTokens):
        return value.model_dump(exclude_none=True)
    return asdict(value) if isinstance(value, OpenTool) else value


async def read_state(db: firestore.AsyncClient, run_id: str) -> RunState | None:
    """The control document, or None when there is no such run."""
    (snapshot,) = await read_all(db, [paths.run_state(run_id)])
    return RunState.parse(snapshot) if snapshot.exists else None

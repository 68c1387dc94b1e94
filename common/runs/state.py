"""The control document of a run, `run_state/{run}`: cursor, lease, event counter. Its update time is the fence."""

from dataclasses import dataclass
from datetime import datetime

from google.cloud import firestore

from common.contract.events import AgentName
from common.contract.status import Status
from common.core.clock import now_utc
from common.core.user import UserContext
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document, Snapshot, fields, read_all, updated

OPEN: frozenset[Status] = frozenset({"queued", "running"})


@dataclass(frozen=True, kw_only=True)
class OpenTool:
    """A tool whose tool_executing is committed and whose tool_completed is not."""

    call_id: str
    tool: str


@dataclass(frozen=True, kw_only=True)
class RunState:
    """One read of the control document. Times are UTC; `update_time` fences the next commit."""

    run_id: str
    user: UserContext
    thread_id: str
    status: Status
    question: str
    dataset_ids: tuple[str, ...]
    workflow: tuple[AgentName, ...]
    """Agents of this run, as far as triage has decided; `workflow[step]` works now."""
    step: int
    dispatch: int
    attempts: int
    """Claims of the current step."""
    lease_epoch: int
    lease_until: datetime | None
    next_seq: int
    started_agent: AgentName | None
    """The agent whose agent_started is committed and whose agent_completed is not."""
    open_tool: OpenTool | None
    draft_from: int | None
    """Seq of the first thought of a reply that is not in the transcript: if its worker dies, they are taken back."""
    commit_id: str
    quota_month: str
    started_at: datetime | None
    """When it became the head of its thread; the run's time budget counts from here."""
    progress_at: datetime | None
    """When it last moved on: a step was first claimed or handed on, or a tool completed; never a sign of life."""
    spent_usd: float
    """What its model calls cost as far as it is known, those of attempts that failed too."""
    traceparent: str
    update_time: datetime

    @property
    def agent(self) -> AgentName:
        """The agent of the current step."""
        return self.workflow[self.step]

    def awaits_claim_of(self, seen: "RunState") -> bool:
        """True while what was `seen` may still be claimed: the cursor stands there, and nobody works under a lease."""
        there = (self.step, self.dispatch, self.lease_epoch) == (seen.step, seen.dispatch, seen.lease_epoch)
        return self.is_open and there and not self.lease_is_live(now_utc())

    @property
    def is_open(self) -> bool:
        """True until the terminal event."""
        return self.status in OPEN

    def lease_is_live(self, now: datetime) -> bool:
        """True while another worker may be writing; only a hint, the fence decides."""
        return self.lease_until is not None and self.lease_until > now


def parse_state(snapshot: Snapshot) -> RunState:
    """Read a control document of this or an earlier schema version."""
    document = fields(snapshot)
    open_tool = document["open_tool"]
    return RunState(
        run_id=snapshot.id,
        user=UserContext(uid=document["uid"], email=document["email"], guest=document["guest"]),
        thread_id=document["thread_id"],
        status=document["status"],
        question=document["question"],
        dataset_ids=tuple(document["dataset_ids"]),
        workflow=tuple(document["workflow"]),
        step=document["step"],
        dispatch=document["dispatch"],
        attempts=document["attempts"],
        lease_epoch=document["lease_epoch"],
        lease_until=document["lease_until"],
        next_seq=document["next_seq"],
        started_agent=document["started_agent"],
        open_tool=OpenTool(**open_tool) if open_tool else None,
        draft_from=document.get("draft_from"),  # none before version 2
        commit_id=document["commit_id"],
        quota_month=document["quota_month"],
        started_at=document["started_at"],
        progress_at=document["progress_at"] if "progress_at" in document else updated(snapshot),  # v1 without budgets
        spent_usd=document["spent_usd"],
        traceparent=document["traceparent"],
        update_time=updated(snapshot),
    )


async def read_state(db: firestore.AsyncClient, run_id: str) -> RunState | None:
    """The control document, or None when there is no such run."""
    (snapshot,) = await read_all(db, [paths.run_state(run_id)])
    return parse_state(snapshot) if snapshot.exists else None


def new_state(
    *,
    user: UserContext,
    thread_id: str,
    question: str,
    dataset_ids: tuple[str, ...],
    quota_month: str,
    traceparent: str,
) -> Document:
    """The first form of a control document: queued, before any event."""
    return {
        "v": SCHEMA_VERSION,
        "uid": user.uid,
        "email": user.email,
        "guest": user.guest,
        "thread_id": thread_id,
        "status": "queued",
        "question": question,
        "dataset_ids": list(dataset_ids),
        "workflow": ["triage"],
        "step": 0,
        "dispatch": 0,
        "attempts": 0,
        "lease_epoch": 0,
        "lease_until": None,
        "next_seq": 0,
        "started_agent": None,
        "open_tool": None,
        "draft_from": None,
        "commit_id": "",
        "quota_month": quota_month,
        "started_at": None,
        "progress_at": None,
        "spent_usd": 0.0,
        "end_reason": None,
        "traceparent": traceparent,
        "wake_at": None,
    }

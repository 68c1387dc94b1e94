"""What version 1 read, as its code stood: frozen, so nothing of the product is imported and nothing follows it.

Fields that it did not read are ignored where it ignored them, and refused where its own models refused them.
"""

import json
import zlib
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Document = dict[str, Any]
Agent = Literal["triage", "data", "optimization", "actions", "reporting"]
Status = Literal["queued", "running", "completed", "failed", "cancelled"]
Unit = Literal["usd", "pct", "tokens", "ms", "requests", "count"]
Level = Literal["low", "medium", "high"]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class _Refusing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OpenTool(_Refusing):
    """Made of all fields of its map."""

    call_id: str
    tool: str


class State(_Read):
    """`run_state/{run}`; `wake_at` was asked for by the sweeper's query."""

    uid: str
    email: str | None
    guest: bool
    thread_id: str
    status: Status
    question: str
    dataset_ids: list[str]
    workflow: list[Agent]
    step: int
    dispatch: int
    attempts: int
    lease_epoch: int
    lease_until: datetime | None
    next_seq: int
    started_agent: Agent | None
    open_tool: OpenTool | None
    commit_id: str
    quota_month: str
    started_at: datetime | None
    spent_usd: float
    traceparent: str
    wake_at: datetime | None


class Task(_Read):
    """The payload of a step task."""

    v: int
    run_id: str
    uid: str
    thread_id: str
    step: int
    dispatch: int


class Letter(_Read):
    """`dead_letters/{run}`, as an operator read it."""

    uid: str
    thread_id: str
    step: int
    dispatch: int
    attempts: int
    code: str
    created_at: datetime


class Thread(_Read):
    """`users/{uid}/threads/{thread}`."""

    open_runs: list[str]
    answered: list[str]
    dataset_ids: list[str]


class User(_Read):
    """`users/{uid}`."""

    tier: Literal["free", "early", "mid", "enterprise"]
    quota: dict[str, int]
    open_runs: list[str]
    datasets: list[str]


class Claim(_Read):
    """`users/{uid}/claims/{request}`."""

    body_hash: str | None


class Run(_Read):
    """`users/{uid}/runs/{run}`."""

    thread_id: str
    status: Status


class Question(_Read):
    """`.../messages/{run}-question`."""

    text: str


class Fact(_Refusing):
    """A number of a tool."""

    name: str
    value: float
    unit: Unit


class Figure(_Refusing):
    """A number of an answer."""

    text: str
    value: float
    unit: Unit
    source: int


class TextBlock(_Refusing):
    """A paragraph."""

    type: Literal["text"]
    text: str


class TableRow(_Refusing):
    """A row, as it was stored."""

    cells: list[str | float | None]


class TableBlock(_Refusing):
    """A table."""

    type: Literal["table"]
    title: str
    columns: list[str]
    units: list[Unit | None]
    rows: list[TableRow]
    source: int = -1


class ChartBlock(_Refusing):
    """A bar chart."""

    type: Literal["chart"]
    title: str
    unit: Unit
    labels: list[str]
    values: list[float]
    source: int = -1


class Recommendation(_Refusing):
    """One thing to do."""

    type: Literal["recommendation"]
    id: str
    rank: int
    kind: str
    title: str
    savings_usd: float
    savings_pct: float
    effort: Level
    risk: Level
    confidence: Level
    method: str
    assumptions: list[str]
    steps: list[str]
    verify: str
    rollback: str
    snippet: str = ""
    source: int = -1


class FigureListBlock(_Refusing):
    """Tiles."""

    type: Literal["figures"]
    title: str
    facts: list[Fact]
    source: int = -1


Block = Annotated[
    TextBlock | TableBlock | ChartBlock | Recommendation | FigureListBlock,
    Field(discriminator="type"),
]


class Answer(BaseModel):
    """`.../messages/{run}` of a completed run, of which only these fields were taken."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str
    blocks: list[Block] = []
    figures: list[Figure] = []
    recommendations: list[Recommendation] = []
    cost_usd: float = 0.0


class ToolResult(BaseModel):
    """What a tool found."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    summary: str
    facts: list[Fact] = []
    findings: list[str] = []
    data: Document = {}
    blocks: list[Block] = []


class Evidence(_Read):
    """A result with its source."""

    source: int
    agent: Agent
    tool: str
    call_id: str
    result: ToolResult


class Memory(_Read):
    """What `data` of a step holds."""

    transcript: list[Document]
    evidence: list[Evidence]
    failed: dict[str, str]


class Step(_Read):
    """`run_state/{run}/steps/{step}`; `output` stands there once the step is done, and later steps needed it."""

    agent: Agent
    data: bytes
    output: bytes | None = None

    @property
    def memory(self) -> Memory:
        """The transcript and the evidence, as the next worker took them over."""
        return Memory.model_validate(unpacked(self.data))


def unpacked(blob: bytes) -> Document:
    """Compressed JSON, the form of transcripts and outputs."""
    found: Document = json.loads(zlib.decompress(blob))
    return found

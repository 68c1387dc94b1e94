"""The seam between the durable run and the agents: what a step gets, and what it gives back.

The run protocol owns events, leases and storage; an agent sees only `StepContext`. A step may be taken over by another
worker at any point: what must survive is in `transcript`, stored in the same commit as the events it belongs to.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from common.contract.answer import Answer, Block, Fact, ModelTokens
from common.contract.events import AgentName
from common.core.user import UserContext
from common.runs.turn import Click

NO_TOKENS = ModelTokens()

Item = dict[str, Any]
"""One item of a model transcript in the Responses wire form (message, function_call, function_call_output)."""


class ToolCall(BaseModel):
    """A tool call that an agent wants: `call_id` unique within the step, `purpose` in the customer's words.

    `part`: which part of the question it is for.
    """

    model_config = ConfigDict(frozen=True)

    part: int = 0
    call_id: str
    tool: str
    purpose: str
    arguments: dict[str, Any]


class ShownFigure(BaseModel):
    """A number as a sentence has it, and the fact that it shows."""

    model_config = ConfigDict(frozen=True)

    text: str
    fact: Fact


class Sentence(BaseModel):
    """One or more sentences to the customer, Markdown. Every number in it is one of `figures`, in their order.

    `names`: names of the customer's data in it, as they are; in the text they are shown as names are. `topic`: what it
    is about where others may say the same ("latency", "evaluation", "short span"); "" of its own.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    figures: list[ShownFigure] = []
    names: list[str] = []
    topic: str = ""


class Section(BaseModel):
    """A part of an answer under a heading of its own, such as the steps of a change; `code` is shown as it is."""

    model_config = ConfigDict(frozen=True)

    heading: str
    points: list[Sentence]
    code: str = ""


class ToolResult(BaseModel):
    """What a tool found, in typed parts; every sentence is in the customer's words.

    `summary` is shown with its event. `headline` answers the question, in the one or two sentences that open the
    answer; `details` follow under it; `limits` say what the customer's own limits mean for it; `missing`: what the data
    lack for it, and which export has it; `offer`: the nearest next thing, at most one. `facts` are all numbers found,
    those of the sentences included; `names`: names of the customer's data in it; `blocks` can be put into the answer.
    """

    model_config = ConfigDict(frozen=True)

    summary: str
    headline: list[Sentence] = []
    details: list[Sentence] = []
    limits: list[Sentence] = []
    missing: list[Sentence] = []
    offer: list[Sentence] = []
    sections: list[Section] = []
    facts: list[Fact] = []
    names: list[str] = []
    blocks: list[Block] = []

    @property
    def sentences(self) -> list[Sentence]:
        """All of them, in the order of the parts."""
        in_sections = [point for section in self.sections for point in section.points]
        return [*self.headline, *self.details, *self.limits, *self.missing, *in_sections, *self.offer]


class ToolEvidence(BaseModel):
    """A tool result of this run with the seq of its tool_completed event, the source of figures."""

    model_config = ConfigDict(frozen=True)

    source: int
    agent: AgentName
    tool: str
    call_id: str
    part: int = 0
    """Which part of the question it was called for."""
    result: ToolResult


class StepResult(BaseModel):
    """What a step leaves. `summary` goes into agent_completed; `output` is what the steps after it may read.

    `workflow` is set by triage only: the agents that follow. `answer` is set by the last agent and ends the run.
    """

    summary: str
    output: dict[str, Any] = {}
    workflow: list[AgentName] | None = None
    answer: Answer | None = None


class PastTurn(BaseModel):
    """An earlier message pair of the thread, oldest first in `StepContext.history`; its answer holds the reading."""

    model_config = ConfigDict(frozen=True)

    question: str
    answer: Answer | None


class Recorder(Protocol):
    """How a step reports to the customer. A report is committed soon; raises once the lease is lost."""

    async def think(self, thought: str, *, draft: bool = False) -> None:
        """Show a thought, written for the customer and free of figures that no tool of this run gave.

        `draft`: part of a reply that is still arriving; final once that reply is remembered.
        """

    async def retract(self, why: str) -> None:
        """Retract the last draft, and say why; does nothing where none was shown."""

    async def call_tool(self, call: ToolCall, run: Callable[[], Awaitable[ToolResult]]) -> ToolEvidence:
        """Run a tool exactly once per call id, also across takeovers; commits tool_executing and tool_completed.

        A result stored by an earlier worker is returned without running. `ToolError` is stored and raised again.
        """

    def allow_model_call(self) -> None:
        """Call before each model call; raises an error that ends the run when its time or money is used up.

        Raises StepContinuesError when this worker's time is up: the next delivery makes the next call.
        """

    async def remember(self, items: list[Item], *, cost_usd: float = 0.0, used: ModelTokens = NO_TOKENS) -> None:
        """Append to the transcript, and count what the items cost (USD, tokens); stored with the next commit at the
        latest.

        Drafts so far become final.
        """


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """Everything that one step of one user's run may know; built for each delivery, shared with nobody."""

    user: UserContext
    run_id: str
    thread_id: str
    step: int
    agent: AgentName
    question: str
    dataset_ids: tuple[str, ...]
    history: tuple[PastTurn, ...]
    evidence: tuple[ToolEvidence, ...]
    """Tool results of this run, earlier steps and this one's stored calls, in order of source."""
    read: dict[str, Any] | None = None
    """What triage left of the question, as JSON; None in triage itself."""
    click: Click | None = None
    """What the customer clicked instead of writing."""
    recorder: Recorder
    transcript: list[Item] = field(default_factory=list)
    """This step's transcript as an earlier worker left it; empty on a first delivery."""


class StepContinuesError(Exception):
    """The worker's time is up before the step is done: the next delivery resumes it from the transcript."""


class ToolError(Exception):
    """A tool could not do what was requested; `str(self)` is in the customer's words and may go to the model."""

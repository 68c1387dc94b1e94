"""The events of a run, as clients read them from `users/{uid}/runs/{run}/events/{seq}`.

Five lifecycle events carry the value and two more end a run that does not complete. `seq` counts 0..n without gap
within a run; the last event, and no other, has `final: true`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from common.contract.answer import Answer, Fact
from common.errors import ErrorCode

AgentName = Literal["triage", "data", "optimization", "actions", "reporting"]
AGENT_ORDER: tuple[AgentName, ...] = ("triage", "data", "optimization", "actions", "reporting")


class _Event(BaseModel):
    """What all events share. `at` is UTC in ms since 1970; `step` counts agents of this run from 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str = ""
    seq: int = -1
    step: int = -1
    agent: AgentName
    at: int = 0
    final: bool = False


class AgentStarted(_Event):
    """Work on the customer's problem began."""

    type: Literal["agent_started"] = "agent_started"


class AgentThinking(_Event):
    """What the agent is considering, in the customer's terms.

    `replaces`: thoughts of this step from that seq on were of a reply that broke off; a reader takes them back.
    """

    type: Literal["agent_thinking"] = "agent_thinking"
    thought: str
    replaces: int | None = None


class ToolExecuting(_Event):
    """Which tool is used, and why. `tool_call_id` is unique within the step."""

    type: Literal["tool_executing"] = "tool_executing"
    tool: str
    tool_call_id: str
    purpose: str


class ToolCompleted(_Event):
    """What the tool found. `facts` are the numbers that figures of the answer trace back to."""

    type: Literal["tool_completed"] = "tool_completed"
    tool: str
    tool_call_id: str
    status: Literal["completed", "failed", "cancelled"] = "completed"
    result_summary: str
    facts: list[Fact] = []


class AgentCompleted(_Event):
    """An agent is done; with `final: true` the answer is ready and `answer` holds it."""

    type: Literal["agent_completed"] = "agent_completed"
    result: str
    answer: Answer | None = None


class AgentFailed(_Event):
    """The run ended without an answer; `message` is for the customer."""

    type: Literal["agent_failed"] = "agent_failed"
    code: ErrorCode
    message: str
    retryable: bool
    support_id: str


class AgentCancelled(_Event):
    """The run was stopped by its user."""

    type: Literal["agent_cancelled"] = "agent_cancelled"


Event = Annotated[
    AgentStarted | AgentThinking | ToolExecuting | ToolCompleted | AgentCompleted | AgentFailed | AgentCancelled,
    Field(discriminator="type"),
]

"""Faults that can be injected while the server runs, for one user's questions or for all."""

import json
from dataclasses import replace
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emulators.model.decision import DraftCall, DraftReply
from emulators.model.request import WireError


class FaultKind(StrEnum):
    """What goes wrong with a reply."""

    RATE_LIMIT = "rate_limit"
    """429; `seconds` becomes Retry-After."""
    SERVER_ERROR = "server_error"
    """500 before anything is sent."""
    REFUSED = "refused"
    """400: the request is wrong, and sending it again would not help."""
    SLOW = "slow"
    """The reply is correct, but its events are spread over `seconds`."""
    SILENCE = "silence"
    """The stream begins, pauses for `seconds`, and continues."""
    CUT_STREAM = "cut_stream"
    """The connection breaks in the middle."""
    FAILED = "failed"
    """`response.failed` in the middle of the stream."""
    ERROR_EVENT = "error_event"
    """An `error` event in the middle of the stream."""
    BAD_JSON = "bad_json"
    """A call whose arguments break off; strikes only a request that offers tools."""
    UNKNOWN_TOOL = "unknown_tool"
    """A call of a tool that was not offered."""
    MADE_UP_NUMBER = "made_up_number"
    """The text ends with a sentence whose figures come from no tool."""
    EMPTY = "empty"
    """A completed reply without text and without calls."""


MADE_UP_SENTENCE = "All in all that is 48,613.27 USD, or 37.94 % of the total."
MISSING_TOOL = "consult_oracle"
_NEED_SECONDS = (FaultKind.SLOW, FaultKind.SILENCE)


class ModelFault(BaseModel):
    """Strikes `times` replies to questions that contain `match`, of the agent `agent` (None: any).

    With `seconds`, any reply that is sent is also spread over that time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    times: int = Field(default=1, ge=1)
    seconds: float | None = Field(default=None, ge=0)
    match: str | None = None
    agent: str | None = None

    @model_validator(mode="after")
    def _seconds_where_needed(self) -> "ModelFault":
        if self.kind in _NEED_SECONDS and self.seconds is None:
            raise ValueError(f"{self.kind} needs seconds")
        return self

    def strikes(self, question: str, agent: str | None, *, offers_tools: bool) -> bool:
        """Whether the fault applies to this request."""
        return (
            (self.match is None or self.match in question)
            and (self.agent is None or self.agent == agent)
            and (offers_tools or self.kind is not FaultKind.BAD_JSON)
        )


class FaultBoard:
    """The faults of one server, in the order in which they were added."""

    def __init__(self) -> None:
        self._faults: list[ModelFault] = []

    @property
    def active(self) -> tuple[ModelFault, ...]:
        """Faults still to strike; `times` is what is left."""
        return tuple(self._faults)

    def add(self, fault: ModelFault) -> None:
        """Add a fault."""
        self._faults.append(fault)

    def clear(self, match: str | None) -> None:
        """Remove all faults, or those added with exactly this `match`."""
        self._faults = [fault for fault in self._faults if match is not None and fault.match != match]

    def take(self, question: str, agent: str | None, *, offers_tools: bool) -> ModelFault | None:
        """The first fault that strikes this request, with one use counted off."""
        for index, fault in enumerate(self._faults):
            if fault.strikes(question, agent, offers_tools=offers_tools):
                left = [fault.model_copy(update={"times": fault.times - 1})] if fault.times > 1 else []
                self._faults[index : index + 1] = left
                return fault
        return None


def refuse_if_faulty(fault: ModelFault | None, *, stream: bool) -> None:
    """Raise WireError for faults that are an HTTP error; without a stream, broken streams become 500s."""
    if fault is None:
        return
    if fault.kind is FaultKind.RATE_LIMIT:
        raise WireError(429, "Rate limit reached.", code="rate_limit_exceeded", retry_after_s=fault.seconds)
    if fault.kind is FaultKind.REFUSED:
        raise WireError(400, "The request is not valid.", code="invalid_request")
    broken = (FaultKind.FAILED, FaultKind.ERROR_EVENT)
    if fault.kind is FaultKind.SERVER_ERROR or (fault.kind in broken and not stream):
        raise WireError(500, "The server had an error while processing your request.", code="server_error")


def inject_fault(draft: DraftReply, fault: ModelFault | None, tools: tuple[str, ...], digest: str) -> DraftReply:
    """The draft with the fault in it."""
    match fault.kind if fault else None:
        case FaultKind.BAD_JSON:
            call = draft.calls[0] if draft.calls else DraftCall(tools[0], json.dumps({"purpose": digest}))
            broken = replace(call, arguments=call.arguments[: len(call.arguments) // 2])
            return DraftReply(draft.text if draft.calls else "", (broken, *draft.calls[1:]))
        case FaultKind.UNKNOWN_TOOL:
            return DraftReply("", (DraftCall(MISSING_TOOL, json.dumps({"purpose": "ask somebody who knows"})),))
        case FaultKind.MADE_UP_NUMBER:
            return replace(draft, text=f"{draft.text} {MADE_UP_SENTENCE}".strip())
        case FaultKind.EMPTY:
            return DraftReply("")
        case _:
            return draft

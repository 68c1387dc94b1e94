"""Faults that can be switched on while the server runs, for one user's questions or for all."""

import json
from dataclasses import replace
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emulators.model.brain import Draft, DraftCall
from emulators.model.request import WireError


class FaultKind(StrEnum):
    """What goes wrong with a reply."""

    RATE_LIMIT = "rate_limit"
    """429; `seconds` becomes Retry-After."""
    SERVER_ERROR = "server_error"
    """500 before anything is sent."""
    REFUSED = "refused"
    """400: the request is wrong, and sending it again does not help."""
    SLOW = "slow"
    """The reply is right, but its events are spread over `seconds`."""
    SILENCE = "silence"
    """The stream begins, nothing comes for `seconds`, then it goes on."""
    CUT_STREAM = "cut_stream"
    """The connection breaks in the middle."""
    FAILED = "failed"
    """`response.failed` in the middle of the stream."""
    ERROR_EVENT = "error_event"
    """An `error` event in the middle of the stream."""
    BAD_JSON = "bad_json"
    """A call whose arguments break off; waits for a request that offers tools."""
    UNKNOWN_TOOL = "unknown_tool"
    """A call of a tool that nobody offered."""
    MADE_UP_NUMBER = "made_up_number"
    """The text ends with a sentence whose figures no tool gave."""
    EMPTY = "empty"
    """A completed reply without text and without calls."""


MADE_UP_SENTENCE = "All in all that is 48,613.27 USD, or 37.94 % of the total."
MISSING_TOOL = "consult_oracle"
_NEED_SECONDS = (FaultKind.SLOW, FaultKind.SILENCE)


class Fault(BaseModel):
    """`times` replies are spoilt, of those whose question contains `match` and whose agent is `agent` (None: any).

    With `seconds` any reply that is sent is spread over so long a time, too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    times: int = Field(default=1, ge=1)
    seconds: float | None = Field(default=None, ge=0)
    match: str | None = None
    agent: str | None = None

    @model_validator(mode="after")
    def _seconds_where_needed(self) -> "Fault":
        if self.kind in _NEED_SECONDS and self.seconds is None:
            raise ValueError(f"{self.kind} needs seconds")
        return self

    def strikes(self, question: str, agent: str | None, *, offers_tools: bool) -> bool:
        """Whether this request is one of those that the fault is for."""
        return (
            (self.match is None or self.match in question)
            and (self.agent is None or self.agent == agent)
            and (offers_tools or self.kind is not FaultKind.BAD_JSON)
        )


class FaultBoard:
    """The faults of one server, in the order they were switched on."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    @property
    def active(self) -> tuple[Fault, ...]:
        """Faults that still strike, `times` being what is left."""
        return tuple(self._faults)

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        self._faults.append(fault)

    def clear(self, match: str | None) -> None:
        """Switch off all faults, or those added with exactly this `match`."""
        self._faults = [fault for fault in self._faults if match is not None and fault.match != match]

    def take(self, question: str, agent: str | None, *, offers_tools: bool) -> Fault | None:
        """The first fault that strikes this request, used up by one."""
        for index, fault in enumerate(self._faults):
            if fault.strikes(question, agent, offers_tools=offers_tools):
                left = [fault.model_copy(update={"times": fault.times - 1})] if fault.times > 1 else []
                self._faults[index : index + 1] = left
                return fault
        return None


def refuse(fault: Fault | None, *, stream: bool) -> None:
    """Raise WireError for the faults that answer with an HTTP error; without a stream, broken streams are 500s."""
    if fault is None:
        return
    if fault.kind is FaultKind.RATE_LIMIT:
        raise WireError(429, "Rate limit reached.", code="rate_limit_exceeded", retry_after_s=fault.seconds)
    if fault.kind is FaultKind.REFUSED:
        raise WireError(400, "The request is not valid.", code="invalid_request")
    broken = (FaultKind.FAILED, FaultKind.ERROR_EVENT)
    if fault.kind is FaultKind.SERVER_ERROR or (fault.kind in broken and not stream):
        raise WireError(500, "The server had an error while processing your request.", code="server_error")


def spoil(draft: Draft, fault: Fault | None, tools: tuple[str, ...], digest: str) -> Draft:
    """The draft as the fault leaves it."""
    match fault.kind if fault else None:
        case FaultKind.BAD_JSON:
            whole = draft.calls[0] if draft.calls else DraftCall(tools[0], json.dumps({"purpose": digest}))
            broken = replace(whole, arguments=whole.arguments[: len(whole.arguments) // 2])
            return Draft(draft.text if draft.calls else "", (broken, *draft.calls[1:]))
        case FaultKind.UNKNOWN_TOOL:
            return Draft("", (DraftCall(MISSING_TOOL, json.dumps({"purpose": "ask somebody who knows"})),))
        case FaultKind.MADE_UP_NUMBER:
            return replace(draft, text=f"{draft.text} {MADE_UP_SENTENCE}".strip())
        case FaultKind.EMPTY:
            return Draft("")
        case _:
            return draft

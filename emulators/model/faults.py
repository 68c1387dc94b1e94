"""Faults that can be injected while the server runs, for one user's questions or for all."""

import json
from dataclasses import replace
from enum import StrEnum

from pydantic import Field, model_validator

from emulators.model.board import Planned
from emulators.model.decision import DraftCall, DraftReply
from emulators.model.request import WireError, WireRequest


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
    """A call's arguments, or a structured reply, break off; strikes only where tools or a schema are offered."""
    UNKNOWN_TOOL = "unknown_tool"
    """A call of a tool that was not offered."""
    MADE_UP_NUMBER = "made_up_number"
    """The text ends with a sentence whose figures come from no tool."""
    REFUSAL = "refusal"
    """The model declines to answer."""
    EMPTY = "empty"
    """A completed reply without text and without calls."""


MADE_UP_SENTENCE = "All in all that is 48,613.27 USD, or 37.94 % of the total."
MISSING_TOOL = "consult_oracle"
REFUSAL = "I cannot help with that."
_NEED_SECONDS = (FaultKind.SLOW, FaultKind.SILENCE)


class ModelFault(Planned):
    """Something that goes wrong. With `seconds`, any reply that is sent is also spread over that time."""

    kind: FaultKind
    seconds: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _seconds_where_needed(self) -> "ModelFault":
        if self.kind in _NEED_SECONDS and self.seconds is None:
            raise ValueError(f"{self.kind} needs seconds")
        return self


def strikes(fault: ModelFault, request: WireRequest) -> bool:
    """Whether the fault can strike such a request."""
    return fault.kind is not FaultKind.BAD_JSON or bool(request.callable_names) or request.schema is not None


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


def inject_fault(draft: DraftReply, fault: ModelFault | None, request: WireRequest) -> DraftReply:
    """The draft with the fault in it."""
    match fault.kind if fault else None:
        case FaultKind.BAD_JSON:
            return _with_bad_json(draft, request)
        case FaultKind.UNKNOWN_TOOL:
            return DraftReply("", (DraftCall(MISSING_TOOL, json.dumps({"purpose": "ask somebody who knows"})),))
        case FaultKind.MADE_UP_NUMBER:
            return replace(draft, text=f"{draft.text} {MADE_UP_SENTENCE}".strip())
        case FaultKind.REFUSAL:
            return DraftReply(REFUSAL, refused=True)
        case FaultKind.EMPTY:
            return DraftReply("")
        case _:
            return draft


def _with_bad_json(draft: DraftReply, request: WireRequest) -> DraftReply:
    if request.schema is not None:
        return DraftReply(draft.text[: len(draft.text) // 2])
    call = draft.calls[0] if draft.calls else DraftCall(request.callable_names[0], json.dumps({"purpose": ""}))
    broken = replace(call, arguments=call.arguments[: len(call.arguments) // 2])
    return DraftReply(draft.text if draft.calls else "", (broken, *draft.calls[1:]))

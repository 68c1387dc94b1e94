"""What every reply has to pass, whichever provider gave it."""

import json
from collections.abc import Sequence
from typing import Any

from common.llm.port import Item, ModelCall, ModelMisbehavedError, ModelReply, ModelRequest, ModelUsage

MESSAGE_BREAK = "\n\n"
"""Stands between two messages of one reply, in the streamed text and in `ModelReply.text`."""
REFUSAL = "The reply is a refusal. Answer the question from the data, or call a tool."


def usable_reply(
    request: ModelRequest,
    usage: ModelUsage,
    *,
    items: Sequence[Item],
    texts: Sequence[str],
    calls: Sequence[ModelCall],
) -> ModelReply:
    """The reply; raises ModelMisbehavedError when it says nothing, or is not of the form that was asked for."""
    if not calls and not any(text.strip() for text in texts):
        raise ModelMisbehavedError("The reply is empty: write text, or call a tool.")
    text = MESSAGE_BREAK.join(texts)
    if request.schema is not None:
        _json_object(text, "The reply is", "The reply")
    return ModelReply(items=tuple(items), text=text, calls=tuple(calls), usage=usage)


def checked_call(request: ModelRequest, call_id: str, tool: str, arguments: str) -> ModelCall:
    """A call of an offered tool, its arguments parsed; raises ModelMisbehavedError."""
    if tool not in request.offered:
        raise ModelMisbehavedError(f"There is no tool {tool!r}. Call one of: {', '.join(sorted(request.offered))}.")
    parsed = _json_object(arguments, f"The arguments of {tool} are", f"The arguments of {tool}")
    return ModelCall(call_id=call_id, tool=tool, arguments=parsed)


def _json_object(text: str, what_is: str, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ModelMisbehavedError(f"{what_is} not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise ModelMisbehavedError(f"{what} must be a JSON object.")
    return value


def message(text: str) -> Item:
    """A message of the model as it stands in the transcript."""
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}

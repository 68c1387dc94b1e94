"""What the local model does next: the suggested calls not made yet, else the text. Pure, without randomness."""

import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from emulators.model.conversation import Brief, SuggestedCall, WireConversation
from emulators.model.prose import Writer
from emulators.model.request import WireRequest, compact
from emulators.model.small_talk import admit, reply_to

_LEADS = (
    "I look at this first: {purposes}.",
    "Let me start with this: {purposes}.",
    "To answer that, I go through your data: {purposes}.",
)
_MOST_PURPOSES = 2


@dataclass(frozen=True)
class DraftCall:
    """A function call to send; `arguments` is the JSON text as it goes out."""

    tool: str
    arguments: str


@dataclass(frozen=True)
class DraftReply:
    """A reply before it takes wire form: message text (may be empty), then calls. `refused`: `text` is a refusal."""

    text: str
    calls: tuple[DraftCall, ...] = ()
    refused: bool = False


def decide(request: WireRequest, conversation: WireConversation, seed: int) -> DraftReply:
    """The reply to a conversation. The seed only picks among equivalent wordings."""
    brief = conversation.brief
    if request.schema is not None:
        return DraftReply(compact(brief.draft if brief and brief.draft is not None else _nothing(request.schema)))
    if brief is None:
        return DraftReply(reply_to(conversation.question) or admit(conversation.question))
    calls = _open_calls(brief, conversation, request)
    if calls:
        return DraftReply(_lead(calls, conversation.question, seed), tuple(_draft_call(call) for call in calls))
    return DraftReply(Writer(conversation, brief).write())


def _nothing(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema's object with nothing in it: our schemas let every field be null."""
    return dict.fromkeys(schema.get("properties") or {})


def _open_calls(brief: Brief, conversation: WireConversation, request: WireRequest) -> list[SuggestedCall]:
    made = Counter(_key(tool, arguments) for tool, arguments in conversation.calls)
    missing: list[SuggestedCall] = []
    for call in brief.suggested_calls:
        key = _key(call.tool, call.full_arguments)
        if made[key]:
            made[key] -= 1
        elif call.tool in request.callable_names:
            missing.append(call)
    return missing[:1] if request.body.get("parallel_tool_calls") is False else missing


def _key(tool: str, arguments: dict[str, Any]) -> str:
    return compact([tool, sorted(arguments.items())])


def _draft_call(call: SuggestedCall) -> DraftCall:
    return DraftCall(call.tool, compact(call.full_arguments))


def _lead(calls: list[SuggestedCall], question: str, seed: int) -> str:
    purposes = list(dict.fromkeys(_as_clause(call.purpose) for call in calls))
    choice = int(sha256(f"{seed}|{question}".encode()).hexdigest(), 16) % len(_LEADS)
    return _LEADS[choice].format(purposes="; ".join(purposes[:_MOST_PURPOSES]))


def _as_clause(purpose: str) -> str:
    """A purpose for mid-sentence: lower case, unless its first word is a name such as GPT."""
    text = purpose.strip().rstrip(".!;:")
    return text[:1].lower() + text[1:] if re.match(r"[A-Z][a-z]*\b", text) else text

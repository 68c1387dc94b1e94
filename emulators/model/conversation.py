"""What the local model reads from a conversation: the brief, the calls so far and their results, the corrections."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from emulators.model.request import WireError, WireRequest


class SuggestedCall(BaseModel):
    """A tool call that the product proposes; `purpose` in the customer's words."""

    tool: str
    arguments: dict[str, Any] = {}
    purpose: str

    @property
    def full_arguments(self) -> dict[str, Any]:
        """Arguments as they go into the call: every tool also takes the purpose."""
        return {**self.arguments, "purpose": self.purpose}


class BriefResults(BaseModel):
    """What was found: sentences with ids in place of their figures and names, such as `{f1}` and `{n2}`."""

    statements: list[str] = []


class Brief(BaseModel):
    """The JSON object in the first user message; keys that the local model does not use are ignored.

    `draft`: what the product itself reads in the question; a request with a schema gets it back.
    """

    model_config = ConfigDict(frozen=True)

    agent: str
    write: Literal["summary", "reading"] = "reading"
    question: str
    suggested_calls: list[SuggestedCall] = []
    results: BriefResults = BriefResults()
    draft: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class WireConversation:
    """`brief` is None in plain use. `calls`: (tool, arguments) made so far; `outputs`: their results, in order."""

    brief: Brief | None
    question: str
    calls: tuple[tuple[str, dict[str, Any]], ...]
    outputs: tuple[dict[str, Any], ...]
    unsupported: tuple[str, ...]
    """Figures that a correction asks to leave out."""


def read_conversation(request: WireRequest) -> WireConversation:
    """Read the items of a request; raises WireError 400 for a brief that breaks its contract."""
    texts = [_text(item) for item in request.items if item.get("role") == "user"]
    documents = [document for document in map(_object, texts) if document is not None]
    brief = _brief(documents[0]) if documents and {"write", "draft"} & set(documents[0]) else None
    return WireConversation(
        brief=brief,
        question=brief.question if brief else (texts[-1] if texts else ""),
        calls=tuple(
            (str(item.get("name")), _object(str(item.get("arguments"))) or {})
            for item in request.items
            if item.get("type") == "function_call"
        ),
        outputs=tuple(
            _object(str(item.get("output"))) or {"statements": [str(item.get("output"))]}
            for item in request.items
            if item.get("type") == "function_call_output"
        ),
        unsupported=tuple(
            str(figure) for document in documents if "correct" in document for figure in document.get("unsupported", [])
        ),
    )


def _brief(document: dict[str, Any]) -> Brief:
    try:
        return Brief.model_validate(document)
    except ValidationError as error:
        raise WireError(400, f"The brief breaks its contract: {error}") from error


def _text(item: dict[str, Any]) -> str:
    content = item.get("content")
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content or [] if isinstance(part, dict))


def _object(text: str) -> dict[str, Any] | None:
    """`text` as a JSON object, or None: most texts are prose."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None

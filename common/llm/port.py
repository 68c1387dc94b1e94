"""The only port to language models. Adapters are beside it; agents know nothing else of a provider."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

Item = dict[str, Any]
"""One transcript item in the Responses wire form: message, function_call, function_call_output or reasoning.

Reasoning (thoughts that only the provider can read) goes back to the model that gave it, in its place.
"""


def message_item(text: str) -> Item:
    """A user message to the model."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


@dataclass(frozen=True, kw_only=True)
class ToolSpec:
    """A tool as the model sees it; `parameters` is a strict JSON schema of an object."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class OutputSchema:
    """The form of a reply that is one JSON object; `json_schema` is strict, and of the part that all providers take.

    Every field is required and nullable, `additionalProperties` is false, nothing has bounds, and no object is nested
    deeper than three. Keep it static: OpenAI compiles a new schema at its first call, Vertex refuses large ones.
    """

    name: str
    json_schema: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """One call. `instructions` and `tools` are the stable prefix (provider caches it); `items` the conversation.

    With a `schema`, `ModelReply.text` is a JSON object, and the model thinks as little as it can: thoughts count
    towards `max_output_tokens`. `timeout_s` bounds this reply instead of the model's own timeout.
    """

    instructions: str
    items: tuple[Item, ...]
    tools: tuple[ToolSpec, ...] = ()
    schema: OutputSchema | None = None
    max_output_tokens: int = 4000
    timeout_s: float | None = None

    @property
    def offered(self) -> frozenset[str]:
        """Names of the tools."""
        return frozenset(tool.name for tool in self.tools)


@dataclass(frozen=True, kw_only=True)
class ModelCall:
    """A tool call that the model asks for, its arguments parsed."""

    call_id: str
    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ModelUsage:
    """Tokens of one call; `input_tokens` includes cache reads, `output_tokens` includes reasoning.

    `free`: the model runs on a server of one's own, so no price list has it.
    """

    model: str
    input_tokens: int
    cache_read_tokens: int
    output_tokens: int
    reasoning_tokens: int
    free: bool = False


@dataclass(frozen=True, kw_only=True)
class ModelReply:
    """`items` go to the transcript unchanged; `text` is all message text; `calls` what the model requests.

    Never both empty: a reply without text and without calls is a ModelMisbehavedError.
    """

    items: tuple[Item, ...]
    text: str
    calls: tuple[ModelCall, ...]
    usage: ModelUsage


class LanguageModel(Protocol):
    """A provider behind the port."""

    async def respond(self, request: ModelRequest, on_text: Callable[[str], Awaitable[None]]) -> ModelReply:
        """Stream one reply; `on_text` gets text deltas as they come.

        Raises ModelUnavailableError (try again later), ModelRejectedError (our request or key is wrong) or
        ModelMisbehavedError (the reply is unusable: ask the model again).
        """


class ModelUnavailableError(Exception):
    """429, 5xx, a timeout, silence or a cut stream. `retry_after_s`: the delay the provider requests, or None."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class ModelRejectedError(Exception):
    """The provider refuses our request permanently (400, 401, 403, 404): a configuration or programming error."""


class ModelMisbehavedError(Exception):
    """The reply is unusable (bad JSON, an unknown tool, a refusal, cut short); `str(self)` may go to the model.

    `usage` is what the reply cost nevertheless, or None where the provider did not say.
    """

    def __init__(self, message: str, *, usage: ModelUsage | None = None) -> None:
        self.usage = usage
        super().__init__(message)

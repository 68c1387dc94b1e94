"""Between the port and the Chat Completions wire: messages, tools, and the deltas of a stream."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from common.llm.port import (
    Item,
    ModelMisbehavedError,
    ModelReply,
    ModelRequest,
    ModelUnavailableError,
    ModelUsage,
    OutputSchema,
    ToolSpec,
)
from common.llm.reply import REFUSAL, checked_call, message, usable_reply

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall


def chat_messages(instructions: str, items: Sequence[Item]) -> list[dict[str, Any]]:
    """The conversation as messages; the calls of a reply stand in the message before them."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": instructions}] if instructions else []
    for item in items:
        match item["type"]:
            case "function_call":
                if messages[-1]["role"] != "assistant":
                    messages.append({"role": "assistant", "content": None})
                messages[-1].setdefault("tool_calls", []).append(_tool_call(item))
            case "function_call_output":
                messages.append({"role": "tool", "tool_call_id": item["call_id"], "content": item["output"]})
            case "message":
                messages.append({"role": item["role"], "content": _text(item)})
    return messages


def chat_tools(tools: Iterable[ToolSpec]) -> list[dict[str, Any]]:
    """The tools in wire form."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                "strict": True,
            },
        }
        for tool in tools
    ]


def response_format(schema: OutputSchema) -> dict[str, Any]:
    """Structured output in wire form."""
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.name, "schema": schema.json_schema, "strict": True},
    }


@dataclass
class _Call:
    """A call as far as its deltas came."""

    index: int
    call_id: str
    name: str
    arguments: str = ""

    def item(self) -> Item:
        """As it stands in the transcript."""
        return {"type": "function_call", "call_id": self.call_id, "name": self.name, "arguments": self.arguments}


@dataclass
class ChatStream:
    """What a stream has told so far."""

    model: str
    finished: str | None = None
    usage: "CompletionUsage | None" = None
    _text: str = ""
    _refused: bool = False
    _calls: list[_Call] = field(default_factory=list)

    def take(self, chunk: "ChatCompletionChunk") -> Iterator[str]:
        """Take a chunk in; yields its text, if it has any."""
        self.model = chunk.model or self.model
        self.usage = chunk.usage or self.usage
        for choice in chunk.choices[:1]:
            self.finished = choice.finish_reason or self.finished
            self._refused = self._refused or bool(choice.delta.refusal)
            for call in choice.delta.tool_calls or ():
                self._take_call(call)
            if choice.delta.content:
                self._text += choice.delta.content
                yield choice.delta.content

    def reply(self, request: ModelRequest) -> ModelReply:
        """The whole reply; raises ModelUnavailableError for a stream without an end, ModelMisbehavedError otherwise."""
        if self.finished is None:
            raise ModelUnavailableError("The model's stream ended before its reply was complete.")
        usage = self._usage()
        try:
            return self._reply(request, usage)
        except ModelMisbehavedError as error:
            error.usage = usage
            raise

    def _take_call(self, delta: "ChoiceDeltaToolCall") -> None:
        """A delta without a name continues the call of its index; some servers number all calls 0."""
        function = delta.function
        if function and function.name:
            self._calls.append(_Call(delta.index, delta.id or f"call_{uuid.uuid4().hex}", function.name))
        of_index = [call for call in self._calls if call.index == delta.index]
        if function and function.arguments and of_index:
            of_index[-1].arguments += function.arguments

    def _reply(self, request: ModelRequest, usage: ModelUsage) -> ModelReply:
        if self._refused or self.finished == "content_filter":
            raise ModelMisbehavedError(REFUSAL)
        if self.finished == "length":
            raise ModelMisbehavedError("The reply was cut short (max_output_tokens): write less.")
        calls = [checked_call(request, call.call_id, call.name, call.arguments) for call in self._calls]
        items = [*([message(self._text)] if self._text else []), *(call.item() for call in self._calls)]
        return usable_reply(request, usage, items=items, texts=[self._text], calls=calls)

    def _usage(self) -> ModelUsage:
        """Servers of one's own need not tell the details."""
        usage = self.usage
        if usage is None:
            raise ModelMisbehavedError("The reply came without usage, so its cost is not known.")
        read, written = usage.prompt_tokens_details, usage.completion_tokens_details
        return ModelUsage(
            model=self.model,
            input_tokens=usage.prompt_tokens,
            cache_read_tokens=(read and read.cached_tokens) or 0,
            output_tokens=usage.completion_tokens,
            reasoning_tokens=(written and written.reasoning_tokens) or 0,
        )


def _tool_call(item: Item) -> dict[str, Any]:
    function = {"name": item["name"], "arguments": item["arguments"]}
    return {"id": item["call_id"], "type": "function", "function": function}


def _text(item: Item) -> str:
    content = item["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)

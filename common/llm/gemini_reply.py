"""From the chunks of Gemini's stream to the port's reply."""

import base64
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from common.llm.gemini_request import ALONE, OF_NEXT
from common.llm.port import (
    Item,
    ModelCall,
    ModelMisbehavedError,
    ModelReply,
    ModelRequest,
    ModelUnavailableError,
    ModelUsage,
)
from common.llm.reply import REFUSAL, checked_call, message, usable_reply

if TYPE_CHECKING:
    from google.genai.types import FunctionCall, GenerateContentResponse, GenerateContentResponseUsageMetadata, Part

_REFUSED = frozenset({"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "MODEL_ARMOR"})
_BROKEN = frozenset({"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"})
"""Reasons to finish, by the API's FinishReason."""


@dataclass
class _Block:
    """A run of text, or a call; `signature` came with it."""

    text: str = ""
    call: "FunctionCall | None" = None
    signature: bytes | None = None


@dataclass
class GeminiStream:
    """What a stream has told so far; `usage` is a running total, `blocked` why the request was not answered at all."""

    model: str
    finished: str | None = None
    blocked: str | None = None
    usage: "GenerateContentResponseUsageMetadata | None" = None
    _blocks: list[_Block] = field(default_factory=list)

    def take(self, chunk: "GenerateContentResponse") -> Iterator[str]:
        """Take a chunk in; yields its text, if it has any."""
        self.model = chunk.model_version or self.model
        if chunk.usage_metadata and chunk.usage_metadata.prompt_token_count is not None:
            self.usage = chunk.usage_metadata
        feedback = chunk.prompt_feedback
        if feedback and feedback.block_reason:
            self.blocked = feedback.block_reason.value
        for candidate in (chunk.candidates or [])[:1]:
            if candidate.finish_reason:
                self.finished = candidate.finish_reason.value
            for part in (candidate.content and candidate.content.parts) or []:
                yield from self._take_part(part)

    def reply(self, request: ModelRequest) -> ModelReply:
        """The whole reply; raises ModelUnavailableError for a stream without an end, ModelMisbehavedError otherwise."""
        if self.blocked:
            raise ModelMisbehavedError(REFUSAL, usage=self._usage() if self.usage else None)
        if self.finished is None:
            raise ModelUnavailableError("The model's stream ended before its reply was complete.")
        usage = self._usage()
        try:
            self._raise_if_unusable()
            return self._reply(request, usage)
        except ModelMisbehavedError as error:
            error.usage = usage
            raise

    def _take_part(self, part: "Part") -> Iterator[str]:
        if part.function_call:
            self._blocks.append(_Block(call=part.function_call, signature=part.thought_signature))
        elif part.text and not part.thought:
            if not self._blocks or self._blocks[-1].call or self._blocks[-1].signature:
                self._blocks.append(_Block())
            self._blocks[-1].text += part.text
            self._blocks[-1].signature = part.thought_signature
            yield part.text
        elif part.thought_signature:
            self._blocks.append(_Block(signature=part.thought_signature))

    def _raise_if_unusable(self) -> None:
        if self.finished in _REFUSED:
            raise ModelMisbehavedError(REFUSAL)
        if self.finished == "MAX_TOKENS":
            raise ModelMisbehavedError("The reply was cut short (max_output_tokens): write less.")
        if self.finished in _BROKEN:
            raise ModelMisbehavedError(f"The call of a tool cannot be read ({self.finished}): write it again.")
        if self.finished != "STOP":
            raise ModelMisbehavedError(f"The reply ended early ({self.finished}): write it again.")

    def _reply(self, request: ModelRequest, usage: ModelUsage) -> ModelReply:
        items: list[Item] = []
        calls: list[ModelCall] = []
        for block in self._blocks:
            if block.signature:
                label = OF_NEXT if block.call or block.text else ALONE
                content = base64.b64encode(block.signature).decode()
                items.append({"type": "reasoning", "id": label, "summary": [], "encrypted_content": content})
            if block.call:
                item = _call_item(block.call)
                items.append(item)
                calls.append(checked_call(request, item["call_id"], item["name"], item["arguments"]))
            elif block.text:
                items.append(message(block.text))
        text = "".join(block.text for block in self._blocks)  # parts are pieces of one message
        return usable_reply(request, usage, items=items, texts=[text], calls=calls)

    def _usage(self) -> ModelUsage:
        """`promptTokenCount` includes cached tokens, `candidatesTokenCount` excludes thoughts."""
        usage = self.usage
        if usage is None:
            raise ModelMisbehavedError("The reply came without usage, so its cost is not known.")
        thoughts = usage.thoughts_token_count or 0
        return ModelUsage(
            model=self.model,
            input_tokens=(usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
            cache_read_tokens=usage.cached_content_token_count or 0,
            output_tokens=(usage.candidates_token_count or 0) + thoughts,
            reasoning_tokens=thoughts,
        )


def _call_item(call: "FunctionCall") -> Item:
    arguments = json.dumps(call.args or {}, ensure_ascii=False, separators=(",", ":"))
    call_id = call.id or f"call_{uuid.uuid4().hex}"  # Vertex gives ids to some models' calls only
    return {"type": "function_call", "call_id": call_id, "name": call.name or "", "arguments": arguments}

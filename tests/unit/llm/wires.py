"""The adapters, each on its wire, against the local model as a real process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from common.environment.profiles import MODELS, PROFILES, EnvironmentName, ModelProvider
from common.llm.chat_completions_model import ChatCompletionsModel
from common.llm.gemini_model import open_gemini_model
from common.llm.openai_model import open_openai_client, open_openai_model
from common.llm.port import Item, LanguageModel, ModelReply, ModelRequest, OutputSchema, ToolSpec

MODEL = PROFILES[EnvironmentName.TEST].model
_PARAMETERS = {
    "type": "object",
    "properties": {"purpose": {"type": "string"}},
    "required": ["purpose"],
    "additionalProperties": False,
}
COSTS = ToolSpec(name="costs", description="Cost by model.", parameters=_PARAMETERS)
DELAYS = ToolSpec(name="delays", description="Response times by model.", parameters=_PARAMETERS)
CALL = {"tool": "costs", "arguments": {}, "purpose": "See what costs most"}
OTHER_CALL = {"tool": "delays", "arguments": {}, "purpose": "See what takes longest"}
READING = OutputSchema(
    name="reading",
    json_schema={
        "type": "object",
        "properties": {"measure": {"type": ["string", "null"]}, "top": {"type": ["integer", "null"]}},
        "required": ["measure", "top"],
        "additionalProperties": False,
    },
)


class OpenedModel(LanguageModel, Protocol):
    """A model that can be closed."""

    async def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True)
class Wire:
    """`open` takes the server's address, the model and the timeout (s)."""

    name: str
    model: str
    open: Callable[[str, str, float], OpenedModel]


def _open_responses(url: str, model: str, timeout_s: float) -> OpenedModel:
    return open_openai_model(base_url=f"{url}/v1", api_key="local", model=model, timeout_s=timeout_s)


def _open_chat(url: str, model: str, timeout_s: float) -> OpenedModel:
    client = open_openai_client(base_url=f"{url}/v1", api_key="local", timeout_s=timeout_s)
    return ChatCompletionsModel(client=client, model=model, timeout_s=timeout_s)


def _open_vertex(url: str, model: str, timeout_s: float) -> OpenedModel:
    return open_gemini_model(base_url=url, project="demo-apex", location="global", model=model, timeout_s=timeout_s)


WIRES = (
    Wire("responses", MODEL, _open_responses),
    Wire("chat", MODEL, _open_chat),
    Wire("vertex", MODELS[ModelProvider.VERTEX].others, _open_vertex),
)


def brief(question: str, **changes: Any) -> Item:
    """The first item of a conversation, as agents send it."""
    document = {"agent": "data", "write": "summary", "question": question, **changes}
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": json.dumps(document)}]}


def output(call_id: str, **result: Any) -> Item:
    """The result of a tool call."""
    return {"type": "function_call_output", "call_id": call_id, "output": json.dumps(result)}


async def ask(model: LanguageModel, sent: ModelRequest) -> tuple[ModelReply, list[str]]:
    """The reply, and the text deltas as they came."""
    deltas: list[str] = []

    async def on_text(delta: str) -> None:
        deltas.append(delta)

    return await model.respond(sent, on_text), deltas


@dataclass(frozen=True)
class Bench:
    """One adapter before the local model. Its questions begin with its name: other adapters have faults of theirs."""

    wire: Wire
    url: str
    model: OpenedModel
    admin: httpx.AsyncClient

    def hasty(self, timeout_s: float) -> OpenedModel:
        """A model with another timeout."""
        return self.wire.open(self.url, self.wire.model, timeout_s)

    def question(self, text: str) -> str:
        """A question of this adapter alone."""
        return f"{self.wire.name}: {text}"

    def request(self, text: str, **changes: Any) -> ModelRequest:
        """A request whose reply is text, unless `suggested_calls` are given: then these calls."""
        tools = (COSTS, DELAYS) if "suggested_calls" in changes else ()
        return ModelRequest(instructions="Be good.", items=(brief(self.question(text), **changes),), tools=tools)

    def reading(self, text: str, **changes: Any) -> ModelRequest:
        """A request whose reply is a JSON object."""
        items = (brief(self.question(text), write="reading", **changes),)
        return ModelRequest(instructions="Read.", items=items, schema=READING, max_output_tokens=400, timeout_s=6.0)

    async def fault(self, kind: str, text: str, **more: Any) -> None:
        """The next reply to this question goes wrong."""
        await self._plan("/faults", {"kind": kind, "match": self.question(text), **more})

    async def script(self, text: str, reply: object, **more: Any) -> None:
        """The next structured reply to this question."""
        await self._plan("/script", {"reply": reply, "match": self.question(text), **more})

    async def endings(self, text: str) -> dict[str, int]:
        """How the replies to this question ended, as far as they did."""
        report = (await self.admin.get("/requests", params={"match": self.question(text)})).json()
        endings: dict[str, int] = report["endings"]
        return endings

    async def _plan(self, path: str, planned: dict[str, Any]) -> None:
        (await self.admin.post(path, json=planned)).raise_for_status()

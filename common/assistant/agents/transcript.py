"""Reads the state of a step from its transcript, so that another worker can resume where one stopped."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from common.contract.answer import ModelTokens
from common.llm.port import ModelUsage, message_item
from common.runs.step import NO_TOKENS, Item
from common.spend import cost_of_model_call

_COST, _OPENED = "apex_cost", "apex_opened"
_OWN = frozenset({_COST, _OPENED})
"""Items of ours, which are never sent to a model."""


@dataclass(frozen=True, slots=True)
class WireCall:
    """A tool call of the transcript. `call_id` as the model chose it; `id` unique within the step."""

    call_id: str
    id: str
    tool: str
    arguments: dict[str, Any] | None
    """None when the model's arguments are not a JSON object."""


def user_item(content: dict[str, Any]) -> Item:
    """A message to the model: one JSON object as text."""
    return message_item(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def output_item(call_id: str, output: dict[str, Any]) -> Item:
    """The output of a tool call."""
    text = json.dumps(output, ensure_ascii=False, separators=(",", ":"))
    return {"type": "function_call_output", "call_id": call_id, "output": text}


def opened_item() -> Item:
    """Marks a step whose opening was said."""
    return {"type": _OPENED}


def priced_item(usage: ModelUsage | None) -> Item:
    """What a reply used and cost; a reply whose usage the provider did not tell counts as free."""
    if usage is None:
        return {"type": _COST, "usd": 0.0, **ModelTokens(calls=1).model_dump()}
    tokens = ModelTokens(calls=1, input=usage.input_tokens, cached=usage.cache_read_tokens, output=usage.output_tokens)
    return {"type": _COST, "usd": _price(usage), **tokens.model_dump()}


def _price(usage: ModelUsage) -> float:
    """USD; a model on a server of one's own has no price."""
    if usage.free:
        return 0.0
    return cost_of_model_call(usage.model, usage.input_tokens, usage.cache_read_tokens, usage.output_tokens)


def wire(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items that are sent to the model."""
    return tuple(item for item in items if item["type"] not in _OWN)


def used_by(items: Sequence[Item]) -> ModelTokens:
    """Tokens of the replies among `items`."""
    costs = ({**item} for item in items if item["type"] == _COST)
    tokens = (ModelTokens.model_validate({n: cost.get(n, 0) for n in ModelTokens.model_fields}) for cost in costs)
    return sum(tokens, start=NO_TOKENS)


def cost_of(items: Sequence[Item]) -> float:
    """USD of the replies among `items`."""
    return sum(float(item["usd"]) for item in items if item["type"] == _COST)


def replies(items: Sequence[Item]) -> int:
    """How often the model was called; unusable replies included."""
    return sum(item["type"] == _COST for item in items)


def notes(items: Sequence[Item], key: str) -> int:
    """How many messages with `key` ("error", "correct") were sent to the model."""
    return sum(key in _content(item) for item in items if item.get("role") == "user")


def calls(items: Sequence[Item]) -> list[WireCall]:
    """All tool calls in order; a repeated id is made unique."""
    seen: dict[str, int] = {}
    result = []
    for item in items:
        if item["type"] == "function_call":
            call_id = str(item["call_id"])
            seen[call_id] = seen.get(call_id, 0) + 1
            unique = call_id if seen[call_id] == 1 else f"{call_id}-{seen[call_id]}"
            result.append(WireCall(call_id, unique, str(item["name"]), _object(item.get("arguments"))))
    return result


def pending(items: Sequence[Item]) -> list[WireCall]:
    """Calls without an output yet; outputs come in the order of the calls."""
    return calls(items)[len(outputs(items)) :]


def outputs(items: Sequence[Item]) -> list[dict[str, Any]]:
    """The outputs of the calls, in order."""
    return [_object(item["output"]) or {} for item in items if item["type"] == "function_call_output"]


def made(items: Sequence[Item]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(tool, arguments) of every call that succeeded."""
    for call, output in zip(calls(items), outputs(items), strict=False):
        if "error" not in output:
            yield call.tool, call.arguments or {}


def last_text(items: Sequence[Item]) -> str | None:
    """The model's text, if it comes last and called no tool."""
    sent = wire(items)
    start = max(
        (index for index, item in enumerate(sent) if item.get("role") == "user" or "call_id" in item), default=-1
    )
    texts = ["".join(part.get("text", "") for part in _parts(item)) for item in sent[start + 1 :] if item.get("role")]
    return "\n\n".join(texts).strip() or None


def _parts(item: Item) -> list[dict[str, Any]]:
    content = item.get("content", [])
    return [{"text": content}] if isinstance(content, str) else list(content)


def _content(item: Item) -> dict[str, Any]:
    return _object("".join(part.get("text", "") for part in _parts(item))) or {}


def _object(text: Any) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, dict) else None

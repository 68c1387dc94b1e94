"""Raw responses of OpenAI (chat, responses, embeddings), Anthropic and Gemini, alone or in an envelope of one's own.

The fields of an envelope (time, user, feature, session, latency, status) are read as in any log; batch results are
envelopes too. xAI's chat completions leave reasoning out of the completion (vercel/ai PR #12425). Anthropic's and older
Gemini responses have no time: the envelope must have one.
"""

from collections.abc import Iterator
from typing import Any, cast

from common.spend.logs.fields.columns import FieldName, find_fields
from common.spend.logs.fields.objects import flat
from common.spend.logs.formats.accessors import anthropic_tokens, first, inner, total
from common.spend.logs.formats.format import Fields, Format, Record

_INSIDE = ("response", "body", "message", "result", "output", "completion")
_DEPTH = 3
_COUNTS: frozenset[FieldName] = frozenset(
    {
        "input",
        "uncached",
        "output",
        "cached",
        "write",
        "write_5m",
        "write_1h",
        "reasoning",
        "requests",
        "quality",
        "total",
    }
)


def response_in(record: Record, depth: int = _DEPTH) -> Record | None:
    """The response itself, within its envelopes; None without one."""
    usage = inner(record.get("usage"))
    if "usageMetadata" in record or usage.keys() & {"prompt_tokens", "input_tokens"}:
        marks = record.keys() & {"object", "choices", "content", "candidates", "type", "modelVersion", "output"}
        return record if marks else None
    inside = (item for name in _INSIDE if (item := inner(record.get(name)))) if depth else ()
    return next((found for item in inside if (found := response_in(item, depth - 1)) is not None), None)


def _recognises(record: Record) -> bool:
    return response_in(record) is not None


def _read(record: Record) -> Iterator[Fields]:
    response = response_in(record)
    if response is None:
        yield _envelope(record)  # a failed request, or none at all: its missing fields show which
        return
    envelope = _envelope(record)
    yield {
        **envelope,
        "ts": first(envelope.get("ts"), response.get("createTime")),
        "model": first(response.get("model"), response.get("modelVersion"), envelope.get("model")),
        "request_id": first(response.get("id"), response.get("responseId"), envelope.get("request_id")),
        **_tokens(response),
        "tier": _tier(record, response),
    }


def _envelope(record: Record) -> Fields:
    values = flat(record)
    return cast("Fields", {field: values[name] for field, name in find_fields(values).items() if field not in _COUNTS})


def _tokens(response: Record) -> Fields:
    gemini = inner(response.get("usageMetadata"))
    if gemini:
        return _gemini(gemini)
    usage = inner(response.get("usage"))
    if "prompt_tokens" in usage:
        thoughts: Fields = {"reasoning_outside": True} if "grok" in str(response.get("model")).lower() else {}
        return {**_openai(usage, "prompt", "completion"), **thoughts}
    if response.get("object") == "response" or "input_tokens_details" in usage:
        return _openai(usage, "input", "output")
    return _anthropic(usage)


def _openai(usage: dict[str, Any], incoming: str, outgoing: str) -> Fields:
    details, answer = inner(usage.get(f"{incoming}_tokens_details")), inner(usage.get(f"{outgoing}_tokens_details"))
    return {
        "input": usage.get(f"{incoming}_tokens"),
        "output": first(usage.get(f"{outgoing}_tokens"), 0),
        "cached": first(details.get("cached_tokens"), usage.get("prompt_cache_hit_tokens")),
        "write": details.get("cache_write_tokens"),
        "reasoning": answer.get("reasoning_tokens"),
        "total": usage.get("total_tokens"),
    }


def _anthropic(usage: dict[str, Any]) -> Fields:
    return {**anthropic_tokens(usage), "cached_outside": True}


def _gemini(usage: dict[str, Any]) -> Fields:
    return {
        "input": total([usage.get("promptTokenCount"), usage.get("toolUsePromptTokenCount")]),
        "output": first(usage.get("candidatesTokenCount"), 0),
        "cached": usage.get("cachedContentTokenCount"),
        "reasoning": usage.get("thoughtsTokenCount"),
        "reasoning_outside": True,
    }


def _tier(record: Record, response: Record) -> Any:
    """Results of a batch have the id that the customer gave each request."""
    if "custom_id" in record and response is not record:
        return "batch"
    return first(response.get("service_tier"), inner(response.get("usage")).get("service_tier"))


FORMATS = (
    Format(
        name="responses",
        title="raw responses of OpenAI, Anthropic or Gemini",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "created", "model": "model", "input": "input tokens", "output": "output tokens",
            "cached": "cached tokens",
        },
    ),
)  # fmt: skip

"""Raw responses of OpenAI (chat, responses, embeddings), Anthropic and Gemini, alone or in an envelope of one's own.

The fields of an envelope (time, user, feature, session, latency, status) are read as in any log; batch results are
envelopes too. xAI's chat completions leave reasoning out of the completion (vercel/ai PR #12425). Anthropic's and older
Gemini responses have no time: the envelope must have one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from common.spend.logs.fields.amounts import Amounts
from common.spend.logs.fields.columns import FieldName, find_fields
from common.spend.logs.fields.objects import flat
from common.spend.logs.formats.accessors import (
    anthropic_tokens,
    first,
    inner,
    listed,
    number,
    objects,
    openai_cache,
    openai_sound,
    total,
)
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.model import ChargeKind

_INSIDE = ("response", "body", "message", "result", "output", "completion")
_DEPTH = 3
_BATCH_LINE = frozenset({"key", "response", "error"})
_TICKS = 10**10
"""In a USD."""
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
        "audio_input",
        "audio_cached",
        "audio_output",
        "image_input",
        "image_output",
        "web_searches",
        "geography",
    }
)


def response_in(record: Record, depth: int = _DEPTH) -> Record | None:
    """The response itself, within its envelopes; None without one."""
    usage = _usage_of(record)
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
        yield envelope_of(record)  # a failed request, or none at all: its missing fields show which
        return
    envelope = envelope_of(record)
    yield {
        **envelope,
        "ts": first(envelope.get("ts"), response.get("createTime"), record.get("processed_time")),
        "model": first(response.get("model"), response.get("modelVersion"), envelope.get("model")),
        "request_id": first(response.get("id"), response.get("responseId"), envelope.get("request_id")),
        **_tokens(response),
        **_tier(record, response),
        **_charges(response),
        **_stated_cost(_usage_of(response)),
    }


def _usage_of(response: Record) -> dict[str, Any]:
    """Of Groq's streams in an object of its own (console.groq.com, "Streaming")."""
    return inner(response.get("usage")) or inner(inner(response.get("x_groq")).get("usage"))


def _stated_cost(usage: dict[str, Any]) -> Fields:
    """Perplexity has an object for it, xAI ticks (docs.x.ai, "Cost Tracking"); a plain number is read as in any log."""
    cost, ticks = usage.get("cost"), number(usage.get("cost_in_usd_ticks"))
    if ticks is not None:
        return {"cost": ticks / _TICKS}
    return {"cost": cost.get("total_cost")} if isinstance(cost, dict) else {}


def envelope_of(record: Record) -> Fields:
    """The fields of a log of one's own that has a response inside; what it counts is the response's."""
    values = flat(record)
    return cast("Fields", {field: values[name] for field, name in find_fields(values).items() if field not in _COUNTS})


def _tokens(response: Record) -> Fields:
    gemini = inner(response.get("usageMetadata"))
    if gemini:
        return _gemini(gemini)
    usage = _usage_of(response)
    if "prompt_tokens" in usage:
        thoughts: Fields = {"reasoning_outside": True} if "grok" in str(response.get("model")).lower() else {}
        return {**_openai(usage, "prompt", "completion"), **thoughts}
    if response.get("object") == "response" or "input_tokens_details" in usage:
        return _openai(usage, "input", "output")
    return _anthropic(usage)


def _openai(usage: dict[str, Any], incoming: str, outgoing: str) -> Fields:
    details, answer = inner(usage.get(f"{incoming}_tokens_details")), inner(usage.get(f"{outgoing}_tokens_details"))
    details = details or inner(usage.get(f"{incoming}_token_details"))  # of runs of assistants
    cache = openai_cache(usage, details)
    return {
        "input": usage.get(f"{incoming}_tokens"),
        "output": first(usage.get(f"{outgoing}_tokens"), 0),
        **cache,
        "cached": first(cache["cached"], usage.get("prompt_cache_hit_tokens")),
        "reasoning": answer.get("reasoning_tokens"),
        "total": usage.get("total_tokens"),
        **openai_sound(details, answer),
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
        "audio_input": _of_modality(usage, "promptTokensDetails", "AUDIO"),
        "audio_cached": _of_modality(usage, "cacheTokensDetails", "AUDIO"),
        "audio_output": _of_modality(usage, "candidatesTokensDetails", "AUDIO"),
        "image_input": _of_modality(usage, "promptTokensDetails", "IMAGE"),
        "image_output": _of_modality(usage, "candidatesTokensDetails", "IMAGE"),
    }


def _of_modality(usage: dict[str, Any], details: str, modality: str) -> Any:
    return total(each.get("tokenCount") for each in objects(usage.get(details)) if each.get("modality") == modality)


def _tier(record: Record, response: Record) -> Fields:
    """Results of a batch have the id that the customer gave each request, of Gemini's API its key and nothing else
    (ai.google.dev, "Batch API"); those of Vertex AI have the time of processing (its docs, "Batch inference").
    """
    vertex = record.keys() >= {"processed_time", "request"}
    gemini = "key" in record and record.keys() <= _BATCH_LINE and "usageMetadata" in response
    if response is not record and ("custom_id" in record or vertex or gemini):
        return {"tier": "batch"}
    usage = _usage_of(response)
    if usage.get("speed") == "fast":
        return {}
    return {"tier": first(response.get("service_tier"), usage.get("service_tier"))}


def _charges(response: Record) -> Fields:
    """Calls of the server's tools, where they are not in the usage: OpenAI's are items of the output."""
    usage = _usage_of(response)
    if "server_tool_use" in usage:
        return {}
    return {"charges": {**_of_items(response), **_of_search(response), **_request_fee(usage)}}


_ITEMS: Mapping[str, ChargeKind] = {
    "web_search_call": "web_search",
    "file_search_call": "file_search",
    "image_generation_call": "image_generation",
    "x_search_call": "web_search",
}


def _of_items(response: Record) -> Amounts:
    """Of a search only its queries are billed, not that a page of its results is opened (OpenAI's pricing page)."""
    calls: Amounts = {}
    containers = set[str]()
    for item in objects(response.get("output")):
        kind = _ITEMS.get(str(item.get("type")))
        if item.get("type") == "code_interpreter_call":
            containers.add(str(item.get("container_id")))
        elif kind and inner(item.get("action")).get("type") in (None, "search"):
            calls[kind] = calls.get(kind, 0) + 1
    return calls | ({"code_interpreter": len(containers)} if containers else {})


def _of_search(response: Record) -> Amounts:
    """Gemini's grounding: by query from version 3 on, by prompt before (Google's pricing page)."""
    grounded = [inner(each.get("groundingMetadata")) for each in objects(response.get("candidates"))]
    queries = sum(len(listed(each.get("webSearchQueries"))) for each in grounded)
    by_prompt = re.search(r"gemini-[12][.-]", str(response.get("modelVersion")))
    return {"web_search": 1 if by_prompt else queries} if queries else {}


def _request_fee(usage: dict[str, Any]) -> Amounts:
    """Perplexity says what a request cost beside its tokens."""
    fee = number(inner(usage.get("cost")).get("request_cost"))
    return {"request_fee": (1, fee)} if fee else {}


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

"""LiteLLM's spend logs (the proxy's table LiteLLM_SpendLogs), as CSV or JSON, and what its callbacks write.

Fields: LiteLLM's proxy schema; of the callbacks (S3, GCS and others) its StandardLoggingPayload
(docs.litellm.ai/docs/proxy/logging_spec). Tokens are counted as OpenAI does, for Anthropic models too: the prompt
includes cached tokens and cache writes. A spend of 0 with tokens is no cost, as the proxy did not know the price; of a
failed request it holds. Answers of its own cache (cache_hit) never reached a provider: their tokens cost nothing and
are not counted.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.fields.statuses import status
from common.spend.logs.fields.values import FAST_MODE
from common.spend.logs.formats.accessors import (
    first,
    has,
    inner,
    listed,
    number,
    openai_cache,
    openai_sound,
    pick,
    plainly,
    span_ms,
    tool_calls,
)
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide

_OWN_TAGS = ("user-agent:", "credential:")
"""Tags that the proxy adds itself."""
_USERS = ("user_api_key_end_user_id", "user_api_key_user_id", "user_api_key_team_id")
_NO_KEYS = frozenset({"", "cache off"})


def _recognises(record: Record) -> bool:
    tokens = has(record, "starttime", "prompttokens", "completiontokens")
    return tokens and (has(record, "requestid", "spend") or has(record, "id", "calltype", "responsecost"))


def _read(record: Record) -> Iterator[Fields]:
    row = plainly(record)
    metadata = inner(row.get("metadata"))
    tags = [str(tag) for tag in listed(row.get("requesttags"))]
    named = [tag for tag in tags if not tag.lower().startswith(_OWN_TAGS)]
    start = row.get("starttime")
    yield {
        "ts": start,
        "model": pick(row, "model", "modelgroup"),
        "provider": row.get("customllmprovider"),
        **_tokens(row, metadata),
        **_times(row, start),
        "status": first(row.get("status"), metadata.get("status")),
        "user": first(pick(row, "enduser", "user", "teamid"), pick(metadata, *_USERS)),
        "feature": next(iter(named), None),
        "tags": tags,
        "session": pick(row, "sessionid", "traceid"),
        "request_id": pick(row, "requestid", "id"),
        **_prompt(row),
    }


def _tokens(row: dict[str, Any], metadata: dict[str, Any]) -> Fields:
    if str(row.get("cachehit")).strip().lower() in ("true", "1", "t"):
        return {"input": 0, "output": 0, "cost": 0}
    answered = inner(inner(row.get("response")).get("usage"))
    usage = (inner(metadata.get("usage_object")) or answered) | inner(metadata.get("additional_usage_values"))
    prompt, answer = inner(usage.get("prompt_tokens_details")), inner(usage.get("completion_tokens_details"))
    return {
        "input": row.get("prompttokens"),
        "output": row.get("completiontokens"),
        **openai_cache(usage, prompt),
        "reasoning": answer.get("reasoning_tokens"),
        "total": row.get("totaltokens"),
        "cost": _cost(row, metadata),
        "tier": FAST_MODE
        if usage.get("speed") == "fast"
        else first(usage.get("service_tier"), metadata.get("service_tier")),
        **openai_sound(prompt, answer),
        "geography": usage.get("inference_geo"),
        "charges": tool_calls(inner(usage.get("server_tool_use")) or _searches(prompt)),
    }


def _searches(prompt: dict[str, Any]) -> dict[str, Any]:
    """LiteLLM's own place for searches: of Gemini's grounding, and of OpenAI's and xAI's tools."""
    return {"web_search_requests": prompt.get("web_search_requests")}


def _cost(row: dict[str, Any], metadata: dict[str, Any]) -> Any:
    spend = pick(row, "spend", "responsecost")
    failed = status(first(row.get("status"), metadata.get("status"))) != "ok"
    if number(spend) == 0 and not failed and (number(row.get("totaltokens")) or number(row.get("prompttokens"))):
        known = inner(first(metadata.get("cost_breakdown"), row.get("costbreakdown"))).get("total_cost")
        return known if number(known) else None
    return spend


def _times(row: dict[str, Any], start: Any) -> Fields:
    end, began = row.get("endtime"), row.get("completionstarttime")
    latency = first(row.get("requestdurationms"), span_ms(start, end))
    return {"latency": latency, "ttft": None if began == end else span_ms(start, began)}


def _prompt(row: dict[str, Any]) -> Fields:
    """Its hash: the proxy's cache key is one, but without a cache it is a fixed phrase."""
    key = str(first(row.get("cachekey"), "")).strip()
    asked = inner(row.get("proxyserverrequest")).get("messages")
    messages = first(listed(row.get("messages")) or inner(row.get("messages")) or None, asked)
    return {"prompt_hash": None if key.lower() in _NO_KEYS else key, "prompt": messages}


FORMATS = (
    Format(
        name="litellm",
        title="LiteLLM spend logs",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "startTime", "model": "model", "provider": "custom_llm_provider", "input": "prompt_tokens",
            "output": "completion_tokens", "cached": "cached_tokens", "cost": "spend", "status": "status",
            "latency": "request_duration_ms", "ttft": "completionStartTime", "user": "end_user",
            "feature": "request_tags", "session": "session_id", "request_id": "request_id",
        },
    ),
)  # fmt: skip

GUIDE = Guide(
    name="LiteLLM",
    words=("litellm", "lite llm"),
    best="the SpendLogs table of the proxy",
    steps=(
        "Query the table LiteLLM_SpendLogs of the proxy's database for the last full month.",
        (
            "Keep at least startTime, endTime, model, prompt_tokens, completion_tokens, spend, status, end_user, "
            "request_tags and metadata."
        ),
        "Save it as CSV or JSON lines and drop it here.",
    ),
    note="It has latency, status, users and tags: nearly every saving can be computed from it.",
)

"""A request as each tool would have logged it, with that tool's own field names."""

from datetime import datetime
from typing import Any

from common.spend.logs.formats import Record
from common.spend.tests.formats.workload import Request


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _spaced(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def litellm(request: Request) -> Record:
    """A row of LiteLLM_SpendLogs."""
    row = request.row
    usage = {
        "prompt_tokens_details": {
            "cached_tokens": row.cache_read,
            "cache_creation_token_details": {
                "ephemeral_5m_input_tokens": row.cache_write_5m,
                "ephemeral_1h_input_tokens": row.cache_write_1h,
            },
        },
        "cache_creation_input_tokens": row.cache_write_5m + row.cache_write_1h,
        "completion_tokens_details": {"reasoning_tokens": row.out_reasoning},
    }
    return {
        "request_id": row.request_id, "call_type": "acompletion", "api_key": "88dc", "spend": row.cost_reported,
        "total_tokens": request.input_tokens + request.output_tokens, "prompt_tokens": request.input_tokens,
        "completion_tokens": request.output_tokens, "startTime": _iso(row.ts), "endTime": _iso(request.end),
        "completionStartTime": _iso(request.first_token), "model": row.model, "model_group": row.model,
        "custom_llm_provider": {"google": "gemini"}.get(row.provider, row.provider), "api_base": "", "user": "default",
        "metadata": {"usage_object": usage, "status": row.status}, "cache_hit": "False", "cache_key": "Cache OFF",
        "request_tags": ["User-Agent: openai-python", row.feature], "team_id": "", "end_user": row.user,
        "messages": [{"role": "user", "content": request.prompt}], "response": {}, "session_id": row.session,
        "status": "success" if row.status == "ok" else "error",
    }  # fmt: skip


def langfuse(request: Request) -> Record:
    """An observation of the blob export."""
    row = request.row
    usage = {
        "input": row.in_uncached, "cache_read_input_tokens": row.cache_read, "output": row.out_visible,
        "input_cache_creation_5m": row.cache_write_5m, "input_cache_creation_1h": row.cache_write_1h,
        "output_reasoning_tokens": row.out_reasoning, "total": sum(row.tokens),
    }  # fmt: skip
    return {
        "id": row.request_id, "trace_id": "t", "project_id": "p", "environment": "default", "type": "GENERATION",
        "parent_observation_id": "", "start_time": _spaced(row.ts), "end_time": _spaced(request.end), "name": "llm",
        "level": "DEFAULT" if row.status == "ok" else "ERROR", "input": request.prompt, "output": "an answer",
        "provided_model_name": row.model, "usage_details": usage, "cost_details": {"total": row.cost_reported},
        "completion_start_time": _spaced(request.first_token), "total_cost": row.cost_reported,
        "latency": (row.latency_ms or 0) / 1000, "time_to_first_token": (row.ttft_ms or 0) / 1000,
        "user_id": row.user, "session_id": row.session, "trace_name": row.feature, "tags": [],
    }  # fmt: skip


def langfuse_api(request: Request) -> Record:
    """An observation of the API and the UI's export."""
    names = {"provided_model_name": "model", "total_cost": "calculatedTotalCost"}
    return {names.get(key, _camel(key)): value for key, value in langfuse(request).items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def helicone(request: Request) -> Record:
    """A row of the REST API."""
    row = request.row
    return {
        "response_id": f"r-{row.request_id}", "response_created_at": _iso(request.end),
        "response_status": 200 if row.status == "ok" else 500, "response_model": row.model,
        "request_id": row.request_id, "request_created_at": _iso(row.ts),
        "request_body": {"messages": [{"role": "user", "content": request.prompt}]}, "request_path": "/v1/chat",
        "request_user_id": row.user, "request_model": row.model, "provider": row.provider.upper(),
        "request_properties": {"Feature": row.feature, "Helicone-Session-Id": row.session},
        "delay_ms": row.latency_ms, "time_to_first_token": row.ttft_ms, "cost": row.cost_reported,
        "total_tokens": request.input_tokens + request.output_tokens, "prompt_tokens": request.input_tokens,
        "prompt_cache_read_tokens": row.cache_read, "completion_tokens": request.output_tokens,
        "prompt_cache_write_tokens": row.cache_write_5m + row.cache_write_1h,
    }  # fmt: skip


def helicone_cli(request: Request) -> Record:
    """A line of the command line's CSV."""
    row = request.row
    return {
        "response_id": row.request_id, "response_created_at": _iso(request.end),
        "response_status": 200 if row.status == "ok" else 500, "request_created_at": _iso(row.ts),
        "request_body": {"content": request.prompt},
        "request_properties": {"Feature": row.feature, "Helicone-Session-Id": row.session},
        "request_user_id": row.user, "model": row.model, "prompt_tokens": request.input_tokens,
        "completion_tokens": request.output_tokens, "latency": row.latency_ms, "cost": row.cost_reported,
    }  # fmt: skip


def _span(request: Request, attributes: Record) -> Record:
    row = request.row
    return {
        "traceId": "5b8e", "spanId": f"span-{row.request_id}", "name": f"chat {row.model}", "kind": 3,
        "startTimeUnixNano": str(_nanos(row.ts)), "endTimeUnixNano": str(_nanos(request.end)),
        "attributes": [{"key": key, "value": _wrapped(each)} for key, each in attributes.items() if each is not None],
        "status": {} if row.status == "ok" else {"code": 2},
    }  # fmt: skip


def _nanos(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) * 1000


def _wrapped(value: Any) -> Record:
    kind = "intValue" if isinstance(value, int) else "doubleValue" if isinstance(value, float) else "stringValue"
    return {kind: str(value) if isinstance(value, int) else value}


def otel(request: Request) -> Record:
    """A span with the names of today."""
    row = request.row
    provider = {"google": "gcp.gemini"}.get(row.provider, row.provider)
    attributes = {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": row.model,
        "gen_ai.response.model": row.model, "gen_ai.response.id": row.request_id,
        "gen_ai.conversation.id": row.session, "gen_ai.usage.input_tokens": request.input_tokens,
        "gen_ai.usage.output_tokens": request.output_tokens, "enduser.id": row.user, "service.name": row.feature,
        "gen_ai.usage.cache_read.input_tokens": row.cache_read, "gen_ai.input.messages": request.prompt,
        "gen_ai.usage.cache_creation.input_tokens": row.cache_write_5m + row.cache_write_1h,
        "gen_ai.usage.reasoning.output_tokens": row.out_reasoning, "gen_ai.usage.cost": row.cost_reported,
        "gen_ai.response.time_to_first_chunk": (row.ttft_ms or 0) / 1000,
    }  # fmt: skip
    return _span(request, attributes)


def otel_old(request: Request) -> Record:
    """A span with the names up to version 1.36."""
    row = request.row
    attributes = {
        "gen_ai.system": row.provider, "gen_ai.request.model": row.model, "gen_ai.response.id": row.request_id,
        "gen_ai.usage.prompt_tokens": request.input_tokens, "gen_ai.usage.completion_tokens": request.output_tokens,
        "user.id": row.user, "session.id": row.session, "service.name": row.feature, "gen_ai.prompt": request.prompt,
        "gen_ai.usage.cost": row.cost_reported,
    }  # fmt: skip
    return _span(request, attributes)


def openinference(request: Request) -> Record:
    """A span of Phoenix's instrumentation."""
    row = request.row
    attributes = {
        "openinference.span.kind": "LLM", "llm.model_name": row.model, "llm.provider": row.provider,
        "llm.token_count.prompt": request.input_tokens, "llm.token_count.completion": request.output_tokens,
        "llm.token_count.prompt_details.cache_read": row.cache_read, "llm.cost.total": row.cost_reported,
        "llm.token_count.prompt_details.cache_write": row.cache_write_5m + row.cache_write_1h,
        "llm.token_count.completion_details.reasoning": row.out_reasoning, "input.value": request.prompt,
        "user.id": row.user, "session.id": row.session, "service.name": row.feature,
        "gen_ai.response.id": row.request_id,
    }  # fmt: skip
    return _span(request, attributes)


def openrouter(request: Request) -> Record:
    """A line of the activity page's CSV."""
    row = request.row
    return {
        "generation_id": row.request_id, "created_at": _spaced(row.ts), "cost_total": row.cost_reported,
        "cost_web_search": 0, "cost_cache": 0, "cost_file_processing": 0, "byok_usage_inference": 0,
        "tokens_prompt": request.input_tokens, "tokens_completion": request.output_tokens,
        "tokens_reasoning": row.out_reasoning, "tokens_cached": row.cache_read, "model_permaslug": row.model,
        "provider_name": row.provider.capitalize(),
        "finish_reason_normalized": "stop" if row.status == "ok" else "error",
        "generation_time_ms": row.latency_ms, "time_to_first_token_ms": row.ttft_ms, "user": row.user,
        "app_name": row.feature,
    }  # fmt: skip


def claude_code(request: Request) -> Record:
    """A line of a session log."""
    row = request.row
    usage = {
        "input_tokens": row.in_uncached, "output_tokens": request.output_tokens, "service_tier": "standard",
        "cache_creation_input_tokens": row.cache_write_5m + row.cache_write_1h,
        "cache_read_input_tokens": row.cache_read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": row.cache_write_5m, "ephemeral_1h_input_tokens": row.cache_write_1h,
        },
    }  # fmt: skip
    message = {"id": "msg", "type": "message", "role": "assistant", "model": row.model, "content": [], "usage": usage}
    return {
        "parentUuid": None, "isSidechain": False, "cwd": f"/src/{row.feature}", "sessionId": row.session,
        "version": "2.0.1", "type": "assistant", "uuid": "u", "timestamp": _iso(row.ts), "requestId": row.request_id,
        "message": message, "costUSD": row.cost_reported, "durationMs": row.latency_ms,
        "isApiErrorMessage": row.status != "ok",
    }  # fmt: skip


def _enveloped(request: Request, response: Record) -> Record:
    row = request.row
    return {
        "timestamp": _iso(row.ts), "user": row.user, "feature": row.feature, "session_id": row.session,
        "latency_ms": row.latency_ms, "ttft_ms": row.ttft_ms, "status": row.status, "cost_usd": row.cost_reported,
        "prompt": request.prompt, "response": response,
    }  # fmt: skip


def openai_chat(request: Request) -> Record:
    """A chat completion in an envelope."""
    row = request.row
    usage = {
        "prompt_tokens": request.input_tokens, "completion_tokens": request.output_tokens,
        "total_tokens": request.input_tokens + request.output_tokens,
        "prompt_tokens_details": {"cached_tokens": row.cache_read, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": row.out_reasoning},
    }  # fmt: skip
    return _enveloped(
        request,
        {
            "id": row.request_id, "object": "chat.completion", "created": 1, "model": row.model, "usage": usage,
            "choices": [{"message": {"content": "an answer"}}], "service_tier": "default",
        },
    )  # fmt: skip


def openai_responses(request: Request) -> Record:
    """A response of the Responses API in an envelope."""
    row = request.row
    usage = {
        "input_tokens": request.input_tokens, "input_tokens_details": {"cached_tokens": row.cache_read},
        "output_tokens": request.output_tokens, "output_tokens_details": {"reasoning_tokens": row.out_reasoning},
    }  # fmt: skip
    answer: Record = {"id": row.request_id, "object": "response", "created_at": 1, "model": row.model, "output": [{}]}
    return _enveloped(request, {**answer, "usage": usage})


def anthropic_message(request: Request) -> Record:
    """A message in an envelope."""
    message = claude_code(request)["message"]
    return _enveloped(request, {**message, "id": request.row.request_id})


def gemini(request: Request) -> Record:
    """A generateContent response in an envelope."""
    row = request.row
    usage = {
        "promptTokenCount": request.input_tokens, "cachedContentTokenCount": row.cache_read,
        "candidatesTokenCount": row.out_visible, "thoughtsTokenCount": row.out_reasoning,
        "totalTokenCount": request.input_tokens + request.output_tokens,
    }  # fmt: skip
    answer: Record = {"candidates": [{}], "modelVersion": row.model, "responseId": row.request_id}
    return _enveloped(request, {**answer, "usageMetadata": usage})


def generic(request: Request) -> Record:
    """A line of somebody's own CSV."""
    row = request.row
    return {
        "timestamp": _iso(row.ts), "request_id": row.request_id, "provider": row.provider, "model": row.model,
        "feature": row.feature, "user": row.user, "session_id": row.session, "prompt_tokens": request.input_tokens,
        "cached_tokens": row.cache_read, "cache_write_5m": row.cache_write_5m, "cache_write_1h": row.cache_write_1h,
        "completion_tokens": request.output_tokens, "reasoning_tokens": row.out_reasoning,
        "latency_ms": row.latency_ms, "ttft_ms": row.ttft_ms, "status": row.status, "cost_usd": row.cost_reported,
        "prompt": request.prompt,
    }  # fmt: skip

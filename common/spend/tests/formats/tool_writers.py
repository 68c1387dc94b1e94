"""A request as gateways and coding tools would have logged it, with their own field names."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from common.spend.logs.formats import Record
from common.spend.tests.formats.workload import Request


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def cursor(request: Request) -> Record:
    """A row of Cursor's usage export."""
    row = request.row
    return {
        "Date": _iso(row.ts), "User": row.user, "Cloud Agent ID": "", "Automation ID": "",
        "Kind": "On-Demand" if row.status == "ok" else "Errored, No Charge", "Model": row.model, "Max Mode": "No",
        "Input (w/ Cache Write)": row.cache_write_5m + row.cache_write_1h, "Input (w/o Cache Write)": row.in_uncached,
        "Cache Read": row.cache_read, "Output Tokens": request.output_tokens, "Total Tokens": sum(row.tokens),
        "Cost": row.cost_reported,
    }  # fmt: skip


def gemini_cli(request: Request) -> Record:
    """An answer in a session of Gemini CLI."""
    row = request.row
    tokens = {
        "input": request.input_tokens, "output": row.out_visible, "cached": row.cache_read,
        "thoughts": row.out_reasoning, "tool": 0, "total": sum(row.tokens),
    }  # fmt: skip
    return {
        "id": row.request_id, "timestamp": _iso(row.ts), "type": "gemini", "content": "an answer", "thoughts": [],
        "tokens": tokens, "model": row.model,
    }  # fmt: skip


def opencode(request: Request) -> Record:
    """A message of OpenCode's assistant."""
    row = request.row
    cache = {"read": row.cache_read, "write": row.cache_write_5m + row.cache_write_1h}
    return {
        "id": row.request_id, "sessionID": row.session, "role": "assistant", "modelID": row.model,
        "providerID": row.provider, "cost": row.cost_reported,
        "time": {"created": _ms(row.ts), "completed": _ms(request.end)},
        "tokens": {"input": row.in_uncached, "output": row.out_visible, "reasoning": row.out_reasoning, "cache": cache},
    } | ({} if row.status == "ok" else {"error": {"name": "UnknownError"}})  # fmt: skip


def portkey(request: Request) -> Record:
    """A line of Portkey's log export."""
    row = request.row
    failed = row.status != "ok"
    return {
        "id": row.request_id, "trace_id": row.session, "created_at": _iso(row.ts), "is_success": not failed,
        "ai_org": row.provider, "ai_model": row.model, "req_units": request.input_tokens,
        "res_units": request.output_tokens, "total_units": sum(row.tokens), "cost": 100 * (row.cost_reported or 0),
        "cost_currency": "USD", "cache_status": "MISS", "response_time": row.latency_ms,
        "response_status_code": 500 if failed else 200, "metadata": {"_user": row.user, "feature": row.feature},
    }  # fmt: skip


def langsmith(request: Request) -> Record:
    """A run of a model."""
    row = request.row
    incoming = {"cache_read": row.cache_read, "cache_creation": row.cache_write_5m + row.cache_write_1h}
    metadata = {
        "ls_provider": row.provider, "ls_model_name": row.model, "thread_id": row.session, "user_id": row.user,
        "feature": row.feature,
    }  # fmt: skip
    return {
        "id": row.request_id, "trace_id": "t", "parent_run_id": "p", "name": "ChatModel", "run_type": "llm",
        "start_time": row.ts.replace(tzinfo=None).isoformat(), "end_time": request.end.replace(tzinfo=None).isoformat(),
        "first_token_time": request.first_token.replace(tzinfo=None).isoformat(),
        "prompt_tokens": request.input_tokens, "completion_tokens": request.output_tokens,
        "prompt_token_details": incoming, "completion_token_details": {"reasoning": row.out_reasoning},
        "total_cost": str(row.cost_reported), "status": "success" if row.status == "ok" else "error",
        "extra": {"metadata": metadata},
    }  # fmt: skip


def braintrust(request: Request) -> Record:
    """A span of a model's call."""
    row = request.row
    start = row.ts.timestamp()
    metrics = {
        "start": start, "end": start + (row.latency_ms or 0) / 1000, "time_to_first_token": (row.ttft_ms or 0) / 1000,
        "prompt_tokens": request.input_tokens, "prompt_cached_tokens": row.cache_read,
        "prompt_cache_creation_tokens": row.cache_write_5m + row.cache_write_1h,
        "completion_tokens": request.output_tokens, "completion_reasoning_tokens": row.out_reasoning,
        "tokens": sum(row.tokens), "estimated_cost": row.cost_reported,
    }  # fmt: skip
    metadata = {"model": row.model, "user_id": row.user, "feature": row.feature, "session_id": row.session}
    return {
        "id": row.request_id, "span_id": f"span-{row.request_id}", "root_span_id": "t", "span_parents": ["t"],
        "created": _iso(request.end), "span_attributes": {"name": "Chat Completion", "type": "llm"},
        "metrics": metrics, "metadata": metadata, "input": [{"role": "user", "content": request.prompt}],
        "output": "an answer", "error": None if row.status == "ok" else "APIError",
    }  # fmt: skip


def bedrock(request: Request) -> Record:
    """A line of Bedrock's invocation log."""
    row = request.row
    incoming = {
        "inputTokenCount": row.in_uncached, "cacheReadInputTokenCount": row.cache_read,
        "cacheWriteInputTokenCount": row.cache_write_5m + row.cache_write_1h,
    }  # fmt: skip
    return {
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": _iso(row.ts), "accountId": "1",
        "identity": {"arn": row.user}, "region": "us-east-1", "requestId": row.request_id, "operation": "Converse",
        "modelId": row.model, "input": incoming,
        "output": {
            "outputTokenCount": request.output_tokens, "outputBodyJson": {"metrics": {"latencyMs": row.latency_ms}},
        },
        "requestMetadata": {"feature": row.feature},
    } | ({} if row.status == "ok" else {"errorCode": "ModelErrorException"})  # fmt: skip


def bedrock_converse(request: Request) -> Record:
    """A response of Bedrock's Converse in a log of one's own."""
    row = request.row
    lives = (("5m", row.cache_write_5m), ("1h", row.cache_write_1h))
    usage = {
        "inputTokens": row.in_uncached, "outputTokens": request.output_tokens, "cacheReadInputTokens": row.cache_read,
        "cacheWriteInputTokens": row.cache_write_5m + row.cache_write_1h,
        "cacheDetails": [{"ttl": ttl, "inputTokens": count} for ttl, count in lives],
    }  # fmt: skip
    return {
        "timestamp": _iso(row.ts), "modelId": row.model, "user": row.user, "feature": row.feature,
        "session": row.session, "ResponseMetadata": {
            "RequestId": row.request_id, "HTTPStatusCode": 200 if row.status == "ok" else 500, "RetryAttempts": 0,
        },
        "output": {"message": {"role": "assistant", "content": []}}, "stopReason": "end_turn", "usage": usage,
        "metrics": {"latencyMs": row.latency_ms},
    }  # fmt: skip


def new_api(request: Request) -> Record:
    """A row of New API's log."""
    row = request.row
    claude = row.provider == "anthropic"
    other = {
        "claude": claude, "cache_tokens": row.cache_read, "frt": row.ttft_ms,
        "cache_creation_tokens": row.cache_write_5m + row.cache_write_1h,
        "cache_creation_tokens_5m": row.cache_write_5m, "cache_creation_tokens_1h": row.cache_write_1h,
    }  # fmt: skip
    return {
        "id": 1, "request_id": row.request_id, "created_at": row.ts.timestamp(), "username": row.user,
        "type": 2 if row.status == "ok" else 5, "token_name": row.feature, "model_name": row.model, "quota": 700,
        "prompt_tokens": row.in_uncached if claude else request.input_tokens, "other": json.dumps(other),
        "completion_tokens": request.output_tokens, "use_time": (row.latency_ms or 0) / 1000,
    }  # fmt: skip


def cloudflare(request: Request) -> Record:
    """A log of Cloudflare's gateway."""
    row = request.row
    return {
        "id": row.request_id, "created_at": _iso(row.ts), "provider": row.provider, "model": row.model,
        "success": row.status == "ok", "cached": False, "status_code": 200 if row.status == "ok" else 500,
        "duration": row.latency_ms, "tokens_in": request.input_tokens, "tokens_out": request.output_tokens,
        "cost": row.cost_reported, "metadata": {"user": row.user, "feature": row.feature},
    }  # fmt: skip


def codex(requests: Iterable[Request]) -> Iterator[Record]:
    """The lines of a Codex session with these requests, all of which went well."""
    totals = dict.fromkeys(("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens"), 0)
    for request in requests:
        row, time = request.row, _iso(request.row.ts)
        used = (request.input_tokens, row.cache_read, request.output_tokens, row.out_reasoning)
        last = dict(zip(totals, used, strict=True))
        totals = {name: totals[name] + last[name] for name in totals}
        info = {"total_token_usage": totals, "last_token_usage": last, "model_context_window": 272_000}
        yield _codex_line(time, "turn_context", {"cwd": f"/src/{row.feature}", "model": row.model})
        yield _codex_line(time, "response_item", {"type": "message", "role": "user", "content": request.prompt})
        yield _codex_line(time, "event_msg", {"type": "token_count", "info": info, "rate_limits": {}})


def _codex_line(time: str, kind: str, payload: Record) -> Record:
    return {"timestamp": time, "type": kind, "payload": payload}


def pi(request: Request) -> Record:
    """A message in a session of pi's."""
    row = request.row
    usage = {
        "input": row.in_uncached, "output": request.output_tokens, "cacheRead": row.cache_read,
        "cacheWrite": row.cache_write_5m + row.cache_write_1h, "totalTokens": sum(row.tokens),
        "cost": {"total": row.cost_reported},
    }  # fmt: skip
    message = {
        "role": "assistant", "content": [], "api": "anthropic-messages", "provider": row.provider, "model": row.model,
        "usage": usage, "stopReason": "stop" if row.status == "ok" else "error", "timestamp": _ms(row.ts),
    }  # fmt: skip
    return {
        "type": "message", "id": row.request_id, "parentId": "u", "timestamp": _iso(row.ts), "message": message
    }  # fmt: skip


def cline(request: Request) -> Record:
    """A message of Cline's that started a request."""
    row = request.row
    used = {
        "request": "...", "tokensIn": row.in_uncached, "tokensOut": request.output_tokens,
        "cacheWrites": row.cache_write_5m + row.cache_write_1h, "cacheReads": row.cache_read,
        "cost": row.cost_reported,
    }  # fmt: skip
    used |= {} if row.status == "ok" else {"cancelReason": "streaming_failed"}
    return {
        "ts": _ms(row.ts), "type": "say", "say": "api_req_started", "text": json.dumps(used),
        "modelInfo": {"providerId": row.provider, "modelId": row.model, "mode": "act"},
    }  # fmt: skip


def posthog(request: Request) -> Record:
    """An event of PostHog's for a call of a model."""
    row = request.row
    said = {
        "$ai_provider": row.provider, "$ai_model": row.model, "$ai_output_tokens": request.output_tokens,
        "$ai_input_tokens": row.in_uncached if row.provider == "anthropic" else request.input_tokens,
        "$ai_cache_read_input_tokens": row.cache_read,
        "$ai_cache_creation_input_tokens": row.cache_write_5m + row.cache_write_1h,
        "$ai_reasoning_tokens": row.out_reasoning, "$ai_total_cost_usd": row.cost_reported,
        "$ai_latency": (row.latency_ms or 0) / 1000, "$ai_time_to_first_token": (row.ttft_ms or 0) / 1000,
        "$ai_is_error": row.status != "ok", "$ai_session_id": row.session, "$ai_span_name": row.feature,
        "$ai_input": [{"role": "user", "content": request.prompt}],
    }  # fmt: skip
    return {
        "uuid": row.request_id, "event": "$ai_generation", "distinct_id": row.user, "timestamp": _iso(row.ts),
        "properties": said,
    }  # fmt: skip


def datadog(request: Request) -> Record:
    """A span of Datadog's LLM Observability."""
    row = request.row
    used = {
        "input_tokens": request.input_tokens, "output_tokens": request.output_tokens, "total_tokens": sum(row.tokens),
        "cache_read_input_tokens": row.cache_read, "reasoning_output_tokens": row.out_reasoning,
        "cache_write_input_tokens": row.cache_write_5m + row.cache_write_1h,
        "estimated_total_cost": 1e9 * (row.cost_reported or 0),
    }  # fmt: skip
    span = {
        "span_id": row.request_id, "trace_id": "t", "parent_id": "undefined", "name": "chat", "span_kind": "llm",
        "ml_app": row.feature, "status": row.status, "start_ms": _ms(row.ts), "duration": 1e6 * (row.latency_ms or 0),
        "model_name": row.model, "model_provider": row.provider, "session_id": row.session, "metrics": used,
        "tags": ["env:prod", f"user_id:{row.user}"],
    }  # fmt: skip
    return {"id": row.request_id, "type": "span", "attributes": span}


def kong(request: Request) -> Record:
    """A line of Kong's AI Gateway."""
    row = request.row
    usage = {
        "prompt_tokens": request.input_tokens, "completion_tokens": request.output_tokens,
        "total_tokens": sum(row.tokens), "time_to_first_token": row.ttft_ms, "cost": row.cost_reported,
    }  # fmt: skip
    meta = {"provider_name": row.provider, "request_model": row.model, "response_model": row.model}
    return {
        "started_at": _ms(row.ts), "latencies": {"request": row.latency_ms}, "request": {"id": row.request_id},
        "response": {"status": 200 if row.status == "ok" else 500}, "route": {"name": row.feature},
        "consumer": {"username": row.user}, "ai": {"proxy": {"meta": meta, "usage": usage}},
    }  # fmt: skip

"""Names of the attributes of model calls, by instrumentation; of several in a span the first counts.

- OpenTelemetry: open-telemetry/semantic-conventions-genai (current: `cache_read.input_tokens`,
  `reasoning.output_tokens`), and semantic-conventions 1.27 to 1.36 (`gen_ai.system`, `prompt_tokens`).
- pydantic-ai and Logfire: `RequestUsage.opentelemetry_attributes` (`gen_ai.usage.details.*`, `operation.cost`).
- Vercel AI SDK: docs "Telemetry" and its OpenTelemetry integration (`ai.usage.*`, `ai.model.*`,
  `ai.response.providerMetadata`); versions before 5 say promptTokens and completionTokens.
- OpenInference: spec/semantic_conventions.md (`llm.token_count.*`, `llm.cost.*`).
- Traceloop: openllmetry's SpanAttributes (`llm.usage.*`). Sentry: its span conventions (`input_tokens.cached`).
- LangSmith: its OpenTelemetry exporter (`gen_ai.usage.input_token_details`, an object).
- Strands Agents: strands-agents/sdk-python, telemetry/tracer.py (`cache_write_input_tokens`); OpenInference keeps what
  it does not map of them in `metadata`, as JSON text (Arize-ai/openinference #3242).
"""

from typing import Any

from common.spend.logs.fields.columns import FieldName
from common.spend.logs.formats.accessors import first, inner, pick

_USAGE = "gen_ai.usage."
NAMES: dict[FieldName, tuple[str, ...]] = {
    "model": (
        "gen_ai.response.model", "ai.response.model", "gen_ai.request.model", "ai.model.id", "llm.model_name",
        "embedding.model_name", "llm.response.model", "llm.request.model",
    ),
    "provider": ("gen_ai.provider.name", "gen_ai.system", "ai.model.provider", "llm.provider", "llm.system"),
    "input": (
        f"{_USAGE}input_tokens", f"{_USAGE}prompt_tokens", "ai.usage.inputTokens", "ai.usage.promptTokens",
        "ai.usage.tokens", "llm.token_count.prompt", "llm.usage.prompt_tokens", "llm.usage.input_tokens",
    ),
    "uncached": ("ai.usage.inputTokenDetails.noCacheTokens",),
    "output": (
        f"{_USAGE}output_tokens", f"{_USAGE}completion_tokens", "ai.usage.outputTokens", "ai.usage.completionTokens",
        "llm.token_count.completion", "llm.usage.completion_tokens", "llm.usage.output_tokens",
    ),
    "cached": (
        f"{_USAGE}cache_read.input_tokens", f"{_USAGE}cache_read_input_tokens", f"{_USAGE}input_tokens.cached",
        f"{_USAGE}cache_read_tokens", f"{_USAGE}cached_input_tokens", f"{_USAGE}cached_tokens",
        f"{_USAGE}details.cache_read_tokens", f"{_USAGE}details.cache_read_input_tokens",
        f"{_USAGE}details.cached_tokens", f"{_USAGE}details.cached_content_tokens",
        f"{_USAGE}prompt_tokens_details.cached_tokens", f"{_USAGE}input_tokens_details.cached_tokens",
        "ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens",
        "llm.token_count.prompt_details.cache_read", "llm.token_count.prompt_details.cache_input",
        "llm.usage.cache_read_input_tokens",
    ),
    "write": (
        f"{_USAGE}cache_creation.input_tokens", f"{_USAGE}cache_creation_input_tokens",
        f"{_USAGE}input_tokens.cache_write", f"{_USAGE}cache_write_tokens", f"{_USAGE}cache_creation_tokens",
        f"{_USAGE}cache_write_input_tokens", f"{_USAGE}details.cache_write_tokens",
        f"{_USAGE}details.cache_creation_input_tokens",
        "ai.usage.inputTokenDetails.cacheWriteTokens", "ai.usage.cacheCreationInputTokens",
        "llm.token_count.prompt_details.cache_write", "llm.usage.cache_creation_input_tokens",
    ),
    "write_5m": ("llm.usage.cache_creation.ephemeral_5m_input_tokens",),
    "write_1h": ("llm.usage.cache_creation.ephemeral_1h_input_tokens",),
    "reasoning": (
        f"{_USAGE}reasoning.output_tokens", f"{_USAGE}reasoning_tokens", f"{_USAGE}output_tokens.reasoning",
        f"{_USAGE}reasoning_output_tokens", f"{_USAGE}details.reasoning_tokens", f"{_USAGE}details.thoughts_tokens",
        f"{_USAGE}details.thinking_tokens", f"{_USAGE}completion_tokens_details.reasoning_tokens",
        f"{_USAGE}output_tokens_details.reasoning_tokens", "ai.usage.reasoningTokens",
        "ai.usage.outputTokenDetails.reasoningTokens", "llm.token_count.completion_details.reasoning",
        "llm.usage.reasoning_tokens",
    ),
    "audio_input": (
        f"{_USAGE}input_audio_tokens", f"{_USAGE}details.input_audio_tokens",
        f"{_USAGE}prompt_tokens_details.audio_tokens", f"{_USAGE}input_tokens_details.audio_tokens",
        "llm.token_count.prompt_details.audio",
    ),
    "audio_cached": (f"{_USAGE}details.cache_audio_read_tokens",),
    "audio_output": (
        f"{_USAGE}output_audio_tokens", f"{_USAGE}details.output_audio_tokens",
        f"{_USAGE}completion_tokens_details.audio_tokens", f"{_USAGE}output_tokens_details.audio_tokens",
        "llm.token_count.completion_details.audio",
    ),
    "web_searches": (f"{_USAGE}server_tool_use.web_search_requests", f"{_USAGE}details.web_search_requests"),
    "total": (f"{_USAGE}total_tokens", "ai.usage.totalTokens", "llm.token_count.total", "llm.usage.total_tokens"),
    "cost": (f"{_USAGE}cost", "operation.cost", "llm.cost.total", "gen_ai.cost.total_cost", f"{_USAGE}total_cost"),
    "ttft": ("gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token"),
    "tier": (
        "openai.response.service_tier", "gen_ai.openai.response.service_tier", "openai.request.service_tier",
        "gen_ai.openai.request.service_tier",
    ),
    "user": ("enduser.id", "user.id", "ai.telemetry.metadata.userId"),
    "session": ("gen_ai.conversation.id", "session.id", "ai.telemetry.metadata.sessionId"),
    "request_id": ("gen_ai.response.id", "ai.response.id"),
    "prompt": (
        "gen_ai.input.messages", "gen_ai.prompt", "llm.input_messages", "ai.prompt.messages", "ai.prompt",
        "input.value",
    ),
}  # fmt: skip
"""Field -> attributes, the surest first."""
_VERCEL: dict[FieldName, tuple[str, ...]] = {
    "cached": ("cacheReadInputTokens", "cachedPromptTokens", "cachedContentTokenCount"),
    "write": ("cacheCreationInputTokens",),
    "reasoning": ("reasoningTokens",),
}
"""Within a provider's object of `ai.response.providerMetadata`."""
_LANGSMITH: dict[FieldName, tuple[str, str]] = {
    "cached": (f"{_USAGE}input_token_details", "cache_read"),
    "write": (f"{_USAGE}input_token_details", "cache_creation"),
    "reasoning": (f"{_USAGE}output_token_details", "reasoning"),
    "audio_input": (f"{_USAGE}input_token_details", "audio"),
    "audio_output": (f"{_USAGE}output_token_details", "audio"),
}


def value_of(attributes: dict[str, Any], field: FieldName) -> Any:
    """The value of a field; None where no attribute has it."""
    found = pick(attributes, *NAMES[field])
    if found is not None or field not in _LANGSMITH:
        return found
    left = pick(inner(attributes.get("metadata")), *(name for name in NAMES[field] if name.startswith(_USAGE)))
    metadata = inner(attributes.get("ai.response.providerMetadata"))
    makers = (pick(inner(each), *_VERCEL.get(field, ())) for each in metadata.values())
    outer, key = _LANGSMITH[field]
    return first(*makers, inner(attributes.get(outer)).get(key), left)

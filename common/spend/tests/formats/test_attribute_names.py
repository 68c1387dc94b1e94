"""Attributes of model calls as instrumentations name them; each span is made up, its names are the source's."""

import json
from typing import Any

import pytest

from common.spend.model import UsageRow
from common.spend.tests.formats.workload import rows_of

_NAME = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "claude-sonnet-4-5", "gen_ai.system": "anthropic"}
_USAGE = "gen_ai.usage."
SPANS: dict[str, dict[str, Any]] = {
    "OpenTelemetry semantic-conventions-genai": _NAME | {
        f"{_USAGE}input_tokens": 5_000, f"{_USAGE}output_tokens": 400, f"{_USAGE}cache_read.input_tokens": 3_000,
        f"{_USAGE}cache_creation.input_tokens": 1_200, f"{_USAGE}reasoning.output_tokens": 150,
    },
    "OpenTelemetry semantic-conventions 1.36": _NAME | {
        f"{_USAGE}prompt_tokens": 5_000, f"{_USAGE}completion_tokens": 400, f"{_USAGE}cache_read_input_tokens": 3_000,
        f"{_USAGE}cache_creation_input_tokens": 1_200, f"{_USAGE}reasoning_tokens": 150,
    },
    "pydantic-ai RequestUsage": _NAME | {
        f"{_USAGE}input_tokens": 5_000, f"{_USAGE}output_tokens": 400, f"{_USAGE}details.cache_read_tokens": 3_000,
        f"{_USAGE}details.cache_write_tokens": 1_200, f"{_USAGE}details.reasoning_tokens": 150,
        f"{_USAGE}details.input_tokens": 800,
    },
    "pydantic-ai's details of Anthropic and Google": _NAME | {
        f"{_USAGE}input_tokens": 5_000, f"{_USAGE}output_tokens": 400,
        f"{_USAGE}details.cache_read_input_tokens": 3_000,
        f"{_USAGE}details.cache_creation_input_tokens": 1_200, f"{_USAGE}details.thoughts_tokens": 150,
    },
    "Vercel AI SDK 5": {
        "ai.operationId": "ai.generateText.doGenerate", "ai.response.model": "claude-sonnet-4-5",
        "ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 5_000, "ai.usage.outputTokens": 400,
        "ai.usage.cachedInputTokens": 3_000, "ai.usage.reasoningTokens": 150,
        "ai.response.providerMetadata": json.dumps({"anthropic": {"cacheCreationInputTokens": 1_200}}),
    },
    "Vercel AI SDK 6": {
        "ai.operationId": "ai.streamText.doStream", "ai.model.id": "claude-sonnet-4-5",
        "ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 5_000, "ai.usage.outputTokens": 400,
        "ai.usage.inputTokenDetails.noCacheTokens": 800, "ai.usage.inputTokenDetails.cacheReadTokens": 3_000,
        "ai.usage.inputTokenDetails.cacheWriteTokens": 1_200, "ai.usage.outputTokenDetails.reasoningTokens": 150,
    },
    "Vercel AI SDK 4": {
        "ai.operationId": "ai.streamText.doStream", "ai.model.id": "claude-sonnet-4-5",
        "ai.model.provider": "anthropic.messages", "ai.usage.promptTokens": 800, "ai.usage.completionTokens": 400,
        "ai.response.providerMetadata": json.dumps(
            {"anthropic": {"cacheCreationInputTokens": 1_200, "cacheReadInputTokens": 3_000, "reasoningTokens": 150}}
        ),
    },
    "OpenInference": {
        "openinference.span.kind": "LLM", "llm.model_name": "claude-sonnet-4-5", "llm.provider": "anthropic",
        "llm.token_count.prompt": 5_000, "llm.token_count.completion": 400,
        "llm.token_count.prompt_details.cache_read": 3_000, "llm.token_count.prompt_details.cache_write": 1_200,
        "llm.token_count.completion_details.reasoning": 150,
    },
    "Traceloop openllmetry": {
        "llm.request.type": "chat", "gen_ai.system": "anthropic", "gen_ai.response.model": "claude-sonnet-4-5",
        "llm.usage.prompt_tokens": 5_000, "llm.usage.completion_tokens": 400,
        "llm.usage.cache_read_input_tokens": 3_000, "llm.usage.cache_creation_input_tokens": 1_200,
        "llm.usage.reasoning_tokens": 150, "llm.usage.total_tokens": 5_400,
    },
    "Sentry span conventions": _NAME | {
        f"{_USAGE}input_tokens": 5_000, f"{_USAGE}output_tokens": 400, f"{_USAGE}input_tokens.cached": 3_000,
        f"{_USAGE}input_tokens.cache_write": 1_200, f"{_USAGE}output_tokens.reasoning": 150,
    },
    "LangSmith OpenTelemetry exporter": _NAME | {
        f"{_USAGE}input_tokens": 5_000, f"{_USAGE}output_tokens": 400,
        f"{_USAGE}input_token_details": json.dumps({"cache_read": 3_000, "cache_creation": 1_200}),
        f"{_USAGE}output_token_details": json.dumps({"reasoning": 150}),
    },
}  # fmt: skip
APART: dict[str, dict[str, Any]] = {
    "Strands Agents": _NAME | {
        f"{_USAGE}input_tokens": 800, f"{_USAGE}output_tokens": 400, f"{_USAGE}total_tokens": 5_400,
        f"{_USAGE}cache_read_input_tokens": 3_000, f"{_USAGE}cache_write_input_tokens": 1_200,
        f"{_USAGE}reasoning_tokens": 150,
    },
    "Strands Agents through OpenInference": {
        "openinference.span.kind": "LLM", "llm.model_name": "claude-sonnet-4-5", "llm.provider": "anthropic",
        "llm.token_count.prompt": 800, "llm.token_count.completion": 400, "llm.token_count.total": 5_400,
        "llm.token_count.completion_details.reasoning": 150,
        "metadata": json.dumps(
            {f"{_USAGE}cache_read_input_tokens": 3_000, f"{_USAGE}cache_write_input_tokens": 1_200}
        ),
    },
}  # fmt: skip
"""Their input leaves out cached tokens, as their totals show."""


def _span(attributes: dict[str, Any], number: int = 1) -> str:
    ends = {"start_time": f"2026-11-06T11:00:{number:02}Z", "end_time": f"2026-11-06T11:01:{number:02}Z"}
    return json.dumps({"trace_id": "a1", "span_id": f"b{number}", "name": "chat", **ends, "attributes": attributes})


def _read(*spans: dict[str, Any]) -> list[UsageRow]:
    return rows_of("\n".join(_span(attributes, number) for number, attributes in enumerate(spans)))


@pytest.mark.parametrize("source", [*SPANS, *APART])
def test_every_instrumentation_gives_the_same_tokens(source: str) -> None:
    (row,) = _read((SPANS | APART)[source])
    assert (row.model, row.provider.partition(".")[0], row.tokens) == (
        "claude-sonnet-4-5",
        "anthropic",
        (800, 3_000, 1_200, 0, 250, 150),
    )


def test_spans_of_every_instrumentation_in_one_file_give_the_same_tokens() -> None:
    assert {row.tokens for row in _read(*SPANS.values())} == {(800, 3_000, 1_200, 0, 250, 150)}


def test_the_ai_sdks_outer_span_and_an_agents_run_repeat_the_calls_in_them() -> None:
    sdk, agent = SPANS["Vercel AI SDK 5"], SPANS["pydantic-ai RequestUsage"]
    run = {name: value for name, value in agent.items() if name.startswith(_USAGE)} | {"agent_name": "support"}
    assert len(_read(sdk | {"ai.operationId": "ai.generateText"}, sdk, run, agent)) == 2


@pytest.mark.parametrize(
    ("written", "provider"),
    [("xai.chat", "xai"), ("x_ai", "x-ai"), ("groq.chat", "groq"), ("acme.chat", "acme.chat")],
)
def test_the_kind_of_api_is_no_part_of_the_provider(written: str, provider: str) -> None:
    (row,) = _read(SPANS["OpenTelemetry semantic-conventions-genai"] | {"gen_ai.system": written})
    assert row.provider == provider


@pytest.mark.parametrize("name", ["operation.cost", "gen_ai.usage.cost", "llm.cost.total"])
def test_a_cost_is_read_by_every_name(name: str) -> None:
    (row,) = _read(SPANS["OpenTelemetry semantic-conventions-genai"] | {name: 0.0125})
    assert row.cost_reported == 0.0125


def test_rows_of_logfires_query_api_have_start_timestamps() -> None:
    text = _span(SPANS["pydantic-ai RequestUsage"]).replace("start_time", "start_timestamp")
    (row,) = rows_of(text.replace("end_time", "end_timestamp"))
    assert (row.latency_ms, row.in_uncached) == (60_000, 800)


def test_attributes_may_be_nested_by_the_dots_in_their_names() -> None:
    usage = {"input_tokens": 5_000, "output_tokens": 400, "cache_read": {"input_tokens": 3_000}}
    names = {"operation": {"name": "chat"}, "request": {"model": "gpt-4o"}, "usage": usage}
    (row,) = _read({"gen_ai": names})
    assert (row.model, row.in_uncached, row.cache_read) == ("gpt-4o", 2_000, 3_000)

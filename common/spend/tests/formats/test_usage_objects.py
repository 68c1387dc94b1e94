"""Usage objects of libraries and providers in logs of one's own: every name is the source's, the numbers are made up.

- LiteLLM: `Usage` and `PromptTokensDetailsWrapper` (BerriAI/litellm, litellm/types/utils.py).
- LangChain: `UsageMetadata` of langchain_core.messages.ai, and the metadata of its messages; its Anthropic integration
  states 0 written where it states the lives of what was written.
- Vercel's AI SDK: `LanguageModelUsage` of versions 5 and 6 (vercel/ai, packages/ai/src/types/usage.ts), and the
  metadata of its Anthropic provider.
- Ollama: docs/api.md. Cohere: its API reference, Chat of versions 1 and 2; what it bills are the `billed_units`.
"""

from typing import Any

import pytest

from common.spend.measures.totals import totals
from common.spend.model import BUCKETS
from common.spend.tests.builders import imported
from common.spend.tests.formats import files
from common.spend.tests.formats.workload import rows_of

_CLAUDE = {"timestamp": "2026-11-06T11:00:00Z", "model": "claude-sonnet-4-5"}
_LIVES = {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 400}
_WRITTEN = {"cached_tokens": 9_000, "cache_creation_tokens": 600}
LOGS: dict[str, dict[str, Any]] = {
    "LiteLLM": _CLAUDE | {
        "usage": {
            "prompt_tokens": 9_650, "completion_tokens": 300, "total_tokens": 9_950,
            "prompt_tokens_details": {**_WRITTEN, "cache_creation_token_details": _LIVES},
            "cache_creation_input_tokens": 600, "cache_read_input_tokens": 9_000,
        },
    },
    "LangChain's usage": _CLAUDE | {
        "usage_metadata": {
            "input_tokens": 9_650, "output_tokens": 300, "total_tokens": 9_950,
            "input_token_details": {"cache_read": 9_000, "cache_creation": 0, **_LIVES},
        },
    },
    "LangChain's messages": {
        "timestamp": _CLAUDE["timestamp"], "type": "ai", "content": "",
        "response_metadata": {
            "model_name": "claude-sonnet-4-5", "stop_reason": "end_turn",
            "usage": {
                "input_tokens": 50, "output_tokens": 300, "cache_read_input_tokens": 9_000,
                "cache_creation_input_tokens": 600, "cache_creation": _LIVES,
            },
        },
        "usage_metadata": {
            "input_tokens": 9_650, "output_tokens": 300, "total_tokens": 9_950,
            "input_token_details": {"cache_read": 9_000, "cache_creation": 0, **_LIVES},
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("library", LOGS)
def test_cached_tokens_and_the_life_of_cache_writes_are_read_where_a_library_puts_them(library: str) -> None:
    text = files.as_lines([LOGS[library]])
    (row,) = rows_of(text)
    assert row.tokens == (50, 9_000, 200, 400, 300, 0)
    assert totals(imported(text).rollup).tokens == dict(zip(BUCKETS, row.tokens, strict=True))


def test_the_ai_sdks_usage_tells_of_cache_and_reasoning_in_every_version() -> None:
    gpt = {"timestamp": "2026-11-06T11:01:00Z", "model": "gpt-5"}
    raw = {"input_tokens": 50, "cache_creation_input_tokens": 600, "cache_read_input_tokens": 9_000}
    five = {"inputTokens": 50, "outputTokens": 300, "totalTokens": 350, "cachedInputTokens": 9_000}
    made = {"anthropic": {"usage": {**raw, "output_tokens": 300}, "cacheCreationInputTokens": 600}}
    details = {"noCacheTokens": 50, "cacheReadTokens": 9_000, "cacheWriteTokens": 600}
    six = {"inputTokens": 9_650, "inputTokenDetails": details, "outputTokens": 300, "raw": raw}
    thought = {"inputTokens": 2_000, "inputTokenDetails": {"cacheReadTokens": 1_500}, "outputTokens": 400}
    thought["outputTokenDetails"] = {"textTokens": 272, "reasoningTokens": 128}
    only = {
        "inputTokens": 650,
        "inputTokenDetails": {"noCacheTokens": 50, "cacheWriteTokens": 600},
        "outputTokens": 300,
    }
    none_read = {"anthropic": {"usage": {**raw, "cache_read_input_tokens": 0}}}
    logs: list[dict[str, Any]] = [
        _CLAUDE | {"usage": five, "providerMetadata": made},
        _CLAUDE | {"providerMetadata": made, "usage": six},
        _CLAUDE | {"usage": only, "providerMetadata": none_read},
        gpt | {"usage": thought},
    ]
    claude, written = (50, 9_000, 600, 0, 300, 0), (50, 0, 600, 0, 300, 0)
    right = [claude, claude, written, (500, 1_500, 0, 0, 272, 128)]
    assert [row.tokens for row in rows_of(files.as_lines(logs))] == right
    assert [rows_of(files.as_lines([log]))[0].tokens for log in logs] == right
    counted = totals(imported(files.as_lines(logs)).rollup).tokens
    assert list(counted.values()) == [sum(bucket) for bucket in zip(*right, strict=True)]


def test_langchains_details_tell_of_writes_in_one_and_of_reasoning() -> None:
    claude, gpt = _CLAUDE, {"timestamp": "2026-11-06T11:01:00Z", "model": "gpt-5"}
    read, written = {"cache_read": 9_000, "cache_creation": 600}, {"audio": 0, "cache_read": 1_500}
    usage = {"input_tokens": 9_650, "output_tokens": 300, "total_tokens": 9_950, "input_token_details": read}
    thought = {"input_tokens": 2_000, "output_tokens": 400, "total_tokens": 2_400, "input_token_details": written}
    thought["output_token_details"] = {"audio": 0, "reasoning": 128}
    rows = rows_of(files.as_lines([claude | {"usage_metadata": usage}, gpt | {"usage_metadata": thought}]))
    assert [row.tokens for row in rows] == [(50, 9_000, 600, 0, 300, 0), (500, 1_500, 0, 0, 272, 128)]


@pytest.mark.parametrize(
    "usage",
    [
        {
            "message": {"role": "assistant"},
            "done": True,
            "prompt_eval_count": 26,
            "eval_count": 298,
            "eval_duration": 9,
        },
        {"usage": {"billed_units": {"input_tokens": 26, "output_tokens": 298}, "tokens": {"input_tokens": 500}}},
        {"meta": {"billed_units": {"input_tokens": 26, "output_tokens": 298}, "tokens": {"input_tokens": 500}}},
    ],
)
def test_the_counts_of_ollama_and_what_cohere_bills_are_read(usage: dict[str, Any]) -> None:
    text = files.as_lines([{"created_at": "2026-11-06T11:00:00Z", "model": "command-r-plus-08-2024", **usage}])
    assert rows_of(text)[0].tokens == (26, 0, 0, 0, 298, 0)
    assert list(totals(imported(text).rollup).tokens.values()) == [26, 0, 0, 0, 298, 0]

"""Usage objects of libraries in logs of one's own: every name is the library's, the numbers are made up.

LiteLLM: `Usage` and `PromptTokensDetailsWrapper` (BerriAI/litellm, litellm/types/utils.py).
LangChain: `UsageMetadata` of langchain_core.messages.ai, and the metadata of its messages; its Anthropic integration
states 0 written where it states the lives of what was written.
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


def test_langchains_details_tell_of_writes_in_one_and_of_reasoning() -> None:
    claude, gpt = _CLAUDE, {"timestamp": "2026-11-06T11:01:00Z", "model": "gpt-5"}
    read, written = {"cache_read": 9_000, "cache_creation": 600}, {"audio": 0, "cache_read": 1_500}
    usage = {"input_tokens": 9_650, "output_tokens": 300, "total_tokens": 9_950, "input_token_details": read}
    thought = {"input_tokens": 2_000, "output_tokens": 400, "total_tokens": 2_400, "input_token_details": written}
    thought["output_token_details"] = {"audio": 0, "reasoning": 128}
    rows = rows_of(files.as_lines([claude | {"usage_metadata": usage}, gpt | {"usage_metadata": thought}]))
    assert [row.tokens for row in rows] == [(50, 9_000, 600, 0, 300, 0), (500, 1_500, 0, 0, 272, 128)]

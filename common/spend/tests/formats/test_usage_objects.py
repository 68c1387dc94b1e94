"""Usage objects of libraries in logs of one's own: every name is the library's, the numbers are made up.

LiteLLM: `Usage` and `PromptTokensDetailsWrapper` (BerriAI/litellm, litellm/types/utils.py).
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
}  # fmt: skip


@pytest.mark.parametrize("library", LOGS)
def test_cached_tokens_and_the_life_of_cache_writes_are_read_where_a_library_puts_them(library: str) -> None:
    text = files.as_lines([LOGS[library]])
    (row,) = rows_of(text)
    assert row.tokens == (50, 9_000, 200, 400, 300, 0)
    assert totals(imported(text).rollup).tokens == dict(zip(BUCKETS, row.tokens, strict=True))

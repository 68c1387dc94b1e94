"""Files with the real field names of each source are recognised by content, and give the right sums."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from common.spend.measures.totals import totals
from common.spend.model import BUCKETS
from common.spend.tests.builders import imported

FIXTURES = Path(__file__).parents[2] / "logs" / "formats" / "fixtures"


@dataclass(frozen=True, slots=True)
class Sums:
    """What a file holds: title, rows, records left out, requests, USD at list price or as billed, tokens by bucket."""

    title: str
    rows: int
    left_out: int
    requests: int
    usd: float
    tokens: tuple[int, int, int, int, int, int] = (0, 0, 0, 0, 0, 0)


_USAGE = (4_000_000, 2_000_000, 0, 0, 500_000, 0)
SUMS = {
    "openai_usage_api.json": Sums("OpenAI usage report (API)", 2, 2, 1500, 14.105, _USAGE),
    "openai_usage_api.jsonl": Sums("OpenAI usage report (API)", 2, 0, 70, 1.53, (1_600_000, 0, 0, 0, 1_000, 0)),
    "openai_usage_dashboard.csv": Sums("OpenAI dashboard export of usage", 2, 1, 1500, 14.105, _USAGE),
    "openai_costs_api.json": Sums("OpenAI cost report (API)", 3, 1, 0, 14.75),
    "openai_costs_dashboard.csv": Sums("OpenAI dashboard export of costs", 2, 1, 0, 14.75),
    "anthropic_usage.json": Sums(
        "Anthropic usage report", 3, 1, 0, 28.3, (6_000_000, 4_000_000, 200_000, 100_000, 600_000, 0)
    ),
    "anthropic_cost.json": Sums("Anthropic cost report", 3, 0, 0, 10.03),
    "litellm.csv": Sums("LiteLLM spend logs", 5, 0, 5, 0.01236, (3_488, 512, 0, 0, 300, 0)),
    "langfuse.jsonl": Sums("Langfuse observations", 3, 1, 3, 0.010252, (2_100, 1_000, 0, 0, 400, 0)),
    "langfuse_ms.csv": Sums("Langfuse observations", 2, 0, 2, 0.009, (2_000, 0, 0, 0, 400, 0)),
    "helicone.csv": Sums("Helicone requests", 2, 0, 2, 0.0045, (1_000, 0, 0, 0, 200, 0)),
    "helicone.json": Sums("Helicone requests", 2, 0, 2, 0.0273, (6_050, 8_000, 1_000, 0, 200, 0)),
    "otlp.json": Sums("OpenTelemetry spans of model calls", 2, 1, 2, 0.003, (600, 400, 0, 0, 100, 0)),
    "focus_1_2.csv": Sums("FOCUS cost and usage export", 2, 1, 0, 10.0),
    "focus_1_3.csv": Sums("FOCUS cost and usage export", 1, 0, 42, 3.25),
    "focus_1_4.csv": Sums("FOCUS cost and usage export", 2, 0, 0, 2.0),
    "gcp_billing.csv": Sums("Google Cloud billing export", 2, 1, 0, 11.5),
    "gcp_billing.jsonl": Sums("Google Cloud billing export", 1, 0, 0, 0.0),
    "openrouter.csv": Sums("OpenRouter activity export", 2, 0, 2, 0.0065, (1_600, 400, 0, 0, 180, 20)),
    "openrouter_activity.json": Sums(
        "OpenRouter activity (API, by day)", 1, 0, 50, 2.0, (500_000, 0, 0, 0, 100_000, 25_000)
    ),
    "claude_code.jsonl": Sums("Claude Code session log", 2, 2, 2, 0.01863, (10, 12_000, 3_000, 0, 250, 0)),
    "responses.jsonl": Sums(
        "raw responses of OpenAI, Anthropic or Gemini", 6, 0, 6, 0.01000241, (1_918, 2_100, 0, 0, 335, 620)
    ),
    "prefix_trace.jsonl": Sums(
        "trace of lengths and prefix hashes (Mooncake)", 5, 0, 5, 0.096945, (30_366, 0, 0, 0, 2_103, 0)
    ),
}


@pytest.mark.parametrize("name", SUMS)
def test_a_file_with_the_real_field_names_gives_the_right_sums(name: str) -> None:
    right = SUMS[name]
    batch = imported((FIXTURES / name).read_bytes(), "gpt-4o" if name == "prefix_trace.jsonl" else None)
    whole = totals(batch.rollup)
    assert (batch.format, batch.rows, batch.rejected, batch.left_out) == (right.title, right.rows, 0, right.left_out)
    assert (whole.requests, whole.unpriced_tokens, whole.unpriced_models) == (right.requests, 0, ())
    assert whole.cost_usd == pytest.approx(right.usd, rel=1e-9)
    assert whole.tokens == dict(zip(BUCKETS, right.tokens, strict=True))


def test_every_fixture_has_its_sums() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == set(SUMS)


@pytest.mark.parametrize("name", [name for name in SUMS if name != "prefix_trace.jsonl"])
def test_the_name_of_a_file_plays_no_part_and_lines_of_windows_are_read(name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    assert imported(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")).format == SUMS[name].title

"""One workload, written as every tool would have logged it, gives the same rows, as far as the tool records them."""

from collections.abc import Callable

import pytest

from common.spend.logs import Importer
from common.spend.logs.formats import Record
from common.spend.rollup.rollup import Rollup
from common.spend.tests.builders import imported
from common.spend.tests.formats import files
from common.spend.tests.formats import tool_writers as tools
from common.spend.tests.formats import writers as w
from common.spend.tests.formats.workload import WORKLOAD, Request, Tells, alike, expected, rows_of

ALL = ("openai", "anthropic", "google")
CASES: dict[str, tuple[str, Callable[[Request], Record], files.Writer, tuple[str, ...], Tells]] = {
    "litellm csv": ("LiteLLM spend logs", w.litellm, files.as_csv, ALL, Tells()),
    "litellm lines": ("LiteLLM spend logs", w.litellm, files.as_lines, ALL, Tells()),
    "litellm page": ("LiteLLM spend logs", w.litellm, files.as_page, ALL, Tells()),
    "langfuse csv": ("Langfuse observations", w.langfuse, files.as_csv, ALL, Tells()),
    "langfuse lines": ("Langfuse observations", w.langfuse, files.as_lines, ALL, Tells()),
    "langfuse api": ("Langfuse observations", w.langfuse_api, files.as_page, ALL, Tells()),
    "helicone array": ("Helicone requests", w.helicone, files.as_array, ALL, Tells(writes="in one", reasoning=False)),
    "helicone csv": (
        "Helicone requests",
        w.helicone_cli,
        files.as_csv,
        ALL,
        Tells(cached=False, writes="not", reasoning=False, lacks=("ttft_ms",)),
    ),
    "otlp": ("OpenTelemetry spans of model calls", w.otel, files.as_otlp, ALL, Tells(writes="in one")),
    "otel spans": ("OpenTelemetry spans of model calls", w.otel, files.as_lines, ALL, Tells(writes="in one")),
    "otel old names": (
        "OpenTelemetry spans of model calls",
        w.otel_old,
        files.as_otlp,
        ALL,
        Tells(cached=False, writes="not", reasoning=False, lacks=("ttft_ms",)),
    ),
    "openinference": (
        "OpenTelemetry spans of model calls",
        w.openinference,
        files.as_otlp,
        ALL,
        Tells(writes="in one", lacks=("ttft_ms",)),
    ),
    "openrouter": (
        "OpenRouter activity export",
        w.openrouter,
        files.as_csv,
        ALL,
        Tells(writes="not", lacks=("session",)),
    ),
    "claude code": (
        "Claude Code session log",
        w.claude_code,
        files.as_lines,
        ("anthropic",),
        Tells(lacks=("user", "ttft_ms", "request_id")),
    ),
    "cursor": (
        "Cursor usage export",
        tools.cursor,
        files.as_csv,
        ALL,
        Tells(
            writes="in one",
            reasoning=False,
            lacks=("latency_ms", "ttft_ms", "feature", "session", "request_id"),
        ),
    ),
    "gemini cli": (
        "Gemini CLI session log",
        tools.gemini_cli,
        files.as_lines,
        ("google",),
        Tells(lacks=("latency_ms", "ttft_ms", "feature", "session", "user", "status", "cost_reported")),
    ),
    "opencode": (
        "OpenCode messages",
        tools.opencode,
        files.as_lines,
        ALL,
        Tells(writes="in one", lacks=("ttft_ms", "feature", "user")),
    ),
    "pi": (
        "pi or OpenClaw session",
        tools.pi,
        files.as_lines,
        ALL,
        Tells(writes="in one", reasoning=False, lacks=("latency_ms", "ttft_ms", "feature", "session", "user")),
    ),
    "cline": (
        "Cline task",
        tools.cline,
        files.as_array,
        ALL,
        Tells(
            writes="in one",
            reasoning=False,
            lacks=("latency_ms", "ttft_ms", "feature", "session", "user", "request_id"),
        ),
    ),
    "posthog": ("PostHog AI events", tools.posthog, files.as_lines, ALL, Tells(writes="in one")),
    "datadog": (
        "Datadog LLM Observability spans",
        tools.datadog,
        files.as_page,
        ALL,
        Tells(writes="in one", lacks=("ttft_ms",)),
    ),
    "kong": (
        "Kong AI Gateway log",
        tools.kong,
        files.as_lines,
        ALL,
        Tells(cached=False, writes="not", reasoning=False, lacks=("session",)),
    ),
    "portkey": (
        "Portkey log export",
        tools.portkey,
        files.as_lines,
        ALL,
        Tells(cached=False, writes="not", reasoning=False, lacks=("ttft_ms",)),
    ),
    "langsmith": ("LangSmith runs", tools.langsmith, files.as_lines, ALL, Tells(writes="in one")),
    "braintrust lines": ("Braintrust logs", tools.braintrust, files.as_lines, ALL, Tells(writes="in one")),
    "braintrust csv": ("Braintrust logs", tools.braintrust, files.as_csv, ALL, Tells(writes="in one")),
    "bedrock": (
        "Amazon Bedrock invocation log",
        tools.bedrock,
        files.as_lines,
        ("anthropic",),
        Tells(writes="in one", lacks=("ttft_ms", "session", "cost_reported", "provider")),
    ),
    "bedrock converse": (
        "Amazon Bedrock Converse responses",
        tools.bedrock_converse,
        files.as_lines,
        ("anthropic",),
        Tells(lacks=("ttft_ms", "cost_reported", "provider")),
    ),
    "new api": (
        "New API or One API logs",
        tools.new_api,
        files.as_csv,
        ("anthropic", "openai"),
        Tells(reasoning=False, lacks=("session", "cost_reported")),
    ),
    "cloudflare": (
        "Cloudflare AI Gateway logs",
        tools.cloudflare,
        files.as_lines,
        ALL,
        Tells(cached=False, writes="not", reasoning=False, lacks=("ttft_ms", "session")),
    ),
    "openai chat": (
        "raw responses of OpenAI, Anthropic or Gemini",
        w.openai_chat,
        files.as_lines,
        ("openai",),
        Tells(),
    ),
    "openai responses": (
        "raw responses of OpenAI, Anthropic or Gemini",
        w.openai_responses,
        files.as_array,
        ("openai",),
        Tells(),
    ),
    "anthropic": (
        "raw responses of OpenAI, Anthropic or Gemini",
        w.anthropic_message,
        files.as_lines,
        ("anthropic",),
        Tells(),
    ),
    "gemini": ("raw responses of OpenAI, Anthropic or Gemini", w.gemini, files.as_array, ("google",), Tells()),
    "generic csv": ("", w.generic, files.as_csv, ALL, Tells()),
    "generic lines": ("", w.generic, files.as_lines, ALL, Tells()),
}


@pytest.mark.parametrize("name", CASES)
def test_the_rows_are_the_same_in_every_format_as_far_as_it_can_tell(name: str) -> None:
    _, record, writer, providers, tells = CASES[name]
    rows = rows_of(files.written(record, writer, providers))
    right = [alike(expected(request, tells), tells) for request in files.requests_of(providers)]
    assert [alike(row, tells) for row in rows] == right


@pytest.mark.parametrize("name", CASES)
def test_the_format_is_detected_by_content_and_reported(name: str) -> None:
    title, record, writer, providers, _ = CASES[name]
    batch = imported(files.written(record, writer, providers))
    assert (batch.format, batch.rows, batch.rejected) == (title, len(files.requests_of(providers)), 0)
    assert any(title in note for note in batch.notes) or not title


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("openrouter", "claude code")])
def test_prompts_are_hashed_alike_and_kept_nowhere(name: str) -> None:
    _, record, writer, providers, _ = CASES[name]
    rows = rows_of(files.written(record, writer, providers))
    prompts = [request.prompt for request in files.requests_of(providers)]
    assert len({(prompt, row.prompt_hash) for prompt, row in zip(prompts, rows, strict=True)}) == len(set(prompts))
    assert "secret" not in repr(rows)


@pytest.mark.parametrize("name", [name for name in CASES if name != "cursor"])  # its rows have no id
def test_a_file_that_comes_twice_counts_once(name: str) -> None:
    _, record, _, providers, _ = CASES[name]
    text = files.as_array(2 * [record(request) for request in files.requests_of(providers)])
    batch = imported(text)
    assert (batch.rows, batch.duplicates) == (len(files.requests_of(providers)), len(files.requests_of(providers)))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [1_000, 7_777])
def test_small_pieces_and_changes_of_process_give_the_same_rollup(name: str, size: int) -> None:
    _, record, writer, providers, _ = CASES[name]
    data = files.written(record, writer, providers).encode()
    importer, rollup, left_out = Importer(), Rollup(), 0
    for start in range(0, len(data), size):
        importer.feed(data[start : start + size])
        batch = importer.take()
        rollup, left_out = rollup.merge(batch.rollup), left_out + batch.left_out
        importer = Importer(state=importer.state())
    importer.finish()
    whole = imported(data)
    assert list(rollup.merge(importer.take().rollup).records()) == list(whole.rollup.records())


def test_the_workload_has_what_makes_formats_differ() -> None:
    rows = [request.row for request in WORKLOAD]
    assert {row.provider for row in rows} == set(ALL)
    assert all(any(getattr(row, name) for row in rows) for name in ("cache_read", "cache_write_1h", "out_reasoning"))
    assert sum(row.status != "ok" for row in rows) == 2

"""What is part of the input or the output: by each row's own numbers and its maker, in every format that mixes makers.

How the makers count: OpenAI's input holds cached tokens and its output reasoning; Anthropic's input holds no cached
tokens; Gemini's and xAI's output holds no reasoning (their API references).
"""

import json
import zlib
from collections.abc import Callable
from typing import NamedTuple

import pytest

from common.spend.logs import Importer
from common.spend.logs.formats import Record
from common.spend.measures.totals import totals
from common.spend.tests.builders import imported
from common.spend.tests.formats import files
from common.spend.tests.formats.workload import rows_of

_TIME = "2026-11-06T11:00:{:02}Z"


class _Call(NamedTuple):
    """The buckets that are right, one for cache writes."""

    provider: str
    model: str
    uncached: int
    read: int
    write: int
    visible: int
    reasoning: int

    @property
    def input(self) -> int:
        """As the maker counts it."""
        return self.uncached + (0 if self.provider == "anthropic" else self.read)

    @property
    def output(self) -> int:
        """As the maker counts it."""
        return self.visible + (self.reasoning if self.provider == "openai" else 0)

    @property
    def total(self) -> int:
        """All tokens."""
        return sum(self[2:])


CALLS = (
    _Call("openai", "gpt-4o", 2_000, 8_000, 0, 200, 0),
    _Call("anthropic", "claude-sonnet-4-5", 50, 9_000, 700, 210, 0),
    _Call("openai", "gpt-5-mini", 300, 0, 0, 70, 640),
    _Call("google", "gemini-2.5-pro", 500, 1_500, 0, 60, 128),
    _Call("xai", "grok-3-mini", 256, 64, 0, 9, 940),
    _Call("xai", "grok-3-mini", 300, 0, 0, 500, 300),
    _Call("anthropic", "claude-haiku-4-5", 6_000, 2_000, 0, 90, 0),
    _Call("google", "gemini-2.5-flash", 900, 0, 0, 400, 50),
)


def _time(call: _Call) -> str:
    return _TIME.format(CALLS.index(call))


def _table(call: _Call) -> Record:
    return {
        "timestamp": _time(call), "provider": call.provider, "model": call.model, "input_tokens": call.input,
        "output_tokens": call.output, "cache_read_input_tokens": call.read, "cache_write_tokens": call.write,
        "reasoning_tokens": call.reasoning,
    }  # fmt: skip


def _table_with_total(call: _Call) -> Record:
    return {**_table(call), "total_tokens": call.total}


def _prompts(call: _Call) -> Record:
    renamed = {"input_tokens": "prompt_tokens", "cache_read_input_tokens": "cached_tokens"}
    return {renamed.get(name, name): value for name, value in _table_with_total(call).items()}


def _helicone(call: _Call) -> Record:
    return {
        "request_id": f"r-{CALLS.index(call)}", "request_created_at": _time(call), "provider": call.provider,
        "model": call.model, "prompt_tokens": call.input, "completion_tokens": call.output,
        "prompt_cache_read_tokens": call.read, "prompt_cache_write_tokens": call.write,
        "reasoning_tokens": call.reasoning, "request_properties": {}, "response_status": 200, "latency": 900,
    }  # fmt: skip


def _span(call: _Call) -> Record:
    usage = {
        "input_tokens": call.input, "output_tokens": call.output, "cache_read.input_tokens": call.read,
        "cache_creation.input_tokens": call.write, "reasoning.output_tokens": call.reasoning,
    }  # fmt: skip
    attributes = {f"gen_ai.usage.{name}": value for name, value in usage.items()}
    named = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": call.provider, "gen_ai.request.model": call.model}
    number = CALLS.index(call)
    return {
        "traceId": "a1", "spanId": f"s{number}", "name": "chat", "attributes": named | attributes,
        "startTimeUnixNano": str(1793962800 + number) + 9 * "0", "endTimeUnixNano": str(1793962801 + number) + 9 * "0",
    }  # fmt: skip


def _litellm(call: _Call) -> Record:
    usage = {
        "prompt_tokens_details": {"cached_tokens": call.read}, "cache_creation_input_tokens": call.write,
        "completion_tokens_details": {"reasoning_tokens": call.reasoning},
    }  # fmt: skip
    return {
        "request_id": f"r-{CALLS.index(call)}", "spend": 0, "startTime": _time(call), "endTime": _time(call),
        "model": call.model, "custom_llm_provider": call.provider, "prompt_tokens": call.input,
        "completion_tokens": call.output, "total_tokens": call.total, "metadata": {"usage_object": usage},
        "status": "success",
    }  # fmt: skip


def _response(call: _Call) -> Record:
    """As the maker's own API answers."""
    if call.provider == "anthropic":
        usage: Record = {
            "input_tokens": call.input, "output_tokens": call.output, "cache_read_input_tokens": call.read,
            "cache_creation_input_tokens": call.write,
        }  # fmt: skip
        answer: Record = {"type": "message", "content": [], "usage": usage}
    elif call.provider == "google":
        counts = {"promptTokenCount": call.input, "candidatesTokenCount": call.output, "totalTokenCount": call.total}
        more = {"cachedContentTokenCount": call.read, "thoughtsTokenCount": call.reasoning}
        answer = {"candidates": [], "usageMetadata": counts | more}
    else:
        usage = {
            "prompt_tokens": call.input, "completion_tokens": call.output,
            "prompt_tokens_details": {"cached_tokens": call.read},
            "completion_tokens_details": {"reasoning_tokens": call.reasoning},
        }  # fmt: skip
        answer = {"object": "chat.completion", "choices": [], "usage": usage}
    return {"timestamp": _time(call), "response": {**answer, "model": call.model}}


FORMS: dict[str, tuple[Callable[[_Call], Record], files.Writer]] = {
    "table": (_table, files.as_csv),
    "table with a total": (_table_with_total, files.as_csv),
    "prompt tokens": (_prompts, files.as_csv),
    "lines": (_table, files.as_lines),
    "lines with a total": (_prompts, files.as_lines),
    "helicone": (_helicone, files.as_array),
    "spans": (_span, files.as_otlp),
    "litellm": (_litellm, files.as_lines),
    "responses": (_response, files.as_lines),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_log_of_four_makers_gives_the_same_rows_in_every_format(name: str) -> None:
    record, writer = FORMS[name]
    rows = rows_of(writer([record(call) for call in CALLS]))
    assert [(row.model, row.tokens) for row in rows] == [
        (call.model, (call.uncached, call.read, call.write, 0, call.visible, call.reasoning)) for call in CALLS
    ]


@pytest.mark.parametrize("name", ["table", "table with a total", "prompt tokens"])
def test_columns_count_a_log_of_four_makers_as_rows_do(name: str) -> None:
    record, writer = FORMS[name]
    batch = imported(writer(500 * [record(call) for call in CALLS]))
    whole = imported(writer([record(call) for call in CALLS]))
    assert (batch.rows, batch.rejected) == (4_000, 0)
    many, once = totals(batch.rollup).tokens, totals(whole.rollup).tokens
    assert many == {bucket: 500 * count for bucket, count in once.items()}


def test_both_readings_are_reported_with_the_makers() -> None:
    note = next(note for note in imported(files.as_csv([_table(call) for call in CALLS])).notes if "Cached" in note)
    assert "on top of input_tokens for anthropic" in note
    assert "part of input_tokens for google, openai" in note


def _cached(rows: list[str]) -> list[tuple[int, int]]:
    text = "\n".join(["timestamp,model,prompt_tokens,completion_tokens,cache_read_tokens,total_tokens,cost", *rows])
    return [(row.in_uncached, row.cache_read) for row in rows_of(text)]


def test_a_row_whose_part_is_larger_than_its_whole_turns_no_other_row() -> None:
    rows = [f"2026-11-06T11:00:{n:02}Z,gpt-4o,1000,10,400,," for n in range(40)]
    found = _cached([*rows, "2026-11-06T12:00:00Z,gpt-4o,50,10,900,,"])
    assert found == [(600, 400)] * 40 + [(50, 900)]


def test_a_total_goes_before_a_cost_with_a_margin() -> None:
    assert _cached(["2026-11-06T11:00:00Z,claude-haiku-4-5,17000,400,8000,17400,0.0271"]) == [(9_000, 8_000)]
    assert _cached(["2026-11-06T11:00:00Z,claude-haiku-4-5,9000,400,8000,17400,0.0271"]) == [(9_000, 8_000)]


def test_totals_that_leave_cached_tokens_out_do_not_show_that_they_are_inside() -> None:
    rows = [
        "2026-11-06T11:00:00Z,claude-haiku-4-5,30,10,900,40,",
        "2026-11-06T11:01:00Z,claude-haiku-4-5,3000,10,900,3010,",
    ]
    assert _cached(rows) == [(30, 900), (3_000, 900)]


def test_a_cost_with_the_margin_of_the_other_rows_decides_where_no_row_says() -> None:
    """gpt-4o costs 2.5 and 1.25 (cached) USD per million tokens; twice that is billed."""
    plain = [f"2026-11-06T11:00:{n:02}Z,gpt-4o,1000,0,0,,0.005" for n in range(5)]
    inside, outside = (
        "2026-11-06T12:00:00Z,gpt-4o,1000,0,900,,0.00275",
        "2026-11-06T12:00:00Z,gpt-4o,1000,0,900,,0.00725",
    )
    assert _cached([*plain, inside])[-1] == (100, 900)
    assert _cached([*plain, outside])[-1] == (1_000, 900)


def test_an_import_that_an_earlier_version_began_is_read_to_its_end() -> None:
    """Its state has no place for the total yet."""
    data = ("timestamp,model,prompt_tokens,completion_tokens\n" + 9_000 * "2026-11-06T11:00:00Z,gpt-4o,10,1\n").encode()
    importer = Importer()
    importer.feed(data[:200_000])
    saved = json.loads(zlib.decompress(importer.state()))
    taken = importer.take().rows
    layout, new = saved["layout"], ("cached_sides", "reasoning_sides", "loose_totals")
    layout["places"].pop()
    layout["reading"]["labels"].pop()
    layout["reading"] = {name: value for name, value in layout["reading"].items() if name not in new}
    resumed = Importer(state=zlib.compress(json.dumps(saved).encode()))
    resumed.feed(data[200_000:])
    resumed.finish()
    assert taken + resumed.take().rows == 9_000


def test_costs_that_fit_neither_reading_decide_nothing() -> None:
    """Outside, the tokens would cost 0.03625 USD at list price, inside 0.01375 USD."""
    assert _cached(["2026-11-06T11:00:00Z,gpt-4o,10000,0,9000,,0.09"]) == [(1_000, 9_000)]


def test_the_total_of_each_row_tells_whether_its_reasoning_is_part_of_its_output() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,reasoning_tokens,total_tokens"
    lines = [f"{_TIME.format(second)},gpt-5-mini,1000,300,200,{1_500 if second else 1_300}" for second in range(5)]
    tokens = totals(imported("\n".join([head, *lines, ""])).rollup).tokens
    assert (tokens["out_visible"], tokens["out_reasoning"]) == (4 * 300 + 100, 1_000)

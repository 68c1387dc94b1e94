"""Usage logs as customers have them become rows with disjoint token buckets."""

import json
from datetime import UTC, datetime

import pytest

from common.spend import totals
from common.spend.tests.builders import EXCERPTS, imported

_HEAD = "timestamp,model,prompt_tokens,completion_tokens"
_AT = "2026-11-01T10:00:00Z"


def _buckets(data: str, model: str | None = None) -> dict[str, int]:
    return {name: count for name, count in totals(imported(data, model).rollup).tokens.items() if count}


def test_the_azure_trace_imports_with_a_named_model_and_seven_digit_seconds() -> None:
    batch = imported((EXCERPTS / "azure_conv_400.csv").read_bytes(), "gpt-4o")
    result = totals(batch.rollup)
    assert (batch.rows, batch.rejected) == (400, 0)
    assert result.first == datetime(2023, 11, 16, 18, 15, 46, 680590, tzinfo=UTC)
    assert not result.has


def test_the_mooncake_trace_imports_with_relative_times_and_prefix_blocks() -> None:
    batch = imported((EXCERPTS / "mooncake_296.jsonl").read_bytes(), "gpt-4o")
    result = totals(batch.rollup)
    assert (batch.rows, batch.rejected, "prefix" in result.has) == (296, 0, True)
    assert result.first == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_marks_and_windows_lines_are_understood(delimiter: str) -> None:
    line = delimiter.join([_AT, "gpt-4o", "10", "5"])
    data = "\ufeff" + _HEAD.replace(",", delimiter) + "\r\n" + line + "\r\n"
    assert _buckets(data) == {"in_uncached": 10, "out_visible": 5}


@pytest.mark.parametrize(
    ("when", "utc"),
    [
        ("2026-11-01 10:00:00", "2026-11-01T10:00:00+00:00"),
        ("2026-11-01T12:00:00.123+02:00", "2026-11-01T10:00:00.123000+00:00"),
        ("2026-11-01", "2026-11-01T00:00:00+00:00"),
        ("1793527200", "2026-11-01T10:00:00+00:00"),
        ("1793527200000", "2026-11-01T10:00:00+00:00"),
        ("1793527200000000000", "2026-11-01T10:00:00+00:00"),
    ],
)
def test_times_in_iso_and_epoch_forms_are_utc(when: str, utc: str) -> None:
    assert totals(imported(f"{_HEAD}\n{when},gpt-4o,1,1\n").rollup).first == datetime.fromisoformat(utc)


def test_openai_usage_objects_have_cached_and_reasoning_inside_the_totals() -> None:
    chat = {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 20},
    }
    row = {"created": 1793527200, "model": "gpt-5-mini", "usage": chat}
    assert _buckets(json.dumps(row)) == {"in_uncached": 36, "cache_read": 64, "out_visible": 30, "out_reasoning": 20}


def test_openai_responses_in_a_batch_output_are_found_inside() -> None:
    usage = {"input_tokens": 100, "output_tokens": 9, "input_tokens_details": {"cached_tokens": 60}}
    body = {"model": "gpt-5-mini", "created_at": 1793527200, "usage": usage, "output": [{"type": "message"}]}
    row = {"custom_id": "a", "response": {"status_code": 200, "request_id": "r1", "body": body}}
    assert _buckets(json.dumps(row)) == {"in_uncached": 40, "cache_read": 60, "out_visible": 9}


def test_anthropic_usage_has_cached_tokens_on_top_of_the_input() -> None:
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 30,
        "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10},
        "output_tokens": 7,
    }
    message = {"id": "msg_1", "model": "claude-haiku-4-5", "usage": usage}
    row = {"timestamp": _AT, "sessionId": "s", "requestId": "r", "message": message}
    assert _buckets(json.dumps(row)) == {
        "in_uncached": 10,
        "cache_read": 100,
        "cache_write_5m": 20,
        "cache_write_1h": 10,
        "out_visible": 7,
    }


def test_gemini_thoughts_come_on_top_of_the_candidates() -> None:
    usage = {"promptTokenCount": 50, "cachedContentTokenCount": 20, "candidatesTokenCount": 5, "thoughtsTokenCount": 90}
    row = {"timestamp": _AT, "modelVersion": "gemini-2.5-pro", "usageMetadata": usage}
    assert _buckets(json.dumps(row)) == {"in_uncached": 30, "cache_read": 20, "out_visible": 5, "out_reasoning": 90}


def test_ambiguous_cached_tokens_are_outside_when_they_exceed_the_input() -> None:
    data = f"{_HEAD},cache_read\n{_AT},gpt-4o,10,1,500\n{_AT},gpt-4o,900,1,500\n"
    batch = imported(data)
    assert totals(batch.rollup).tokens["in_uncached"] == 910
    assert "on top of prompt_tokens" in batch.notes[0]


def test_ambiguous_cached_tokens_are_read_the_way_that_explains_the_cost() -> None:
    inside, outside = (500 * 2.5 + 500 * 1.25) / 1e6, (1000 * 2.5 + 500 * 1.25) / 1e6
    for cost, uncached in ((inside, 500), (outside, 1000)):
        data = f"{_HEAD},cache_read,cost\n{_AT},gpt-4o,1000,0,500,{cost:.6f}\n"
        assert totals(imported(data).rollup).tokens["in_uncached"] == uncached


def test_the_cost_column_is_kept_apart_from_the_list_price() -> None:
    result = totals(imported(f"{_HEAD},cost_usd\n{_AT},gpt-4o,1000000,0,2.25\n").rollup)
    assert (result.cost_usd, result.reported_usd) == (2.5, 2.25)


@pytest.mark.parametrize(
    ("column", "values", "p50"),
    [("latency", ("0.8", "1.5"), 800), ("latency", ("800", "1500"), 800), ("latency_s", ("900", "900"), 900_000)],
)
def test_latencies_are_milliseconds_whatever_unit_the_column_has(
    column: str, values: tuple[str, ...], p50: float
) -> None:
    lines = "".join(f"{_AT},gpt-4o,1,1,{value}\n" for value in values)
    sketch = next(
        s for k, s in imported(f"{_HEAD},{column}\n{lines}").rollup.sketches.items() if k.measure == "latency_ms"
    )
    assert sketch.percentile(0.5) / 1000 == pytest.approx(p50, rel=0.006)


@pytest.mark.parametrize(
    ("reported", "status"),
    [("200", "ok"), ("success", "ok"), ("stop", "ok"), ("", "ok"), ("429", "http 429"), ("Timeout", "timeout")],
)
def test_statuses_are_ok_or_the_kind_of_failure(reported: str, status: str) -> None:
    cells = imported(f"{_HEAD},status\n{_AT},gpt-4o,1,1,{reported}\n").rollup.cells
    assert [key.status for key in cells] == [status]


def test_a_failed_request_may_leave_its_tokens_empty() -> None:
    batch = imported(f"{_HEAD},status\n{_AT},gpt-4o,,,500\n{_AT},gpt-4o,,,ok\n{_AT},gpt-4o,1,1,ok\n")
    assert (batch.rows, batch.rejected, totals(batch.rollup).failed_requests) == (2, 1, 1)


def test_prompts_are_hashed_on_the_way_in_and_kept_nowhere() -> None:
    secret = "the secret recipe of our sauce"
    data = f'{_HEAD},prompt\n{_AT},gpt-4o,1,1,"{secret}"\n{_AT},gpt-4o,1,1,"{secret}"\n'
    batch = imported(data)
    assert "prompt_hash" in totals(batch.rollup).has
    assert sum(part[0] for _, part in batch.rollup.duplicates.repeats()) == 1.0
    assert secret not in str(list(batch.rollup.records()))


def test_a_request_id_that_comes_again_is_counted_once_and_reported() -> None:
    line = f"{_AT},gpt-4o,1,1,r1\n"
    batch = imported(f"{_HEAD},request_id\n{line}{line}{_AT},gpt-4o,1,1,r2\n")
    assert (batch.rows, batch.duplicates) == (2, 1)
    assert "1 row repeated a request id" in batch.notes[0]


def test_the_given_model_stands_in_where_a_row_names_none() -> None:
    batch = imported(f"{_HEAD}\n{_AT},,1,1\n{_AT},gpt-4o-mini,1,1\n", "gpt-4o")
    assert sorted(key.model for key in batch.rollup.cells) == ["gpt-4o", "gpt-4o-mini"]


def test_a_growing_session_tells_what_a_cache_could_have_served() -> None:
    head = f"{_HEAD},session_id,cached_tokens"
    lines = [
        "2026-11-01T10:00:00Z,gpt-4o,2000,10,s,0",
        "2026-11-01T10:02:00Z,gpt-4o,3000,10,s,0",
        "2026-11-01T10:03:00Z,gpt-4o,4000,10,s,1024",
        "2026-11-01T10:04:00Z,gpt-4o,1500,10,s,0",
        "2026-11-01T10:14:00Z,gpt-4o,5000,10,s,0",
    ]
    expected = 2000 + (3000 - 1024)
    for order in (lines, lines[::-1]):
        cells = imported("\n".join([head, *order])).rollup.cells
        assert sum(counts[7] for counts in cells.values()) == expected


def test_a_json_array_of_rows_is_read_item_by_item() -> None:
    rows = [{"ts": _AT, "model": "gpt-4o", "input_tokens": n, "output_tokens": 1, "note": "ä]{,"} for n in range(1, 6)]
    for text in (json.dumps(rows), json.dumps(rows, indent=2, ensure_ascii=False)):
        assert imported(text).rows == 5


def test_a_batch_flag_or_service_tier_marks_batch_requests() -> None:
    cells = imported(f"{_HEAD},service_tier\n{_AT},gpt-4o,1,1,batch\n{_AT},gpt-4o,1,1,default\n").rollup.cells
    assert sorted(key.tier for key in cells) == ["batch", "standard"]

"""Claude Code's results of runs, and other exports whose records hold several requests."""

import json

import pytest

from common.spend import ImportFailed
from common.spend.tests.builders import imported
from common.spend.tests.formats.fixtures import fixture
from common.spend.tests.formats.workload import rows_of

_RUN = [json.loads(line) for line in fixture("claude_results/stream.jsonl").decode().splitlines()]


def _lines(records: list[dict[str, object]]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def test_results_without_a_time_are_refused_with_what_is_missing_and_where_it_is() -> None:
    timeless = [{name: value for name, value in record.items() if name != "timestamp"} for record in _RUN]
    for records in (timeless, timeless[-1:]):
        with pytest.raises(ImportFailed) as caught:
            imported(_lines(records))
        reason = str(caught.value.details["reason"])
        assert "looks like results of Claude Code's runs (claude -p, Agent SDK), but no row has a time" in reason
        assert "The session logs in ~/.claude/projects have each request, with its time." in reason


def test_a_result_that_does_not_name_its_models_is_rejected() -> None:
    result = {name: value for name, value in _RUN[-1].items() if name != "modelUsage"}
    batch = imported(_lines([*_RUN, result | {"uuid": "r-2"}]))
    assert (batch.rows, batch.rejected) == (2, 1)
    assert "does not say which models" in batch.rejects[0].reason


def test_a_result_that_is_logged_twice_counts_once() -> None:
    batch = imported(_lines([*_RUN, _RUN[-1]]))
    assert (batch.rows, batch.duplicates) == (2, 2)


def test_a_cursor_event_costs_what_is_charged_and_nothing_known_where_the_plan_pays() -> None:
    rows = rows_of(fixture("cursor/admin_api.json").decode())
    assert [(row.cost_reported, row.user) for row in rows] == [(0.0111, "ann@example.com"), (None, "ann@example.com")]


def test_one_event_of_cursors_admin_api_a_line_is_read_as_a_page_is() -> None:
    page = fixture("cursor/admin_api.json").decode()
    assert rows_of(_lines(json.loads(page)["usageEvents"])) == rows_of(page)


def test_the_analytics_of_claude_code_are_of_users_and_in_cents() -> None:
    rows = rows_of(fixture("anthropic_usage/claude_code_analytics.json").decode())
    assert [row.user for row in rows] == ["ann@example.com", "ann@example.com", "ci"]
    assert [row.cost_reported for row in rows] == pytest.approx([0.0111, 0.0005, 0.0111])


def test_a_span_of_jaegers_has_its_time_its_length_and_the_service_of_its_process() -> None:
    (row,) = rows_of(fixture("otel/jaeger.json").decode())
    assert (row.ts.isoformat(), row.latency_ms, row.feature) == ("2026-11-05T10:00:00+00:00", 2000.0, "shop")


def test_a_span_of_jaegers_with_the_tag_error_failed() -> None:
    trace = json.loads(fixture("otel/jaeger.json"))
    trace["data"][0]["spans"][0]["tags"].append({"key": "error", "type": "bool", "value": True})
    (row,) = rows_of(json.dumps(trace))
    assert row.status == "error"

"""Records inside others, as log stores, cells and lines of text hold them, are read as if they stood alone.

Shapes: docs.docker.com (json-file driver), cloud.google.com (LogEntry; Vertex AI's request-response log),
docs.aws.amazon.com (CloudWatch Logs Insights), elastic.co (_search hits), learn.microsoft.com (customDimensions),
opentelemetry.io (OTLP/JSON log records), llm.datasette.io (logging: token_details), openrouter.ai (get a generation).
"""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from common.spend import Importer, ImportFailed, propose_mapping, totals
from common.spend.logs.detect.discover import find_layout
from common.spend.rollup.rollup import Rollup
from common.spend.tests.builders import imported
from common.spend.tests.formats.workload import rows_of

_TIMES = ("2026-11-05T10:00:00.123Z", "2026-11-06T11:30:00.456Z")
_LINES: tuple[dict[str, Any], ...] = (
    {
        "model": "gpt-4o",
        "usage": {"prompt_tokens": 2000, "completion_tokens": 200, "prompt_tokens_details": {"cached_tokens": 1500}},
    },
    {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 900, "completion_tokens": 20}},
)
_TIMED = [{"timestamp": time} | line for time, line in zip(_TIMES, _LINES, strict=True)]
Write = Callable[[list[dict[str, Any]]], str]


def _lines(records: list[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def _table(records: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def _around(*, write: Write = _lines, **names: str) -> str:
    """The lines, each inside another record under `inside` (`text`: as text), its time under `time`."""
    key, kind = next((name, kind) for name, kind in names.items() if name != "time")
    stored = [json.dumps(line) + "\n" if kind == "text" else line for line in _LINES]
    return write(
        [{key: line, names["time"]: time} for line, time in zip(stored, _TIMES, strict=True)]  # as stores order them
    )


def _otlp() -> str:
    flat = [
        {"model": line["model"], **{k: v for k, v in line["usage"].items() if k != "prompt_tokens_details"}}
        for line in _LINES
    ]
    flat[0]["cached_tokens"] = 1500
    nanoseconds = (1_793_872_800_123_000_000, 1_793_964_600_456_000_000)
    records = [
        {
            "timeUnixNano": str(time),
            "body": {"stringValue": "api_request"},
            "attributes": [
                {"key": name, "value": {"stringValue": value} if isinstance(value, str) else {"intValue": str(value)}}
                for name, value in line.items()
            ],
        }
        for time, line in zip(nanoseconds, flat, strict=True)
    ]
    return json.dumps({"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [{"logRecords": records}]}]})


def _kibana() -> str:
    days = ("Nov 5, 2026 @ 10:00:00.123", "Nov 6, 2026 @ 11:30:00.456")
    cells = [(line["model"], line["usage"]) for line in _LINES]
    return _table(
        [
            {
                "@timestamp": day,
                "model": model,
                "usage.prompt_tokens": usage["prompt_tokens"],
                "usage.completion_tokens": usage["completion_tokens"],
                "usage.prompt_tokens_details.cached_tokens": usage.get("prompt_tokens_details", {}).get(
                    "cached_tokens", 0
                ),
            }
            for day, (model, usage) in zip(days, cells, strict=True)
        ]
    )


_FILES = {
    "Docker": _around(log="text", time="time"),
    "Cloud Logging": _around(jsonPayload="object", time="timestamp"),
    "Cloud Logging text": _around(textPayload="text", time="timestamp"),
    "CloudWatch": _around(write=_table, **{"@message": "text"}, time="@timestamp"),
    "Elasticsearch": _around(_source="object", time="@timestamp"),
    "Splunk": _lines([{"result": {"_raw": json.dumps(line)}} for line in _TIMED]),
    "Azure Monitor": _around(write=_table, customDimensions="text", time="timestamp [UTC]"),
    "pino": _around(res="object", time="time"),
    "Vertex": _around(full_response="text", time="logging_time"),
    "API": _lines([{"data": line} for line in _TIMED]),
    "array": _around(write=json.dumps, jsonPayload="object", time="timestamp"),
    "a line inside a line": _lines([{"log": json.dumps({"message": json.dumps(line)})} for line in _TIMED]),
    "a cell": _table([line | {"usage": json.dumps(line["usage"])} for line in _TIMED]),
    "Python logging": "".join(
        f"{time[:19].replace('T', ' ')},{time[20:23]} INFO llm - {json.dumps(line)}\n"
        for time, line in zip(_TIMES, _LINES, strict=True)
    ),
    "OTLP": _otlp(),
    "Kibana": _kibana(),
}


@pytest.mark.parametrize("name", _FILES)
def test_records_inside_others_are_read_as_if_they_stood_alone(name: str) -> None:
    alone = [(row.ts, row.model, row.tokens) for row in rows_of(_lines(_TIMED))]
    assert len(alone) == len(_TIMED)
    assert [(row.ts, row.model, row.tokens) for row in rows_of(_FILES[name])] == alone


@pytest.mark.parametrize("name", _FILES)
def test_small_pieces_and_changes_of_process_read_the_same(name: str) -> None:
    data, rollup, importer = _FILES[name].encode(), Rollup(), Importer()
    for start in range(0, len(data), 150):
        importer.feed(data[start : start + 150])
        rollup = rollup.merge(importer.take().rollup)
        importer = Importer(state=importer.state())
    importer.finish()
    whole = imported(data)
    assert list(rollup.merge(importer.take().rollup).records()) == list(whole.rollup.records())


@pytest.mark.parametrize("name", ["Docker", "a cell", "Python logging"])
def test_a_long_file_whose_records_are_inside_others_is_read_row_by_row(name: str) -> None:
    head = _FILES[name].split("\n")[0] + "\n" if name == "a cell" else ""
    text = head + 2000 * _FILES[name].removeprefix(head)
    total = totals(imported(text).rollup)
    assert (total.requests, total.input_tokens, total.output_tokens) == (4000, 5_800_000, 440_000)


def test_a_time_of_its_own_goes_before_the_one_around_it() -> None:
    inner = json.dumps({"ts": _TIMES[0]} | _LINES[0])
    (row,) = rows_of(_lines([{"log": inner, "time": _TIMES[1], "timestamp": _TIMES[1]}]))
    assert row.ts.isoformat() == "2026-11-05T10:00:00.123000+00:00"


def test_a_known_format_is_found_inside() -> None:
    answer = {"object": "chat.completion", "choices": [], "id": "c-1"} | _LINES[0]
    batch = imported(_lines([{"log": json.dumps(answer), "time": _TIMES[0]}, {"log": "starting\n", "time": _TIMES[0]}]))
    assert (batch.format, batch.rows) == ("raw responses of OpenAI, Anthropic or Gemini", 1)


def test_other_lines_of_a_log_are_left_out_and_counted() -> None:
    texts = ("INFO starting {}\n", '{"level": "info"}', "{starting}", 'sent {"a": 1} to b')
    others = [{"log": text, "time": _TIMES[0]} for text in texts]
    batch = imported(_FILES["Docker"] + _lines(others) + "a line of text\n")
    assert (batch.rows, batch.rejected, batch.left_out) == (2, 0, 5)
    assert "5 rows were left out: other lines of the log, with neither a model nor tokens." in batch.notes


def test_a_record_that_is_cut_off_inside_another_is_rejected() -> None:
    whole = json.dumps(_LINES[0])
    batch = imported(_FILES["Docker"] + _lines([{"log": whole[: len(whole) // 2], "time": _TIMES[0]}]))
    assert (batch.rows, batch.rejected) == (2, 1)
    assert batch.rejects[0].reason == "the JSON inside it is cut off or broken"


def test_what_can_be_read_as_it_is_stays_on_the_fast_path() -> None:
    text = _lines([line | {"log": json.dumps(_LINES[1])} for line in _TIMED])
    layout = find_layout(text.encode(), None, {}, final=True)
    assert layout is not None
    assert not layout.wrapped
    assert [row.model for row in rows_of(text)] == ["gpt-4o", "gpt-4o-mini"]


def test_what_tokens_are_of_is_taken_from_a_text_beside_their_number() -> None:
    record = {
        "datetime_utc": _TIMES[0],
        "model": "gpt-4o",
        "input_tokens": 2000,
        "output_tokens": 200,
        "token_details": json.dumps({"prompt_tokens_details": {"cached_tokens": 1500}}),
    }
    (row,) = rows_of(_lines([record]))
    assert row.cache_read == 1500


def test_the_tokens_that_openrouter_bills_go_before_its_own_count() -> None:
    record = {
        "created_at": _TIMES[0],
        "model": "openai/gpt-4o",
        "tokens_prompt": 980,
        "tokens_completion": 190,
        "native_tokens_prompt": 1000,
        "native_tokens_completion": 200,
        "native_tokens_cached": 600,
        "native_tokens_reasoning": 50,
    }
    (row,) = rows_of(_lines([{"data": record}]))
    assert (row.cache_read, row.out_visible, row.out_reasoning, sum(row.tokens)) == (600, 150, 50, 1200)


def test_opentelemetry_for_javascript_writes_a_time_in_two_parts() -> None:
    attributes = {"model": "gpt-4o", "input_token_count": 5, "output_token_count": 2, "cached_token_count": 3}
    record = {"hrTime": [1_793_872_800, 123_000_000], "attributes": attributes | {"reasoning_token_count": 1}}
    (row,) = rows_of(_lines([record]))
    assert row.ts.isoformat() == "2026-11-05T10:00:00.123000+00:00"
    assert (row.cache_read, row.out_reasoning) == (3, 1)


@pytest.mark.parametrize("column", ["timestamp [UTC]", "TimeGenerated [UTC]", "created_at (UTC)", "datetime_utc"])
def test_a_time_column_may_name_its_zone_where_that_is_utc(column: str) -> None:
    (row,) = rows_of(f"{column},model,input_tokens,output_tokens\n2026-11-05 10:00:00,gpt-4o,1,2\n")
    assert row.ts.isoformat() == "2026-11-05T10:00:00+00:00"


def test_a_time_in_another_zone_is_not_taken_for_utc() -> None:
    with pytest.raises(ImportFailed):
        imported("timestamp [Local Time],model,input_tokens,output_tokens\n2026-11-05 10:00:00,gpt-4o,1,2\n")


def test_a_proposal_names_the_columns_inside() -> None:
    proposal = propose_mapping(_FILES["Docker"].encode())
    assert proposal.missing == ()
    assert "prompttokens" in {name.lower().replace("_", "") for name in proposal.mapping.values()}


def test_anthropics_tokens_as_columns_with_dots_come_on_top_of_the_input() -> None:
    header = "time,model,usage.input_tokens,usage.output_tokens,usage.cache_read_input_tokens"
    (row,) = rows_of(f"{header},usage.cache_creation_input_tokens\n2026-11-05,claude-sonnet-4-5,900,5,100,50\n")
    assert (row.in_uncached, row.cache_read, row.cache_write_5m) == (900, 100, 50)


def test_columns_inside_others_are_proposed_and_can_be_named() -> None:
    line = json.dumps({"llm": "gpt-4o", "sent_tok": 500, "answer_tok": 60})
    for text in (_lines([{"log": line, "time": _TIMES[0]}]), _table([{"@message": line, "@timestamp": _TIMES[0]}])):
        with pytest.raises(ImportFailed) as caught:
            imported(text)
        mapping = caught.value.details["mapping"]
        assert mapping == {"model": "llm", "input": "sent_tok", "output": "answer_tok"}
        importer = Importer(mapping=mapping)
        importer.feed(text.encode())
        importer.finish()
        total = totals(importer.take().rollup)
        assert (total.input_tokens, total.output_tokens) == (500, 60)


def test_a_mapping_by_paths_of_the_outer_record_goes_before() -> None:
    mapping = {"ts": "data.time", "model": "data.model", "input": "data.input_tokens", "output": "data.output_tokens"}
    importer = Importer(mapping=mapping)
    record = {"time": _TIMES[0], "model": "gpt-4o", "input_tokens": 5, "output_tokens": 6}
    importer.feed(_lines([{"data": record}]).encode())
    importer.finish()
    assert totals(importer.take().rollup).input_tokens == 5


def test_objects_around_a_record_are_no_names_of_it() -> None:
    around = {"service": {"name": "web"}, "labels": {"env": "prod"}, "timestamp": _TIMES[0]}
    (row,) = rows_of(_lines([around | {"jsonPayload": _LINES[0]}]))
    assert (row.feature, row.tags) == (None, ())


def test_json_in_the_text_of_an_answer_is_no_part_of_the_record() -> None:
    record = _TIMED[0] | {"usage": json.dumps(_LINES[0]["usage"]), "response": 'So be it: {"user": "bob"}'}
    (row,) = rows_of(_lines([record]))
    assert row.user is None


def test_a_table_whose_last_cells_are_json_keeps_its_other_columns() -> None:
    lines = [f"{line['timestamp']}\t{line['model']}\t{json.dumps(line['usage'])}\n" for line in _TIMED]
    rows = rows_of("timestamp\tmodel\tusage\n" + "".join(lines))
    assert [(row.model, row.cache_read) for row in rows] == [("gpt-4o", 1500), ("gpt-4o-mini", 0)]

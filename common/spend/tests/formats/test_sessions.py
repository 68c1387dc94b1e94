"""Sources whose records say only together what was used: running totals, models named before, copied histories."""

import json
import zlib
from typing import Any

import pytest

from common.errors import ErrorCode
from common.spend.logs import Importer, ImportFailed
from common.spend.logs.formats import Record
from common.spend.rollup.rollup import Rollup
from common.spend.tests.builders import imported
from common.spend.tests.formats import files
from common.spend.tests.formats import tool_writers as tools
from common.spend.tests.formats.fixtures import fixture
from common.spend.tests.formats.workload import Tells, alike, expected, rows_of

_TELLS = Tells(writes="not", lacks=("latency_ms", "ttft_ms", "user", "cost_reported", "session", "request_id"))
_CHILD = {"id": "child", "timestamp": "2026-11-05T10:00:00.000Z", "model_provider": "openai"}


def _line(time: str, kind: str, payload: Record) -> Record:
    return {"timestamp": f"2026-11-05T{time}Z", "type": kind, "payload": payload}


def _count(time: str, sums: tuple[int, int], last: tuple[int, int] | None) -> Record:
    """Of running totals of input and output, and the same of the last request."""
    info: dict[str, Any] = {"total_token_usage": _usage(*sums), "last_token_usage": last and _usage(*last)}
    return _line(time, "event_msg", {"type": "token_count", "info": info})


def _usage(incoming: int, outgoing: int) -> dict[str, int]:
    return {"input_tokens": incoming, "output_tokens": outgoing, "total_tokens": incoming + outgoing}


def _sizes(*lines: Record) -> list[tuple[int, int]]:
    """Input and output of the rows of a session."""
    model = _line("10:00:00.000", "turn_context", {"model": "gpt-5-codex"})
    return [(row.in_uncached, row.out_visible) for row in rows_of(files.as_lines([*lines[:1], model, *lines[1:]]))]


def test_a_codex_session_gives_the_rows_of_the_workload() -> None:
    requests = [request for request in files.requests_of(("openai",)) if request.row.status == "ok"]
    rows = rows_of(files.as_lines(tools.codex(requests)))
    assert [alike(row, _TELLS) for row in rows] == [alike(expected(each, _TELLS), _TELLS) for each in requests]


def test_prompts_of_a_codex_session_are_kept_nowhere() -> None:
    importer = Importer()
    importer.feed(files.as_lines(tools.codex(files.requests_of(("openai",)))).encode() + b"\n" * 65_536)
    state = zlib.decompress(importer.state())
    assert b"gpt-5-mini" in state
    assert b"secret" not in state


def test_a_running_total_that_is_shown_again_is_no_request() -> None:
    meta = _line("10:00:00.000", "session_meta", _CHILD)
    first, again = _count("10:00:05.000", (100, 10), (100, 10)), _count("10:00:09.000", (100, 10), (100, 10))
    assert _sizes(meta, first, again, _count("10:00:20.000", (250, 30), (150, 20))) == [(100, 10), (150, 20)]


def test_running_totals_alone_give_the_requests_between_them_also_where_they_start_again() -> None:
    meta = _line("10:00:00.000", "session_meta", _CHILD)
    sums = [(100, 10), (250, 30), (40, 5)]
    counts = [_count(f"10:00:1{place}.000", each, None) for place, each in enumerate(sums)]
    assert _sizes(meta, *counts) == [(100, 10), (150, 20), (40, 5)]


def test_usage_records_of_codex_count_each_response_once_and_its_running_totals_count_no_more() -> None:
    batch = imported(fixture("codex/codex_records.jsonl"))
    assert (batch.rows, batch.duplicates) == (4, 2)
    assert not [note for note in batch.notes if "not read" in note]
    joined = fixture("codex/codex_records.jsonl") + fixture("codex/codex.jsonl")
    assert imported(joined).rows == 4 + imported(fixture("codex/codex.jsonl")).rows


def test_the_model_of_a_codex_request_is_the_one_named_last_before_it() -> None:
    assert [row.model for row in rows_of(fixture("codex/codex_fork.jsonl"))] == ["gpt-5-codex", "gpt-5-mini"]


@pytest.mark.parametrize(
    "parent",
    [
        {"forked_from_id": "parent"},
        {"source": {"subagent": {"thread_spawn": {"parent_thread_id": "parent", "depth": 1}}}},
    ],
)
@pytest.mark.parametrize("times", [("10:00:00.003", "10:00:00.995"), ("08:00:00.000", "08:07:00.000")])
def test_the_history_that_a_fork_begins_with_is_the_parents(parent: Record, times: tuple[str, str]) -> None:
    meta = _line("10:00:00.000", "session_meta", _CHILD | parent)
    copied = [_count(times[0], (100, 10), (100, 10)), _count(times[1], (250, 30), (150, 20))]
    own = [_count("10:00:07.000", (450, 60), (200, 30)), _count("10:00:07.500", (550, 65), (100, 5))]
    assert _sizes(meta, *copied, *own) == [(200, 30), (100, 5)]


def test_metadata_of_another_session_at_the_beginning_tells_a_fork_too() -> None:
    metas = [_line("10:00:00.000", "session_meta", _CHILD), _line("10:00:00.001", "session_meta", {"id": "parent"})]
    counts = [_count("10:00:00.002", (100, 10), (100, 10)), _count("10:00:09.000", (250, 30), (150, 20))]
    assert _sizes(*metas, *counts) == [(150, 20)]


@pytest.mark.parametrize(("turn", "sizes"), [("01a1ab26-a903", [(150, 20)]), ("01a1ab26-0000", [])])
def test_the_time_in_a_turns_id_tells_whose_it_is(turn: str, sizes: list[tuple[int, int]]) -> None:
    meta = _line("10:00:00.000", "session_meta", _CHILD | {"forked_from_id": "parent"})
    copied = _count("10:00:00.002", (100, 10), (100, 10))
    begun = _line("10:00:00.003", "turn_context", {"turn_id": f"{turn}-7000-8000-000000000000", "model": "gpt-5-codex"})
    late = _count("10:00:00.900" if sizes else "10:00:05.000", (250, 30), (150, 20))
    text = files.as_lines([meta, copied, begun, late])
    if sizes:
        assert [(row.in_uncached, row.out_visible) for row in rows_of(text)] == sizes
    else:
        with pytest.raises(ImportFailed) as failed:
            imported(text)
        assert failed.value.code is ErrorCode.NO_USABLE_ROWS


def test_a_session_that_is_no_fork_loses_nothing_however_fast_it_is() -> None:
    meta = _line("10:00:00.000", "session_meta", _CHILD)
    assert _sizes(meta, _count("10:00:00.200", (100, 10), (100, 10))) == [(100, 10)]


def test_sessions_that_were_joined_into_one_file_count_each() -> None:
    one = [_line("10:00:00.000", "session_meta", _CHILD), _count("10:00:05.000", (100, 10), (100, 10))]
    two = [
        _line("11:00:00.000", "session_meta", {"id": "b"}),
        _line("11:00:00.000", "turn_context", {"model": "gpt-5"}),
    ]
    assert _sizes(*one, *two, _count("11:00:05.000", (100, 10), (100, 10))) == [(100, 10), (100, 10)]


@pytest.mark.parametrize("size", [700, 1_001, 3_333])
def test_where_a_session_is_cut_and_by_whom_it_is_read_on_changes_nothing(size: int) -> None:
    data = fixture("codex/codex.jsonl") + b"\n" * 65_536 + fixture("codex/codex_fork.jsonl")
    importer, rollup, left_out = Importer(), Rollup(), 0
    for start in range(0, len(data), size):
        importer.feed(data[start : start + size])
        batch = importer.take()
        rollup, left_out = rollup.merge(batch.rollup), left_out + batch.left_out
        importer = Importer(state=importer.state())
    importer.finish()
    batch, whole = importer.take(), imported(data)
    assert list(rollup.merge(batch.rollup).records()) == list(whole.rollup.records())
    assert (whole.rows, left_out + batch.left_out) == (4, whole.left_out)


def test_the_output_of_codex_exec_is_refused_without_a_model() -> None:
    with pytest.raises(ImportFailed) as failed:
        imported(fixture("codex/codex_exec.jsonl"))
    assert failed.value.code is ErrorCode.MODEL_NEEDED


def test_the_output_of_codex_exec_counts_what_a_thread_used_since_its_turn_before_and_says_that_it_has_no_times() -> (
    None
):
    rows = rows_of(fixture("codex/codex_exec.jsonl"), "gpt-5-codex")
    assert [row.tokens for row in rows] == [(5_000, 15_000, 0, 0, 400, 600), (1_000, 11_000, 0, 0, 400, 100)]
    notes = imported(fixture("codex/codex_exec.jsonl"), "gpt-5-codex").notes
    assert any("has no times: its turns count at the time of reading" in note for note in notes)


def test_of_many_threads_the_totals_of_the_last_hundred_are_remembered() -> None:
    lines = [
        line
        for number in range(300)
        for line in (
            {"type": "thread.started", "thread_id": f"{number}-" + "t" * 1_000},
            {"type": "turn.completed", "usage": _usage(100, 10)},
        )
    ]
    importer = Importer("gpt-5-codex")
    importer.feed((json.dumps(lines[0]) + "\n").encode() * 2_000 + files.as_lines(lines).encode() + b"\n")
    assert importer.take().rows == 300
    assert len(zlib.decompress(importer.state())) < 25_000


def test_gemini_clis_sessions_are_read_as_lines_and_as_one_document() -> None:
    head, *lines = [json.loads(line) for line in fixture("gemini_cli/gemini_cli.jsonl").decode().splitlines()]
    document = json.dumps(head | {"messages": [line for line in lines if "$set" not in line]}, indent=2)
    assert [row.tokens for row in rows_of(document)][-1:] == [(1_000, 4_000, 0, 0, 200, 100)]
    assert imported(document).rows == 1


def test_a_streams_events_that_stand_between_those_of_another_count_for_their_own() -> None:
    rows = rows_of(fixture("anthropic_events/anthropic_events.jsonl"))
    assert [(row.request_id, row.out_visible) for row in rows] == [
        ("msg_1", 1), ("msg_1", 120), ("msg_1", 300), ("msg_2", 1), ("msg_3", 1), ("msg_2", 100), ("msg_3", 10),
        ("msg_4", 1),
    ]  # fmt: skip
    assert {row.user for row in rows[:3]} == {"ann"}


def test_of_many_streams_the_last_hundred_are_remembered_and_no_prompt() -> None:
    usage = {"input_tokens": 50, "output_tokens": 1}
    lines = [
        {
            "time": "2026-11-05T10:00:00Z",
            "prompt": "secret " * 50,
            "data": {"type": "message_start", "message": message},
        }
        for message in ({"id": f"msg_{number}", "model": "gpt-4o", "usage": usage} for number in range(300))
    ]
    importer = Importer()
    importer.feed(files.as_lines(lines).encode() + b"\n")
    importer.take()
    state = zlib.decompress(importer.state())
    assert len(json.loads(state)["memory"]["streams"]) == 100
    assert b"secret" not in state


def test_copilots_sessions_that_do_not_tell_models_apart_have_counts_that_do_not_overlap() -> None:
    details = {"input": {"tokenCount": 10}, "cache_write": {"tokenCount": 900}, "output": {"tokenCount": 42}}
    line = json.loads(fixture("copilot/copilot_cli.jsonl").decode().splitlines()[-1])
    line["data"] = {"currentModel": "claude-sonnet-4.5", "tokenDetails": details}
    (row,) = rows_of(json.dumps(line))
    assert (row.model, row.tokens, row.requests) == ("claude-sonnet-4.5", (10, 0, 900, 0, 42, 0), 0)


def test_braintrusts_objects_may_be_columns_of_their_own() -> None:
    nested = json.loads(fixture("braintrust/braintrust.jsonl").decode().splitlines()[1])
    flat = {
        f"{name}.{key}": value
        for name in ("metrics", "metadata", "span_attributes")
        for key, value in nested[name].items()
    }
    kept = {name: nested[name] for name in ("id", "span_id", "root_span_id", "created", "input", "error")}
    assert rows_of(files.as_csv([kept | flat])) == rows_of(files.as_lines([nested]))

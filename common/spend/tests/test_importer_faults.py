"""Bad rows are reported and never stop a file; files that are no usage log are refused with a reason one can act on."""

import gzip
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import SPECS, ErrorCode
from common.spend import Importer, ImportFailed, Reject, Rollup
from common.spend.logs.detect.discover import SNIFF
from common.spend.logs.reader import MAX_RECORD
from common.spend.tests.builders import imported

_HEAD = "timestamp,model,prompt_tokens,completion_tokens,user"
_GOOD = "2026-11-01T10:00:00Z,gpt-4o,10,5,ann"


def _failure(data: bytes | str, model: str | None = None) -> ImportFailed:
    with pytest.raises(ImportFailed) as caught:
        imported(data, model)
    SPECS[caught.value.code].message.format(**caught.value.details)
    return caught.value


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-11-01T10:00:00Z,gpt-4o,abc,5,ann", "prompt_tokens is 'abc', not a number"),
        ("2026-11-01T10:00:00Z,gpt-4o,1.5,5,ann", "prompt_tokens is '1.5', not a whole number"),
        ("2026-11-01T10:00:00Z,gpt-4o,-3,5,ann", "prompt_tokens is negative (-3)"),
        ("2026-11-01T10:00:00Z,gpt-4o,nan,5,ann", "prompt_tokens is missing"),
        ("2026-11-01T10:00:00Z,gpt-4o,inf,5,ann", "prompt_tokens is 'inf', not a number"),
        ("2026-11-01T10:00:00Z,gpt-4o,,5,ann", "prompt_tokens is missing"),
        ("2026-11-01T10:00:00Z,gpt-4o,10,,ann", "completion_tokens is missing"),
        ("2026-11-01T10:00:00Z,gpt-4o,999999999999,5,ann", "more than any request can have"),
        (",gpt-4o,10,5,ann", "the timestamp is missing"),
        ("yesterday,gpt-4o,10,5,ann", "the timestamp 'yesterday' is not a time"),
        ("nan,gpt-4o,10,5,ann", "the timestamp 'nan' is not a time"),
        ("9999-01-01,gpt-4o,10,5,ann", "in the far future"),
        ("2026-11-01T10:00:00Z,,10,5,ann", "the model is missing"),
        ("2026-11-01T10:00:00Z,gpt-4o,10", "the row has 3 columns, the header has 5"),
        ('2026-11-01T10:00:00Z,gpt-4o,10,5,"a"b', "the line is not valid CSV"),
    ],
)
def test_a_bad_row_is_reported_with_its_line_and_the_rest_is_counted(line: str, reason: str) -> None:
    batch = imported(f"{_HEAD}\n{_GOOD}\n{line}\n{_GOOD}\n")
    assert (batch.rows, batch.rejected) == (2, 1)
    assert batch.rejects[0].line == 3
    assert reason in batch.rejects[0].reason


def test_a_quote_that_is_never_closed_costs_its_line_only() -> None:
    batch = imported(f'{_HEAD}\n{_GOOD}\n2026-11-01T10:00:00Z,gpt-4o,10,5,"ann\n{_GOOD}\n{_GOOD}\n')
    assert (batch.rows, [reject.line for reject in batch.rejects]) == (3, [3])


def test_quoted_cells_may_hold_newlines_and_lines_are_counted_as_the_editor_does() -> None:
    batch = imported(f'{_HEAD}\n2026-11-01T10:00:00Z,gpt-4o,10,5,"an\nn"\n2026-11-01T10:00:00Z,gpt-4o,x,5,ann\n')
    assert (batch.rows, batch.rejects[0].line) == (1, 4)


def test_a_line_that_is_too_long_is_rejected_and_the_next_one_read() -> None:
    long = _GOOD + "n" * (3 * MAX_RECORD)
    for size in (10**9, 50_000):
        importer = Importer()
        data = f"{_HEAD}\n{_GOOD}\n{json.dumps(long)[:-1]}\n{_GOOD}\n".encode()
        rows = rejected = 0
        for start in range(0, len(data), size):
            importer.feed(data[start : start + size])
            batch = importer.take()
            rows, rejected = rows + batch.rows, rejected + batch.rejected
            importer = Importer(state=importer.state())
        importer.finish()
        batch = importer.take()
        assert (rows + batch.rows, rejected + batch.rejected) == (2, 1)


def test_bytes_that_are_no_utf8_far_into_the_file_cost_their_line_only() -> None:
    lines = [_HEAD, *[_GOOD] * 3000, _GOOD.replace("ann", "jos\xe9"), _GOOD]
    batch = imported("\n".join(lines).encode("latin-1"))
    assert (batch.rows, batch.rejects[0].line, batch.rejects[0].reason) == (3001, 3002, "the line is not UTF-8")


def test_json_lines_that_are_no_objects_are_rejected() -> None:
    good = json.dumps({"ts": "2026-11-01", "model": "gpt-4o", "input_tokens": 1, "output_tokens": 1})
    batch = imported(f'{good}\n[1]\n{{"ts":\n\n{good}\n')
    assert (batch.rows, [reject.line for reject in batch.rejects]) == (2, [2, 3])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip"),
        (b"PK\x03\x04....xl/workbook.xml", "Excel"),
        (b"PK\x03\x04....data.csv", "ZIP"),
        (b"PAR1....", "Parquet"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\n\x00\x01\x02", "binary"),
    ],
)
def test_files_of_other_kinds_are_named(data: bytes, words: str) -> None:
    failure = _failure(data)
    assert failure.code == ErrorCode.UNREADABLE_FILE
    assert words in str(failure.details["reason"])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_detected_and_named(encoding: str) -> None:
    failure = _failure(f"{_HEAD}\n{_GOOD}\n".encode(encoding))
    assert (failure.code, failure.details["encoding"]) == (ErrorCode.NOT_UTF8, "UTF-16")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("name,age\nann,3\n", "its columns are: name, age"),
        ("timestamp,tokens\n2026-11-01,3\n", "prompt_tokens"),
        ("prompt_tokens,completion_tokens\n1,2\n", "no time column"),
        ("<!doctype html><html></html>", "web page"),
        ('{\n "data": [\n  {}\n ]\n}\n', "its columns are: none"),
        ("[1, 2, 3]", "no list of JSON objects"),
        ('{"hello": "world"}\n', "its columns are: hello"),
    ],
)
def test_a_file_that_is_no_log_of_requests_is_refused_with_what_it_lacks(data: str, words: str) -> None:
    failure = _failure(data, "gpt-4o")
    assert failure.code == ErrorCode.UNKNOWN_FORMAT
    assert words in str(failure.details["reason"])


def test_a_log_without_models_needs_one() -> None:
    assert _failure("timestamp,prompt_tokens,completion_tokens\n2026-11-01,1,1\n").code == ErrorCode.MODEL_NEEDED


def test_an_unknown_given_model_is_refused_at_once() -> None:
    with pytest.raises(ImportFailed) as caught:
        Importer("acme-llm-7b")
    assert (caught.value.code, caught.value.details) == (ErrorCode.UNKNOWN_MODEL, {"model": "acme-llm-7b"})


@pytest.mark.parametrize(
    ("data", "words"),
    [("", "empty"), ("\n\n", "empty"), (f"{_HEAD}\n", "no rows"), (f"{_HEAD}\nx,gpt-4o,1,1,a\n", "first in line 2")],
)
def test_a_file_without_a_usable_row_says_why(data: str, words: str) -> None:
    failure = _failure(data)
    assert failure.code == ErrorCode.NO_USABLE_ROWS
    assert words in str(failure.details["reason"])


def _csv_file() -> str:
    rows = [f'2026-11-01T10:{n % 60:02}:00Z,gpt-4o,{n},5,"us\ner ä{n % 7}"' for n in range(2_500)]
    rows[1_234] = "broken"
    return "\n".join([_HEAD, *rows])


def _json_rows(count: int) -> list[dict[str, object]]:
    return [
        {"ts": "2026-11-01", "model": "gpt-4o", "id": f"r{n}", "user": "ä]}", "session": f"s{n % 40}"}
        | {"usage": {"prompt_tokens": 2_000 + n, "completion_tokens": 3}}
        for n in range(count)
    ]


_FILES = {
    "csv": _csv_file(),
    "jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in _json_rows(900)),
    "array": json.dumps(_json_rows(900), ensure_ascii=False),
}


@settings(max_examples=12, deadline=None)
@given(kind=st.sampled_from(sorted(_FILES)), cuts=st.lists(st.floats(0, 1), max_size=6), resumed=st.booleans())
def test_any_cut_of_the_bytes_and_any_change_of_process_give_the_same(
    kind: str, cuts: list[float], *, resumed: bool
) -> None:
    data = _FILES[kind].encode()
    assert len(data) > SNIFF
    whole = imported(data)
    importer, rollup, rows = Importer(), Rollup(), 0
    rejects: list[Reject] = []
    edges = [0, *sorted(int(cut * len(data)) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        importer.feed(data[start:end])
        if resumed:
            batch = importer.take()
            rollup, rejects, rows = rollup.merge(batch.rollup), [*rejects, *batch.rejects], rows + batch.rows
            importer = Importer(state=importer.state())
    importer.finish()
    batch = importer.take()
    assert list(rollup.merge(batch.rollup).records()) == list(whole.rollup.records())
    assert (rows + batch.rows, (*rejects, *batch.rejects)) == (whole.rows, whole.rejects)


def test_the_state_stays_below_900_kb_with_every_memory_full() -> None:
    """Times in no order, over a month, need the most."""
    importer = Importer("gpt-4o")
    lines = [
        f'{{"ts": {1793527200 + n * 7919 % 2_592_000}, "input_tokens": 9000, "output_tokens": 1, "id": "r{n}", '
        + (f'"hash_ids": {list(range(n * 16, n * 16 + 16))}}}' if n % 5 == 0 else f'"session": "s{n}"}}')
        for n in range(30_500)
    ]
    importer.feed("\n".join([*lines, ""]).encode())
    importer.feed(b"x" * (MAX_RECORD - 10))
    assert len(importer.state()) < 900_000

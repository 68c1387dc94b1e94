"""JSON documents of any shape and size are read record by record; a broken or endless record costs itself."""

import json
import time
import tracemalloc
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common.spend import Importer, ImportFailed, Reject
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.rows.json_documents import MAX_RECORD, DocumentParser, path_in
from common.spend.tests.builders import imported
from common.spend.tests.formats import files
from common.spend.tests.formats import writers as w
from common.spend.tests.formats.workload import WORKLOAD

_ROW = {"ts": "2026-11-01", "model": "gpt-4o", "input_tokens": 1, "output_tokens": 1}
_TEXT = st.text(st.sampled_from('ab"\\{}[],: \u00e4\n'), max_size=8)
_LEAF = st.none() | st.booleans() | st.integers(-9, 10**12) | st.floats(allow_nan=False) | _TEXT
_VALUE = st.recursive(_LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3))
_RECORD = st.dictionaries(_TEXT, _VALUE, max_size=4)


def _rows(count: int, **more: Any) -> list[dict[str, Any]]:
    return [_ROW | {"id": f"r{number}"} | more for number in range(count)]


@settings(max_examples=150, deadline=None)
@example(records=[{}, {}, {}], around=100000000000000.0, indent=None, cuts=[0.78125])
@given(
    records=st.lists(_RECORD, min_size=1, max_size=5),
    around=_VALUE,
    indent=st.sampled_from([None, 1]),
    cuts=st.lists(st.floats(0, 1), max_size=5),
)
def test_any_cut_of_any_document_gives_its_records(
    records: list[dict[str, Any]], around: Any, indent: int | None, cuts: list[float]
) -> None:
    shapes: tuple[tuple[tuple[str, ...], Any], ...] = (
        ((), records),
        (("data",), {"before": around, "data": records, "after": around}),
        (("data",), [{"data": records[:1], "after": around}, {"before": around, "data": records[1:]}]),
        (("a", "b"), {"a": [{"before": around, "b": records[:2]}, {"b": records[2:], "after": around}]}),
    )
    for path, document in shapes:
        text = json.dumps(document, indent=indent, ensure_ascii=False)
        assert list(_cut(path, text, cuts)) == records


def _cut(path: tuple[str, ...], text: str, cuts: list[float]) -> Iterator[Any]:
    """The records of a text in parts, each read by another process."""
    state, rest = None, ""
    edges = [0, *sorted(int(cut * len(text)) for cut in cuts), len(text)]
    for start, end in zip(edges, [*edges[1:], len(text)], strict=True):
        parser = DocumentParser(path, state)
        yield from parser.parse(rest + text[start:end], final=start == len(text))
        state, rest = json.loads(json.dumps(parser.state())), parser.rest


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"object": "page", "data": [{"a": 1}]}', ("data",)),
        ('[{"data": [{"a": 1}]}]', ("data",)),
        ('{"resourceSpans": [{"resource": {}, "scopeSpans": []}]}', ("resourceSpans", "scopeSpans", "spans")),
        ('{"a": {"data": [{"b": 1}]}}', ()),
        ('{"data": [1, 2]}', ()),
        ('{"data": [{"object": "embedding", "index": 0}], "usage": {"prompt_tokens": 3}}', ()),
        ('{"a": 1}\n{"data": [{"b": 1}]}', ()),
    ],
)
def test_where_the_records_are_is_found_from_the_shape(text: str, path: tuple[str, ...]) -> None:
    assert path_in(text) == path


def test_objects_over_several_lines_one_after_the_other_are_records() -> None:
    text = "\n".join(json.dumps(row, indent=2) for row in _rows(4))
    assert imported(text).rows == 4


def test_pages_on_a_line_each_and_pages_over_several_lines_are_the_same() -> None:
    pages = [{"object": "page", "data": _rows(3)}, {"object": "page", "data": [_ROW | {"id": "other"}]}]
    for indent in (None, 2):
        assert imported("\n".join(json.dumps(page, indent=indent) for page in pages)).rows == 4


def test_a_broken_record_of_an_array_costs_itself() -> None:
    rows = [json.dumps(row) for row in _rows(5)]
    rows[2] = '{"ts": "2026-11-01", "model": oops, "x": {"y": 1}}'
    batch = imported(f"[{', '.join(rows)}]")
    assert (batch.rows, batch.rejects) == (4, (Reject(3, "the record is not valid JSON"),))


def test_a_document_that_ends_in_the_middle_says_so() -> None:
    batch = imported(json.dumps({"data": _rows(3)})[:-20])
    assert (batch.rows, batch.rejects) == (2, (Reject(3, "the JSON ends in the middle of this record"),))


@pytest.mark.parametrize("kind", ["lines", "array", "page"])
@pytest.mark.parametrize("size", [300_000, 100_000_000])
def test_a_record_of_ten_megabytes_is_rejected_and_the_rest_read(kind: str, size: int) -> None:
    rows = _rows(6)
    rows[2]["prompt"] = 'long "quoted\\ {text] ' * 500_000
    writers: dict[str, files.Writer] = {"lines": files.as_lines, "array": files.as_array, "page": files.as_page}
    data = writers[kind](rows).encode()
    importer = Importer()
    rejects: list[Reject] = []
    count = 0
    for start in range(0, len(data), size):
        importer.feed(data[start : start + size])
        batch = importer.take()
        count, rejects = count + batch.rows, [*rejects, *batch.rejects]
        importer = Importer(state=importer.state())
    importer.finish()
    assert (count + importer.take().rows, len(rejects), rejects[0].line) == (5, 1, 3)
    assert f"longer than {MAX_RECORD:,} bytes" in rejects[0].reason


def test_a_long_record_that_is_cut_after_an_escaped_backslash_ends_where_it_does() -> None:
    rows = _rows(3)
    rows[1]["prompt"] = "x" * (MAX_RECORD + 1) + "\\"
    text = files.as_array(rows).encode()
    cut = text.index(b'\\\\"') + 2
    importer = Importer()
    importer.feed(text[:cut])
    importer.feed(text[cut:])
    importer.finish()
    batch = importer.take()
    assert (batch.rows, batch.rejected) == (2, 1)


def _pieces(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    yield b'{"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"spans": [\n'
    for number, record in enumerate(records):
        yield (b",\n" if number else b"") + json.dumps(record, indent=1).encode()
    yield b"]}]}]}"


def test_a_document_of_any_size_is_read_in_bounded_memory() -> None:
    spans = (w.otel(request) | {"name": "x" * 50_000} for _ in range(40) for request in WORKLOAD)
    importer = Importer()
    tracemalloc.start()
    for piece in _pieces(spans):
        importer.feed(piece)
    importer.finish()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (importer.take().rows, peak < 8_000_000) == (len(WORKLOAD), True)


def test_a_first_record_longer_than_the_sample_is_waited_for() -> None:
    rows = _rows(3, prompt="x" * 300_000)
    for text in (files.as_lines(rows), files.as_array(rows), files.as_page(rows)):
        importer = Importer()
        for start in range(0, len(text), 70_000):
            importer.feed(text[start : start + 70_000].encode())
            importer = Importer(state=importer.state()) if start < 280_000 else importer
        importer.finish()
        assert importer.take().rows == 3


def test_a_long_record_in_small_pieces_is_not_read_again_with_each_piece() -> None:
    rows = json.dumps([{"ts": "2026-10-12T00:00:00Z", "model": "gpt-4o", "input_tokens": 1, "output_tokens": 1}] * 200)
    data = (rows[:-1] + ', {"note": [' + '"a", ' * 120_000).encode()
    importer = Importer()
    began = time.process_time()
    for place in range(0, len(data), 300):
        importer.feed(data[place : place + 300])
    importer.finish()
    assert time.process_time() - began < 5
    assert importer.take().rows == 200


def test_json_without_a_record_is_refused() -> None:
    with pytest.raises(ImportFailed) as caught:
        imported('{"data": []}\n')
    assert "its columns are: data" in str(caught.value.details["reason"])


def test_half_a_character_in_a_name_does_not_stop_the_import() -> None:
    batch = imported(json.dumps(_ROW | {"user": "jos\ud83d", "status": "bad \ud83d"}))
    assert batch.rollup.shards()


def test_a_number_that_may_go_on_is_not_cut() -> None:
    parser = DocumentParser(())
    assert list(parser.parse("[1", final=False)) == []
    (found,) = parser.parse(parser.rest + "2]", final=True)
    assert isinstance(found, BadRowError)


@pytest.mark.parametrize("cut", [10, 200, 400, -30, -3])
def test_a_cut_off_document_costs_itself_and_not_the_documents_after_it(cut: int) -> None:
    lines = [files.as_otlp([w.otel(request)]).replace("\n", "") for request in WORKLOAD]
    batch = imported("\n".join([*lines[:5], lines[5][:cut], *lines[6:]]))
    assert (batch.rows, batch.rejected) == (20 if cut < 0 else 19, 1)


def test_a_document_without_its_end_is_reported() -> None:
    text = json.dumps({"data": _rows(3)})
    batch = imported(text[: text.rindex("]")])
    assert (batch.rows, batch.rejected) == (3, 1)
    assert "the file may be cut off" in batch.rejects[0].reason


def test_a_start_without_a_layout_is_not_read_again_with_each_small_piece() -> None:
    data = b'{"data": [{"results": "' + b"x{" * 300_000
    importer = Importer()
    began = time.process_time()
    for place in range(0, len(data), 200):
        importer.feed(data[place : place + 200])
    assert time.process_time() - began < 5
    with pytest.raises(ImportFailed):
        importer.finish()


@pytest.mark.parametrize(
    "beginning",
    [
        '[{"timestamp":"2026-11-04T09:30:00Z","model":"gpt-4o","prompt_tokens":1,"completion_tokens":1},{"note":"',
        '{"data":[{"note":"',
    ],
)
def test_parts_of_an_upload_wait_for_a_long_record_as_one_process_does(beginning: str) -> None:
    importer = Importer()
    for part in (beginning, *["x" * 90_000] * 3):
        importer.feed(part.encode())
        importer.take()
        state = json.loads(zlib.decompress(importer.state()))
        importer = Importer(state=importer.state())
        assert json.loads(zlib.decompress(importer.state())) == state
    assert max(state["tried"], state.get("enough", 0)) > 90_000

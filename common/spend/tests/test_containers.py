"""Whatever a file is packed in, its text comes out whole; what is cut off gives what is before the cut, and says so."""

import gzip
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import SPECS, ErrorCode
from common.spend import Importer, ImportFailed
from common.spend.logs import BrokenOffError
from common.spend.logs.containers import limits
from common.spend.logs.containers.inflate import damaged, zstd
from common.spend.logs.containers.unpack import MAX_LAYERS, open_usage
from common.spend.tests.builders import imported

_HEAD = b"timestamp,model,prompt_tokens,completion_tokens\n"
_LOG = _HEAD + b"".join(b"2026-11-01T10:00:00Z,gpt-4o,%d,5\n" % n for n in range(5_000))
_LONG = _HEAD + b"".join(b"2026-11-01T10:00:00Z,gpt-4o,%d,%d\n" % (n, n * n % 9_973) for n in range(30_000))


def _zipped(files: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _zipped_as_a_stream(content: bytes) -> bytes:
    """As tools do that cannot go back: sizes follow the member."""

    class _Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    packed = _Pipe()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive, archive.open("log.csv", "w") as member:
        member.write(content)
    return packed.getvalue()


_PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "gzip of two members": lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:]),
    "gzip with padding": lambda data: gzip.compress(data) + bytes(512),
    "zstd": zstd.compress,
    "zstd of two frames": lambda data: zstd.compress(data[:700]) + zstd.compress(data[700:]),
    "zip": lambda data: _zipped({"log.csv": data}),
    "zip that is not compressed": lambda data: _zipped({"log.csv": data}, ZIP_STORED),
    "zip from a stream": _zipped_as_a_stream,
    "gzip in a zip": lambda data: _zipped({"log.csv.gz": gzip.compress(data)}),
    "zip in a gzip": lambda data: gzip.compress(_zipped({"log.csv": data})),
}


def _in_blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def _only(data: bytes, size: int = 65_536, limit: int = 4_000) -> bytes:
    (content,) = (b"".join(file.pieces) for file in open_usage(_in_blocks(data, size), limit))
    return content


def _failure(read: Callable[[], object]) -> ImportFailed:
    with pytest.raises(ImportFailed) as caught:
        read()
    assert SPECS[caught.value.code].message.format(**caught.value.details)
    return caught.value


def _until_the_break(data: bytes) -> tuple[list[bytes], BrokenOffError]:
    """The text of each file that could be begun, and the break."""
    found: list[bytes] = []

    def read() -> None:
        for file in open_usage([data]):
            found.append(b"")
            for piece in file.pieces:
                found[-1] += piece

    failure = _failure(read)
    assert isinstance(failure, BrokenOffError)
    return found, failure


@settings(max_examples=30, deadline=None)
@given(packing=st.sampled_from(sorted(_PACKINGS)), block=st.integers(1, 3_000), limit=st.integers(100, 90_000))
def test_the_text_is_the_same_whatever_the_packing_and_the_cuts(packing: str, block: int, limit: int) -> None:
    assert _only(_PACKINGS[packing](_LOG), block, limit) == _LOG


@pytest.mark.parametrize("packing", sorted(_PACKINGS))
def test_a_path_and_an_open_file_are_read_alike(packing: str, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(_PACKINGS[packing](_LOG))
    assert [b"".join(file.pieces) for file in open_usage(path)] == [_LOG]
    with path.open("rb") as opened:
        assert [b"".join(file.pieces) for file in open_usage(opened)] == [_LOG]
        assert not opened.closed


def test_pieces_are_of_the_size_asked_for_but_the_last() -> None:
    (file,) = open_usage([gzip.compress(_LOG)], 10_000)
    sizes = [len(piece) for piece in file.pieces]
    assert set(sizes[:-1]) == {10_000}
    assert 0 < sizes[-1] <= 10_000


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8"])
def test_texts_in_other_encodings_become_utf8(codec: str) -> None:
    text = _LOG.decode() + "2026-11-01T10:00:00Z,gpt-4o,1,5\n# ä€😀\n"
    assert _only(text.encode(codec), 7) == text.encode()


def test_a_mark_names_the_byte_order_of_utf32_and_utf16() -> None:
    for codec in ("utf-16-be", "utf-32-be", "utf-32-le"):
        assert _only(("\ufeff" + _LOG.decode()).encode(codec), 5) == _LOG


def test_a_place_that_is_no_utf16_costs_its_line_only() -> None:
    lines = _LOG.decode().replace("gpt-4o,7,5", "gpt-4o\ud800,7,5")
    batch = imported(_only(lines.encode("utf-16-le", "surrogatepass")))
    assert (batch.rows, [reject.reason for reject in batch.rejects]) == (4_999, ["the line is not UTF-8"])


def test_each_data_file_of_a_zip_comes_with_its_name_and_junk_is_left_out() -> None:
    files = {"a/": b"", "a/one.csv": _LOG, "__MACOSX/a/._one.csv": b"x", ".DS_Store": b"x", "two.jsonl": b"{}\n"}
    found = [(file.name, b"".join(file.pieces)) for file in open_usage([_zipped(files)])]
    assert found == [("a/one.csv", _LOG), ("two.jsonl", b"{}\n")]


def test_an_archive_in_an_archive_names_its_files_by_their_way() -> None:
    inner = _zipped({"one.csv": b"1\n", "two.csv": b"2\n"})
    found = [(file.name, b"".join(file.pieces)) for file in open_usage([_zipped({"days.zip": inner})])]
    assert found == [("days.zip/one.csv", b"1\n"), ("days.zip/two.csv", b"2\n")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "Excel workbook (xlsx). Save"),
        (_zipped({}), "no file with content in it"),
        (_zipped({"__MACOSX/._a": b"x"}), "no file with content in it"),
        (_zipped({"log.csv": _LOG}, zipfile.ZIP_BZIP2), "a rare way of packing (method 12)"),
        (_zipped({f"{n}.csv": b"1" for n in range(1_001)}), "1,001 files in it; the limit is 1,000"),
        (b"PAR1" + bytes(100), "Parquet file that is cut off or damaged"),
    ],
)
def test_an_archive_that_cannot_be_used_says_why(data: bytes, words: str) -> None:
    failure = _failure(lambda: _only(data))
    assert failure.code == ErrorCode.UNREADABLE_FILE
    assert words in str(failure.details["reason"])


def test_a_zip_with_a_password_says_so() -> None:
    packed = bytearray(_zipped({"log.csv": _LOG}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert "a password" in str(_failure(lambda: _only(bytes(packed))).details["reason"])


def test_packings_around_one_another_have_an_end() -> None:
    data = _LOG
    for _ in range(MAX_LAYERS):
        data = gzip.compress(data)
    assert _only(data) == _LOG
    assert "packed more than 3 times" in str(_failure(lambda: _only(gzip.compress(data))).details["reason"])


@pytest.mark.parametrize(
    "packing", ["gzip", "gzip of two members", "zstd", "zip", "zip from a stream", "gzip in a zip", "zip in a gzip"]
)
def test_what_is_before_a_cut_is_read_in_whole_lines_and_the_cut_is_reported(packing: str) -> None:
    packed = _PACKINGS[packing](_LONG)
    (text, *_), error = _until_the_break(packed[: len(packed) * 4 // 5])
    assert text
    assert _LONG.startswith(text)
    assert text.endswith(b"\n")
    importer = Importer()
    importer.feed(text)
    importer.finish()
    batch = importer.take()
    assert (batch.rows, batch.rejected) == (text.count(b"\n") - 1, 0)
    located = error.after(batch.rows)
    assert f"archive that is cut off; {batch.rows:,} rows before that were read." in str(located.details["reason"])


def test_an_array_on_one_line_keeps_its_items_before_a_cut() -> None:
    rows = [{"ts": "2026-11-01", "model": "gpt-4o", "input_tokens": n, "output_tokens": 1} for n in range(4_000)]
    packed = gzip.compress(json.dumps(rows).encode())
    (text,), _ = _until_the_break(packed[: len(packed) // 2])
    batch = imported(text)
    assert batch.rows > 1_000
    assert batch.rejected == 1


def test_files_before_the_cut_of_an_archive_are_whole() -> None:
    packed = _zipped({"one.csv": _LOG, "two.csv": _LOG, "three.csv": _LOG})
    texts, _ = _until_the_break(packed[: len(packed) // 2])
    assert texts[0] == _LOG
    assert len(texts) == 2
    assert _LOG.startswith(texts[1])


def test_a_zip_without_its_table_of_contents_gives_all_and_says_that_files_may_be_missing() -> None:
    packed = _zipped({"one.csv": _LOG, "two.csv": _HEAD})
    texts, error = _until_the_break(packed[: packed.index(b"PK\x01\x02")])
    assert texts == [_LOG, _HEAD]
    assert "ZIP archive that is cut off" in str(error)


def test_bytes_after_a_gzip_member_leave_the_member_good() -> None:
    (text,), error = _until_the_break(gzip.compress(_LOG) + b"<html>")
    assert text == _LOG
    assert "bytes that do not belong to it" in str(error)


@pytest.mark.parametrize("packing", ["gzip", "zstd", "zip"])
def test_an_archive_that_is_damaged_is_refused_whole(packing: str) -> None:
    pack = {"zstd": lambda data: zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})}
    packed = bytearray(pack.get(packing, _PACKINGS[packing])(_LOG))
    packed[len(packed) // 2] ^= 0xFF
    failure = _failure(lambda: _only(bytes(packed)))
    assert not isinstance(failure, BrokenOffError)
    assert "archive that is damaged" in str(failure.details["reason"])


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress, lambda data: _zipped({"log.csv": data})])
def test_a_bomb_is_met_by_its_ratio_before_it_is_unpacked(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(limits.FREE_BYTES + 4 * 1024 * 1024))
    failure = _failure(lambda: [None for file in open_usage([bomb]) for _ in file.pieces])
    reason = str(failure.details["reason"])
    assert f"{len(bomb):,} bytes of it unpack to over" in reason
    assert "more than 250 times as much" in reason


def test_an_archive_whose_files_share_their_bytes_is_met_by_the_sum() -> None:
    kernel = bytes(12 * 1024 * 1024)
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("0.csv", kernel)
        first = archive.infolist()[0]
        archive.filelist.extend([first] * 9)
    read: list[int] = []

    def everything() -> None:
        read.extend(sum(map(len, file.pieces)) for file in open_usage([packed.getvalue()]))

    assert "times as much" in str(_failure(everything).details["reason"])
    assert 5 <= len(read) <= 7


def test_a_parquet_file_becomes_json_lines_with_its_times_maps_and_nested_values(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 1, 10, tzinfo=UTC)
    columns = {
        "ts": pa.array([moment] * 5_000, pa.timestamp("ns", "UTC")),
        "model": ["gpt-4o"] * 5_000,
        "usage_details": pa.array([{"prompt_tokens": 10, "completion_tokens": 5}] * 5_000, pa.map_("string", "int64")),
        "user": [None, *(f"u{n % 3}" for n in range(4_999))],
        "raw": [b"\xff\x00"] * 5_000,
        "cost": [float("nan")] + [0.5] * 4_999,
    }
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table(columns), path)
    (text,) = (b"".join(file.pieces) for file in open_usage(path))
    batch = imported(text)
    assert (batch.rows, batch.rejects) == (5_000, ())
    assert any("1 cell of cost says 'nan': it was read as empty" in note for note in batch.notes)
    assert json.loads(text.split(b"\n")[1])["ts"] == "2026-11-01T10:00:00+00:00"


def test_a_parquet_file_of_equal_texts_is_read_in_little_memory(tmp_path: Path) -> None:
    rows = 8_000
    columns = {"model": ["gpt-4o"] * rows, "prompt_tokens": list(range(rows)), "prompt": ["why? " * 2_000] * rows}
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table(columns), path)
    tracemalloc.start()
    size = sum(len(piece) for file in open_usage(path) for piece in file.pieces)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > limits.MAX_RATIO * path.stat().st_size
    assert peak < 60_000_000


def test_what_a_library_says_of_a_damaged_archive_is_cut() -> None:
    reason = str(damaged("ZIP", ValueError("x" * 9_000)).details["reason"])
    assert len(reason) < 250

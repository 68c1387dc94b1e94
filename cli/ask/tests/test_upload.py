import gzip
import random
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.ask.errors import WrongUseError
from cli.ask.upload import LogPiece, check, logs, rest
from common.spend.logs import BrokenOffError
from common.spend.logs.containers.unpack import PIECE_BYTES

SERVER_LIMIT = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples: making a new one each time is slower with every one that is there."""
    return tmp_path_factory.mktemp("usage")


def _pieces(path: Path, limit: int = PIECE_BYTES) -> list[LogPiece]:
    return [piece for log in logs(path, limit) for piece in log.pieces]


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
@given(content=st.binary(max_size=500).map(b"time,model\n".__add__), limit=st.integers(1, 100))
def test_pieces_join_to_the_content_whatever_the_cut_and_the_packing(
    name: str, content: bytes, limit: int, folder: Path
) -> None:
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    found = _pieces(path, limit)
    assert b"".join(piece.data for piece in found) == content
    assert all(len(piece.data) <= limit for piece in found)
    assert found[-1].position == found[-1].size == path.stat().st_size


@given(content=st.binary(max_size=300), limit=st.integers(1, 50), data=st.data())
def test_an_upload_goes_on_from_any_byte(content: bytes, limit: int, data: st.DataObject, folder: Path) -> None:
    path = folder / "rest.csv"
    plain = b"time,model\n" + content
    path.write_bytes(plain)
    skip = data.draw(st.integers(0, len(plain)))
    found = [piece for log in logs(path, limit) for piece in rest(path, log.pieces, skip=skip)]
    assert b"".join(piece.data for piece in found) == plain[skip:]


def test_a_file_that_is_shorter_than_what_was_sent_of_it_is_another_one(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"time,model\n")
    with pytest.raises(WrongUseError, match="it is shorter than what was sent"):
        [piece for log in logs(path) for piece in rest(path, log.pieces, skip=12)]


def test_a_chunk_that_does_not_compress_stays_below_the_limit_of_the_server() -> None:
    noise = random.Random(1).randbytes(PIECE_BYTES)  # noqa: S311 - seeded noise, nothing secret
    assert len(LogPiece(noise, 0, 0).compressed()) < SERVER_LIMIT


def test_a_packed_file_is_taken_in_pieces_of_bounded_size(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"0,1\n" * (3 * PIECE_BYTES // 4 + 1), compresslevel=1))
    assert [len(piece.data) for piece in _pieces(path)] == [PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 4]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match=r"absent\.csv: there is no such file\."):
        check(tmp_path / "absent.csv")


def test_a_folder_is_no_usage_log(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="it is not a file"):
        check(tmp_path)


@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_refused_also_when_packed(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(WrongUseError, match="it is empty"):
        check(path)


def test_a_damaged_gzip_file_is_refused_and_the_cause_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    packed = gzip.compress(b"time,model\n" * 1000)
    path.write_bytes(packed[:20] + b"\xff\xff\xff" + packed[23:])
    with pytest.raises(WrongUseError, match=r"log\.csv\.gz: it is a gzip archive that is damaged") as found:
        _pieces(path)
    assert found.value.code == "unreadable_file"
    assert found.value.__cause__ is not None


def test_a_gzip_file_that_is_cut_off_gives_what_is_before_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"time,model\n" * 1000)[:-9])
    with closing(logs(path)) as found:
        log = next(found)
        lines = next(log.pieces).data.splitlines(keepends=True)
        assert len(lines) > 900
        assert set(lines) == {b"time,model\n"}
        with pytest.raises(BrokenOffError, match="cut off"):
            next(log.pieces)


def test_a_file_that_is_cut_off_before_its_first_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"time,model\n" * 1000)[:12])
    with pytest.raises(WrongUseError, match="cut off"):
        check(path)


def test_an_archive_gives_its_logs_by_name_and_only_a_plain_file_tells_its_size(tmp_path: Path) -> None:
    path = tmp_path / "days.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("1.csv", "time,model\n")
        archive.writestr("2.csv", "time\n")
    found = [(log.name, log.size, b"".join(piece.data for piece in log.pieces)) for log in logs(path)]
    assert found == [("days.zip/1.csv", None, b"time,model\n"), ("days.zip/2.csv", None, b"time\n")]
    plain = tmp_path / "log.csv"
    plain.write_bytes(b"time,model\n")
    assert [(log.name, log.size) for log in logs(plain)] == [("log.csv", 11)]

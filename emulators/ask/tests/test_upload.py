import gzip
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulators.ask.errors import WrongUseError
from emulators.ask.upload import PIECE_BYTES, Piece, check, pieces

SERVER_LIMIT = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples: making a new one each time is slower with every one that is there."""
    return tmp_path_factory.mktemp("usage")


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
@given(content=st.binary(min_size=1, max_size=500), limit=st.integers(1, 100))
def test_pieces_join_to_the_content_whatever_the_cut_and_the_packing(
    name: str, content: bytes, limit: int, folder: Path
) -> None:
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else b" " + content)
    found = list(pieces(path, limit=limit))
    assert b"".join(piece.data for piece in found) == (content if name.endswith(".gz") else b" " + content)
    assert all(len(piece.data) <= limit for piece in found)
    assert found[-1].position == found[-1].size == path.stat().st_size


@pytest.mark.parametrize("packed", [False, True])
@given(content=st.binary(min_size=3, max_size=300), limit=st.integers(1, 50), data=st.data())
def test_an_upload_goes_on_from_any_byte(
    packed: bool,  # noqa: FBT001 - a parameter of the test
    content: bytes,
    limit: int,
    data: st.DataObject,
    folder: Path,
) -> None:
    path = folder / "log"
    plain = b" " + content
    path.write_bytes(gzip.compress(plain) if packed else plain)
    skip = data.draw(st.integers(0, len(plain)))
    assert b"".join(piece.data for piece in pieces(path, limit=limit, skip=skip)) == plain[skip:]


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_shorter_than_what_was_sent_of_it_is_another_one(packed: bool, tmp_path: Path) -> None:  # noqa: FBT001
    path = tmp_path / "log.csv"
    path.write_bytes(gzip.compress(b"0,1\n") if packed else b"0,1\n")
    with pytest.raises(WrongUseError, match="it is shorter than what was sent"):
        list(pieces(path, skip=5))


def test_a_chunk_that_does_not_compress_stays_below_the_limit_of_the_server() -> None:
    noise = random.Random(1).randbytes(PIECE_BYTES)  # noqa: S311 - seeded noise, nothing secret
    assert len(Piece(noise, 0, 0).compressed()) < SERVER_LIMIT


def test_a_packed_file_is_taken_in_pieces_of_bounded_size(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"0,1\n" * (3 * PIECE_BYTES // 4 + 1), compresslevel=1))
    assert [len(piece.data) for piece in pieces(path)] == [PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 4]


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


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_gzip_file_is_refused_and_the_cause_kept(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    packed = gzip.compress(b"time,model\n" * 1000)
    path.write_bytes(packed[:-9] if damage == "cut" else packed[:20] + b"\xff\xff\xff" + packed[23:])
    with pytest.raises(WrongUseError) as found:
        list(pieces(path))
    assert found.value.code == "unreadable_file"
    assert found.value.__cause__ is not None

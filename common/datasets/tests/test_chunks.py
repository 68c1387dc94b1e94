"""What travels is unpacked to its end, and to no more than its bound."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.datasets.chunks import DATASET_BYTES, PIECE_BYTES, decompress, human_size, is_packed
from common.errors import ApexError, ErrorCode


@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4), padding=st.integers(0, 20))
def test_an_archive_of_several_members_is_read_to_its_end(parts: list[bytes], padding: int) -> None:
    archive = b"".join(gzip.compress(part) for part in parts) + bytes(padding)
    assert decompress(archive) == b"".join(parts)


@pytest.mark.parametrize("cut", [1, 4, 9])
def test_an_archive_that_was_cut_off_says_so(cut: int) -> None:
    with pytest.raises(ApexError, match="cut off"):
        decompress(gzip.compress(b"timestamp,model\n" * 50)[:-cut])


def test_a_damaged_archive_is_no_gzip_data() -> None:
    archive = bytearray(gzip.compress(b"timestamp,model\n" * 50))
    archive[-6] ^= 0xFF  # in the checksum
    for body in (bytes(archive), b"timestamp,model\n", gzip.compress(b"a") + b"more"):
        with pytest.raises(ApexError, match="not gzip data"):
            decompress(body)


def test_a_bomb_is_met_at_its_bound() -> None:
    assert len(decompress(gzip.compress(bytes(PIECE_BYTES), compresslevel=1))) == PIECE_BYTES
    with pytest.raises(ApexError) as refusal:
        decompress(gzip.compress(bytes(PIECE_BYTES + 1), compresslevel=1))
    assert refusal.value.code is ErrorCode.CHUNK_TOO_LARGE


def test_gzip_is_known_by_its_first_bytes() -> None:
    assert is_packed(gzip.compress(b""))
    assert not is_packed(b"timestamp,model\n")


def test_ten_million_rows_of_wide_exports_fit_one_dataset() -> None:
    assert DATASET_BYTES / 10_000_000 > 1_700


@pytest.mark.parametrize(("size", "words"), [(8 * 2**20, "8 MiB"), (16 * 2**30, "16 GiB"), (1023 * 2**20, "1023 MiB")])
def test_a_limit_is_stated_in_the_unit_that_fits(size: int, words: str) -> None:
    assert human_size(size) == words

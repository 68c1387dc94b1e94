"""The hash of a row does not depend on how the row was read, and tells apart what is not the same request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.logs import Importer
from common.spend.logs.detect.discover import find_layout
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.overlap.blobs import BLOB_ROWS, pack_hashes, unpack_hashes
from common.spend.logs.overlap.row_hash import row_hash
from common.spend.logs.reader import RecordReader
from common.spend.logs.rows.build_row import build_row
from common.spend.logs.rows.prefixes import PrefixTracker
from common.spend.logs.tests.test_columnar import TIMES, log
from common.spend.model import Charge, UsageRow

ROW = UsageRow(ts=datetime(2026, 11, 1, 10, 0, 0, 250_000, UTC), provider="openai", model="gpt-4o", in_uncached=100)
LIMIT = 900_000


def hashes_by_rows(data: bytes) -> list[int]:
    """Sorted, without any frame."""
    layout = find_layout(data, None, {}, final=True)
    assert layout is not None
    reader, hashes = RecordReader(layout, b"", 1, skipping=False), []
    for _, found in reader.feed(data.split(b"\n", 1)[1], final=True):
        if not isinstance(found, BadRowError):
            try:
                hashes.append(row_hash(build_row(*found, PrefixTracker())))
            except BadRowError:
                continue
    return sorted(hashes)


def hashes_of(data: bytes) -> list[int]:
    importer = Importer(hashed=True)
    importer.feed(data)
    importer.finish()
    batch = importer.take()
    assert batch.hashes is not None
    assert len(batch.hashes) == batch.rows
    hashes: list[int] = batch.hashes.to_list()
    return hashes


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), odd=st.sampled_from([0.0, 0.02, 0.3]), form=st.sampled_from(TIMES))
def test_columns_and_rows_give_the_same_hashes(seed: int, odd: float, form: str) -> None:
    data = log(seed, odd=odd, form=form, end="\n")
    assert sorted(hashes_of(data)) == hashes_by_rows(data)


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000])
def test_so_do_times_that_are_whole_numbers(unit: int) -> None:
    lines = [f"{(1_790_000_000 + 61 * n) * unit},gpt-4o,{n % 900},{n % 70}" for n in range(4_000)]
    data = "\n".join(["ts,model,input_tokens,output_tokens", *lines, ""]).encode()
    assert sorted(hashes_of(data)) == hashes_by_rows(data)


@pytest.mark.parametrize(
    "other",
    [
        {"ts": ROW.ts + timedelta(microseconds=1)},
        {"model": "gpt-4o-mini"},
        {"in_uncached": 101},
        {"cache_read": 1},
        {"out_visible": 1},
        {"in_uncached": 99, "cache_read": 1},
        {"user": "a"},
        {"feature": "a"},
        {"status": "timeout"},
        {"tier": "batch"},
        {"cost_reported": 0.0},
        {"latency_ms": 1.0},
        {"session": "a"},
        {"prompt_hash": "a"},
        {"grain": "hour", "requests": 1},
        {"request_id": "a"},
    ],
)
def test_a_request_that_differs_in_anything_is_another_one(other: dict[str, object]) -> None:
    assert row_hash(replace(ROW, **other)) != row_hash(ROW)  # type: ignore[arg-type]  # fields of a row


def test_a_request_with_an_id_is_the_same_when_other_fields_come_later() -> None:
    row = replace(ROW, request_id="req_1")
    assert row_hash(replace(row, out_visible=7, cost_reported=0.1, ts=row.ts.replace(microsecond=0))) == row_hash(row)


def test_ids_that_are_row_numbers_and_start_again_in_each_file_are_not_the_same_request() -> None:
    row = replace(ROW, request_id="1")
    assert row_hash(replace(row, ts=row.ts + timedelta(seconds=1))) != row_hash(row)


@pytest.mark.parametrize("rows", [0, 1, 7, BLOB_ROWS, 2 * BLOB_ROWS + 1])
def test_what_is_packed_is_unpacked_sorted_and_fits_a_document(rows: int) -> None:
    hashes = pl.Series("hash", range(rows), dtype=pl.UInt64()).hash(7)
    blobs = pack_hashes(hashes)
    assert [number for blob in blobs for number in unpack_hashes(blob)] == sorted(hashes.to_list())
    assert max((len(blob) for blob in blobs), default=0) < LIMIT
    assert sum(len(blob) for blob in blobs) < 6.5 * rows + 100


def test_charges_tell_rows_apart_that_have_nothing_else_and_leave_the_hashes_of_all_others_as_they_were() -> None:
    searched = replace(ROW, charges=(Charge("web_search", 2),))
    assert row_hash(searched) == row_hash(ROW)
    assert row_hash(replace(searched, in_uncached=0)) != row_hash(replace(ROW, in_uncached=0))
